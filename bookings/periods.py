"""Periods of time and what is left of them: pure arithmetic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of time `[start, end)`, both UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def overlaps(self, other: "Period") -> bool:
        """Tell whether they share a moment; periods that touch do not."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Period") -> bool:
        """Tell whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


def subtract(periods: Iterable[Period], taken: Iterable[Period]) -> Iterator[Period]:
    """Yield what is left of `periods` without `taken`, in order."""
    cuts = sorted(taken)
    for period in sorted(periods):
        start = period.start
        for cut in cuts:
            if cut.end <= start:
                continue
            if cut.start >= period.end:
                break
            if cut.start > start:
                yield Period(start, cut.start)
            start = max(start, cut.end)
        if start < period.end:
            yield Period(start, period.end)


def joined(periods: Iterable[Period]) -> list[Period]:
    """Return the same moments in as few periods as can be, in order."""
    whole: list[Period] = []
    for period in sorted(periods):
        if whole and period.start <= whole[-1].end:
            last = whole.pop()
            whole.append(Period(last.start, max(last.end, period.end)))
        else:
            whole.append(period)
    return whole


def shared(periods: Iterable[Period], other: Period) -> timedelta:
    """Return how much of `other` lies in periods that do not overlap each other."""
    parts = (min(one.end, other.end) - max(one.start, other.start) for one in periods)
    return sum((max(part, timedelta()) for part in parts), timedelta())


def wall_clock(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the clinic's clock shows `at` on `day`.

    An hour that happens twice means its first time; an hour that the clock skips
    means the instant it would have been without the change.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def day_period(day: date, zone: ZoneInfo) -> Period:
    """Return the whole of `day` on the clinic's clock: 23, 24 or 25 hours."""
    return Period(wall_clock(day, time(), zone), wall_clock(day + timedelta(days=1), time(), zone))
