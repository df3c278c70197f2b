"""Changing an agreed appointment: confirm, move, cancel, think again."""

from datetime import datetime, timedelta

from django.db import transaction

from bookings.availability import Search, Slot
from bookings.models import Appointment, AppointmentEvent, By, User
from bookings.operations.events import record
from bookings.operations.taking import SlotTaken, release, retake, take
from bookings.terms import cancellation_fee

Kind = AppointmentEvent.Kind
Status = Appointment.Status


class NotCancellable(Exception):
    """There is nothing left to cancel."""


class NotMovable(Exception):
    """It is not an appointment to come, or moving it would cost money."""


class NotUndoable(Exception):
    """It is too late to think again, or the time has gone to somebody else."""


def _locked(appointment_id: int) -> Appointment:
    return Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)


@transaction.atomic
def confirm(appointment_id: int, *, by: By, now: datetime, user: User | None = None) -> Appointment:
    """Note that the client said “yes, I will come”; a second yes changes nothing.

    :raises NotCancellable: if it is no appointment to come
    """
    appointment = _locked(appointment_id)
    if appointment.status != Status.BOOKED or appointment.starts_at <= now:
        raise NotCancellable
    if appointment.confirmed_at is None:
        appointment.confirmed_at = now
        appointment.save(update_fields=["confirmed_at"])
        record(appointment, Kind.CONFIRMED, at=now, by=by, user=user)
    return appointment


def fee_for_cancelling(appointment: Appointment, *, by: By, now: datetime) -> int:
    """Return what cancelling now would cost, in cents, by the terms stored on the appointment.

    The clinic never charges for its own changes, and withdrawing a hold is free.
    """
    if by is not By.CLIENT or appointment.status != Status.BOOKED:
        return 0
    return cancellation_fee(appointment.terms, starts_at=appointment.starts_at, cancelled_at=now)


@transaction.atomic
def cancel(
    appointment_id: int,
    *,
    by: By,
    now: datetime,
    reason: str = "",
    user: User | None = None,
) -> int:
    """Cancel, give the resources back and return the fee now due, in cents.

    :raises NotCancellable: if it began, or there is nothing left to cancel
    """
    appointment = _locked(appointment_id)
    if appointment.status != Status.BOOKED or appointment.starts_at <= now:
        raise NotCancellable
    appointment.fee_cents = fee_for_cancelling(appointment, by=by, now=now)
    appointment.status = Status.CANCELLED
    appointment.cancelled_at = now
    appointment.cancelled_by = by
    appointment.cancel_reason = reason[:200]
    appointment.save(
        update_fields=["status", "cancelled_at", "cancelled_by", "cancel_reason", "fee_cents"]
    )
    release(appointment)
    record(appointment, Kind.CANCELLED, at=now, by=by, user=user, fee_cents=appointment.fee_cents)
    return appointment.fee_cents


@transaction.atomic
def undo_cancel(
    appointment_id: int, *, within: timedelta, by: By, now: datetime, user: User | None = None
) -> Appointment:
    """Put a cancelled appointment back where it was, within the time in which one may rethink.

    :raises NotUndoable: if that time is over or somebody else has the slot
    """
    appointment = _locked(appointment_id)
    cancelled_at = appointment.cancelled_at
    if cancelled_at is None or now >= cancelled_at + within or appointment.starts_at <= now:
        raise NotUndoable
    if by is By.CLIENT and appointment.cancelled_by != By.CLIENT:
        raise NotUndoable  # what the clinic withdrew is not hers to put back
    appointment.status = Status.BOOKED
    appointment.cancelled_at = None
    appointment.cancelled_by = appointment.cancel_reason = ""
    appointment.fee_cents = 0
    appointment.save(
        update_fields=["status", "cancelled_at", "cancelled_by", "cancel_reason", "fee_cents"]
    )
    try:
        retake(appointment)
    except SlotTaken as error:
        raise NotUndoable from error
    record(appointment, Kind.CANCEL_UNDONE, at=now, by=by, user=user)
    return appointment


MOVING = ["starts_at", "ends_at", "practitioner", "confirmed_at", "moves", "free_notice"]
TIME_TO_DECLINE = timedelta(hours=24)


def _fair_notice(appointment: Appointment, *, now: datetime) -> timedelta:
    """Return the notice that leaves her a day to decline a time the clinic chose for her."""
    left = appointment.starts_at - (now + TIME_TO_DECLINE)
    return min(appointment.free_notice, max(left, timedelta()))


def reschedule(
    appointment_id: int,
    search: Search,
    *,
    starts_at: datetime,
    by: By,
    user: User | None = None,
    reason: str = "",
) -> Appointment:
    """Move an appointment; the old time is let go only when the new one is sure.

    It stays the same appointment, with its deposit and its history. A client may move it
    herself as long as that is free; the clinic always may.

    :raises NotMovable: if it is no appointment to come, or the free time is over
    :raises SlotTaken: if somebody else has the new time
    :raises NotOffered: if the new time is not on offer
    """

    def write(slot: Slot) -> Appointment:
        appointment = _locked(appointment_id)
        if appointment.status != Status.BOOKED or appointment.starts_at <= search.now:
            raise NotMovable
        if fee_for_cancelling(appointment, by=by, now=search.now):
            raise NotMovable
        was, was_with = appointment.starts_at, appointment.practitioner_id
        appointment.starts_at = slot.starts_at
        appointment.ends_at = slot.starts_at + search.treatment.duration
        appointment.practitioner_id = slot.practitioner_id
        appointment.confirmed_at = None  # she said yes to another time
        appointment.moves += 1
        if by is not By.CLIENT:
            appointment.free_notice = _fair_notice(appointment, now=search.now)
        appointment.save(update_fields=MOVING)
        record(
            appointment,
            Kind.MOVED,
            at=search.now,
            by=by,
            user=user,
            was=was.isoformat(),
            was_practitioner=was_with,
            reason=reason,
        )
        return appointment

    return take(search, starts_at, write)
