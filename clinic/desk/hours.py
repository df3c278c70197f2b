"""Somebody's hours as people say them: by the time they hold, by day, with the breaks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from bookings.hours import EVERY_WEEK, WEEK_A, WEEK_B
from bookings.models import Practitioner, WorkingHours

Stretch = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Worked:
    """A weekday with its stretches of work; a break is what lies between two."""

    rows: tuple[WorkingHours, ...]

    @property
    def first(self) -> WorkingHours:
        return self.rows[0]

    @property
    def stretches(self) -> list[Stretch]:
        return [(row.opens, row.closes) for row in self.rows]

    @property
    def breaks(self) -> list[Stretch]:
        return [(one[1], other[0]) for one, other in pairwise(self.stretches) if one[1] < other[0]]

    @property
    def is_every_week(self) -> bool:
        return self.first.weeks == EVERY_WEEK


@dataclass(frozen=True, slots=True)
class Pattern:
    """The weekdays whose hours hold in the same time."""

    from_on: date | None  # nothing when they hold already
    until_on: date | None  # nothing when they go on
    days: tuple[Worked, ...]


def patterns_of(practitioner: Practitioner, *, today: date) -> list[Pattern]:
    """Return the weekly hours that hold now or later: those of now first."""
    grouped: dict[tuple[date, date], list[Worked]] = defaultdict(list)
    for worked in _worked(practitioner, today=today):
        grouped[_begins(worked.first, today), worked.first.until_on or date.max].append(worked)
    return [
        Pattern(
            from_on=None if begins <= today else begins,
            until_on=None if ends == date.max else ends,
            days=tuple(days),
        )
        for (begins, ends), days in sorted(grouped.items(), key=_usual_first)
    ]


def _usual_first(item: tuple[tuple[date, date], object]) -> tuple[date, int]:
    begins, ends = item[0]
    return begins, -ends.toordinal()


def worked_with(practitioner: Practitioner, hours_id: int, *, today: date) -> Worked | None:
    """Return the weekday that a row of hours is shown in."""
    for worked in _worked(practitioner, today=today):
        if any(row.pk == hours_id for row in worked.rows):
            return worked
    return None


def _worked(practitioner: Practitioner, *, today: date) -> Iterable[Worked]:
    days: dict[tuple[object, ...], list[WorkingHours]] = defaultdict(list)
    for row in practitioner.working_hours.all():
        if row.until_on is None or row.until_on >= today:
            days[row.weekday, row.weeks, _begins(row, today), row.until_on].append(row)
    return [
        Worked(tuple(sorted(rows, key=lambda row: row.opens)))
        for _, rows in sorted(days.items(), key=lambda item: item[0][:3])
    ]


def _begins(row: WorkingHours, today: date) -> date:
    """Return since when hours hold; when they do already, it does not matter since when."""
    return max(row.from_on or date.min, today)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with hours of its own."""

    day: date
    stretches: tuple[Stretch, ...]


def special_days_of(practitioner: Practitioner, *, today: date) -> list[SpecialDay]:
    """Return the dates to come on which other hours hold, earliest first."""
    days: dict[date, list[Stretch]] = defaultdict(list)
    for row in practitioner.special_hours.all():
        if row.works_on >= today:
            days[row.works_on].append((row.opens, row.closes))
    return [SpecialDay(day, tuple(sorted(hours))) for day, hours in sorted(days.items())]


def week_letter(week: int) -> str:
    """Return how A weeks and B weeks are called."""
    return {WEEK_A: "A", WEEK_B: "B"}[week]
