"""Paying a visit from a voucher: its money moves to the deposit, and back like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By, Treatment
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


class VoucherChanged(Exception):
    """It pays something else by now than what was shown."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a voucher pays of a visit beforehand, and the price that then counts; in cents."""

    cents: int
    price_cents: int

    def is_worse_than(self, told: "Cover") -> bool:
        """Tell whether more would be drawn than was told, or more remain to be paid."""
        rest_cents, told_rest = self.price_cents - self.cents, told.price_cents - told.cents
        return self.cents > told.cents or rest_cents > told_rest


def cover_of(
    voucher: Voucher,
    treatments: Sequence[Treatment],
    *,
    price_cents: int,
    deposit_cents: int,
    on: date,
) -> Cover:
    """Return what a voucher would pay of a visit. Two queries.

    :param treatments: all that is given in the visit
    :param price_cents: what they cost together without a voucher
    :param deposit_cents: what they ask beforehand without one
    :param on: today, on the clinic's clock
    :raises VoucherOver: if it cannot be used any more
    :raises VoucherEmpty: if it holds less than the deposit, or less than a session
    :raises VoucherForAnother: if it is for another treatment
    """
    _refuse_over(voucher, on=on)
    if voucher.treatment_id and [one.pk for one in treatments] != [voucher.treatment_id]:
        raise VoucherForAnother
    cents = pays(purse_of(voucher), price_cents=price_cents, deposit_cents=deposit_cents)
    if cents is None:
        raise VoucherEmpty
    return Cover(cents, voucher.session_cents or price_cents)


def cover_of_hold(voucher: Voucher, appointment: Appointment, *, on: date, now: datetime) -> Cover:
    """Return what a voucher would pay of a hold; see `cover_of`."""
    usual = bookings.usual_terms(appointment, now=now)
    return cover_of(
        voucher,
        bookings.treatments_of(appointment),
        price_cents=usual.price_cents,
        deposit_cents=usual.terms.deposit_cents,
        on=on,
    )


@transaction.atomic
def choose_voucher(appointment_id: int, voucher: Voucher, *, on: date, now: datetime) -> Cover:
    """Let a hold ask what a voucher pays instead of its deposit; nothing is drawn yet.

    :param on: today, on the clinic's clock
    :raises VoucherOver: if it cannot be used any more
    :raises VoucherEmpty: if it holds less than the deposit, or less than a session
    :raises VoucherForAnother: if it is for another treatment
    :raises HoldLapsed: if the time is no longer kept
    :raises BeingPaid: if a payment page is open
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    cover = cover_of_hold(voucher, appointment, on=on, now=now)
    bookings.ask_beforehand(
        appointment_id, cents=cover.cents, price_cents=cover.price_cents, now=now
    )
    _let_go_unpaid(appointment)
    return cover


@transaction.atomic
def pay_by_voucher(
    appointment_id: int,
    voucher: Voucher,
    shown: Cover,
    acceptance: bookings.Acceptance,
    *,
    on: date,
    now: datetime,
    by: By = By.CLIENT,
) -> Payment:
    """Pay a hold from a voucher and book it, or change nothing at all.

    :param shown: what the client was told that the voucher pays
    :param acceptance: of the terms that go with that; see `bookings.terms_beforehand`
    :raises VoucherChanged: if the voucher pays something else by now
    :raises: whatever `choose_voucher` and `draw` raise
    """
    if choose_voucher(appointment_id, voucher, on=on, now=now) != shown:
        raise VoucherChanged
    bookings.accept_terms(appointment_id, acceptance, now=now)
    return draw(appointment_id, voucher.pk, on=on, now=now, by=by)


@transaction.atomic
def draw(
    appointment_id: int, voucher_id: int, *, on: date, now: datetime, by: By = By.CLIENT
) -> Payment:
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
    cents = appointment.deposit_cents
    _refuse_over(voucher, on=on)
    if purse_of(voucher).left_cents < cents:
        raise VoucherEmpty
    payment = Payment.objects.create(
        appointment=appointment,
        kind=Payment.Kind.DEPOSIT,
        amount_cents=cents,
        status=Payment.Status.PAID,
        method=Payment.VOUCHER,
        voucher=voucher,
        created_at=now,
        paid_at=now,
    )
    bookings.record(appointment, Kind.DEPOSIT_PAID, at=now, by=by, amount_cents=cents)
    bookings.book_paid(appointment_id, now=now, by=by)
    post(appointment_id, now=now)
    return payment


def _refuse_over(voucher: Voucher, *, on: date) -> None:
    if voucher.status != Voucher.Status.PAID or not is_valid(voucher.valid_until, on=on):
        raise VoucherOver


def _let_go_unpaid(appointment: Appointment) -> None:
    """Let a deposit go that was asked and that no payment page is open for."""
    open_debts = Payment.objects.filter(
        appointment=appointment, kind=Payment.Kind.DEPOSIT, status=Payment.Status.OPEN
    )
    being_paid = Attempt.objects.filter(
        payment__appointment=appointment, status__in=Attempt.UNSETTLED
    )
    open_debts.exclude(pk__in=being_paid.values("payment")).update(status=Payment.Status.VOID)
