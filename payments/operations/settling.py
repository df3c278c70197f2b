"""Making the waiting fees and refunds match the facts and the terms."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from bookings import operations as bookings
from bookings.forgiving import Reminded
from bookings.freed import given_back_for, was_refilled, was_reminded
from bookings.models import Appointment, AppointmentEvent, By, Clinic, User
from bookings.terms import percent_of, quote
from payments.models import Attempt, Dispute, Payment, Refund, StripeCustomer, Waiver
from payments.operations.checkout import may_save_card
from payments.operations.disputing import meet_by_disputes
from payments.operations.outcomes import add_refund, ask_by_link
from payments.operations.posting import post
from payments.requests import off_session_request

Kind = AppointmentEvent.Kind
READER = "payments"
log = logging.getLogger(__name__)


def settle_changed(*, clinic: Clinic, now: datetime) -> int:
    """Settle each appointment with events not handled yet; return how many.

    An event that may still be undone is left for later: money waits for it.
    """
    events = AppointmentEvent.objects.unhandled_by(READER).select_related("appointment")
    ripe: dict[int, list[int]] = {}
    for event in events.order_by("pk")[:500]:
        if _is_final(event.appointment, clinic, now=now):
            ripe.setdefault(event.appointment_id, []).append(event.pk)
    for appointment_id, event_ids in ripe.items():
        try:
            _settle_whose_time_it_took(appointment_id, clinic=clinic, now=now)
            with transaction.atomic():
                settle(appointment_id, clinic=clinic, now=now)
                bookings.handled(event_ids, reader=READER)
        except Exception:  # one fault never stops the others; this one is tried again
            log.exception("settling appointment %s failed", appointment_id)
    return len(ripe)


def _settle_whose_time_it_took(appointment_id: int, *, clinic: Clinic, now: datetime) -> None:
    """Settle who cancelled late and whose time somebody has now: each by herself, for the locks."""
    appointment = Appointment.objects.get(pk=appointment_id)
    if clinic.refilled_fee_percent < 100 and appointment.status in Appointment.AGREED:
        for cancelled_id in given_back_for(appointment):
            settle(cancelled_id, clinic=clinic, now=now)


def _is_final(appointment: Appointment, clinic: Clinic, *, now: datetime) -> bool:
    if appointment.cancelled_at is not None:
        may_be_undone = now < appointment.cancelled_at + clinic.undo_time
    elif appointment.no_show_at is not None:
        may_be_undone = now < appointment.no_show_at + clinic.no_show_rest
    else:
        return True
    return not (may_be_undone or _waits_for_word(appointment, clinic, now=now))


def _waits_for_word(appointment: Appointment, clinic: Clinic, *, now: datetime) -> bool:
    """Tell whether the fee hangs on a reminder that was sent, and that nobody has heard of yet."""
    if not (appointment.fee_cents and clinic.fee_needs_reminder) or waiver_of(appointment):
        return False
    return was_reminded(appointment, now=now) is Reminded.PERHAPS


@transaction.atomic
def settle(appointment_id: int, *, clinic: Clinic, now: datetime) -> None:
    """Make refunds, fee and ledger match the facts as they are now.

    Safe to run any number of times.
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    _match(appointment, clinic, now=now)
    post(appointment_id, now=now)


def _match(appointment: Appointment, clinic: Clinic, *, now: datetime) -> None:
    ended_at = appointment.cancelled_at or appointment.no_show_at
    if ended_at is None:
        _ask_fee(appointment, 0, now=now)  # it stands (again), so nothing is due for ending it
        return
    if not _is_final(appointment, clinic, now=now):
        return
    deposit = _debt(appointment, Payment.Kind.DEPOSIT)
    paid_cents = deposit.amount_cents if deposit and deposit.status == "paid" else 0
    fee_cents = _fee_now(appointment, clinic, now=now)
    due = quote(fee_cents, deposit_paid_cents=paid_cents)
    if deposit and deposit.status == Payment.Status.PAID:
        _refund_up_to(deposit, due.refund_cents, now=now)
    _ask_fee(appointment, due.charge_cents, now=now)
    for payment in appointment.payments.filter(disputes__status=Dispute.Status.LOST).distinct():
        meet_by_disputes(payment, now=now)


def _fee_now(appointment: Appointment, clinic: Clinic, *, now: datetime) -> int:
    """Return the fee in cents, as far as nobody and no rule of the clinic waives it."""
    waiver = waiver_of(appointment)
    fee_cents = waiver.fee_cents if waiver else appointment.fee_cents
    if not fee_cents:
        return 0
    why, less = _by_rule(appointment, clinic, now=now)
    if why is None or less >= fee_cents:
        return fee_cents
    _waive(appointment, to_cents=less, why=why, by=By.SYSTEM, now=now)
    return less


def _by_rule(
    appointment: Appointment, clinic: Clinic, *, now: datetime
) -> tuple[Waiver.Why | None, int]:
    """Return why the clinic itself asks less than the fee, and how many cents it still asks."""
    if clinic.fee_needs_reminder and was_reminded(appointment, now=now) is Reminded.NO:
        return Waiver.Why.NOT_REMINDED, 0
    if appointment.cancelled_at is not None and was_refilled(appointment):
        less = percent_of(appointment.fee_cents, clinic.refilled_fee_percent)
        return Waiver.Why.REFILLED, less
    return None, 0


def waiver_of(appointment: Appointment) -> Waiver | None:
    """Return the waiver about how it ended; one from before an undo is about another ending."""
    ended_at = appointment.cancelled_at or appointment.no_show_at
    if ended_at is None:
        return None
    return Waiver.objects.filter(appointment=appointment, at__gte=ended_at).first()


def _debt(appointment: Appointment, kind: Payment.Kind) -> Payment | None:
    debts = Payment.objects.select_for_update().filter(appointment=appointment, kind=kind)
    return debts.exclude(status=Payment.Status.VOID).first()


def _refund_up_to(payment: Payment, wanted_cents: int, *, now: datetime) -> None:
    """Give back what is still missing of `wanted_cents`.

    A refund that failed counts as made: somebody at the desk gives it back by bank.
    """
    made = payment.refunds.exclude(purpose__startswith="double:")
    made = made.exclude(status=Refund.Status.VOID)
    given = made.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    missing = wanted_cents - given
    if missing > 0:
        number = payment.refunds.count() + 1
        add_refund(payment, missing, purpose=f"settle:{number}", intent_id="", now=now)


def _ask_fee(appointment: Appointment, wanted_cents: int, *, now: datetime) -> None:
    fee = _debt(appointment, Payment.Kind.FEE)
    if fee is None:
        if wanted_cents:
            _charge(appointment, wanted_cents, now=now)
    elif fee.status == Payment.Status.PAID:
        _refund_up_to(fee, fee.amount_cents - wanted_cents, now=now)
    elif wanted_cents < fee.amount_cents:
        # What may still be paid for it goes straight back; what is asked now is another debt.
        fee.status = Payment.Status.VOID
        fee.save(update_fields=["status"])
        fee.attempts.filter(status=Attempt.Status.NEW).update(status=Attempt.Status.FAILED)
        if wanted_cents:
            _charge(appointment, wanted_cents, now=now)


def _charge(appointment: Appointment, cents: int, *, now: datetime) -> None:
    """Write down the fee, and the charge of the saved card, or the wish for a pay link."""
    fee = Payment.objects.create(
        appointment=appointment, kind=Payment.Kind.FEE, amount_cents=cents, created_at=now
    )
    customer = _consenting_customer(appointment)
    if customer is None:
        ask_by_link(fee, now=now)
        return
    key = f"fee:{fee.reference}:1"
    Attempt.objects.create(
        payment=fee,
        number=1,
        way=Attempt.Way.OFF_SESSION,
        key=key,
        created_at=now,
        request=off_session_request(
            key=key,
            customer_id=str(customer.customer_id),
            card_id=customer.card_id,
            reference=str(fee.reference),
            amount_cents=cents,
        ),
    )


def _consenting_customer(appointment: Appointment) -> StripeCustomer | None:
    """Return whose card may be charged: only if this appointment's own terms said so.

    A card kept for another visit is not hers to lose here, nor is anybody's who shares a name.
    """
    deposit = _debt(appointment, Payment.Kind.DEPOSIT)
    if deposit is None or deposit.method != "card" or not may_save_card(deposit):
        return None
    kept = StripeCustomer.objects.filter(
        client=appointment.client_id, customer_id__isnull=False, card_removed_at__isnull=True
    )
    return kept.exclude(card_id="").first()


class NothingToWaive(Exception):
    """There is no fee, or not more than what would still be asked."""


@transaction.atomic
def waive(
    appointment_id: int,
    *,
    reason: str,
    user: User,
    clinic: Clinic,
    now: datetime,
    to_cents: int = 0,
) -> Waiver:
    """Ask the client less than the fee, or nothing, before or after it was paid.

    What was kept or paid above it goes back.

    :param to_cents: what is still asked
    :raises NothingToWaive: if no more than that is asked now
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    before = waiver_of(appointment)
    if to_cents >= (before.fee_cents if before else appointment.fee_cents):
        raise NothingToWaive
    waiver = _waive(
        appointment,
        to_cents=to_cents,
        why=Waiver.Why.DESK,
        by=By.CLINIC,
        now=now,
        reason=reason[:200],
        user=user,
    )
    settle(appointment_id, clinic=clinic, now=now)
    return waiver


def _waive(
    appointment: Appointment,
    *,
    to_cents: int,
    why: Waiver.Why,
    by: By,
    now: datetime,
    reason: str = "",
    user: User | None = None,
) -> Waiver:
    said = {"why": why, "fee_cents": to_cents, "reason": reason, "user": user, "at": now}
    waiver, _ = Waiver.objects.update_or_create(appointment=appointment, defaults=said)
    told = {"reason": reason, "why": why.value, "fee_cents": to_cents}
    bookings.record(appointment, Kind.FEE_WAIVED, at=now, by=by, user=user, **told)
    return waiver
