import itertools
from datetime import date, time, timedelta

import pytest

from bookings.hours import WEEK_A, WEEK_B, Hours, Shift, week_of
from tests.when import ZONE, at

MONDAY = date(2026, 3, 2)


def clock(text: str) -> time:
    return time.fromisoformat(text)


def shift(opens: str, closes: str, **more) -> Shift:
    return Shift(weekday=more.pop("weekday", 0), opens=clock(opens), closes=clock(closes), **more)


def hours(*shifts: Shift, **special) -> Hours:
    return Hours(shifts=shifts, special=special.get("special", {}))


@pytest.mark.parametrize(
    ("case", "shifts", "day", "expected"),
    [
        ("on its weekday", [shift("09:00", "17:00")], MONDAY, ["09:00"]),
        ("not on another", [shift("09:00", "17:00")], MONDAY + timedelta(days=1), []),
        ("a break", [shift("13:00", "17:00"), shift("09:00", "12:30")], MONDAY, ["09:00", "13:00"]),
        ("before it is valid", [shift("09:00", "17:00", from_on=date(2026, 3, 3))], MONDAY, []),
        ("the first day", [shift("09:00", "17:00", from_on=MONDAY)], MONDAY, ["09:00"]),
        ("the last day", [shift("09:00", "17:00", until_on=MONDAY)], MONDAY, ["09:00"]),
        ("after it", [shift("09:00", "17:00", until_on=date(2026, 3, 1))], MONDAY, []),
        ("its own week", [shift("09:00", "17:00", weeks=week_of(MONDAY))], MONDAY, ["09:00"]),
        (
            "the other week",
            [shift("09:00", "17:00", weeks=week_of(MONDAY))],
            MONDAY + timedelta(days=7),
            [],
        ),
    ],
)
def test_hours_on_a_day(case, shifts, day, expected):
    assert [f"{opens:%H:%M}" for opens, _ in hours(*shifts).on(day)] == expected


def test_special_hours_hold_instead_of_the_week():
    evening = ((clock("18:00"), clock("21:00")),)
    both = hours(shift("09:00", "17:00"), special={MONDAY: evening})

    assert list(both.on(MONDAY)) == list(evening)
    assert [f"{opens:%H:%M}" for opens, _ in both.on(MONDAY + timedelta(days=7))] == ["09:00"]


def test_a_and_b_weeks_alternate_for_ever_also_after_a_year_of_53_weeks():
    mondays = [date(2020, 12, 14) + timedelta(days=7 * n) for n in range(400)]

    weeks = [week_of(monday) for monday in mondays]

    assert {frozenset(weeks[::2]), frozenset(weeks[1::2])} == {
        frozenset({WEEK_A}),
        frozenset({WEEK_B}),
    }
    assert all(one != other for one, other in itertools.pairwise(weeks))
    assert all(week_of(monday) == week_of(monday + timedelta(days=6)) for monday in mondays)


@pytest.mark.parametrize(
    ("case", "day", "opens", "closes", "minutes"),
    [
        ("an ordinary night", date(2026, 3, 22), "00:30", "06:00", 330),
        ("the clock goes forward", date(2026, 3, 29), "00:30", "06:00", 270),
        ("the clock goes back", date(2026, 10, 25), "00:30", "06:00", 390),
        ("begins in the hour that is skipped", date(2026, 3, 29), "02:30", "06:00", 150),
        ("ends in the hour that comes twice", date(2026, 10, 25), "01:00", "02:30", 90),
    ],
)
def test_hours_are_real_minutes(case, day, opens, closes, minutes):
    (period,) = hours(shift(opens, closes, weekday=6)).periods(day, ZONE)

    assert period.end - period.start == timedelta(minutes=minutes)


def test_hours_that_the_clock_skips_are_not_worked():
    skipped = hours(shift("02:15", "03:00", weekday=6))

    assert skipped.periods(date(2026, 3, 29), ZONE) == []


@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 26)])
def test_nine_o_clock_stays_nine_o_clock(day):
    (period,) = hours(shift("09:00", "17:00", weekday=day.weekday())).periods(day, ZONE)

    assert period.start == at(f"{day} 09:00")
