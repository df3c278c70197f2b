"""When somebody works, on the clinic's wall clock: weekly hours, and what differs from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo

from bookings.periods import Period, wall_clock

EVERY_WEEK, WEEK_A, WEEK_B = 0, 1, 2


def week_of(day: date) -> int:
    """Return whether the day lies in an A week or a B week.

    Weeks are counted on and on from Monday 1 January of the year 1, not by their number in the
    year: after a year of 53 weeks two odd ones would follow each other.
    """
    return WEEK_A if (day.toordinal() - 1) // 7 % 2 == 0 else WEEK_B


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of work that comes back every week, or every other week, while it is valid."""

    weekday: int  # Monday is 0
    opens: time
    closes: time
    weeks: int = EVERY_WEEK
    from_on: date | None = None  # the first day it is valid
    until_on: date | None = None  # the last one

    def is_on(self, day: date) -> bool:
        """Tell whether it is worked on that day."""
        return (
            self.weekday == day.weekday()
            and self.weeks in (EVERY_WEEK, week_of(day))
            and (self.from_on is None or self.from_on <= day)
            and (self.until_on is None or day <= self.until_on)
        )

    def meets(self, other: "Shift") -> bool:
        """Tell whether both could be worked at the same moment of some day."""
        return (
            self.weekday == other.weekday
            and (EVERY_WEEK in (self.weeks, other.weeks) or self.weeks == other.weeks)
            and self.opens < other.closes
            and other.opens < self.closes
            and _begins(self) <= _ends(other)
            and _begins(other) <= _ends(self)
        )


def _begins(shift: Shift) -> date:
    return shift.from_on or date.min


def _ends(shift: Shift) -> date:
    return shift.until_on or date.max


@dataclass(frozen=True, slots=True)
class Hours:
    """The weekly pattern, and the dates on which other hours hold instead."""

    shifts: tuple[Shift, ...] = ()
    special: Mapping[date, tuple[tuple[time, time], ...]] = field(default_factory=dict)

    def on(self, day: date) -> Iterable[tuple[time, time]]:
        """Return from when to when is worked on a day, earliest first."""
        if day in self.special:
            return sorted(self.special[day])
        return sorted((shift.opens, shift.closes) for shift in self.shifts if shift.is_on(day))

    def periods(self, day: date, zone: ZoneInfo) -> list[Period]:
        """Return when is worked on a day, in UTC.

        Hours that the clock skips altogether, or turns around, are not worked.
        """
        instants = [
            (wall_clock(day, opens, zone), wall_clock(day, closes, zone))
            for opens, closes in self.on(day)
        ]
        return [Period(start, end) for start, end in instants if start < end]
