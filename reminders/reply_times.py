"""How long somebody waits for an answer. Pure: the clock runs while the clinic is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bookings.periods import Period, day_period, shared

#: Within so much opening time a client is to have her answer.
TARGET = timedelta(hours=4)
#: Longer than this, and she looks elsewhere. Days on which the clinic is closed do not count.
ALARM = timedelta(hours=24)


class Pace(StrEnum):
    """How a wait compares to what the clinic promises."""

    IN_TIME = "in_time"
    LATE = "late"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long it takes, or took."""

    open: timedelta  # while the clinic was open
    elapsed: timedelta  # on the days on which it was open at all

    @property
    def pace(self) -> Pace:
        """How it compares to the target and to the alarm."""
        if self.elapsed > ALARM:
            return Pace.ALARM
        return Pace.LATE if self.open > TARGET else Pace.IN_TIME


def wait(
    since: datetime, until: datetime, opening: Mapping[date, Iterable[Period]], zone: ZoneInfo
) -> Wait:
    """Return how long a question waited between two instants.

    :param opening: when the clinic is open, for each day from the one to the other
    """
    if until <= since:
        return Wait(timedelta(), timedelta())
    whole = Period(since, until)
    opened = {day: list(periods) for day, periods in opening.items()}
    days = [day_period(day, zone) for day, periods in opened.items() if periods]
    return Wait(
        open=shared((period for periods in opened.values() for period in periods), whole),
        elapsed=shared(days, whole),
    )


def days_between(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    """Return each day of the clinic's calendar from the one instant to the other."""
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
