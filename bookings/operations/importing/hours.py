"""Taking over when people work, and when somebody or something is not there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import combinations
from typing import TypeVar

from bookings.hours import EVERY_WEEK
from bookings.imported import HoursRow, Remarks, SpecialHoursRow, TimeOffRow
from bookings.operations.importing.copying import Values
from bookings.operations.importing.known import Known

MOST_IN_A_DAY = 50  # stretches of work of one person on one (week)day; more is a mistake
Row = TypeVar("Row", HoursRow, SpecialHoursRow)


def weekly(rows: Iterable[HoursRow], known: Known) -> list[Values]:
    """Return the weekly hours, as rows of the table; those that overlap are a trouble."""
    per_day: dict[tuple[str, int], list[HoursRow]] = defaultdict(list)
    for row in rows:
        per_day[row.practitioner, row.weekday].append(row)
    for day in per_day.values():
        _refuse_overlaps("hours", day, _ever_meet, known.troubles)
    return [
        {
            "practitioner_id": known.practitioner("hours", row.line, row.practitioner),
            "weekday": row.weekday,
            "opens": row.opens,
            "closes": row.closes,
            "weeks": EVERY_WEEK if row.weeks is None else row.weeks,
            "from_on": row.from_on,
            "until_on": row.until_on,
        }
        for row in rows
    ]


def special(rows: Iterable[SpecialHoursRow], known: Known) -> list[Values]:
    """Return the hours of single dates, as rows of the table; those that overlap are a trouble."""
    per_day: dict[tuple[str, date], list[SpecialHoursRow]] = defaultdict(list)
    for row in rows:
        per_day[row.practitioner, row.on].append(row)
    for day in per_day.values():
        _refuse_overlaps("special_hours", day, _same_time, known.troubles)
    return [
        {
            "practitioner_id": known.practitioner("special_hours", row.line, row.practitioner),
            "works_on": row.on,
            "opens": row.opens,
            "closes": row.closes,
        }
        for row in rows
    ]


def time_off(rows: Iterable[TimeOffRow], known: Known) -> list[Values]:
    """Return the time off, as rows of the table; the whole clinic's has no resource."""
    return [
        {
            "resource_id": None
            if row.kind == "clinic"
            else known.resource("time_off", row.line, row.kind, row.resource),
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "reason": row.reason or "",
        }
        for row in rows
    ]


def _refuse_overlaps(
    file: str, rows: Sequence[Row], meet: Callable[[Row, Row], bool], troubles: Remarks
) -> None:
    if len(rows) > MOST_IN_A_DAY:
        text = f"more than {MOST_IN_A_DAY} stretches of work of one practitioner in one day"
        troubles.add(file, rows[MOST_IN_A_DAY].line, text)
        return
    for one, other in combinations(rows, 2):
        if meet(one, other):
            troubles.add(file, other.line, f"these hours overlap those of line {one.line}")


def _same_time(one: HoursRow | SpecialHoursRow, other: HoursRow | SpecialHoursRow) -> bool:
    return one.opens < other.closes and other.opens < one.closes


def _ever_meet(one: HoursRow, other: HoursRow) -> bool:
    weeks = {one.weeks or EVERY_WEEK, other.weeks or EVERY_WEEK}
    return (
        _same_time(one, other)
        and (EVERY_WEEK in weeks or len(weeks) == 1)
        and (one.from_on or date.min) <= (other.until_on or date.max)
        and (other.from_on or date.min) <= (one.until_on or date.max)
    )
