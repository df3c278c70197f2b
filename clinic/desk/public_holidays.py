"""The public holidays of the next twelve months: suggestions; only a person makes them closures."""

from dataclasses import dataclass
from datetime import date, timedelta

import holidays

from bookings.models import Practitioner, TimeOff
from bookings.periods import Period, day_period, subtract
from bookings.reference import hours_of
from clinic.desk.here import Here

AHEAD = timedelta(days=365)
LANGUAGES = {"nl": "nl", "en": "en_US"}
KINDS = (holidays.PUBLIC, holidays.OPTIONAL)  # Liberation Day is a day off for some


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday, and whether the clinic is closed, or nobody works then anyway."""

    day: date
    name: str
    is_closed: bool
    is_worked: bool


def coming_holidays(here: Here, *, language: str) -> list[PublicHoliday]:
    """Return the public holidays of the next twelve months. Four queries."""
    named = _named(here.today, here.today + AHEAD, language)
    span = Period(here.now, day_period(here.today + AHEAD, here.zone).end)
    rows = TimeOff.objects.filter(resource=None, starts_at__lt=span.end, ends_at__gt=span.start)
    closed = [Period(row.starts_at, row.ends_at) for row in rows]
    people = Practitioner.objects.filter(is_active=True)
    hours = [hours_of(one) for one in people.prefetch_related("working_hours", "special_hours")]
    return [
        PublicHoliday(
            day,
            name,
            is_closed=not list(subtract([day_period(day, here.zone)], closed)),
            is_worked=any(one.on(day) for one in hours),
        )
        for day, name in named
    ]


def _named(first: date, last: date, language: str) -> list[tuple[date, str]]:
    found = holidays.country_holidays(
        "NL",
        years=range(first.year, last.year + 1),
        language=LANGUAGES.get(language.partition("-")[0], "nl"),
        categories=KINDS,
    )
    return sorted((day, name) for day, name in found.items() if first <= day <= last)
