"""How long before the start, in the owner's own words: read, and written back. Pure."""

import re
from datetime import time

from reminders.plans import HOURS
from reminders.rules import DaysBeforeAt, HoursBefore

MOST_HOURS, MOST_DAYS = 30 * 24, 60
_NUMBERS = {**HOURS, **dict.fromkeys(("zelfde", "dezelfde", "same"), 0)}
_NUMBERS |= dict.fromkeys(("de", "a", "an", "the"), 1)
_BEFORE = r"(?:\s+(?:ervoor|vooraf|van tevoren|eerder|before|ahead|earlier))?"
_AT = r"(?:\s*,?\s*(?:om|at)?\s*(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?:uur|u|h)?)"
_HOURS = re.compile(rf"(?P<count>\w+)\s*(?:uur|uren|u|hours?|h){_BEFORE}")
_DAYS = re.compile(
    rf"(?:op\s+)?(?P<count>\w+)\s*(?P<unit>dagen|dag|days?|weken|week|weeks){_BEFORE}{_AT}"
)


class NotUnderstood(Exception):
    """These words name no moment before the start."""


def read_offset(words: str) -> HoursBefore | DaysBeforeAt:
    """Return the moment that words such as “1 dag ervoor om 18:00” or “24 uur ervoor” name.

    :raises NotUnderstood: if they name none, or one that is too far away
    """
    said = " ".join(words.casefold().replace("é", "e").split())
    if found := _HOURS.fullmatch(said):
        return HoursBefore(_within(_count(found["count"]), 1, MOST_HOURS))
    if found := _DAYS.fullmatch(said):
        days = _count(found["count"]) * (7 if found["unit"].startswith(("we", "wk")) else 1)
        at = _clock(found["hour"], found["minute"])
        return DaysBeforeAt(_within(days, 0, MOST_DAYS), at)
    raise NotUnderstood


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


def _clock(hour: str, minute: str | None) -> time:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise NotUnderstood from error


def offset_in_words(offset: HoursBefore | DaysBeforeAt, language: str) -> str:
    """Return the moment as one would write it: “1 dag ervoor om 18:00”."""
    english = language.startswith("en")
    if isinstance(offset, HoursBefore):
        return f"{offset.hours} {_hours(offset.hours, english=english)}"
    at = f"{offset.at:%H:%M}".removeprefix("0")
    if offset.days == 0:
        return f"same day at {at}" if english else f"dezelfde dag om {at}"
    unit = ("day" if offset.days == 1 else "days") if english else _dagen(offset.days)
    return f"{offset.days} {unit} {'before at' if english else 'ervoor om'} {at}"


def _hours(hours: int, *, english: bool) -> str:
    if not english:
        return "uur ervoor"
    return "hour before" if hours == 1 else "hours before"


def _dagen(days: int) -> str:
    return "dag" if days == 1 else "dagen"
