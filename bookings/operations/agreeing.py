"""From a hold to an appointment: details, terms, booked."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.models import Appointment, AppointmentEvent, By
from bookings.operations.beforehand import ask_anew, treatments_of
from bookings.operations.events import record
from bookings.operations.gate import refuse_ineligible
from bookings.operations.live import AlreadyBooked, BeingPaid, HoldLapsed, held
from bookings.operations.people import ClientDetails, find_or_add_client
from bookings.operations.taking import SlotTaken, retake

Kind = AppointmentEvent.Kind
Status = Appointment.Status


class DetailsMissing(Exception):
    """Nobody can be booked without a name, or without having accepted the terms."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The terms as the client read them, and from where she accepted them."""

    text: str
    version: str
    address: str | None
    device: str


@transaction.atomic
def give_details(
    appointment_id: int,
    details: ClientDetails,
    *,
    note: str,
    zone: ZoneInfo,
    now: datetime,
    by: By = By.CLIENT,
    override: str = "",
) -> Appointment:
    """Say who the hold is for.

    :param override: the desk's reason to let a client come sooner after the last time

    :raises HoldLapsed: if the time is no longer kept
    :raises AlreadyBooked: if it was booked before
    :raises BeingPaid: if a payment page is open in somebody's name
    :raises NotEligible: if this client cannot have the treatment then
    """
    appointment = held(appointment_id, now=now)
    if appointment.payment_started_at is not None:
        raise BeingPaid
    appointment.client = find_or_add_client(details, now=now)
    refuse_ineligible(
        appointment.client,
        treatments_of(appointment),
        starts_at=appointment.starts_at,
        zone=zone,
        by=by,
        ignoring=appointment.pk,
        override=override,
    )
    appointment.note = note
    anew = ask_anew(appointment, now=now)
    appointment.save(update_fields=["client", "note", *anew])
    return appointment


@transaction.atomic
def carry_over(lapsed_id: int, *, to: int, zone: ZoneInfo, now: datetime) -> None:
    """Let a new hold go on with what was told for a lapsed one: nothing is asked twice.

    :raises NotEligible: if she cannot have the new hold's treatment then
    """
    lapsed = Appointment.objects.select_related("client").get(pk=lapsed_id)
    if lapsed.client is None:
        return
    fresh = Appointment.objects.select_related("treatment").get(pk=to)
    if fresh.client_id is not None:
        return
    refuse_ineligible(
        lapsed.client,
        treatments_of(fresh),
        starts_at=fresh.starts_at,
        zone=zone,
        by=By.CLIENT,
        ignoring=to,
    )
    fresh.client, fresh.note = lapsed.client, lapsed.note
    anew = ask_anew(fresh, now=now)
    fresh.save(update_fields=["client", "note", *anew])


@transaction.atomic
def accept_terms(appointment_id: int, acceptance: Acceptance, *, now: datetime) -> Appointment:
    """Store the terms as they were read and accepted.

    :raises HoldLapsed: if the time is no longer kept
    :raises AlreadyBooked: if it was booked before
    """
    appointment = held(appointment_id, now=now)
    appointment.terms_text = acceptance.text
    appointment.terms_version = acceptance.version
    appointment.terms_accepted_at = now
    appointment.terms_address = acceptance.address
    appointment.terms_device = acceptance.device[:300]
    appointment.save(
        update_fields=[
            "terms_text",
            "terms_version",
            "terms_accepted_at",
            "terms_address",
            "terms_device",
        ]
    )
    return appointment


@transaction.atomic
def book(appointment_id: int, *, now: datetime, by: By = By.CLIENT) -> Appointment:
    """Turn a live hold that asks no deposit into an appointment.

    :raises HoldLapsed: if the time is no longer kept
    :raises AlreadyBooked: if it was booked before
    :raises DetailsMissing: without a client, without accepted terms, or with a deposit to pay
    """
    appointment = held(appointment_id, now=now)
    if appointment.deposit_cents:
        raise DetailsMissing
    return _book(appointment, now=now, by=by)


@transaction.atomic
def book_paid(appointment_id: int, *, now: datetime, by: By = By.CLIENT) -> Appointment:
    """Book an appointment whose deposit has arrived; its lapsed time is taken back if still free.

    :raises HoldLapsed: if the time has gone to somebody else, or lies in the past
    :raises AlreadyBooked: if it was booked before
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if appointment.status == Status.EXPIRED:
        _take_back(appointment, now=now)
    elif appointment.status != Status.HELD:
        raise HoldLapsed if appointment.status == Status.CANCELLED else AlreadyBooked
    return _book(appointment, now=now, by=by)


def _take_back(appointment: Appointment, *, now: datetime) -> None:
    """Take the same resources again, or others of the same kind that are free."""
    if appointment.starts_at <= now:
        raise HoldLapsed
    try:
        retake(appointment)
    except SlotTaken as error:
        raise HoldLapsed from error


def _book(appointment: Appointment, *, now: datetime, by: By) -> Appointment:
    if appointment.client_id is None or appointment.terms_accepted_at is None:
        raise DetailsMissing
    appointment.status = Status.BOOKED
    appointment.booked_at = now
    appointment.held_until = None
    appointment.save(update_fields=["status", "booked_at", "held_until"])
    record(appointment, Kind.BOOKED, at=now, by=by)
    return appointment
