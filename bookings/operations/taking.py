"""Taking resources for an appointment: the one place where allocations are written."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import IntegrityError, transaction

from bookings.availability import is_ever_offered, place_to_take, resources_to_take
from bookings.board import Place, claimed
from bookings.models import Allocation, Appointment
from bookings.operations.storing import Story, period_of, store
from bookings.periods import Period
from bookings.search import Search

DOUBLE_BOOKED = "resource_never_double_booked"


class SlotTaken(Exception):
    """Somebody else has the time."""


class NotOffered(Exception):
    """The time was never on offer: outside hours, off the grid, too soon or too far."""


def take(
    search: Search,
    starts_at: datetime,
    make: Callable[[Place], Story],
    *,
    savepoint: bool = True,
) -> Appointment:
    """Find resources for a start, and store the new appointment that `make` returns with them.

    Both happen in one transaction. Rivals for the same day wait for each other here.

    :param savepoint: false for a caller whose own transaction ends with a refusal
    :raises SlotTaken: if nothing that fits is left
    :raises NotOffered: if the time is not one the clinic offers
    """

    def write(place: Place) -> Appointment:
        return store(make(place), place.claims())

    return _take(search, starts_at, write, savepoint=savepoint)


def take_instead(
    search: Search, starts_at: datetime, change: Callable[[Place], Appointment]
) -> Appointment:
    """Find resources for another start of the appointment that `change` saves, as `take` does.

    What it had is given back when the new time is sure.

    :raises SlotTaken: if nothing that fits is left
    :raises NotOffered: if the time is not one the clinic offers
    """

    def write(place: Place) -> Appointment:
        appointment = change(place)
        _allocate(appointment, place.claims())
        return appointment

    return _take(search, starts_at, write)


def _take(
    search: Search,
    starts_at: datetime,
    write: Callable[[Place], Appointment],
    *,
    savepoint: bool = True,
) -> Appointment:
    with _told_as_taken(), transaction.atomic(savepoint=savepoint):
        # First the appointment that moves, if one does, then the day: in one order, no deadlock.
        _lock_appointment(search.ignoring)
        place = place_to_take(search, starts_at)
        if place is None:
            raise SlotTaken if is_ever_offered(search, starts_at) else NotOffered
        return write(place)


@contextlib.contextmanager
def _told_as_taken() -> Iterator[None]:
    """Let the database have the last word: who wrote past the locks was quicker."""
    try:
        yield
    except IntegrityError as error:
        if DOUBLE_BOOKED not in str(error):
            raise
        raise SlotTaken from error


def _lock_appointment(appointment_id: int | None) -> None:
    """Lock the row of the appointment that would move, if there is one."""
    if appointment_id is None:
        return
    list(Appointment.objects.filter(pk=appointment_id).select_for_update(no_key=True).values("pk"))


def _allocate(appointment: Appointment, claims: Iterable[tuple[int, Period]]) -> None:
    """Let an appointment take these resources, instead of what it had."""
    release(appointment)
    Allocation.objects.bulk_create(
        Allocation(appointment=appointment, resource_id=resource, period=period_of(period))
        for resource, period in sorted(claims)
    )


def retake(appointment: Appointment) -> None:
    """Take resources again for the time that a locked appointment once had.

    The same ones, or others of their kind that are free.

    :raises SlotTaken: if there are none
    """
    found = resources_to_take(appointment)
    if found is None:
        raise SlotTaken
    with _told_as_taken(), transaction.atomic():
        _allocate(appointment, claimed(*found, appointment.starts_at))


def release(appointment: Appointment) -> None:
    """Give back what the appointment took; its events keep the history."""
    Allocation.objects.filter(appointment=appointment).delete()


def hand_over(giver: Appointment, *, to: Appointment) -> None:
    """Let a locked appointment have what another took, in the place of its own.

    Nothing is free in between, so nobody can come in between.
    """
    release(to)
    Allocation.objects.filter(appointment=giver).update(appointment=to)
