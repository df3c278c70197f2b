"""Reads: when the clinic is open."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from bookings.models import TimeOff
from bookings.periods import Period, day_period, joined, subtract
from bookings.reference import current


def opening_on(days: Iterable[date], zone: ZoneInfo) -> dict[date, list[Period]]:
    """Return when somebody works and the clinic is not closed as a whole, by day. Two queries."""
    days = list(days)
    if not days:
        return {}
    begin, end = day_period(min(days), zone).start, day_period(max(days), zone).end
    closed = [
        Period(one.starts_at, one.ends_at)
        for one in TimeOff.objects.filter(resource=None, starts_at__lt=end, ends_at__gt=begin)
    ]
    hours = current().hours.values()
    return {
        day: list(subtract(joined(p for one in hours for p in one.periods(day, zone)), closed))
        for day in days
    }
