"""A course of sessions: on which days they can follow each other, and which suit best. Pure.

Days and minutes are those of the clinic's wall clock, so no clock change shifts a session.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FAR = 120  # minutes; a start further from the time wished for does not meet the wish
Free = Mapping[date, Sequence[int]]  # by day, the minutes of that day at which one could start


@dataclass(frozen=True, slots=True)
class Band:
    """How many days after the session before it a session may come, and how many are advised."""

    least: int
    most: int
    advised: int

    def first(self, before: date) -> date:
        """Return the first day it may come."""
        return before + timedelta(days=self.least)

    def last(self, before: date) -> date:
        """Return the last day it may come."""
        return before + timedelta(days=self.most)

    def holds(self, before: date, day: date) -> bool:
        """Tell whether a day lies inside the band."""
        return self.first(before) <= day <= self.last(before)


@dataclass(frozen=True, slots=True, order=True)
class Start:
    """A day, and a minute of that day."""

    day: date
    minute: int


@dataclass(frozen=True, slots=True)
class Session:
    """One session: its distance from the one before, and when it could start at all."""

    band: Band
    free: Free


@dataclass(frozen=True, slots=True)
class Preference:
    """What a client would like; where it cannot be had, another time is proposed."""

    weekdays: frozenset[int] = frozenset()  # Monday is 0; none is any
    minute: int | None = None  # none: as near as can be to the session before


ANY = Preference()


@dataclass(frozen=True, slots=True)
class Stuck:
    """The first session for which there is no day, whichever days the earlier ones get."""

    number: int  # the first session is 0
    first: date
    last: date
    nearest: tuple[Start, ...]  # what is free outside those days


@dataclass(frozen=True, slots=True)
class Proposal:
    """A start for each session, up to the one that is stuck."""

    starts: tuple[Start, ...]
    stuck: Stuck | None = None


def propose(
    sessions: Sequence[Session],
    *,
    after: date,
    preference: Preference = ANY,
    near: int | None = None,
) -> Proposal:
    """Return a start for each session, each inside its band from the one before.

    Each session gets what suits it best of the days from which all later ones can still follow:
    an early choice never makes a later session impossible while another would not.

    :param after: the day from which the first session's band counts
    :param near: the minute of the day of the session before these, if there was one
    """
    stuck = _stuck(sessions, after=after)
    possible = sessions if stuck is None else sessions[: stuck.number]
    starts: list[Start] = []
    for session, days in zip(possible, _days_with_a_future(possible), strict=True):
        start = ranked(session, after=after, preference=preference, near=near, within=days)[0]
        starts.append(start)
        after, near = start.day, start.minute
    return Proposal(tuple(starts), stuck)


def ranked(
    session: Session,
    *,
    after: date,
    preference: Preference = ANY,
    near: int | None = None,
    within: Iterable[date] | None = None,
) -> list[Start]:
    """Return the starts inside the band, the best first.

    As many wishes as possible, then the days advised, then the time wished for or `near`.

    :param within: only these days; none is any
    """
    days = session.free if within is None else within
    found = [
        Start(day, minute)
        for day in days
        if session.band.holds(after, day)
        for minute in session.free[day]
    ]
    return sorted(found, key=lambda start: _cost(start, session.band, after, preference, near))


def _cost(
    start: Start, band: Band, after: date, preference: Preference, near: int | None
) -> tuple[int, int, int, Start]:
    wanted = near if preference.minute is None else preference.minute
    away = 0 if wanted is None else abs(start.minute - wanted)
    missed = bool(preference.weekdays) and start.day.weekday() not in preference.weekdays
    missed_time = preference.minute is not None and away > FAR
    return missed + missed_time, abs((start.day - after).days - band.advised), away, start


def nearest_outside(session: Session, first: date, last: date, *, count: int) -> tuple[Start, ...]:
    """Return the first start of each of the free days nearest to, and not in, some days."""

    def distance(day: date) -> int:
        return (first - day).days if day < first else (day - last).days

    outside = [day for day in _days(session) if not first <= day <= last]
    near = sorted(outside, key=lambda day: (distance(day), day))[:count]
    return tuple(Start(day, min(session.free[day])) for day in sorted(near))


def _stuck(sessions: Sequence[Session], *, after: date) -> Stuck | None:
    """Go forward through the days that can be reached at all, until there are none."""
    reached = [after]
    for number, session in enumerate(sessions):
        band = session.band
        back = (timedelta(days=band.most), timedelta(days=band.least))
        days = [d for d in _days(session) if _any_in(reached, d - back[0], d - back[1])]
        if not days:
            first, last = band.first(reached[0]), band.last(reached[-1])
            return Stuck(number, first, last, nearest_outside(session, first, last, count=3))
        reached = days
    return None


def _days_with_a_future(sessions: Sequence[Session]) -> list[list[date]]:
    """Return for each session the days from which every later one can follow."""
    found: list[list[date]] = []
    for number in reversed(range(len(sessions))):
        days = _days(sessions[number])
        if found:
            band, later = sessions[number + 1].band, found[-1]
            days = [day for day in days if _any_in(later, band.first(day), band.last(day))]
        found.append(days)
    return found[::-1]


def _days(session: Session) -> list[date]:
    return sorted(day for day, minutes in session.free.items() if minutes)


def _any_in(days: Sequence[date], first: date, last: date) -> bool:
    """Tell whether one of these days, in order, lies in `[first, last]`."""
    at = bisect_left(days, first)
    return at < len(days) and days[at] <= last
