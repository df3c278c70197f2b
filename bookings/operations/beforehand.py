"""What a hold asks when a voucher pays for it, and what it asks without one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bookings import reference
from bookings.asked import columns_of, terms_covered, terms_of
from bookings.models import Appointment, Clinic, Treatment
from bookings.operations.live import BeingPaid, held
from bookings.terms import Terms


@dataclass(frozen=True, slots=True)
class Usual:
    """What a visit costs and asks when nothing was paid beforehand, in cents."""

    price_cents: int
    terms: Terms


def usual_terms(appointment: Appointment, *, now: datetime) -> Usual:
    """Return what a hold asks of the client it has now, without a voucher."""
    prices = _prices(appointment)
    return Usual(sum(prices), _terms(appointment, prices, now=now))


def terms_beforehand(
    appointment: Appointment, *, cents: int, price_cents: int, now: datetime
) -> Terms:
    """Return what a hold would ask if a voucher paid so much of this price in cents."""
    return terms_covered(
        treatments_of(appointment),
        _prices(appointment),
        Clinic.objects.get(),
        appointment.client,
        cents=cents,
        price_cents=price_cents,
        now=now,
    )


@transaction.atomic
def ask_beforehand(appointment_id: int, *, cents: int, price_cents: int, now: datetime) -> None:
    """Let a hold ask what a voucher pays in the place of its deposit, at this price.

    What was agreed before no longer counts when that differs.

    :raises HoldLapsed: if the time is no longer kept
    :raises AlreadyBooked: if it was booked before
    :raises BeingPaid: if a payment page is open
    """
    appointment = _unpaid(appointment_id, now=now)
    asked = terms_beforehand(appointment, cents=cents, price_cents=price_cents, now=now)
    _save(appointment, set_asked(appointment, price_cents, asked, by_voucher=True))


@transaction.atomic
def ask_as_usual(appointment_id: int, *, now: datetime) -> None:
    """Let a hold ask again what it would without a voucher.

    :raises HoldLapsed: if the time is no longer kept
    :raises AlreadyBooked: if it was booked before
    :raises BeingPaid: if a payment page is open
    """
    appointment = _unpaid(appointment_id, now=now)
    _save(appointment, ask_anew(appointment, now=now))


def ask_anew(appointment: Appointment, *, now: datetime) -> list[str]:
    """Set on a hold what is usually asked of the client it has now; return the changed columns.

    What was agreed before was agreed about other terms, and no longer counts.
    """
    usual = usual_terms(appointment, now=now)
    return set_asked(appointment, usual.price_cents, usual.terms, by_voucher=False)


def set_asked(
    appointment: Appointment, price_cents: int, terms: Terms, *, by_voucher: bool
) -> list[str]:
    """Set price and terms on a hold; return the columns that changed, nothing when they agree."""
    asked = {"price_cents": price_cents, "by_voucher": by_voucher, **columns_of(terms)}
    if all(getattr(appointment, name) == value for name, value in asked.items()):
        return []
    changes = {**asked, "terms_text": "", "terms_accepted_at": None}
    for name, value in changes.items():
        setattr(appointment, name, value)
    return list(changes)


def treatments_of(appointment: Appointment) -> list[Treatment]:
    """Return what is given in a visit, in order."""
    extras = appointment.extras.select_related("treatment")
    return [appointment.treatment, *(one.treatment for one in extras)]


def _prices(appointment: Appointment) -> list[int]:
    """Return the price of each treatment; a voucher has changed that of the hold itself."""
    extras = [one.price_cents for one in appointment.extras.all()]
    if appointment.by_voucher:
        ids = tuple(one.pk for one in treatments_of(appointment))
        visit = reference.current().visit(ids, appointment.practitioner_id)
        if visit is not None:
            return list(visit.prices)
    return [appointment.price_cents - sum(extras), *extras]


def _terms(appointment: Appointment, prices: list[int], *, now: datetime) -> Terms:
    treatments, clinic = treatments_of(appointment), Clinic.objects.get()
    return terms_of(treatments, prices, clinic, appointment.client, now=now)


def _unpaid(appointment_id: int, *, now: datetime) -> Appointment:
    appointment = held(appointment_id, now=now)
    if appointment.payment_started_at is not None:
        raise BeingPaid
    return appointment


def _save(appointment: Appointment, changed: list[str]) -> None:
    if changed:
        appointment.save(update_fields=changed)
