"""How the clinic writes amounts, days, times and telephone numbers, in Dutch and in English."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_currency
from phonenumbers import PhoneNumber, PhoneNumberFormat, format_number, is_valid_number
from phonenumbers import parse as parse_number
from phonenumbers.phonenumberutil import NumberParseException

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_NETHERLANDS = 31


@lru_cache(maxsize=2000)  # a clinic has few prices, and each takes long to write
def euros(cents: int, language: str) -> str:
    """Return an amount: “€ 45,00” with a hard space in Dutch, “€45.00” in English."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=_locale(language))


def day(moment: datetime | date, language: str, *, zone: tzinfo) -> str:
    """Return the day in words: “donderdag 26 november”."""
    return _date(moment, "EEEE d MMMM", language, zone=zone)


def day_short(moment: datetime | date, language: str, *, zone: tzinfo) -> str:
    """Return the day in a few letters: “do 26 nov”."""
    return _date(moment, "EEE d MMM", language, zone=zone).replace(".", "")


def day_short_with_year(moment: datetime | date, language: str, *, zone: tzinfo) -> str:
    """Return the day in a few letters with its year: “do 26 nov 2026”."""
    return _date(moment, "EEE d MMM y", language, zone=zone).replace(".", "")


def day_with_year(moment: datetime | date, language: str, *, zone: tzinfo) -> str:
    """Return the day in words with its year: “donderdag 26 november 2026”."""
    return _date(moment, "EEEE d MMMM y", language, zone=zone)


def weekday_short(moment: datetime | date, language: str, *, zone: tzinfo) -> str:
    """Return the weekday in two or three letters: “do”, “Thu”."""
    return _date(moment, "EEE", language, zone=zone).replace(".", "")


def month(moment: datetime | date, language: str, *, zone: tzinfo) -> str:
    """Return the month and the year: “november 2026”."""
    return _date(moment, "LLLL y", language, zone=zone)


def clock(moment: datetime, language: str, *, zone: tzinfo) -> str:
    """Return the time of day in a sentence: “9:15 uur” in Dutch, “9:15” in English."""
    local = moment.astimezone(zone)
    bare = f"{local.hour}:{local:%M}"
    return f"{bare} uur" if language.startswith("nl") else bare


def hour_minute(moment: datetime, *, zone: tzinfo) -> str:
    """Return the time of day in four digits, for lists: “09:15”."""
    return f"{moment.astimezone(zone):%H:%M}"


def moment_in_words(moment: datetime, language: str, *, zone: tzinfo) -> str:
    """Return the day and the time in one phrase: “woensdag 15 mei om 9:15 uur”."""
    joined = "om" if language.startswith("nl") else "at"
    when = clock(moment, language, zone=zone)
    return f"{day(moment, language, zone=zone)} {joined} {when}"


def instant(moment: datetime, language: str, *, zone: tzinfo) -> str:
    """Return a moment that nobody can mistake: “woensdag 15 mei 2026 om 9:15:07 uur”."""
    joined, end = ("om", " uur") if language.startswith("nl") else ("at", "")
    local = moment.astimezone(zone)
    return f"{day_with_year(moment, language, zone=zone)} {joined} {local.hour}:{local:%M:%S}{end}"


_UNITS = {
    "nl": (("dag", "dagen"), ("uur", "uur"), ("minuut", "minuten"), ("seconde", "seconden")),
    "en": (("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
}


def length(delta: timedelta, language: str) -> str:
    """Return a length of time to the second: “1 dag, 2 uur en 3 minuten”."""
    dutch = language.startswith("nl")
    whole = int(delta.total_seconds())
    parts = (whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60)
    units = _UNITS["nl" if dutch else "en"]
    said = [f"{n} {names[n != 1]}" for n, names in zip(parts, units, strict=True) if n]
    if not said:
        return f"0 {units[-1][1]}"
    *first, last = said
    return f"{', '.join(first)} {'en' if dutch else 'and'} {last}" if first else last


def phone_number(number: PhoneNumber | str) -> str:
    """Return a number as people write it: “06 12 34 56 78”, abroad “+32 470 12 34 56”."""
    try:
        parsed = number if isinstance(number, PhoneNumber) else parse_number(number, "NL")
    except NumberParseException:
        return str(number)
    if not is_valid_number(parsed):
        return str(number)
    if parsed.country_code != _NETHERLANDS:
        return format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    digits = str(parsed.national_number)
    if digits.startswith("6") and len(digits) == 9:  # a mobile number is written in pairs
        return " ".join(["06", *(digits[i : i + 2] for i in range(1, 9, 2))])
    return format_number(parsed, PhoneNumberFormat.NATIONAL)


def _date(moment: datetime | date, pattern: str, language: str, *, zone: tzinfo) -> str:
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return _formatted(local, pattern, _locale(language))


@lru_cache(maxsize=2000)  # the same days are named all day long, and each takes long to write
def _formatted(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def _locale(language: str) -> str:
    return _LOCALES.get(language.split("-")[0], "nl_NL")
