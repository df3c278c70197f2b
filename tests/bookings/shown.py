"""What is on offer, as a person would read it."""

from bookings.availability import slots_on
from tests.when import ZONE


def on(search, *days):
    """Return the times that are shown on these days: “Wed 10:00”."""
    by_day = slots_on(search, days=days)
    return [f"{s.starts_at.astimezone(ZONE):%a %H:%M}" for day in days for s in by_day[day]]
