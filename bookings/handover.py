"""Reads: who could take over an appointment at the time that it has."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from bookings.board import Board
from bookings.minutes import Span, minute_from, minute_of
from bookings.models import Appointment, By, Clinic, Practitioner
from bookings.occupancy import Look, Occupancy, occupancy
from bookings.reference import Reference
from bookings.search import Search

MARGIN = timedelta(days=1)  # what is needed before the start or after the end lies within it


def colleagues_for(
    appointments: Iterable[Appointment], clinic: Clinic, *, zone: ZoneInfo, now: datetime
) -> dict[int, list[Practitioner]]:
    """Return who else could give each appointment at its own time, by its number.

    What an appointment has itself does not stand in its way. Three queries, however many there are.
    """
    rows = list(appointments)
    if not rows:
        return {}
    prefetch_related_objects(rows, "extras__treatment", "allocations")
    first = minute_of(min(one.starts_at for one in rows) - MARGIN)
    last = minute_from(max(one.ends_at for one in rows) + MARGIN)
    occupied = occupancy(lambda reference: Look(Span(first, last), _everything(reference)))
    return {
        one.pk: list(_colleagues(one, _search(one, clinic, zone=zone, now=now), occupied))
        for one in rows
    }


def _everything(reference: Reference) -> Sequence[int]:
    pools = reference.others.values()
    return [*reference.practitioners, *(one for pool in pools for one in pool)]


def _search(one: Appointment, clinic: Clinic, *, zone: ZoneInfo, now: datetime) -> Search:
    extras = tuple(extra.treatment for extra in one.extras.all())
    return Search(one.treatment, clinic, zone, now, extras=extras, by=By.CLINIC)


def _colleagues(one: Appointment, search: Search, occupied: Occupancy) -> Iterable[Practitioner]:
    day = one.starts_at.astimezone(search.zone).date()
    free = _without(one, occupied)
    for who in occupied.reference.who_can(search.treatment_ids):
        board = Board(replace(search, practitioner_id=who), free, day, day)
        if who != one.practitioner_id and board.place(one.starts_at) is not None:
            yield occupied.reference.practitioners[who]


def _without(one: Appointment, occupied: Occupancy) -> Occupancy:
    """Return what is taken by all the others."""
    taken = dict(occupied.taken)
    for own in one.allocations.all():
        stretch = (minute_of(own.period.lower), minute_from(own.period.upper))
        taken[own.resource_id] &= ~occupied.span.holding([stretch])
    return replace(occupied, taken=taken)
