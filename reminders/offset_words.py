"""How long before or after a visit, in the owner's own words: read, and written back. Pure."""

import re
from datetime import time

from reminders.plans import HOURS
from reminders.rules import DaysAfterAt, DaysBeforeAt, HoursAfter, HoursBefore, Offset

MOST_HOURS, MOST_DAYS = 30 * 24, 60
WAYS = (("ervoor", "before"), ("na het bezoek", "after the visit"))
MORNING = time(10)  # after a visit, when no time is said
_NUMBERS = {**HOURS, **dict.fromkeys(("zelfde", "dezelfde", "same"), 0)}
_NUMBERS |= dict.fromkeys(("de", "a", "an", "the"), 1)
_BEFORE = r"(?:\s+(?:ervoor|vooraf|van tevoren|eerder|before|ahead|earlier))?"
_AFTER = re.compile(
    r"\b(?:(?:na|after)\s+(?:(?:het|de|een|the|a)\s+)?"
    r"(?:bezoek|afspraak|behandeling|visit|appointment|treatment)\s*\+?"
    r"|erna|nadien|later|afterwards|after)(?:\s|$)"
)
_AT = r"(?:\s*,?\s*(?:om|at)?\s*(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?:uur|u|h)?)"
_HOURS = re.compile(rf"(?P<count>\w+)\s*(?:uur|uren|u|hours?|h){_BEFORE}")
_UNIT = r"(?:op\s+)?(?P<count>\w+)\s*(?P<unit>dagen|dag|days?|weken|week|weeks)"
_DAYS = re.compile(rf"{_UNIT}{_BEFORE}{_AT}")
_DAYS_AFTER = re.compile(rf"{_UNIT}{_AT}?")


class NotUnderstood(Exception):
    """These words name no moment before or after a visit."""


def read_offset(words: str) -> Offset:
    """Return the moment that words name: “1 dag ervoor om 18:00”, “na bezoek + 1 dag”.

    :raises NotUnderstood: if they name none, or one that is too far away
    """
    said = " ".join(words.casefold().replace("é", "e").split())
    before, after = _AFTER.sub("", said, count=1), _AFTER.search(said)
    said = before.strip() if after else said
    if found := _HOURS.fullmatch(said):
        hours = _within(_count(found["count"]), 1, MOST_HOURS)
        return HoursAfter(hours) if after else HoursBefore(hours)
    found = (_DAYS_AFTER if after else _DAYS).fullmatch(said)
    if found is None:
        raise NotUnderstood
    weeks = found["unit"].startswith("we")
    days = _within(_count(found["count"]) * (7 if weeks else 1), 0, MOST_DAYS)
    at = _clock(found["hour"], found["minute"])
    return DaysAfterAt(days, at) if after else DaysBeforeAt(days, at)


def _count(word: str) -> int:
    if word in _NUMBERS:
        return _NUMBERS[word]
    if word.isascii() and word.isdigit() and len(word) < 5:
        return int(word)
    raise NotUnderstood


def _within(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise NotUnderstood
    return number


def _clock(hour: str | None, minute: str | None) -> time:
    if hour is None:
        return MORNING
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise NotUnderstood from error


def offset_in_words(offset: Offset, language: str) -> str:
    """Return the moment as one would write it: “1 dag ervoor om 18:00”."""
    english = language.startswith("en")
    is_after = isinstance(offset, HoursAfter | DaysAfterAt)
    way = WAYS[is_after][english]
    if isinstance(offset, HoursBefore | HoursAfter):
        return f"{offset.hours} {_hours(offset.hours, english=english)} {way}"
    at = f"{'at' if english else 'om'} {offset.at:%H:%M}".replace(" 0", " ")
    if offset.days == 0:
        same = "same day" if english else "dezelfde dag"
        return f"{same} {way} {at}" if is_after else f"{same} {at}"
    unit = ("day" if offset.days == 1 else "days") if english else _dagen(offset.days)
    return f"{offset.days} {unit} {way} {at}"


def _hours(hours: int, *, english: bool) -> str:
    if not english:
        return "uur"
    return "hour" if hours == 1 else "hours"


def _dagen(days: int) -> str:
    return "dag" if days == 1 else "dagen"
