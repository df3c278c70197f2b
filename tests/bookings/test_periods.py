from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.periods import Period, day_period, subtract, wall_clock
from tests.when import ZONE, at


def span(text: str) -> Period:
    start, end = text.split("-")
    return Period(at(f"2026-03-02 {start}"), at(f"2026-03-02 {end}"))


@pytest.mark.parametrize(
    ("case", "periods", "taken", "left"),
    [
        ("nothing taken", "09:00-17:00", "", "09:00-17:00"),
        ("in the middle", "09:00-17:00", "10:00-11:00", "09:00-10:00 11:00-17:00"),
        ("touching before", "09:00-17:00", "08:00-09:00", "09:00-17:00"),
        ("touching after", "09:00-17:00", "17:00-18:00", "09:00-17:00"),
        ("over the start", "09:00-17:00", "08:00-09:30", "09:30-17:00"),
        ("over the end", "09:00-17:00", "16:30-18:00", "09:00-16:30"),
        ("all of it", "09:00-17:00", "08:00-18:00", ""),
        ("exactly all of it", "09:00-17:00", "09:00-17:00", ""),
        (
            "overlapping each other",
            "09:00-17:00",
            "10:00-12:00 11:00-13:00",
            "09:00-10:00 13:00-17:00",
        ),
        ("one inside another", "09:00-17:00", "10:00-14:00 11:00-12:00", "09:00-10:00 14:00-17:00"),
        ("two periods", "09:00-12:00 13:00-17:00", "11:00-14:00", "09:00-11:00 14:00-17:00"),
    ],
)
def test_subtract(case, periods, taken, left):
    result = subtract(map(span, periods.split()), map(span, taken.split()))

    assert list(result) == [span(text) for text in left.split()]


minutes = st.integers(0, 600)
periods = st.builds(
    lambda start, length: Period(
        datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=start),
        datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=start + length),
    ),
    minutes,
    st.integers(1, 120),
)


@given(period=periods, taken=st.lists(periods, max_size=6))
def test_what_is_left_is_free_and_nothing_free_is_lost(period, taken):
    left = list(subtract([period], taken))

    minute = period.start
    while minute < period.end:
        one = Period(minute, minute + timedelta(minutes=1))
        is_free = not any(one.overlaps(other) for other in taken)
        assert is_free == any(gap.contains(one) for gap in left)
        minute += timedelta(minutes=1)


def test_a_period_ends_after_it_starts():
    with pytest.raises(ValueError, match="ends after"):
        Period(at("2026-03-02 09:00"), at("2026-03-02 09:00"))


@pytest.mark.parametrize(
    ("case", "day", "hours"),
    [
        ("an ordinary day", "2026-03-02", 24),
        ("the clock goes forward", "2026-03-29", 23),
        ("the clock goes back", "2026-10-25", 25),
    ],
)
def test_length_of_a_day(case, day, hours):
    period = day_period(datetime.fromisoformat(day).date(), ZONE)

    assert period.end - period.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("case", "day", "clock", "utc"),
    [
        ("winter", "2026-03-02", "09:00", "08:00"),
        ("summer", "2026-07-01", "09:00", "07:00"),
        ("an hour that does not exist", "2026-03-29", "02:30", "01:30"),
        ("an hour that happens twice: the first", "2026-10-25", "02:30", "00:30"),
    ],
)
def test_wall_clock(case, day, clock, utc):
    instant = wall_clock(datetime.fromisoformat(day).date(), time.fromisoformat(clock), ZONE)

    assert instant == datetime.fromisoformat(f"{day}T{utc}+00:00")
