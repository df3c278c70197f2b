"""When the demo clinic will be closed, and somebody away: settings, made once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings import operations as bookings
from bookings.availability import shifts_on
from bookings.models import Practitioner
from bookings.periods import Period, day_period

# Those whose date needs no table of moons.
HOLIDAYS = {
    (1, 1): "Nieuwjaarsdag",
    (4, 27): "Koningsdag",
    (12, 25): "Eerste kerstdag",
    (12, 26): "Tweede kerstdag",
}
SOON = timedelta(days=10)


def add_days_off(*, zone: ZoneInfo, now: datetime) -> None:
    """Close the clinic on the next public holiday, and let somebody go on a course for half a day.

    Before there are appointments, so that nothing lies in the way.
    """
    people = list(Practitioner.objects.prefetch_related("working_hours", "special_hours"))
    today = now.astimezone(zone).date()
    holiday = next(_holidays(people, today, zone))
    name = HOLIDAYS[holiday.month, holiday.day]
    bookings.add_time_off(None, day_period(holiday, zone), reason=name)
    afternoon = next(_afternoons(people[0], today + SOON, zone, but=holiday))
    bookings.add_time_off(people[0].pk, afternoon, reason="Nascholing")


def _holidays(people: list[Practitioner], today: date, zone: ZoneInfo) -> Iterator[date]:
    """Yield the coming public holidays on which somebody would have worked."""
    for n in range(1, 2000):
        day = today + timedelta(days=n)
        if (day.month, day.day) in HOLIDAYS and any(shifts_on(one, day, zone) for one in people):
            yield day


def _afternoons(who: Practitioner, since: date, zone: ZoneInfo, *, but: date) -> Iterator[Period]:
    """Yield the second half of each day on which somebody works both."""
    for n in range(60):
        shifts = shifts_on(who, since + timedelta(days=n), zone)
        if len(shifts) > 1 and since + timedelta(days=n) != but:
            yield shifts[1]
