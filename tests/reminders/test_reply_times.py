"""How long somebody waits: the clock runs while the clinic is open."""

from datetime import date, timedelta

import pytest

from bookings.periods import Period
from reminders.reply_times import Pace, Wait, days_between, wait
from tests.when import ZONE, at

HOUR = timedelta(hours=1)


def week(*days):
    """Nine to five on each of these days, closed on the others of the week."""
    opening: dict[date, list[Period]] = {date(2026, 3, day): [] for day in range(2, 16)}
    for day in days:
        opening[date(2026, 3, day)] = [
            Period(at(f"2026-03-{day:02} 09:00"), at(f"2026-03-{day:02} 17:00"))
        ]
    return opening


WORKDAYS = week(2, 3, 4, 5, 6, 9, 10, 11, 12, 13)


@pytest.mark.parametrize(
    ("case", "since", "until", "open_hours", "pace"),
    [
        ("at once", "2026-03-02 10:00", "2026-03-02 10:00", 0, "in_time"),
        ("within the morning", "2026-03-02 10:00", "2026-03-02 12:00", 2, "in_time"),
        ("the last second", "2026-03-02 10:00", "2026-03-02 14:00", 4, "in_time"),
        ("over four hours", "2026-03-02 10:00", "2026-03-02 14:01", 4 + 1 / 60, "late"),
        ("overnight", "2026-03-02 16:00", "2026-03-03 10:00", 2, "in_time"),
        ("before it opens", "2026-03-03 03:00", "2026-03-03 09:30", 0.5, "in_time"),
        ("a whole day", "2026-03-02 10:00", "2026-03-03 10:01", 8 + 1 / 60, "alarm"),
        ("over the weekend", "2026-03-06 16:00", "2026-03-09 10:00", 2, "in_time"),
        ("the weekend and a day", "2026-03-06 16:00", "2026-03-09 17:00", 9, "alarm"),
        ("a clock that went back", "2026-03-02 12:00", "2026-03-02 10:00", 0, "in_time"),
    ],
)
def test_wait(case, since, until, open_hours, pace):
    waited = wait(at(since), at(until), WORKDAYS, ZONE)

    assert waited.open == open_hours * HOUR
    assert waited.pace == pace


def test_the_days_on_which_the_clock_changes_have_their_own_length():
    since, until = at("2026-03-28 12:00"), at("2026-03-29 12:00")
    opening = {day: [Period(since, until)] for day in days_between(since, until, ZONE)}

    assert list(opening) == [date(2026, 3, 28), date(2026, 3, 29)]
    assert wait(since, until, {**opening, date(2026, 3, 29): []}, ZONE).elapsed == 12 * HOUR
    assert wait(since, until, opening, ZONE).elapsed == 23 * HOUR


def test_the_pace_is_by_the_worse_of_the_two():
    assert Wait(open=timedelta(), elapsed=25 * HOUR).pace is Pace.ALARM
    assert Wait(open=5 * HOUR, elapsed=24 * HOUR).pace is Pace.LATE
