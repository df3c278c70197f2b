"""Talking to Stripe from the worker: claim, commit, call, record."""

import logging
from collections.abc import Callable
from datetime import datetime

from payments import stripe_gateway as stripe
from payments.models import Attempt, Dispute, Payment, Refund, StripeCustomer, Voucher
from payments.operations.disputing import leave_to_the_bank
from payments.operations.giving import give_the_rest
from payments.operations.leases import claim
from payments.operations.outcomes import (
    apply_decline,
    apply_foreign_refund,
    apply_intent,
    apply_refund,
    fail_attempt,
    fail_refund,
)

log = logging.getLogger(__name__)
BATCH = 50
Row = Attempt | Refund | Dispute | Voucher


def make_calls(*, now: datetime) -> int:
    """Charge saved cards and give money back, each row once; return how many calls were made."""
    charges = Attempt.objects.filter(status=Attempt.Status.NEW, way=Attempt.Way.OFF_SESSION)
    # What a bank has taken may not be given as well: it waits until the bank has decided.
    disputed = Dispute.objects.filter(status__in=Dispute.OPEN, taken_cents__gt=0)
    refunds = Refund.objects.filter(status=Refund.Status.NEW)
    refunds = refunds.exclude(payment__in=disputed.values("payment"))
    made = 0
    for attempt in charges[:BATCH]:
        if claim(attempt, was=(Attempt.Status.NEW,)):
            guarded(_charge_if_due, attempt, now=now)
            made += 1
    for refund in refunds[:BATCH]:
        if claim(refund, was=(Refund.Status.NEW,)):
            guarded(give_back, refund, now=now)
            made += 1
    return made


def guarded(act: Callable[..., None], row: Row, *, now: datetime) -> None:
    """Do one row; a fault in it never stops the others."""
    try:
        act(row, now=now)
    except (stripe.OutcomeUnknown, stripe.Unavailable) as error:
        # Stays SENT; asked again when its lease has run out.
        log.warning("no answer from Stripe for %s %s: %s", type(row).__name__, row.pk, error)
    except Exception:
        log.exception("settling %s %s failed", type(row).__name__, row.pk)


def _charge_if_due(attempt: Attempt, *, now: datetime) -> None:
    """Charge a saved card for the first time, unless fee or card were taken away in between."""
    card_id = attempt.request["payment_method"]
    if attempt.payment.status != Payment.Status.OPEN:
        fail_attempt(attempt, error="no longer due")
    elif StripeCustomer.objects.filter(card_id=card_id, card_removed_at__isnull=True).exists():
        charge(attempt, now=now)
    else:
        apply_decline(attempt.pk, code="card removed", intent_id="", now=now)


def charge(attempt: Attempt, *, now: datetime) -> None:
    """Charge a saved card by a claimed attempt, and act on the answer."""
    try:
        intent = stripe.charge_saved_card(attempt.request, key=attempt.key)
    except stripe.Declined as error:
        if error.intent_id:
            # Left open it could still be confirmed, beside the pay link for the same debt.
            stripe.cancel_intent(error.intent_id)
        apply_decline(attempt.pk, code=error.code, intent_id=error.intent_id, now=now)
    except stripe.Refused as error:
        apply_decline(attempt.pk, code=str(error), intent_id="", now=now)
    else:
        apply_intent(attempt.pk, intent, now=now)


def give_back(refund: Refund, *, now: datetime) -> None:
    """Give money back by a claimed refund, and act on the answer."""
    try:
        state = stripe.refund(
            intent_id=refund.intent_id, amount_cents=refund.amount_cents, key=refund.key
        )
    except stripe.Refused as error:
        _look_why_refused(refund, error=str(error), now=now)
    else:
        apply_refund(refund.pk, state, now=now)


def _look_why_refused(refund: Refund, *, error: str, now: datetime) -> None:
    """Her bank may have the money, or a refund by hand in Stripe's dashboard has given it back."""
    disputes = [one for one in stripe.disputes_of(refund.intent_id) if one.taken_cents]
    if disputes:
        leave_to_the_bank(refund.pk, disputes, error=error, now=now)
        return
    by_hand = [one for one in stripe.refunds_of(refund.intent_id) if not one.refund_key]
    alike = (one for one in by_hand if one.amount_cents == refund.amount_cents)
    unbooked = (one for one in alike if not Refund.objects.filter(stripe_id=one.refund_id).exists())
    mine = next(unbooked, None)
    if mine is not None:
        apply_refund(refund.pk, mine, now=now)
    elif not by_hand:
        fail_refund(refund.pk, error=error, now=now)
    else:
        for one in by_hand:
            apply_foreign_refund(one, now=now)
        give_the_rest(refund.pk, now=now)
