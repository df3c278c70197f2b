"""Asking Stripe about what is in doubt."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from payments import stripe_gateway as stripe
from payments.models import Attempt, Dispute, Payment, Refund, Voucher
from payments.operations.calls import BATCH, charge, give_back, guarded
from payments.operations.checkout import PaymentsDown, open_page
from payments.operations.disputing import apply_dispute
from payments.operations.leases import claim
from payments.operations.outcomes import (
    apply_decline,
    apply_intent,
    apply_refund,
    apply_session,
    fail_attempt,
)
from payments.operations.selling import ask_about_sale, send_sale_again

# Stripe forgets a key after 24 hours; from then on the same request would be done again.
KEY_LIFE = timedelta(hours=23)
PENDING_LOOK = timedelta(hours=6)
NEXT_LOOKS = [timedelta(minutes=m) for m in (15, 35)]


def ask_stripe(*, now: datetime) -> int:
    """Settle what is in doubt; return how often Stripe was asked.

    Calls without an answer, open pages, refunds under way, disputes that a bank is deciding.
    """
    orphans = Attempt.objects.filter(way=Attempt.Way.CHECKOUT, status=Attempt.Status.NEW)
    for attempt in orphans.filter(expires_at__lte=now)[:BATCH]:
        fail_attempt(attempt, error="the page was never opened")
    unopened = Voucher.objects.filter(status=Voucher.Status.NEW, expires_at__lte=now)
    unopened.update(status=Voucher.Status.EXPIRED)
    lapsed = Q(leased_until__lt=Now())
    sent = Attempt.objects.filter(lapsed, status=Attempt.Status.SENT)
    pages = Attempt.objects.filter(status=Attempt.Status.OPEN, check_at__lte=now)
    sent_back = Refund.objects.filter(lapsed, status=Refund.Status.SENT)
    due = Q(look_at__isnull=True) | Q(look_at__lte=now)
    under_way = Refund.objects.filter(due, status=Refund.Status.PENDING)
    disputes = Dispute.objects.filter(look_at__lte=now).order_by("look_at")
    sold = Voucher.objects.filter(lapsed, status=Voucher.Status.SENT)
    shops = Voucher.objects.filter(status=Voucher.Status.OPEN, check_at__lte=now)
    return (
        _each(sent, _ask_again, again=Attempt.Status.SENT, now=now)
        + _each(pages.order_by("check_at"), _look, now=now)
        + _each(sent_back, _ask_refund_again, again=Refund.Status.SENT, now=now)
        + _each(under_way, _ask_pending, now=now)
        + _each(disputes, _ask_bank, now=now)
        + _each(sold, send_sale_again, again=Voucher.Status.SENT, now=now)
        + _each(shops, ask_about_sale, now=now)
    )


def _each(rows: QuerySet[Any], ask: Callable[..., None], *, now: datetime, again: str = "") -> int:
    """Ask about some rows, each guarded; those sent before are claimed first."""
    asked = 0
    for row in rows[:BATCH]:
        if not again or claim(row, was=(again,)):
            guarded(ask, row, now=now)
            asked += 1
    return asked


def _ask_bank(dispute: Dispute, *, now: datetime) -> None:
    """Ask how a dispute stands; the next look is set first, for when there is no answer."""
    Dispute.objects.filter(pk=dispute.pk).update(look_at=now + PENDING_LOOK)
    apply_dispute(stripe.dispute(dispute.stripe_id), now=now)


def _ask_pending(refund: Refund, *, now: datetime) -> None:
    """Ask how a refund stands; the next look is set first, for when there is no answer."""
    Refund.objects.filter(pk=refund.pk).update(look_at=now + PENDING_LOOK)
    apply_refund(refund.pk, stripe.refund_state(refund.stripe_id), now=now)


def _ask_again(attempt: Attempt, *, now: datetime) -> None:
    """Send the very same request with its key while Stripe remembers it, else look it up."""
    old = now - attempt.created_at > KEY_LIFE
    if attempt.way == Attempt.Way.OFF_SESSION:
        # What was let go meanwhile may have been charged: it is looked up, never done again.
        if old or attempt.payment.status != Payment.Status.OPEN:
            _find_intent(attempt, now=now)
        else:
            charge(attempt, now=now)
        return
    if old:
        fail_attempt(attempt, error="no answer within a day; the page has closed by itself")
        return
    try:
        made = open_page(attempt, now=now)
    except PaymentsDown as error:
        raise stripe.OutcomeUnknown from error
    # A replayed answer shows the page as it was: ask how it is now.
    apply_session(attempt.pk, stripe.session(made.session_id), now=now)


def _find_intent(attempt: Attempt, *, now: datetime) -> None:
    since = int((attempt.created_at - timedelta(minutes=5)).timestamp())
    found = stripe.intents_of(str(attempt.request["customer"]), since=since)
    mine = next((intent for intent in found if intent.attempt_key == attempt.key), None)
    if mine is None:
        apply_decline(attempt.pk, code="never arrived at Stripe", intent_id="", now=now)
    else:
        apply_intent(attempt.pk, mine, now=now)


def _look(attempt: Attempt, *, now: datetime) -> None:
    """Ask how a page stands; the next look is set first, so that a broken page stands back."""
    later = [attempt.created_at + wait for wait in NEXT_LOOKS if attempt.created_at + wait > now]
    Attempt.objects.filter(pk=attempt.pk).update(
        check_at=later[0] if later else now + timedelta(hours=1)
    )
    apply_session(attempt.pk, stripe.session(attempt.stripe_id), now=now)


def _ask_refund_again(refund: Refund, *, now: datetime) -> None:
    mine = next(
        (s for s in stripe.refunds_of(refund.intent_id) if s.refund_key == refund.key), None
    )
    if mine is not None:
        apply_refund(refund.pk, mine, now=now)
    else:
        give_back(refund, now=now)
