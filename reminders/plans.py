"""If-then plans: reading what a client wrote, and saying it back. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings import formats

WEEKDAYS = {
    "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    "en": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
}
MONTHS = {
    "nl": (
        "januari februari maart april mei juni juli augustus september oktober november december"
    ),
    "en": ("january february march april may june july august september october november december"),
}
HOURS = {
    word: number
    for number, words in enumerate(
        [
            "een one",
            "twee two",
            "drie three",
            "vier four",
            "vijf five",
            "zes six",
            "zeven seven",
            "acht eight",
            "negen nine",
            "tien ten",
            "elf eleven",
            "twaalf twelve",
        ],
        start=1,
    )
    for word in words.split()
}
# “kwart over 9”, “half tien” (= 9:30), “10 voor 10”, “quarter past 9”, “half past 9”
_SPOKEN = re.compile(
    r"\b(?P<part>kwart|quarter|half|\d{1,2})\s*(?P<side>over|voor|past|to)?\s*"
    r"(?P<hour>\d{1,2}|[a-z]+)\b"
)
_DIGITS = re.compile(r"\b(?P<hour>[01]?\d|2[0-3])\s*[:.h]\s*(?P<minute>[0-5]\d)\b(?!\s*[/-])")
_WHOLE = re.compile(r"\b(?P<hour>[01]?\d|2[0-3])\s*(?:uur|u|o'?clock|am|pm)\b")
_AT = re.compile(r"\b(?:om|at)\s+(?P<hour>\d{1,2}|[a-z]+)\b")
_NUMERIC_DATE = re.compile(r"\b(?P<day>[0-3]?\d)\s*[/-]\s*(?P<month>[01]?\d)\b")
_DAY_NUMBER = re.compile(r"\b(?P<day>[0-3]?\d)(?:e|de|ste|st|nd|rd|th)?\s+(?P<month>[a-z]{3,})")


@dataclass(frozen=True, slots=True)
class Written:
    """What could be read in what a client wrote; nothing where she wrote nothing."""

    weekday: int | None
    day: int | None
    month: int | None
    at: time | None


def read_moment(text: str) -> Written:
    """Read a day and a time as people write them: “wo 15/5 kwart over 9”, “15 mei 9.15 uur”."""
    text = " ".join(text.lower().replace(",", " ").split())
    day, month, rest = _read_date(text)
    return Written(weekday=_read_weekday(rest), day=day, month=month, at=_read_time(rest))


def _read_weekday(text: str) -> int | None:
    for word in re.findall(r"[a-z]+", text):
        for names in WEEKDAYS.values():
            for number, name in enumerate(names):
                if word == name or (len(word) in (2, 3) and name.startswith(word)):
                    return number
    return None


def _read_date(text: str) -> tuple[int | None, int | None, str]:
    """Return day, month and the text without them, so that they are not read as a time."""
    if found := _NUMERIC_DATE.search(text):
        return int(found["day"]), int(found["month"]), _without(text, found)
    for found in _DAY_NUMBER.finditer(text):
        month = _month_number(found["month"])
        if month:
            return int(found["day"]), month, _without(text, found)
    return None, None, text


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _month_number(word: str) -> int | None:
    for names in MONTHS.values():
        for number, name in enumerate(names.split(), start=1):
            if name.startswith(word) or (word == "mrt" and number == 3):
                return number
    return None


def _hour(word: str) -> int | None:
    number = int(word) if word.isdigit() else HOURS.get(word)
    return number if number is not None and number < 24 else None


def _read_time(text: str) -> time | None:
    if found := _DIGITS.search(text):
        return time(int(found["hour"]), int(found["minute"]))
    for found in _SPOKEN.finditer(text):
        if spoken := _spoken_time(found):
            return spoken
    for pattern in (_WHOLE, _AT):
        if (found := pattern.search(text)) and (hour := _hour(found["hour"])) is not None:
            return time(hour)
    return None


def _spoken_time(found: re.Match[str]) -> time | None:
    hour = _hour(found["hour"])
    if hour is None:
        return None
    part, side = found["part"], found["side"]
    if part == "half":
        # Dutch “half tien” is half an hour before ten; English “half past nine” is after nine.
        return time(hour, 30) if side == "past" else time((hour - 1) % 24, 30)
    if side is None:
        return None
    minutes = 15 if part in ("kwart", "quarter") else int(part)
    if minutes > 59:
        return None
    if side in ("over", "past"):
        return time(hour, minutes)
    return time((hour - 1) % 24, 60 - minutes) if minutes else time(hour)


class Problem(Exception):
    """What she wrote is not the appointment; `code` says in what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_written(text: str, *, starts_at: datetime, zone: ZoneInfo) -> None:
    """Check that a client wrote down her own appointment: a day that fits and the time.

    Twelve-hour answers are taken (“kwart over 2” for 14:15).

    :raises Problem: `no_day`, `no_time`, `other_day` or `other_time`
    """
    written = read_moment(text)
    local = starts_at.astimezone(zone)
    if written.day is None and written.weekday is None:
        raise Problem("no_day")
    if written.at is None:
        raise Problem("no_time")
    same_date = written.day is None or (written.day, written.month) == (local.day, local.month)
    same_weekday = written.weekday is None or written.weekday == local.weekday()
    if not (same_date and same_weekday):
        raise Problem("other_day")
    if written.at.minute != local.minute or written.at.hour not in (local.hour, local.hour - 12):
        raise Problem("other_time")


def check_cue(cue_on: date, cue_at: time, *, starts_at: datetime, zone: ZoneInfo) -> None:
    """Check that the moment to act lies on the day itself or the evening before, before the start.

    :raises Problem: `cue_day`, `cue_evening` or `cue_after`
    """
    local = starts_at.astimezone(zone)
    evening_before = cue_on == local.date() - timedelta(days=1)
    if cue_on != local.date() and not evening_before:
        raise Problem("cue_day")
    if evening_before and cue_at < time(17):
        raise Problem("cue_evening")
    if datetime.combine(cue_on, cue_at, tzinfo=zone) > local:
        raise Problem("cue_after")


def beginning(cue_on: date, cue_at: time, *, language: str, zone: ZoneInfo) -> str:
    """Return the plan up to its action: “Als het woensdag 15 mei om 9:15 uur is, dan”."""
    moment = datetime.combine(cue_on, cue_at, tzinfo=zone)
    when = formats.moment_in_words(moment, language, zone=zone)
    return f"If it is {when}, then I" if language.startswith("en") else f"Als het {when} is, dan"


def sentence(cue_on: date, cue_at: time, action: str, *, language: str, zone: ZoneInfo) -> str:
    """Return the plan in one sentence: “Als het woensdag 15 mei om 9:15 uur is, dan ga ik …”."""
    said = action.strip().rstrip(".")
    return f"{beginning(cue_on, cue_at, language=language, zone=zone)} {said}."


def obstacle_sentence(obstacle: str, answer: str, *, language: str) -> str:
    """Return the plan for what may come up, or nothing when she gave none."""
    obstacle, answer = obstacle.strip().rstrip("."), answer.strip().rstrip(".")
    if not (obstacle and answer):
        return ""
    if language.startswith("en"):
        return f"If {obstacle}, then {answer}."
    return f"Als {obstacle}, dan {answer}."
