"""The clinic's way of writing amounts, days and times, as template filters."""

from datetime import date, datetime, timedelta

from django import template
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language
from phonenumbers import PhoneNumber

from bookings import formats
from bookings.clock import now

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """Write whole cents as an amount in euros."""
    return "" if cents is None else formats.euros(cents, _language())


@register.filter
def day(moment: datetime | date | None) -> str:
    """Write the day in words."""
    return "" if moment is None else formats.day(moment, _language(), zone=get_current_timezone())


@register.filter
def day_short(moment: datetime | date | None) -> str:
    """Write the day in a few letters."""
    if moment is None:
        return ""
    return formats.day_short(moment, _language(), zone=get_current_timezone())


@register.filter
def day_with_year(moment: datetime | date | None) -> str:
    """Write the day in words with its year."""
    if moment is None:
        return ""
    return formats.day_with_year(moment, _language(), zone=get_current_timezone())


@register.filter
def weekday_short(moment: datetime | date | None) -> str:
    """Write the weekday in two or three letters."""
    if moment is None:
        return ""
    return formats.weekday_short(moment, _language(), zone=get_current_timezone())


@register.filter
def instant(moment: datetime | None) -> str:
    """Write the day, the year and the time to the second."""
    if moment is None:
        return ""
    return formats.instant(moment, _language(), zone=get_current_timezone())


@register.filter
def month(moment: datetime | date | None) -> str:
    """Write the month and the year."""
    return "" if moment is None else formats.month(moment, _language(), zone=get_current_timezone())


@register.filter
def clock(moment: datetime | None) -> str:
    """Write the time of day as in a sentence."""
    return "" if moment is None else formats.clock(moment, _language(), zone=get_current_timezone())


@register.filter
def hour_minute(moment: datetime | None) -> str:
    """Write the time of day in four digits."""
    return "" if moment is None else formats.hour_minute(moment, zone=get_current_timezone())


@register.filter
def moment(value: datetime | None) -> str:
    """Write the day and the time in one phrase."""
    if value is None:
        return ""
    return formats.moment_in_words(value, _language(), zone=get_current_timezone())


@register.filter
def rough_length(value: timedelta) -> str:
    """Write a length of time in whole minutes."""
    return formats.length(timedelta(minutes=value // timedelta(minutes=1)), _language())


@register.filter
def phone_number(number: PhoneNumber | str | None) -> str:
    """Write a telephone number as people do."""
    return formats.phone_number(number) if number else ""


@register.filter
def seconds_left(until: datetime | None) -> int:
    """Count the whole seconds from the clinic's now to `until`, never less than nothing."""
    return 0 if until is None else max(0, int((until - now()).total_seconds()))


def _language() -> str:
    return get_language() or "nl"
