"""The last visits of yesterday: the desk went home without noting whether they came."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bookings.availability import shifts_on
from clinic.demo.draws import draws
from clinic.demo.given import Given

Place = tuple[datetime, int]  # a start, with whom


def last_working_day(given: Given, now: datetime) -> date:
    """Return the last day before today on which anybody works; yesterday if nobody ever does."""
    today = now.astimezone(given.zone).date()
    days = [today - timedelta(days=n) for n in range(1, 8)]
    worked = (d for d in days if any(shifts_on(p, d, given.zone) for p in given.practitioners))
    return next(worked, days[0])


def left_unnoted(day: date, places: Iterable[Place], given: Given, *, now: datetime) -> set[Place]:
    """Return the last few of a day's places when it is the last working day, or none."""
    if day != last_working_day(given, now):
        return set()
    return set(sorted(places)[-draws("unnoted", day).choice((2, 3)) :])
