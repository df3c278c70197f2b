"""From judged visits to the figures of the report: pure arithmetic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from clinic.office.dates import first_of_month
from clinic.office.outcomes import Judged, Outcome, count
from clinic.office.statistics import FEWEST, Proportion

#: The last day of each stretch of days ahead; what is longer comes after them.
STRETCHES = (0, 1, 3, 6, 13, 20, 27, 59)


@dataclass(frozen=True, slots=True)
class Rates:
    """The shares that belong together, each with its own denominator."""

    counts: Counter[Outcome]
    not_noted: int
    moved: int
    lost: Proportion
    no_show: Proportion
    late: Proportion
    refilled: Proportion
    confirmed: Proportion

    @property
    def due(self) -> int:
        return self.counts.total()


def rates(judged: Sequence[Judged]) -> Rates:
    """Return the shares of these visits; those not noted yet are in no denominator but one."""
    counts = count(judged)
    due = counts.total()
    late = counts[Outcome.CANCELLED_LATE]
    asked = [one.visit for one in judged if one.visit.was_asked]
    return Rates(
        counts=counts,
        not_noted=sum(one.outcome is None for one in judged),
        moved=sum(one.visit.was_moved for one in judged),
        lost=lost(judged),
        no_show=Proportion(counts[Outcome.NO_SHOW], due),
        late=Proportion(late, due),
        refilled=Proportion(sum(one.is_wasted and one.was_refilled for one in judged), late),
        confirmed=Proportion(sum(visit.said_yes for visit in asked), len(asked)),
    )


def lost(judged: Iterable[Judged]) -> Proportion:
    """Return the lost places, out of the visits not cancelled in time."""
    kept = [one for one in judged if one.outcome not in (None, Outcome.CANCELLED_EARLY)]
    return Proportion(sum(one.is_lost for one in kept), len(kept))


@dataclass(frozen=True, slots=True)
class Value:
    """What the lost places would have brought in, in cents; with its bounds when they are known."""

    cents: int
    bounds_cents: tuple[int, int] | None


def lost_value(judged: Sequence[Judged]) -> Value:
    """Return the price of the lost places; its bounds follow those of their number."""
    prices = [one.visit.price_cents for one in judged if one.is_lost]
    proportion = lost(judged)
    interval = proportion.interval
    if interval is None or not prices:
        return Value(sum(prices), None)
    mean = sum(prices) / len(prices)
    low, high = (round(bound * proportion.n * mean) for bound in interval)
    return Value(sum(prices), (low, high))


def lost_by_month(
    judged: Iterable[Judged], months: Sequence[date], *, zone: ZoneInfo
) -> list[tuple[date, Proportion]]:
    """Return the lost places of each month on the clinic's clock."""
    of_month: dict[date, list[Judged]] = {month: [] for month in months}
    for one in judged:
        month = first_of_month(one.visit.starts_at.astimezone(zone).date())
        if month in of_month:
            of_month[month].append(one)
    return [(month, lost(of_month[month])) for month in months]


def middle_share(months: Iterable[tuple[date, Proportion]]) -> float | None:
    """Return the median of the months that have enough data; of fewer than three, nothing."""
    known = [share for _, proportion in months if (share := proportion.share) is not None]
    return median(known) if len(known) >= 3 else None


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many days ahead visits were booked: of how many, the middle, and per stretch."""

    n: int
    middle: float | None
    three_quarters: float | None
    stretches: list[tuple[int, int | None, int]]  # first day, last day, number


def days_ahead(judged: Iterable[Judged], *, zone: ZoneInfo) -> Ahead:
    """Return how long before the visit it was made, in days of the calendar."""
    days = sorted(
        (
            one.visit.starts_at.astimezone(zone).date()
            - one.visit.booked_at.astimezone(zone).date()
        ).days
        for one in judged
        if not one.visit.was_moved  # its second place counts, with the day it was made
    )
    enough = len(days) >= FEWEST
    return Ahead(
        n=len(days),
        middle=median(days) if enough else None,
        three_quarters=quantiles(days, n=4, method="inclusive")[2] if enough else None,
        stretches=_stretches(days),
    )


def _stretches(days: Sequence[int]) -> list[tuple[int, int | None, int]]:
    found: list[tuple[int, int | None, int]] = []
    first = 0
    for last in STRETCHES:
        found.append((first, last, sum(first <= day <= last for day in days)))
        first = last + 1
    found.append((first, None, sum(day >= first for day in days)))
    return found


def reasons(judged: Iterable[Judged]) -> Counter[str]:
    """Count why clients cancelled, as given; the empty text is no reason given."""
    cancelled = (Outcome.CANCELLED_EARLY, Outcome.CANCELLED_LATE)
    return Counter(
        one.visit.reason.strip()
        for one in judged
        if one.outcome in cancelled and not one.visit.was_moved
    )
