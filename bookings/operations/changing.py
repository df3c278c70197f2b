"""Changing an agreed appointment: confirm, move, cancel, think again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bookings.availability import taken_periods
from bookings.board import Place
from bookings.locks import lock_to_take
from bookings.minutes import spanning
from bookings.models import Allocation, Appointment, AppointmentEvent, By, Resource, User
from bookings.operations.events import record
from bookings.operations.gate import refuse_ineligible
from bookings.operations.taking import SlotTaken, release, retake, take_instead
from bookings.periods import Period
from bookings.search import Search
from bookings.terms import cancellation_fee, may_move

Kind = AppointmentEvent.Kind
Status = Appointment.Status


class NotCancellable(Exception):
    """There is nothing left to cancel."""


class NotMovable(Exception):
    """It is not an appointment to come, or the client may no longer move it herself."""


class ReasonMissing(Exception):
    """The clinic moves an appointment of a client, and has not said why."""


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


@transaction.atomic
def change_place(
    appointment_id: int, *, allocation_id: int, to: int, now: datetime, user: User
) -> Appointment:
    """Give an appointment another room, or another device, of the same kind.

    :raises NotMovable: if the appointment is over, or the other one is of another kind
    :raises SlotTaken: if the other one is taken then, or not there
    """
    appointment = _locked(appointment_id)
    if appointment.status not in (Status.HELD, Status.BOOKED, Status.ARRIVED):
        raise NotMovable
    allocation = Allocation.objects.select_related("resource").get(
        pk=allocation_id, appointment=appointment
    )
    was = allocation.resource
    other = Resource.objects.filter(pk=to, kind=was.kind, group=was.group, is_active=True).first()
    if other is None or was.kind == Resource.Kind.PRACTITIONER:
        raise NotMovable
    period = Period(allocation.period.lower, allocation.period.upper)
    lock_to_take(spanning([period]))
    if any(one.overlaps(period) for one in taken_periods([other.pk], period)[other.pk]):
        raise SlotTaken
    allocation.resource = other
    allocation.save(update_fields=["resource"])
    record(
        appointment, Kind.PLACE_CHANGED, at=now, by=By.CLINIC, user=user, was=was.pk, to=other.pk
    )
    return appointment


MOVING = (
    "starts_at ends_at practitioner confirmed_at moves moves_by_client free_notice move_notice "
    "last_minute"
).split()
TIME_TO_DECLINE = timedelta(hours=24)


def _fair(notice: timedelta, *, starts_at: datetime, now: datetime) -> timedelta:
    """Return the notice that leaves her a day to decline a time the clinic chose for her."""
    left = starts_at - (now + TIME_TO_DECLINE)
    return min(notice, max(left, timedelta()))


def reschedule(
    appointment_id: int,
    search: Search,
    *,
    starts_at: datetime,
    user: User | None = None,
    reason: str = "",
    override: str = "",
) -> Appointment:
    """Move an appointment; the old time is let go only when the new one is sure.

    It stays the same appointment, with its price, its deposit and its history. A client may move
    it herself as often and as late as was agreed; the clinic always may, and says why.

    :param search: made with `search_for`, by whoever moves it
    :param override: the desk's reason to let a client come sooner after the last time
    :raises NotMovable: if it is no appointment to come, or she may no longer move it herself
    :raises ReasonMissing: if the clinic moves it without a word
    :raises SlotTaken: if somebody else has the new time
    :raises NotOffered: if the new time is not on offer
    :raises NotEligible: if the client cannot have the treatment then
    """
    if search.by is By.CLINIC and not reason.strip():
        raise ReasonMissing

    def change(place: Place) -> Appointment:
        appointment = _locked(appointment_id)
        _refuse_to_move(appointment, search, place, override=override)
        was, was_with = appointment.starts_at, appointment.practitioner_id
        _move(appointment, search, place)
        told: dict[str, Any] = {"override": override} if override else {}
        record(
            appointment,
            Kind.MOVED,
            at=search.now,
            by=search.by,
            user=user,
            was=was.isoformat(),
            was_practitioner=was_with,
            reason=reason,
            **told,
        )
        return appointment

    return take_instead(search, starts_at, change)


def _refuse_to_move(
    appointment: Appointment, search: Search, place: Place, *, override: str
) -> None:
    if appointment.status != Status.BOOKED or appointment.starts_at <= search.now:
        raise NotMovable
    if search.by is By.CLIENT and not may_be_moved(appointment, now=search.now):
        raise NotMovable
    assert appointment.client is not None  # only a hold has none
    refuse_ineligible(
        appointment.client,
        [search.treatment, *search.extras],
        starts_at=place.slot.starts_at,
        zone=search.zone,
        by=search.by,
        ignoring=appointment.pk,
        override=override,
    )


def may_be_moved(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the client may still move it herself, by the terms stored on it."""
    return may_move(
        appointment.terms,
        starts_at=appointment.starts_at,
        moved=appointment.moves_by_client,
        at=now,
    )


def _move(appointment: Appointment, search: Search, place: Place) -> None:
    slot = place.slot
    appointment.starts_at = slot.starts_at
    appointment.ends_at = slot.starts_at + timedelta(minutes=place.visit.minutes)
    appointment.practitioner_id = slot.practitioner_id
    appointment.confirmed_at = None  # she said yes to another time
    appointment.moves += 1
    if search.by is By.CLIENT:
        appointment.moves_by_client += 1
    else:
        for name in ("free_notice", "move_notice"):
            fair = _fair(getattr(appointment, name), starts_at=slot.starts_at, now=search.now)
            setattr(appointment, name, fair)
        if appointment.last_minute is not None:
            appointment.last_minute = min(appointment.last_minute, appointment.free_notice)
    appointment.save(update_fields=MOVING)
