"""Taking resources for an appointment: the one place where allocations are written."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bookings.availability import (
    Search,
    Slot,
    is_ever_offered,
    resources_for,
    slot_at,
    taken_periods,
)
from bookings.models import Allocation, Appointment, Need, Resource
from bookings.periods import Period

ATTEMPTS = 5
DOUBLE_BOOKED = "resource_never_double_booked"


class SlotTaken(Exception):
    """Somebody else has the time."""


class NotOffered(Exception):
    """The time was never on offer: outside hours, off the grid, too soon or too far."""


def take(search: Search, starts_at: datetime, write: Callable[[Slot], Appointment]) -> Appointment:
    """Find resources for a start, and let `write` make or change the appointment that takes them.

    Both happen in one transaction. When somebody else is just quicker with one resource,
    another that fits is tried.

    :raises SlotTaken: if nothing that fits is left
    :raises NotOffered: if the time is not one the clinic offers
    """
    for _ in range(ATTEMPTS):
        slot = slot_at(search, starts_at)
        if slot is None:
            raise SlotTaken if is_ever_offered(search, starts_at) else NotOffered
        try:
            with transaction.atomic():
                # Locks make rivals wait their turn here instead of deadlocking in the index:
                # first the appointment that moves, if one does, then the resources.
                lock_appointment(search.ignoring)
                lock_resources(slot.resource_ids)
                _recheck(search, slot)
                appointment = write(slot)
                allocate(appointment, slot.resource_ids)
                return appointment
        except SlotTaken:
            continue
    raise SlotTaken


def lock_appointment(appointment_id: int | None) -> None:
    """Lock the row of the appointment that would move, if there is one."""
    if appointment_id is None:
        return
    list(Appointment.objects.filter(pk=appointment_id).select_for_update(no_key=True).values("pk"))


def lock_resources(resource_ids: tuple[int, ...]) -> None:
    """Lock the rows of these resources, always in the same order."""
    list(
        Resource.objects.filter(pk__in=resource_ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )


def _recheck(search: Search, slot: Slot) -> None:
    claims = _claims(search.treatment.needs.all(), slot.resource_ids, slot.starts_at)
    span = Period(min(p.start for _, p in claims), max(p.end for _, p in claims))
    taken = taken_periods(list(slot.resource_ids), span, ignoring=search.ignoring)
    if any(period.overlaps(other) for who, period in claims for other in taken[who]):
        raise SlotTaken


def _claims(
    needs: Iterable[Need], resource_ids: tuple[int, ...], starts_at: datetime
) -> list[tuple[int, Period]]:
    return [
        (
            resource,
            Period(
                starts_at + timedelta(minutes=need.from_minute),
                starts_at + timedelta(minutes=need.until_minute),
            ),
        )
        for need, resource in zip(needs, resource_ids, strict=True)
    ]


def allocate(appointment: Appointment, resource_ids: tuple[int, ...]) -> None:
    """Write the appointment's allocations in the place of those it had.

    :raises SlotTaken: if the database refuses the overlap
    """
    claims = _claims(appointment.treatment.needs.all(), resource_ids, appointment.starts_at)
    Allocation.objects.filter(appointment=appointment).delete()
    try:
        with transaction.atomic():
            Allocation.objects.bulk_create(
                Allocation(
                    appointment=appointment,
                    resource_id=resource,
                    period=DateTimeTZRange(period.start, period.end, "[)"),
                )
                for resource, period in sorted(claims)
            )
    except IntegrityError as error:
        if DOUBLE_BOOKED not in str(error):
            raise
        raise SlotTaken from error


def retake(appointment: Appointment) -> None:
    """Take resources again for the time that a locked appointment once had.

    The same ones, or others of their kind that are free.

    :raises SlotTaken: if there are none
    """
    for _ in range(ATTEMPTS):
        resource_ids = resources_for(appointment)
        if resource_ids is None:
            break
        lock_resources(resource_ids)
        if resources_for(appointment) != resource_ids:
            continue  # time off, or somebody else, was just quicker
        try:
            allocate(appointment, resource_ids)
            return
        except SlotTaken:
            continue
    raise SlotTaken


def release(appointment: Appointment) -> None:
    """Give back what the appointment took; its events keep the history."""
    Allocation.objects.filter(appointment=appointment).delete()
