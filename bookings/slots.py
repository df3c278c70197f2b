"""Which starts fit: pure arithmetic over periods."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings.periods import Period, subtract


@dataclass(frozen=True, slots=True)
class Claim:
    """What one need takes around a start: from `begins` to `ends`, relative to the start."""

    begins: timedelta
    ends: timedelta

    def at(self, start: datetime) -> Period:
        """Return the period claimed when the treatment starts at `start`."""
        return Period(start + self.begins, start + self.ends)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The resources that could meet one need, each with the periods in which it is free."""

    claim: Claim
    free: dict[int, list[Period]]

    def who_can(self, start: datetime) -> Iterator[int]:
        """Yield each resource that is free for the whole claim."""
        wanted = self.claim.at(start)
        for resource, periods in self.free.items():
            if any(period.contains(wanted) for period in periods):
                yield resource


def grid_starts(
    shifts: Iterable[Period], *, duration: timedelta, step: timedelta, not_before: datetime
) -> Iterator[datetime]:
    """Yield the starts on each shift's own grid, whatever has been booked in it.

    The grid begins with the shift, so an odd booking never moves the starts after it.
    """
    for shift in sorted(shifts):
        start = shift.start
        while start + duration <= shift.end:
            if start >= not_before:
                yield start
            start += step


def assign(needs: Iterable[Candidates], start: datetime) -> list[int] | None:
    """Return a resource for each need at `start`, or nothing when they do not all fit.

    No resource serves two needs whose claims overlap; the first that fits is taken, so
    callers put the best choice first.
    """
    taken: list[tuple[int, Period]] = []
    for need in needs:
        wanted = need.claim.at(start)
        busy = {resource for resource, period in taken if period.overlaps(wanted)}
        chosen = next((r for r in need.who_can(start) if r not in busy), None)
        if chosen is None:
            return None
        taken.append((chosen, wanted))
    return [resource for resource, _ in taken]


def free_periods(open_periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """Return what is left of a resource's open periods, touching ones joined."""
    joined: list[Period] = []
    for period in subtract(open_periods, taken):
        if joined and joined[-1].end == period.start:
            joined[-1] = Period(joined[-1].start, period.end)
        else:
            joined.append(period)
    return joined
