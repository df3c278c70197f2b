"""Disputes as Stripe tells of them, and what of our own debts they have met."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By
from payments.models import Attempt, Dispute, Payment, Refund
from payments.operations.outcomes import fail_refund
from payments.operations.posting import post
from payments.operations.selling import hear_of_given_back
from payments.stripe_gateway import DisputeState

Kind = AppointmentEvent.Kind
Status = Dispute.Status
A_DAY = timedelta(days=1)
WORDS = {
    "won": Status.WON,
    "warning_closed": Status.WON,
    "prevented": Status.WON,
    "lost": Status.LOST,
}


def hear_of_dispute(state: DisputeState, *, now: datetime) -> None:
    """Act on a dispute of anything: what was paid for a visit, or for a voucher."""
    if not hear_of_given_back(state.intent_id, now=now):
        apply_dispute(state, now=now)


@transaction.atomic
def apply_dispute(state: DisputeState, *, now: datetime) -> None:
    """Act on a dispute as Stripe says it is now; one of a payment that is not ours is none."""
    payment = _payment_of(state.intent_id)
    if payment is None:
        return
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=payment.appointment_id)
    before = Dispute.objects.select_for_update().filter(stripe_id=state.dispute_id).first()
    dispute = _written(before, payment, state, now=now)
    if before is None or before.status != dispute.status:
        _tell(appointment, dispute, is_new=before is None, now=now)
    meet_by_disputes(payment, now=now)
    post(appointment.pk, now=now)


def _payment_of(intent_id: str) -> Payment | None:
    if not intent_id:
        return None
    attempt = Attempt.objects.filter(intent_id=intent_id, status=Attempt.Status.SUCCEEDED).first()
    if attempt is not None:
        return attempt.payment
    return Payment.objects.filter(intent_id=intent_id, paid_at__isnull=False).first()


def _written(
    before: Dispute | None, payment: Payment, state: DisputeState, *, now: datetime
) -> Dispute:
    waits = Status.ASKED if state.needs_answer else Status.ANSWERED
    status = WORDS.get(state.status, waits)
    is_open = status in Dispute.OPEN
    told = {
        "status": status,
        "reason": state.reason[:60],
        "amount_cents": state.amount_cents,
        "taken_cents": state.taken_cents,
        "answer_by": state.answer_by,
        "closed_at": None if is_open else (before and before.closed_at) or now,
        "look_at": now + A_DAY if is_open else None,
    }
    first = {"payment": payment, "opened_at": state.opened_at}
    dispute, _ = Dispute.objects.update_or_create(
        stripe_id=state.dispute_id, defaults=told, create_defaults=told | first
    )
    return dispute


def _tell(appointment: Appointment, dispute: Dispute, *, is_new: bool, now: datetime) -> None:
    if is_new or dispute.status not in Dispute.OPEN:
        kind = Kind.DISPUTED if dispute.status in Dispute.OPEN else Kind.DISPUTE_ENDED
        bookings.record(
            appointment,
            kind,
            at=now,
            by=By.SYSTEM,
            amount_cents=dispute.amount_cents,
            outcome=dispute.status,
        )


def meet_by_disputes(payment: Payment, *, now: datetime) -> None:
    """Let what a bank gave back for good count for refunds that wait to be made.

    Called while the appointment is locked. Without it the client would have her money twice.
    """
    left = _lost_cents(payment) - _met_cents(payment)
    if left < 0:
        left += _unmeet(payment)
    waiting = payment.refunds.filter(status__in=(Refund.Status.NEW, Refund.Status.FAILED))
    for refund in waiting.select_for_update().order_by("pk"):
        part = min(refund.amount_cents, left)
        if part:
            _meet(refund, part, now=now)
        left -= part


@transaction.atomic
def leave_to_the_bank(
    refund_id: int, disputes: Iterable[DisputeState], *, error: str, now: datetime
) -> None:
    """Let a refund wait that Stripe refuses because a bank has the money.

    When the bank has decided already, what is left of it is for the desk to give.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    Appointment.objects.select_for_update(no_key=True).get(pk=refund.payment.appointment_id)
    # Stripe would repeat its refusal under the key it has seen.
    again = refund.payment.refunds.count() + 1
    waiting = {"status": Refund.Status.NEW, "key": f"{refund.key}:{again}", "leased_until": None}
    Refund.objects.filter(pk=refund_id, status=Refund.Status.SENT).update(**waiting)
    for state in disputes:
        apply_dispute(state, now=now)
    is_open = refund.payment.disputes.filter(status__in=Dispute.OPEN, taken_cents__gt=0).exists()
    refund.refresh_from_db()
    if refund.status == Refund.Status.NEW and not is_open:
        fail_refund(refund_id, error=error, now=now)


def _unmeet(payment: Payment) -> int:
    """Let refunds wait again that a bank gave and has taken back; return how many cents.

    Stripe would repeat an earlier refusal under the key it has seen.
    """
    cents = 0
    for refund in payment.refunds.filter(status=Refund.Status.BY_DISPUTE).order_by("pk"):
        key = f"{refund.key}:{payment.refunds.count() + 1}"
        Refund.objects.filter(pk=refund.pk).update(
            status=Refund.Status.NEW, given_at=None, key=key[:100]
        )
        cents += refund.amount_cents
    return cents


def _lost_cents(payment: Payment) -> int:
    lost = payment.disputes.filter(status=Status.LOST)
    return lost.aggregate(cents=Sum("taken_cents"))["cents"] or 0


def _met_cents(payment: Payment) -> int:
    met = payment.refunds.filter(status=Refund.Status.BY_DISPUTE)
    return met.aggregate(cents=Sum("amount_cents"))["cents"] or 0


def _meet(refund: Refund, cents: int, *, now: datetime) -> None:
    """Note that so much of a refund was given by the bank; the rest of it goes on waiting."""
    by_dispute = {"status": Refund.Status.BY_DISPUTE, "given_at": now}
    if cents == refund.amount_cents:
        Refund.objects.filter(pk=refund.pk).update(**by_dispute)
        return
    number = refund.payment.refunds.count() + 1
    Refund.objects.filter(pk=refund.pk).update(amount_cents=refund.amount_cents - cents)
    Refund.objects.create(
        payment=refund.payment,
        amount_cents=cents,
        purpose=f"{refund.purpose}:{number}"[:40],
        intent_id=refund.intent_id,
        key=f"{refund.key}:{number}",
        created_at=refund.created_at,
        **by_dispute,
    )
