"""Whom a freed time suits, who comes first, and how long an offer stands: the waitlist's rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bookings.periods import Period, wall_clock

#: The hours of each part of the day on the clinic's clock, from and until.
PARTS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
#: Nobody changes her plans to come a quarter of an hour earlier.
REALLY_EARLIER = timedelta(hours=1)
#: An offer of a time nearer than this is to be answered sooner.
NEAR = timedelta(days=1)
#: An offer that ends sooner than this can hardly be read in time.
SHORTEST = timedelta(minutes=10)
#: A treatment to prepare for is not offered nearer than this, unless it says otherwise itself.
PREPARING = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for, on the clinic's clock; empty is no preference."""

    from_on: date
    until_on: date
    weekdays: frozenset[int] = frozenset()  # Monday is 0
    parts: frozenset[str] = frozenset()
    practitioner_id: int | None = None
    has: datetime | None = None  # the start she has now: only an earlier one is of use

    def suits(self, starts_at: datetime, *, practitioner_id: int, zone: ZoneInfo) -> bool:
        """Tell whether this start, with this practitioner, is what she waits for."""
        local = starts_at.astimezone(zone)
        return (
            self.from_on <= local.date() <= self.until_on
            and (not self.weekdays or local.weekday() in self.weekdays)
            and (not self.parts or part_of(local.hour) in self.parts)
            and self.practitioner_id in (None, practitioner_id)
            and (self.has is None or starts_at <= self.has - REALLY_EARLIER)
        )


def part_of(hour: int) -> str:
    """Return the part of the day that an hour on the clinic's clock lies in."""
    return next(part for part, (first, end) in PARTS.items() if first <= hour < end)


@dataclass(frozen=True, slots=True)
class OfferRules:
    """How the clinic makes offers."""

    length: timedelta  # time to answer
    length_near: timedelta  # the same, for a time within a day
    per_slot: int  # people offered one time, at most; 0 is no limit
    per_day: int  # offers to one person on one day, at most; 0 is no limit
    quiet_from: time
    quiet_until: time  # the same as `quiet_from`: never quiet

    def expires_at(
        self, starts_at: datetime, *, notice: timedelta, now: datetime
    ) -> datetime | None:
        """Return until when an offer made now would stand; nothing when it is too late for one.

        :param notice: no offer stands nearer to the start than this
        """
        length = self.length_near if starts_at - now <= NEAR else self.length
        expires_at = min(now + length, starts_at - notice)
        return expires_at if expires_at - now >= min(SHORTEST, length) else None

    def is_quiet(self, now: datetime, *, zone: ZoneInfo) -> bool:
        """Tell whether nobody is to be disturbed now, by the clinic's clock."""
        return self.is_quiet_at(now.astimezone(zone).time())

    def is_quiet_at(self, clock: time) -> bool:
        """Tell whether it is quiet at this time of the clinic's day."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until  # over midnight

    def quiet_ends(self, now: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet hours end that it is now; nothing when it is not quiet."""
        if not self.is_quiet(now, zone=zone):
            return None
        day = now.astimezone(zone).date()
        today = wall_clock(day, self.quiet_until, zone)
        return today if now < today else wall_clock(day + timedelta(days=1), self.quiet_until, zone)

    def quiet_begins(self, after: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return when the next quiet hours begin; nothing when there are none."""
        if self.quiet_from == self.quiet_until:
            return None
        day = after.astimezone(zone).date()
        today = wall_clock(day, self.quiet_from, zone)
        later = wall_clock(day + timedelta(days=1), self.quiet_from, zone)
        return today if after < today else later


def is_reached(limit: int, made: int) -> bool:
    """Tell whether there were so many that there are to be no more; 0 is no limit."""
    return bool(limit) and made >= limit


def notice_for(
    cutoff: timedelta, *, own: timedelta | None, needs_preparing: bool = False
) -> timedelta:
    """Return how long before its start a treatment may last be offered.

    :param cutoff: the clinic's own, for any treatment
    :param own: what the treatment itself says, if it does
    """
    usual = PREPARING if needs_preparing else timedelta()
    return max(cutoff, usual if own is None else own)


class Order(StrEnum):
    """Who is offered a freed time first."""

    FIRST = "first"  # who waits longest
    BEST = "best"  # who would use most of the freed time, then who waits longest


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could have a freed time, and which start is best in it."""

    entry_id: int
    since: datetime
    starts_at: datetime
    used: timedelta  # of the freed time


def in_order(candidates: Iterable[Candidate], order: Order) -> list[Candidate]:
    """Return who is to be asked, first to last."""

    def place(one: Candidate) -> tuple[timedelta, datetime, int]:
        unused = -one.used if order is Order.BEST else timedelta()
        return unused, one.since, one.entry_id

    return sorted(candidates, key=place)


@dataclass(frozen=True, slots=True)
class Start:
    """A start that is free, for how long, and whether it leaves no gap too short to sell."""

    starts_at: datetime
    length: timedelta
    is_neat: bool = True

    def uses(self, freed: Period) -> timedelta:
        """Return how much of the freed time a visit would use that starts then."""
        begin = max(self.starts_at, freed.start)
        end = min(self.starts_at + self.length, freed.end)
        return max(end - begin, timedelta())


def best_start(starts: Iterable[Start], freed: Period) -> Start | None:
    """Return the start that uses most of the freed time; of several a neat one, then the first.

    One that uses none of it was free before, so it is nobody's luck.
    """
    able = [one for one in starts if one.uses(freed)]
    return min(
        able, key=lambda one: (-one.uses(freed), not one.is_neat, one.starts_at), default=None
    )
