"""Paying a visit from a voucher: its money moves to the deposit, and back like any other."""

from datetime import date, datetime

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By
from payments.models import Attempt, Payment, Voucher
from payments.operations.checkout import AlreadyPaid, NothingToPay
from payments.operations.posting import post
from payments.purses import purse_of
from payments.vouchers import is_valid, pays

Kind = AppointmentEvent.Kind


class VoucherOver(Exception):
    """It was not paid, or its last day has passed."""


class VoucherEmpty(Exception):
    """There is not enough left in it for this visit."""


class VoucherForAnother(Exception):
    """It is for a course of another treatment, or this visit has more than that."""


@transaction.atomic
def choose_voucher(appointment_id: int, voucher: Voucher, *, on: date, now: datetime) -> None:
    """Let a hold ask what a voucher pays instead of its deposit; nothing is drawn yet.

    :param on: today, on the clinic's clock
    :raises VoucherOver: if it cannot be used any more
    :raises VoucherEmpty: if it holds less than the deposit, or less than a session
    :raises VoucherForAnother: if it is for another treatment
    :raises HoldLapsed: if the time is no longer kept
    """
    _refuse_unusable(voucher, on=on)
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if voucher.treatment_id and (
        voucher.treatment_id != appointment.treatment_id or appointment.extras.exists()
    ):
        raise VoucherForAnother
    usual = bookings.usual_terms(appointment, now=now)
    cents = pays(
        purse_of(voucher),
        price_cents=usual.price_cents,
        deposit_cents=usual.terms.deposit_cents,
    )
    if cents is None:
        raise VoucherEmpty
    bookings.ask_beforehand(
        appointment_id,
        cents=cents,
        price_cents=voucher.session_cents or usual.price_cents,
        now=now,
    )
    _let_go_unpaid(appointment)


@transaction.atomic
def draw(appointment_id: int, voucher_id: int, *, on: date, now: datetime) -> Payment:
    """Pay the deposit of a hold from a voucher, and book it.

    :param on: today, on the clinic's clock
    :raises AlreadyPaid: if it was paid before
    :raises NothingToPay: if it does not ask what a voucher pays (any more)
    :raises VoucherOver: if it cannot be used any more
    :raises VoucherEmpty: if somebody has drawn on it meanwhile
    :raises HoldLapsed: if the time is no longer kept
    :raises AlreadyBooked: if it was booked before
    :raises DetailsMissing: if the terms were not accepted
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if not appointment.by_voucher:
        raise NothingToPay
    _let_go_unpaid(appointment)
    debts = Payment.objects.filter(appointment=appointment, kind=Payment.Kind.DEPOSIT)
    if debts.exclude(status=Payment.Status.VOID).exists():
        raise AlreadyPaid  # or being paid: its page is closed first
    voucher = Voucher.objects.select_for_update().get(pk=voucher_id)
    _refuse_unusable(voucher, on=on)
    if purse_of(voucher).left_cents < appointment.deposit_cents:
        raise VoucherEmpty
    payment = Payment.objects.create(
        appointment=appointment,
        kind=Payment.Kind.DEPOSIT,
        amount_cents=appointment.deposit_cents,
        status=Payment.Status.PAID,
        method=Payment.VOUCHER,
        voucher=voucher,
        created_at=now,
        paid_at=now,
    )
    bookings.record(
        appointment, Kind.DEPOSIT_PAID, at=now, by=By.CLIENT, amount_cents=payment.amount_cents
    )
    bookings.book_paid(appointment_id, now=now)
    post(appointment_id, now=now)
    return payment


def _let_go_unpaid(appointment: Appointment) -> None:
    """Let a deposit go that was asked and that no payment page is open for."""
    open_debts = Payment.objects.filter(
        appointment=appointment, kind=Payment.Kind.DEPOSIT, status=Payment.Status.OPEN
    )
    being_paid = Attempt.objects.filter(
        payment__appointment=appointment, status__in=Attempt.UNSETTLED
    )
    open_debts.exclude(pk__in=being_paid.values("payment")).update(status=Payment.Status.VOID)


def _refuse_unusable(voucher: Voucher, *, on: date) -> None:
    if voucher.status != Voucher.Status.PAID or not is_valid(voucher.valid_until, on=on):
        raise VoucherOver
