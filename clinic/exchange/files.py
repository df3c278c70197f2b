"""The files of a clinic: their columns, and what each row says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bookings import imported
from bookings.hours import EVERY_WEEK, WEEK_A, WEEK_B
from clinic.exchange.cells import (
    Parse,
    clock,
    day,
    email,
    key,
    moment,
    one_of,
    phone,
    place_key,
    place_keys,
    slug,
    text,
    whole,
)

MANY, FEW = 500_000, 20_000
YES_NO = {"yes": True, "no": False}
WEEKS = {"every": EVERY_WEEK, "a": WEEK_A, "b": WEEK_B}
WEEKDAYS = {str(number + 1): number for number in range(7)}
CENTS = whole(0, 100_000_00)
PERCENT = whole(0, 100)
POSITION = whole(0, 32_767)
MINUTES = whole(1, 24 * 60)


def words(listed: str) -> Parse:
    """Expect one of the words listed, which means itself."""
    return one_of({word: word for word in listed.split()})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells hold, and whether it or its cells may be missing."""

    name: str
    parse: Parse
    must_be_there: bool = True
    may_be_empty: bool = False
    if_empty: object = None


def must(name: str, parse: Parse) -> Column:
    """Return a column that must be there, with something in each cell."""
    return Column(name, parse)


def may(name: str, parse: Parse, *, if_empty: object = None) -> Column:
    """Return a column that may be missing, or have empty cells."""
    return Column(name, parse, must_be_there=False, may_be_empty=True, if_empty=if_empty)


@dataclass(frozen=True, slots=True)
class File:
    """A file: its columns, what makes a row of it, and what rows may not have in common."""

    name: str
    row: Callable[..., Any]
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ("key",)
    check: Callable[[Any], str] = lambda row: ""  # what is wrong with a row as a whole
    most_rows: int = FEW


def files_of(zone: ZoneInfo) -> tuple[File, ...]:
    """Return every file, in the order in which they refer to each other."""
    return (*_resources(), *_treatments(), *_hours(zone), _clients(zone), _appointments(zone))


def _resources() -> tuple[File, ...]:
    shared = may("active", one_of(YES_NO)), may("position", POSITION)
    place = must("key", place_key), must("name", text(80)), must("group", text(40)), *shared
    role_en = may("role_en", text(80), if_empty="")
    person = must("key", key), must("name", text(80)), must("role", text(80)), role_en, *shared
    return (
        File("practitioners", imported.PractitionerRow, person),
        File("rooms", imported.PlaceRow, place),
        File("devices", imported.PlaceRow, place),
    )


def _treatments() -> tuple[File, ...]:
    treatment = (
        must("key", slug),
        must("name", text(80)),
        must("category", text(60)),
        must("summary", text(200)),
        must("minutes", MINUTES),
        must("price_cents", CENTS),
        may("name_en", text(80), if_empty=""),
        may("category_en", text(60), if_empty=""),
        may("summary_en", text(200), if_empty=""),
        may("deposit_cents", CENTS),
        may("late_fee_cents", CENTS),
        may("no_show_fee_cents", CENTS),
        may("free_notice_hours", whole(0, 24 * 90)),
        may("active", one_of(YES_NO)),
        may("position", POSITION),
        may("as_clinic", one_of(YES_NO)),
        may("deposit_percent", PERCENT),
        may("deposit_from", words("everyone new record")),
        may("late_fee_percent", PERCENT),
        may("no_show_fee_percent", PERCENT),
        may("last_minute_hours", whole(0, 24 * 90)),
        may("last_minute_fee_cents", CENTS),
        may("last_minute_fee_percent", PERCENT),
        may("most_fee_cents", CENTS),
    )
    need = (
        must("treatment", slug),
        must("kind", words("practitioner room device")),
        Column("group", text(40), may_be_empty=True, if_empty=""),
        must("from_minute", whole(-24 * 60, 24 * 60)),
        must("until_minute", whole(-24 * 60, 2 * 24 * 60)),
    )
    skill = (
        must("practitioner", key),
        must("treatment", slug),
        may("minutes", MINUTES),
        may("price_cents", CENTS),
    )
    return (
        File("treatments", imported.TreatmentRow, treatment, check=_check_treatment),
        File("needs", imported.NeedRow, need, unique=(), check=_check_need),
        File("skills", imported.SkillRow, skill, unique=("practitioner", "treatment")),
    )


def _check_treatment(row: imported.TreatmentRow) -> str:
    late, last = row.free_notice_hours, row.last_minute_hours
    if last is not None and (late is None or last >= late):
        return "last_minute_hours must be less than free_notice_hours, which must be there too"
    return ""


def _check_need(row: imported.NeedRow) -> str:
    if row.until_minute <= row.from_minute:
        return "until_minute is not after from_minute"
    if (row.kind == "practitioner") != (row.group == ""):
        return "a room or a device has a group, a practitioner has none"
    return ""


def _hours(zone: ZoneInfo) -> tuple[File, ...]:
    weekly = (
        must("practitioner", key),
        must("weekday", one_of(WEEKDAYS)),
        must("opens", clock),
        must("closes", clock),
        may("weeks", one_of(WEEKS)),
        may("from_on", day),
        may("until_on", day),
    )
    special = (
        must("practitioner", key),
        must("on", day),
        must("opens", clock),
        must("closes", clock),
    )
    time_off = (
        must("kind", words("practitioner room device clinic")),
        Column("resource", key, may_be_empty=True, if_empty=""),
        must("starts_at", moment(zone)),
        must("ends_at", moment(zone)),
        may("reason", text(120), if_empty=""),
    )
    return (
        File("hours", imported.HoursRow, weekly, unique=(), check=_check_hours),
        File("special_hours", imported.SpecialHoursRow, special, unique=(), check=_check_special),
        File("time_off", imported.TimeOffRow, time_off, unique=(), check=_check_time_off),
    )


def _check_hours(row: imported.HoursRow) -> str:
    if row.from_on and row.until_on and row.until_on < row.from_on:
        return "until_on is before from_on"
    return "closes is not after opens" if row.closes <= row.opens else ""


def _check_special(row: imported.SpecialHoursRow) -> str:
    return "closes is not after opens" if row.closes <= row.opens else ""


def _check_time_off(row: imported.TimeOffRow) -> str:
    if (row.kind == "clinic") != (row.resource == ""):
        return "a practitioner, a room or a device is named, the clinic is not"
    return "ends_at is not after starts_at" if row.ends_at <= row.starts_at else ""


def _clients(zone: ZoneInfo) -> File:
    columns = (
        must("key", key),
        must("first_name", text(60)),
        must("last_name", text(80)),
        must("phone", phone),
        must("email", email),
        may("language", words("nl en")),
        may("reach_by", words("sms whatsapp email")),
        may("created_at", moment(zone)),
    )
    return File("clients", imported.ClientRow, columns, most_rows=MANY)


def _appointments(zone: ZoneInfo) -> File:
    columns = (
        must("key", key),
        must("client", key),
        must("treatment", slug),
        must("practitioner", key),
        must("starts_at", moment(zone)),
        must("status", words("booked arrived completed cancelled no_show")),
        may("minutes", MINUTES),
        may("price_cents", CENTS),
        may("rooms", place_keys),
        may("devices", place_keys),
        may("note", text(500), if_empty=""),
        may("created_at", moment(zone)),
        may("cancelled_at", moment(zone)),
        may("cancelled_by", words("client clinic")),
    )
    return File(
        "appointments",
        imported.AppointmentRow,
        columns,
        check=_check_appointment,
        most_rows=MANY,
    )


def _check_appointment(row: imported.AppointmentRow) -> str:
    if row.status != "cancelled" and (row.cancelled_at or row.cancelled_by):
        return f"cancelled_at or cancelled_by is given, and the status is {row.status}"
    return ""
