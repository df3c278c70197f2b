"""Reads: which starts can be offered, computed from the rows and never stored."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from bookings.models import (
    Allocation,
    Appointment,
    Clinic,
    Need,
    Practitioner,
    Resource,
    TimeOff,
    Treatment,
    WorkingHours,
)
from bookings.periods import Period, day_period, wall_clock
from bookings.slots import Candidates, Claim, assign, free_periods, grid_starts


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A start that can be offered, with who would treat and what else it would take."""

    starts_at: datetime
    practitioner_id: int
    resource_ids: tuple[int, ...] = ()  # one per need, in the needs' order


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody is looking for, as of `now`."""

    treatment: Treatment
    clinic: Clinic
    zone: ZoneInfo
    now: datetime
    practitioner_id: int | None = None  # none: no preference
    ignoring: int | None = None  # the appointment that would give up its own resources

    @property
    def not_before(self) -> datetime:
        return self.now + self.clinic.minimum_notice

    @property
    def last_day(self) -> date:
        return self.now.astimezone(self.zone).date() + timedelta(days=self.clinic.horizon_days)


def slots_on(search: Search, *, days: Iterable[date]) -> dict[date, list[Slot]]:
    """Return the free slots of each day, earliest first; one slot for each start.

    Without a preference the practitioner with the fewest minutes taken that day comes first.
    Six queries, whatever the number of days.
    """
    wanted = [day for day in days if day <= search.last_day]
    if not wanted:
        return {}
    board = _Board(search, _span(wanted, search.zone))
    return {day: board.slots(day) for day in wanted}


def slot_at(search: Search, starts_at: datetime) -> Slot | None:
    """Return the slot that starts then, or nothing when it is not on offer."""
    day = starts_at.astimezone(search.zone).date()
    found = slots_on(search, days=[day]).get(day, [])
    return next((slot for slot in found if slot.starts_at == starts_at), None)


def is_ever_offered(search: Search, starts_at: datetime) -> bool:
    """Tell whether the start would be on offer if nothing were taken at that time."""
    day = starts_at.astimezone(search.zone).date()
    if day > search.last_day:
        return False
    practitioners = search.treatment.practitioners.filter(is_active=True)
    if search.practitioner_id is not None:
        practitioners = practitioners.filter(pk=search.practitioner_id)
    return any(
        starts_at
        in grid_starts(
            shifts_on(practitioner, day, search.zone),
            duration=search.treatment.duration,
            step=search.clinic.start_step,
            not_before=search.not_before,
        )
        for practitioner in practitioners.prefetch_related("working_hours")
    )


def nearest_slots(search: Search, *, around: datetime, count: int = 3) -> list[Slot]:
    """Return the free slots nearest to a time that is gone, earliest first."""
    day = around.astimezone(search.zone).date()
    found: list[Slot] = []
    for reach in (1, 7, 28):
        today = search.now.astimezone(search.zone).date()
        days = [day + timedelta(days=n) for n in range(-reach, reach + 1)]
        by_day = slots_on(search, days=[day for day in days if day >= today])
        found = [slot for list_ in by_day.values() for slot in list_]
        if len(found) >= count:
            break
    return sorted(sorted(found, key=lambda slot: abs(slot.starts_at - around))[:count])


def first_slot(search: Search) -> Slot | None:
    """Return the earliest free slot within the booking horizon."""
    today = search.now.astimezone(search.zone).date()
    for week in range(0, search.clinic.horizon_days + 1, 7):
        days = [today + timedelta(days=week + n) for n in range(7)]
        for found in slots_on(search, days=days).values():
            if found:
                return found[0]
    return None


def first_slots(search: Search) -> dict[int, Slot]:
    """Return each practitioner's earliest free slot within the horizon, read in one go."""
    today = search.now.astimezone(search.zone).date()
    days = [today + timedelta(days=n) for n in range(search.clinic.horizon_days + 1)]
    board = _Board(search, _span(days, search.zone))
    first: dict[int, Slot] = {}
    for practitioner in board.practitioners:
        mine = (slot for day in days for slot in board.slots(day, only=practitioner))
        slot = next(mine, None)
        if slot is not None:
            first[practitioner.pk] = slot
    return first


def _span(days: list[date], zone: ZoneInfo) -> Period:
    """Return the days as one period, with room for needs that begin earlier or end later."""
    return Period(
        day_period(min(days), zone).start - timedelta(hours=4),
        day_period(max(days), zone).end + timedelta(hours=4),
    )


class _Board:
    """What is open and what is taken in a span of days, read once."""

    def __init__(self, search: Search, span: Period) -> None:
        self.search = search
        self.needs = list(search.treatment.needs.all())
        self.practitioners = list(
            search.treatment.practitioners.filter(is_active=True).prefetch_related("working_hours")
        )
        groups = {need.group for need in self.needs if need.kind != Resource.Kind.PRACTITIONER}
        self.others = list(
            Resource.objects.filter(is_active=True, group__in=groups).exclude(
                kind=Resource.Kind.PRACTITIONER
            )
        )
        ids = [r.pk for r in self.practitioners] + [r.pk for r in self.others]
        self.taken = taken_periods(ids, span, ignoring=search.ignoring)
        self.span = span

    def slots(self, day: date, *, only: Practitioner | None = None) -> list[Slot]:
        """Return the day's slots: the first practitioner who fits takes each start."""
        found: dict[datetime, Slot] = {}
        if not any(need.kind == Resource.Kind.PRACTITIONER for need in self.needs):
            return []  # nobody would be claimed for it: it is not finished being set up
        for practitioner in [only] if only else self._in_turn(day):
            shifts = shifts_on(practitioner, day, self.search.zone)
            starts = grid_starts(
                shifts,
                duration=self.search.treatment.duration,
                step=self.search.clinic.start_step,
                not_before=self.search.not_before,
            )
            candidates = self._candidates(practitioner, shifts)
            for start in starts:
                if start in found:
                    continue
                chosen = assign(candidates, start)
                if chosen is not None:
                    found[start] = Slot(start, practitioner.pk, tuple(chosen))
        return sorted(found.values())

    def _in_turn(self, day: date) -> list[Practitioner]:
        wanted = self.search.practitioner_id
        able = [p for p in self.practitioners if wanted is None or p.pk == wanted]
        whole = day_period(day, self.search.zone)

        def minutes_taken(practitioner: Practitioner) -> float:
            return sum(
                (period.end - period.start).total_seconds()
                for period in self.taken[practitioner.pk]
                if period.overlaps(whole)
            )

        return sorted(able, key=lambda p: (minutes_taken(p), p.position, p.pk))

    def _candidates(self, practitioner: Practitioner, shifts: list[Period]) -> list[Candidates]:
        return [
            Candidates(_claim(need), self._free(need, practitioner, shifts)) for need in self.needs
        ]

    def _free(
        self, need: Need, practitioner: Practitioner, shifts: list[Period]
    ) -> dict[int, list[Period]]:
        if need.kind == Resource.Kind.PRACTITIONER:
            return {practitioner.pk: free_periods(shifts, self.taken[practitioner.pk])}
        return {
            other.pk: free_periods([self.span], self.taken[other.pk])
            for other in self.others
            if other.kind == need.kind and other.group == need.group
        }


def _claim(need: Need) -> Claim:
    return Claim(timedelta(minutes=need.from_minute), timedelta(minutes=need.until_minute))


def shifts_on(practitioner: Practitioner, day: date, zone: ZoneInfo) -> list[Period]:
    """Return the practitioner's working periods of a day, from the weekly pattern."""
    return [
        Period(wall_clock(day, hours.opens, zone), wall_clock(day, hours.closes, zone))
        for hours in practitioner.working_hours.all()
        if hours.weekday == day.weekday()
    ]


def weekdays_worked(search: Search) -> set[int]:
    """Return the weekdays (Monday is 0) on which anybody who could treat is working."""
    hours = WorkingHours.objects.filter(
        practitioner__treatments=search.treatment, practitioner__is_active=True
    )
    if search.practitioner_id is not None:
        hours = hours.filter(practitioner=search.practitioner_id)
    return set(hours.values_list("weekday", flat=True))


def taken_periods(
    resource_ids: list[int], span: Period, *, ignoring: int | None = None
) -> dict[int, list[Period]]:
    """Return when each resource is taken within `span`, by appointments and by time off."""
    taken: dict[int, list[Period]] = defaultdict(list)
    allocations = Allocation.objects.filter(
        resource__in=resource_ids, period__overlap=(span.start, span.end)
    ).exclude(appointment=ignoring)
    for resource, period in allocations.values_list("resource", "period"):
        taken[resource].append(Period(period.lower, period.upper))
    away = TimeOff.objects.filter(
        resource__in=resource_ids, starts_at__lt=span.end, ends_at__gt=span.start
    )
    for resource, start, end in away.values_list("resource", "starts_at", "ends_at"):
        taken[resource].append(Period(start, end))
    return taken


def resources_for(appointment: Appointment) -> tuple[int, ...] | None:
    """Return free resources for an appointment's own time and practitioner, or nothing.

    The practitioner's hours are not asked again: the clinic offered the time before.
    """
    span = Period(
        appointment.starts_at - timedelta(hours=8), appointment.ends_at + timedelta(hours=8)
    )
    needs = list(appointment.treatment.needs.all())
    groups = {need.group for need in needs if need.kind != Resource.Kind.PRACTITIONER}
    able = {
        r.pk: r
        for r in Resource.objects.filter(is_active=True).filter(
            Q(pk=appointment.practitioner_id)
            | (Q(group__in=groups) & ~Q(kind=Resource.Kind.PRACTITIONER))
        )
    }
    taken = taken_periods(list(able), span, ignoring=appointment.pk)
    candidates = [
        Candidates(
            _claim(need),
            {
                pk: free_periods([span], taken[pk])
                for pk, resource in able.items()
                if resource.kind == need.kind
                and (need.kind == Resource.Kind.PRACTITIONER or resource.group == need.group)
            },
        )
        for need in needs
    ]
    chosen = assign(candidates, appointment.starts_at)
    return None if chosen is None else tuple(chosen)
