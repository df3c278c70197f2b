"""What the desk notes on the day itself."""

from datetime import datetime, timedelta

from django.db import transaction

from bookings.models import Appointment, AppointmentEvent, By, User
from bookings.operations.events import record

Kind = AppointmentEvent.Kind
Status = Appointment.Status


class WrongMoment(Exception):
    """The appointment is not in a state for this."""


def _in(appointment_id: int, *statuses: Appointment.Status) -> Appointment:
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if appointment.status not in statuses:
        raise WrongMoment
    return appointment


@transaction.atomic
def arrive(appointment_id: int, *, now: datetime, user: User) -> Appointment:
    """Note that the client is here.

    :raises WrongMoment: if she is not expected
    """
    appointment = _in(appointment_id, Status.BOOKED)
    appointment.status, appointment.arrived_at = Status.ARRIVED, now
    appointment.save(update_fields=["status", "arrived_at"])
    record(appointment, Kind.ARRIVED, at=now, by=By.CLINIC, user=user)
    return appointment


@transaction.atomic
def undo_arrival(appointment_id: int, *, now: datetime, user: User) -> Appointment:
    """Take back that the client is here.

    :raises WrongMoment: if she was not noted as here
    """
    appointment = _in(appointment_id, Status.ARRIVED)
    appointment.status, appointment.arrived_at = Status.BOOKED, None
    appointment.save(update_fields=["status", "arrived_at"])
    record(appointment, Kind.ARRIVAL_UNDONE, at=now, by=By.CLINIC, user=user)
    return appointment


@transaction.atomic
def complete(appointment_id: int, *, now: datetime, user: User) -> Appointment:
    """Note that the treatment is done.

    :raises WrongMoment: if the client was not here
    """
    appointment = _in(appointment_id, Status.ARRIVED)
    appointment.status, appointment.completed_at = Status.COMPLETED, now
    appointment.save(update_fields=["status", "completed_at"])
    record(appointment, Kind.COMPLETED, at=now, by=By.CLINIC, user=user)
    return appointment


@transaction.atomic
def note_result(
    appointment_id: int, result: Appointment.Result, *, now: datetime, user: User
) -> Appointment:
    """Note how a patch test or an intake came out; it opens other treatments, or keeps them shut.

    :raises WrongMoment: if it has not been done
    """
    appointment = _in(appointment_id, Status.COMPLETED)
    appointment.result = result
    appointment.save(update_fields=["result"])
    record(appointment, Kind.RESULT_NOTED, at=now, by=By.CLINIC, user=user, result=result)
    return appointment


@transaction.atomic
def mark_no_show(appointment_id: int, *, now: datetime, user: User) -> Appointment:
    """Note that the client did not come; the fee rests until it can no longer be undone.

    :raises WrongMoment: if she was here, or the appointment has not begun
    """
    appointment = _in(appointment_id, Status.BOOKED)
    if now < appointment.starts_at:
        raise WrongMoment
    appointment.status, appointment.no_show_at = Status.NO_SHOW, now
    appointment.fee_cents = appointment.no_show_fee_cents
    appointment.save(update_fields=["status", "no_show_at", "fee_cents"])
    record(appointment, Kind.NO_SHOW, at=now, by=By.CLINIC, user=user)
    return appointment


@transaction.atomic
def undo_no_show(
    appointment_id: int, *, within: timedelta, now: datetime, user: User
) -> Appointment:
    """Take back a no-show, before it costs money.

    :raises WrongMoment: if it was no no-show, or it has rested long enough
    """
    appointment = _in(appointment_id, Status.NO_SHOW)
    if appointment.no_show_at is None or now >= appointment.no_show_at + within:
        raise WrongMoment
    appointment.status, appointment.no_show_at = Status.BOOKED, None
    appointment.fee_cents = 0
    appointment.save(update_fields=["status", "no_show_at", "fee_cents"])
    record(appointment, Kind.NO_SHOW_UNDONE, at=now, by=By.CLINIC, user=user)
    return appointment
