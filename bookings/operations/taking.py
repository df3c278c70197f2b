"""Taking resources for an appointment: the one place where allocations are written."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bookings.availability import is_ever_offered, is_still_free, place_at, resources_for
from bookings.board import Place, claimed
from bookings.models import Allocation, Appointment, Resource
from bookings.periods import Period
from bookings.search import Search

# Each attempt that fails is the success of somebody else, so there is an end to them; but of many
# rivals without a preference the last has to fail as often as there are others.
ATTEMPTS = 100
DOUBLE_BOOKED = "resource_never_double_booked"


class SlotTaken(Exception):
    """Somebody else has the time."""


class NotOffered(Exception):
    """The time was never on offer: outside hours, off the grid, too soon or too far."""


def take(search: Search, starts_at: datetime, write: Callable[[Place], Appointment]) -> Appointment:
    """Find resources for a start, and let `write` make or change the appointment that takes them.

    Both happen in one transaction. When somebody else is just quicker with one resource,
    another that fits is tried.

    :raises SlotTaken: if nothing that fits is left
    :raises NotOffered: if the time is not one the clinic offers
    """
    for _ in range(ATTEMPTS):
        place = place_at(search, starts_at)
        if place is None:
            raise SlotTaken if is_ever_offered(search, starts_at) else NotOffered
        try:
            return _take(search, place, write)
        except SlotTaken:
            continue
    raise SlotTaken


def _take(search: Search, place: Place, write: Callable[[Place], Appointment]) -> Appointment:
    try:
        with transaction.atomic():
            # Locks make rivals wait their turn here instead of deadlocking in the index:
            # first the appointment that moves, if one does, then the resources.
            lock_appointment(search.ignoring)
            lock_resources(place.resource_ids)
            if not is_still_free(place, ignoring=search.ignoring):
                raise SlotTaken
            appointment = write(place)
            if search.ignoring is not None:
                release(appointment)
            _allocate(appointment, place.claims())
            return appointment
    except IntegrityError as error:
        if DOUBLE_BOOKED not in str(error):
            raise
        raise SlotTaken from error


def lock_appointment(appointment_id: int | None) -> None:
    """Lock the row of the appointment that would move, if there is one."""
    if appointment_id is None:
        return
    list(Appointment.objects.filter(pk=appointment_id).select_for_update(no_key=True).values("pk"))


def lock_resources(resource_ids: Iterable[int]) -> None:
    """Lock the rows of these resources, always in the same order."""
    list(
        Resource.objects.filter(pk__in=set(resource_ids))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )


def _allocate(appointment: Appointment, claims: Iterable[tuple[int, Period]]) -> None:
    Allocation.objects.bulk_create(
        Allocation(
            appointment=appointment,
            resource_id=resource,
            period=DateTimeTZRange(period.start, period.end, "[)"),
        )
        for resource, period in sorted(claims)
    )


def retake(appointment: Appointment) -> None:
    """Take resources again for the time that a locked appointment once had.

    The same ones, or others of their kind that are free.

    :raises SlotTaken: if there are none
    """
    for _ in range(ATTEMPTS):
        found = resources_for(appointment)
        if found is None:
            break
        claims, resource_ids = found
        lock_resources(resource_ids)
        if resources_for(appointment) != found:
            continue  # time off, or somebody else, was just quicker
        try:
            with transaction.atomic():
                release(appointment)
                _allocate(appointment, claimed(claims, resource_ids, appointment.starts_at))
                return
        except IntegrityError as error:
            if DOUBLE_BOOKED not in str(error):
                raise
    raise SlotTaken


def release(appointment: Appointment) -> None:
    """Give back what the appointment took; its events keep the history."""
    Allocation.objects.filter(appointment=appointment).delete()


def hand_over(giver: Appointment, *, to: Appointment) -> None:
    """Let a locked appointment have what another took, in the place of its own.

    Nothing is free in between, so nobody can come in between.
    """
    release(to)
    Allocation.objects.filter(appointment=giver).update(appointment=to)
