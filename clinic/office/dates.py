"""The days a report is about: pure arithmetic with calendar months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bookings.periods import Period, day_period

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days on the clinic's clock, from `first` up to and including `last`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is not before the first")

    @property
    def number(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def are_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + ONE_DAY).day == 1

    def period(self, zone: ZoneInfo) -> Period:
        """Return the instants between the first midnight and the last."""
        return Period(day_period(self.first, zone).start, day_period(self.last, zone).end)


def first_of_month(day: date, *, months_back: int = 0) -> date:
    """Return the first day of the month of `day`, or of one before it."""
    index = day.year * 12 + day.month - 1 - months_back
    return date(index // 12, index % 12 + 1, 1)


def this_month(today: date) -> Days:
    """Return the month of `today`, up to and including its end."""
    return Days(first_of_month(today), first_of_month(today, months_back=-1) - ONE_DAY)


def last_months(today: date, number: int) -> Days:
    """Return the last `number` full months, this month not among them."""
    return Days(first_of_month(today, months_back=number), first_of_month(today) - ONE_DAY)


def before(days: Days) -> Days:
    """Return as many months, or else as many days, right before these."""
    last = days.first - ONE_DAY
    if days.are_whole_months:
        return Days(first_of_month(days.first, months_back=len(list(months_of(days)))), last)
    return Days(days.first - timedelta(days=days.number), last)


def months_of(days: Days) -> Iterator[date]:
    """Yield the first day of each month that these days touch."""
    month = first_of_month(days.first)
    while month <= days.last:
        yield month
        month = first_of_month(month, months_back=-1)


def run_of_months(days: Days, *, least: int) -> list[date]:
    """Return the months of these days, and as many before them as make `least`."""
    months = list(months_of(days))
    missing = max(0, least - len(months))
    earlier = [first_of_month(months[0], months_back=n) for n in range(missing, 0, -1)]
    return earlier + months
