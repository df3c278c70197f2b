"""A hold that still keeps its time, locked."""

from datetime import datetime

from bookings.models import Appointment

Status = Appointment.Status


class HoldLapsed(Exception):
    """The time is no longer kept, and could not be taken back."""


class AlreadyBooked(Exception):
    """The appointment was booked before."""


class BeingPaid(Exception):
    """A payment page is open for the hold, so it stays as it is."""


def held(appointment_id: int, *, now: datetime) -> Appointment:
    """Lock and return a hold.

    :raises AlreadyBooked: if it was booked before
    :raises HoldLapsed: if the time is no longer kept
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if appointment.status == Status.BOOKED:
        raise AlreadyBooked
    if appointment.status != Status.HELD or (appointment.held_until or now) <= now:
        raise HoldLapsed
    return appointment
