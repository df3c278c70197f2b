"""What may stand in a cell, and what it means."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers.phonenumberutil import NumberParseException

from bookings.periods import wall_clock

Parse = Callable[[str], object]
FIRST_YEAR, LAST_YEAR = 1990, 2100
NOTHING = "none"  # in a list of rooms or devices: this need took none
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CLOCK = re.compile(r"\d\d:\d\d", re.ASCII)
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE
)
# A spreadsheet takes such a cell for a formula. What was quoted already is quoted once more, so
# that reading gives back exactly what was written.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


class BadCell(ValueError):
    """A cell holds something that it cannot."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with something that is worth knowing about it."""

    value: object
    note: str


def shown(cell: str) -> str:
    """Return a cell for a message: short, and harmless to a terminal."""
    short = cell if len(cell) <= 40 else f"{cell[:40]}…"
    return "".join(one if one.isprintable() else "�" for one in short)


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that was guarded."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell, 1) else cell


def text(most: int) -> Parse:
    """Expect at most so many characters."""

    def parse(cell: str) -> str:
        if len(cell) > most:
            raise BadCell(f"is longer than {most} characters")
        return cell

    return parse


def key(cell: str) -> str:
    """Expect the other system's own id."""
    if len(cell) > 64:
        raise BadCell("is longer than 64 characters")
    return cell


def place_key(cell: str) -> str:
    """Expect the id of a room or a device, which can stand in a list."""
    if cell == NOTHING or len(cell.split()) > 1:
        raise BadCell(f"“{shown(cell)}” is no id: without spaces, and not “{NOTHING}”")
    return key(cell)


def place_keys(cell: str) -> tuple[str, ...]:
    """Expect ids with spaces between them; the word for nothing becomes an empty one."""
    return tuple("" if one == NOTHING else one for one in cell.split())


def slug(cell: str) -> str:
    """Expect what can stand in an address."""
    if not SLUG.fullmatch(cell):
        raise BadCell(f"“{shown(cell)}” is no id: at most 50 letters, digits, - and _")
    return cell


def whole(least: int, most: int) -> Parse:
    """Expect a whole number."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", cell, re.ASCII) or not least <= int(cell) <= most:
            raise BadCell(f"“{shown(cell)}” is no whole number from {least} to {most}")
        return int(cell)

    return parse


def one_of(values: Mapping[str, object]) -> Parse:
    """Expect one of these words."""

    def parse(cell: str) -> object:
        if cell not in values:
            raise BadCell(f"“{shown(cell)}” is none of: {', '.join(values)}")
        return values[cell]

    return parse


def day(cell: str) -> date:
    """Expect a date."""
    try:
        found = date.fromisoformat(cell) if DAY.fullmatch(cell) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadCell(f"“{shown(cell)}” is no date like 2026-11-26, from {FIRST_YEAR} on")
    return found


def clock(cell: str) -> time:
    """Expect a time of day."""
    try:
        if CLOCK.fullmatch(cell):
            return time.fromisoformat(cell)
    except ValueError:
        pass
    raise BadCell(f"“{shown(cell)}” is no time like 09:15")


def moment(zone: ZoneInfo) -> Parse:
    """Expect a date and a time, on the clinic's clock unless an offset is written.

    Seconds may be there, and are dropped.
    """

    def parse(cell: str) -> datetime | Noted:
        try:
            return _moment(cell, zone)
        except (ValueError, OverflowError) as error:
            text = f"“{shown(cell)}” is no moment like 2026-11-26T09:15, from {FIRST_YEAR} on"
            raise BadCell(text) from error

    return parse


def _moment(cell: str, zone: ZoneInfo) -> datetime | Noted:
    found = MOMENT.fullmatch(cell)
    if found is None:
        raise ValueError
    on, at, offset = found.groups()
    local = datetime.fromisoformat(f"{on}T{at}{(offset or '').upper()}")
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValueError
    if offset:
        return local.astimezone(UTC)
    here = wall_clock(local.date(), local.time(), zone)
    first, second = (local.replace(tzinfo=zone, fold=n).utcoffset() for n in (0, 1))
    if first == second or first is None or second is None:
        return here
    if first > second:
        return Noted(here, f"{cell} comes twice on the clinic's clock: the first is meant")
    return Noted(here, f"{cell} is skipped by the clinic's clock: {here.astimezone(zone):%H:%M}")


def phone(cell: str) -> str:
    """Expect a number that can exist, with its country or a Dutch one; it becomes E.164."""
    try:
        number = PhoneNumber.from_string(cell, region="NL")
    except NumberParseException:
        number = None
    if number is None or not number.is_valid():
        raise BadCell(f"“{shown(cell)}” is no telephone number")
    return str(number.as_e164)


def email(cell: str) -> str:
    """Expect an address that can exist."""
    try:
        EmailValidator()(cell)
    except ValidationError as error:
        raise BadCell(f"“{shown(cell)}” is no e-mail address") from error
    if len(cell) > 254:
        raise BadCell("is longer than 254 characters")
    return cell
