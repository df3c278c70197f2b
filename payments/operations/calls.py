"""Talking to Stripe from the worker: claim, commit, call, record."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from bookings import operations as bookings
from bookings.models import Appointment
from payments import stripe_gateway as stripe
from payments.models import Attempt, Payment, Refund, StripeCustomer
from payments.operations.checkout import PaymentsDown, open_page
from payments.operations.giving import give_the_rest
from payments.operations.leases import claim
from payments.operations.outcomes import (
    apply_decline,
    apply_foreign_refund,
    apply_intent,
    apply_refund,
    apply_session,
    fail_attempt,
    fail_refund,
)

log = logging.getLogger(__name__)
BATCH = 50
# Stripe forgets a key after 24 hours; from then on the same request would be done again.
KEY_LIFE = timedelta(hours=23)
PENDING_LOOK = timedelta(hours=6)
NEXT_LOOKS = [timedelta(minutes=m) for m in (15, 35)]


def make_calls(*, now: datetime) -> int:
    """Charge saved cards and give money back, each row once; return how many calls were made."""
    charges = Attempt.objects.filter(status=Attempt.Status.NEW, way=Attempt.Way.OFF_SESSION)
    refunds = Refund.objects.filter(status=Refund.Status.NEW)
    made = 0
    for attempt in charges[:BATCH]:
        if claim(attempt, was=(Attempt.Status.NEW,)):
            _guarded(_charge_if_due, attempt, now=now)
            made += 1
    for refund in refunds[:BATCH]:
        if claim(refund, was=(Refund.Status.NEW,)):
            _guarded(_give_back, refund, now=now)
            made += 1
    return made


def _guarded(act: Callable[..., None], row: Attempt | Refund, *, now: datetime) -> None:
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
        _charge(attempt, now=now)
    else:
        apply_decline(attempt.pk, code="card removed", intent_id="", now=now)


def _charge(attempt: Attempt, *, now: datetime) -> None:
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


def _give_back(refund: Refund, *, now: datetime) -> None:
    try:
        state = stripe.refund(
            intent_id=refund.intent_id, amount_cents=refund.amount_cents, key=refund.key
        )
    except stripe.Refused as error:
        _look_why_refused(refund, error=str(error), now=now)
    else:
        apply_refund(refund.pk, state, now=now)


def _look_why_refused(refund: Refund, *, error: str, now: datetime) -> None:
    """A refund made by hand in Stripe's dashboard has given the money back already, or a part."""
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


def ask_stripe(*, now: datetime) -> int:
    """Settle what is in doubt: calls without an answer, open pages, refunds under way."""
    lapsed = Q(leased_until__lt=Now())
    asked = 0
    orphans = Attempt.objects.filter(way=Attempt.Way.CHECKOUT, status=Attempt.Status.NEW)
    for attempt in orphans.filter(expires_at__lte=now)[:BATCH]:
        fail_attempt(attempt, error="the page was never opened")
    for attempt in Attempt.objects.filter(lapsed, status=Attempt.Status.SENT)[:BATCH]:
        if claim(attempt, was=(Attempt.Status.SENT,)):
            _guarded(_ask_again, attempt, now=now)
            asked += 1
    pages = Attempt.objects.filter(status=Attempt.Status.OPEN, check_at__lte=now)
    for attempt in pages.order_by("check_at")[:BATCH]:
        _guarded(_look, attempt, now=now)
        asked += 1
    for refund in Refund.objects.filter(lapsed, status=Refund.Status.SENT)[:BATCH]:
        if claim(refund, was=(Refund.Status.SENT,)):
            _guarded(_ask_refund_again, refund, now=now)
            asked += 1
    under_way = Refund.objects.filter(status=Refund.Status.PENDING)
    for refund in under_way.filter(Q(look_at__isnull=True) | Q(look_at__lte=now))[:BATCH]:
        Refund.objects.filter(pk=refund.pk).update(look_at=now + PENDING_LOOK)
        _guarded(_ask_pending, refund, now=now)
        asked += 1
    return asked


def _ask_pending(refund: Refund, *, now: datetime) -> None:
    apply_refund(refund.pk, stripe.refund_state(refund.stripe_id), now=now)


def _ask_again(attempt: Attempt, *, now: datetime) -> None:
    """Send the very same request with its key while Stripe remembers it, else look it up."""
    old = now - attempt.created_at > KEY_LIFE
    if attempt.way == Attempt.Way.OFF_SESSION:
        # What was let go meanwhile may have been charged: it is looked up, never done again.
        if old or attempt.payment.status != Payment.Status.OPEN:
            _find_intent(attempt, now=now)
        else:
            _charge(attempt, now=now)
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
        _give_back(refund, now=now)


def release_unpaid_holds(*, now: datetime) -> int:
    """Let holds go whose payment was started and did not come, after asking Stripe."""
    lapsed = Appointment.objects.filter(
        status=Appointment.Status.HELD, held_until__lte=now, payment_started_at__isnull=False
    )
    released = 0
    for appointment in lapsed.order_by("held_until")[:BATCH]:
        try:
            released += _release(appointment, now=now)
        except Exception:  # one fault never stops the others
            log.exception("releasing hold %s failed", appointment.pk)
    return released


def _release(appointment: Appointment, *, now: datetime) -> bool:
    unsettled = Attempt.objects.filter(
        payment__appointment=appointment, status__in=Attempt.UNSETTLED
    )
    for attempt in unsettled:
        if attempt.status == Attempt.Status.NEW:
            fail_attempt(attempt, error="the hold lapsed")
        elif attempt.status == Attempt.Status.SENT:
            return False  # first find out whether a page was opened
        else:
            try:
                apply_session(attempt.pk, stripe.close_session(attempt.stripe_id), now=now)
            except (stripe.OutcomeUnknown, stripe.Unavailable, stripe.Refused) as error:
                log.warning("cannot close the page of attempt %s: %s", attempt.pk, error)
                return False
    return bookings.expire(appointment.pk, now=now)
