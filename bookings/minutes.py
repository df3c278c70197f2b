"""Sets of minutes as the bits of one whole number: bit n is minute n of a span.

A month of somebody's free time is then one number, and “free for so long” a handful of shifts
over all of it at once. Minutes are counted since 1970 in UTC, so no clock change can disturb them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bookings.periods import Period

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 24 * 60
DAY_BYTES = DAY // 8


def minute_of(moment: datetime) -> int:
    """Return the whole minute since 1970 that a moment lies in."""
    return (moment - EPOCH) // timedelta(minutes=1)


def minute_from(moment: datetime) -> int:
    """Return the first whole minute that does not begin before a moment."""
    return -((EPOCH - moment) // timedelta(minutes=1))


def moment_of(minute: int) -> datetime:
    """Return the moment (UTC) at which a minute begins."""
    return EPOCH + timedelta(minutes=minute)


@dataclass(frozen=True, slots=True)
class Span:
    """The minutes `[first, last)` since 1970 that a set of minutes is about."""

    first: int
    last: int

    @property
    def everything(self) -> int:
        """The set of all its minutes."""
        return (1 << (self.last - self.first)) - 1

    def holding(self, stretches: Iterable[tuple[int, int]]) -> int:
        """Return the minutes that lie in any of these stretches `[first, last)` since 1970."""
        # By the day: a shift of a small number is cheap, and there are many stretches.
        length = self.last - self.first
        days = [0] * (-(-length // DAY))
        for first, last in stretches:
            begin = first - self.first if first > self.first else 0
            end = last - self.first if last < self.last else length
            while begin < end:  # a stretch rarely goes on into the next day
                day, at = divmod(begin, DAY)
                size = end - begin if end - begin < DAY - at else DAY - at
                days[day] |= ((1 << size) - 1) << at
                begin += size
        return int.from_bytes(
            b"".join([day.to_bytes(DAY_BYTES, "little") for day in days]), "little"
        )


def spanning(periods: Iterable[Period]) -> Span:
    """Return the whole minutes from where the first of these periods begins to where the last ends.

    :raises ValueError: if there are none
    """
    every = list(periods)
    return Span(
        min(minute_of(one.start) for one in every), max(minute_from(one.end) for one in every)
    )


def begins_of_runs(minutes: int, *, length: int) -> int:
    """Return each minute from which `length` minutes in a row belong to the set."""
    known = 1
    while known < length:
        step = min(known, length - known)
        minutes &= minutes >> step
        known += step
    return minutes


def shifted(minutes: int, by: int) -> int:
    """Return the set moved `by` minutes later; earlier when that is negative."""
    return minutes << by if by >= 0 else minutes >> -by


def each(minutes: int) -> Iterator[int]:
    """Yield the members of a set, in order."""
    digits = bin(minutes)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def lowest(minutes: int) -> int:
    """Return the first member of a set that has one."""
    return (minutes & -minutes).bit_length() - 1


def room_around(free: int, begin: int, end: int) -> int:
    """Return how many free minutes touch `[begin, end)` on both sides together."""
    before = ~free & ((1 << begin) - 1)
    after = ~free >> end
    return begin - before.bit_length() + lowest(after)
