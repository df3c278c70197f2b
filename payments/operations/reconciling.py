"""Each night the day before is compared with Stripe; what can be mended is, the rest is told."""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from bookings.periods import Period, day_period
from payments import stripe_gateway as stripe
from payments.models import (
    Attempt,
    Difference,
    Dispute,
    Payment,
    Reconciliation,
    Refund,
    Voucher,
)
from payments.operations.checkout import check_session
from payments.operations.disputing import hear_of_dispute
from payments.operations.outcomes import apply_foreign_refund, apply_intent, apply_refund
from payments.operations.selling import check_sale, hear_of_given_back, sale_of
from payments.reconciling import Mismatch, compared
from payments.stripe_gateway import DisputeState, Intent, RefundState

log = logging.getLogger(__name__)
AFTER = timedelta(hours=3)  # what was on its way at midnight has arrived by then
Of = Difference.Of


def reconcile_yesterday(*, zone: ZoneInfo, now: datetime) -> Reconciliation | None:
    """Compare yesterday with Stripe, once; nothing while it is too early, or was done."""
    today = now.astimezone(zone).date()
    on = today - timedelta(days=1)
    too_early = now < day_period(today, zone).start + AFTER
    if too_early or Reconciliation.objects.filter(on=on).exists():
        return None
    return reconcile(on, zone=zone, now=now)


def reconcile(on: date, *, zone: ZoneInfo, now: datetime) -> Reconciliation:
    """Compare a day with Stripe, and keep what does not agree in the place of an earlier time.

    What we had only not heard of yet is booked first.

    :raises OutcomeUnknown: if Stripe does not answer, or Unavailable if it will not
    """
    day = day_period(on, zone)
    since, until = (int(moment.timestamp()) for moment in (day.start, day.end))
    intents = stripe.intents_between(since, until)
    refunds = stripe.refunds_between(since, until)
    disputes = stripe.disputes_between(since, until)
    _catch_up(intents, refunds, disputes, now=now)
    paid = {one.intent_id: one.received_cents for one in intents if one.status == "succeeded"}
    # What was given back of vouchers is kept as one amount each, and was just asked for.
    sold = set(Voucher.objects.exclude(intent_id="").values_list("intent_id", flat=True))
    theirs = [one for one in refunds if one.intent_id not in sold]
    given = {one.refund_id: one.amount_cents for one in theirs if one.status == "succeeded"}
    ours, our_refunds = _received(day, paid), _given(day, given)
    paid |= _at_stripe(ours.keys() - paid.keys())
    given |= _refunds_at_stripe(our_refunds.keys() - given.keys())
    of_visits = [one for one in disputes if one.intent_id not in sold]
    taken = {one.dispute_id: one.taken_cents for one in of_visits if one.taken_cents}
    found = {
        Of.RECEIPT: compared(paid, ours),
        Of.REFUND: compared(given, our_refunds),
        Of.DISPUTE: compared(taken, _taken(day, taken)),
    }
    return _keep(on, len(paid), len(given), found, now=now)


def _catch_up(
    intents: Iterable[Intent],
    refunds: Iterable[RefundState],
    disputes: Iterable[DisputeState],
    *,
    now: datetime,
) -> None:
    """Book what has moved at Stripe and we were not told of; a fault in one stops no other."""
    for intent in intents:
        if intent.status == "succeeded" and intent.attempt_key:
            _guarded(_hear_of_intent, intent, now=now)
    for refund in refunds:
        _guarded(_hear_of_refund, refund, now=now)
    for dispute in disputes:
        _guarded(hear_of_dispute, dispute, now=now)


def _guarded(
    act: Callable[..., None], told: Intent | RefundState | DisputeState, *, now: datetime
) -> None:
    try:
        act(told, now=now)
    except Exception:
        log.exception("catching up with Stripe failed")


def _hear_of_intent(intent: Intent, *, now: datetime) -> None:
    attempt = Attempt.objects.filter(key=intent.attempt_key).first()
    if sale := sale_of(intent.attempt_key):
        check_sale(sale, now=now)
    if attempt is None or attempt.status == Attempt.Status.SUCCEEDED:
        return
    if attempt.way == Attempt.Way.OFF_SESSION:
        apply_intent(attempt.pk, intent, now=now)
    elif attempt.stripe_id:
        check_session(attempt.stripe_id, now=now)


def _hear_of_refund(state: RefundState, *, now: datetime) -> None:
    mine = Refund.objects.filter(key=state.refund_key).first() if state.refund_key else None
    if mine is not None:
        apply_refund(mine.pk, state, now=now)
    elif not (state.refund_key or hear_of_given_back(state.intent_id, now=now)):
        apply_foreign_refund(state, now=now)


def _received(day: Period, at_stripe: Iterable[str]) -> dict[str, int]:
    """Return what we received on a day, or by our books, of what is at Stripe then."""
    theirs = list(at_stripe)
    attempts = Attempt.objects.filter(status=Attempt.Status.SUCCEEDED).exclude(intent_id="")
    rows = chain(
        attempts.filter(intent_id__in=theirs).values_list("intent_id", "payment__amount_cents"),
        attempts.filter(
            payment__intent_id__gt="",
            payment__paid_at__gte=day.start,
            payment__paid_at__lt=day.end,
        ).values_list("intent_id", "payment__amount_cents"),
        Payment.objects.filter(intent_id__in=theirs, paid_at__isnull=False).values_list(
            "intent_id", "amount_cents"
        ),
        Voucher.objects.filter(
            Q(intent_id__in=theirs) | Q(paid_at__gte=day.start, paid_at__lt=day.end),
            intent_id__gt="",
        ).values_list("intent_id", "value_cents"),
    )
    return dict(rows)


def _given(day: Period, at_stripe: Iterable[str]) -> dict[str, int]:
    given = Refund.objects.filter(status=Refund.Status.SUCCEEDED).exclude(stripe_id="")
    rows = chain(
        given.filter(stripe_id__in=list(at_stripe)).values_list("stripe_id", "amount_cents"),
        given.filter(
            payment__attempts__status=Attempt.Status.SUCCEEDED,
            given_at__gte=day.start,
            given_at__lt=day.end,
        ).values_list("stripe_id", "amount_cents"),
    )
    return dict(rows)


def _taken(day: Period, at_stripe: Iterable[str]) -> dict[str, int]:
    """Return what banks took in disputes of a day, or by our books, of what is at Stripe then."""
    mine = Q(stripe_id__in=list(at_stripe)) | Q(opened_at__gte=day.start, opened_at__lt=day.end)
    taken = Dispute.objects.filter(mine, taken_cents__gt=0)
    return dict(taken.values_list("stripe_id", "taken_cents"))


def _at_stripe(intent_ids: Iterable[str]) -> dict[str, int]:
    """Return what came in by these, which were begun on another day than they were paid."""
    found = {}
    for intent_id in intent_ids:
        try:
            intent = stripe.intent(intent_id)
        except stripe.Refused:
            continue  # there is no such thing at Stripe
        if intent.status == "succeeded":
            found[intent_id] = intent.received_cents
    return found


def _refunds_at_stripe(refund_ids: Iterable[str]) -> dict[str, int]:
    found = {}
    for refund_id in refund_ids:
        try:
            state = stripe.refund_state(refund_id)
        except stripe.Refused:
            continue
        if state.status == "succeeded":
            found[refund_id] = state.amount_cents
    return found


@transaction.atomic
def _keep(
    on: date,
    receipts: int,
    refunds: int,
    found: dict[Difference.Of, list[Mismatch]],
    *,
    now: datetime,
) -> Reconciliation:
    Reconciliation.objects.filter(on=on).delete()
    row = Reconciliation.objects.create(on=on, at=now, receipts=receipts, refunds=refunds)
    Difference.objects.bulk_create(
        Difference(
            reconciliation=row,
            of=of,
            what=one.what.value,
            stripe_id=one.stripe_id,
            stripe_cents=one.stripe_cents,
            our_cents=one.our_cents,
        )
        for of, mismatches in found.items()
        for one in mismatches
    )
    return row
