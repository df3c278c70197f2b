from datetime import timedelta

import pytest

from bookings.minutes import (
    Span,
    begins_of_runs,
    each,
    minute_from,
    minute_of,
    moment_of,
    room_around,
)
from tests.when import at

NOON = at("2026-03-11 12:00")


@pytest.mark.parametrize(
    ("case", "after", "inside", "begins"),
    [
        ("on the minute", timedelta(), 0, 0),
        ("a second later", timedelta(seconds=1), 0, 1),
        ("a microsecond before the next", timedelta(seconds=59, microseconds=999_999), 0, 1),
        ("a second earlier", timedelta(seconds=-1), -1, 0),
    ],
)
def test_minutes_of_moments(case, after, inside, begins):
    noon = minute_of(NOON)

    assert (minute_of(NOON + after) - noon, minute_from(NOON + after) - noon) == (inside, begins)
    assert moment_of(noon) == NOON


@pytest.mark.parametrize(
    ("case", "stretches", "expected"),
    [
        ("nothing", [], []),
        ("one", [(12, 14)], [2, 3]),
        ("touching ones", [(10, 12), (12, 13)], [0, 1, 2]),
        ("overlapping ones", [(10, 13), (11, 14)], [0, 1, 2, 3]),
        ("what sticks out is left out", [(5, 12), (15, 99)], [0, 1, 5]),
        ("wholly outside", [(0, 10), (16, 20)], []),
    ],
)
def test_holding(case, stretches, expected):
    assert list(each(Span(10, 16).holding(stretches))) == expected


def test_holding_goes_on_over_a_boundary_of_24_hours():
    span = Span(0, 3 * 1440)

    held = span.holding([(1439, 1441), (2000, 2000 + 1440)])

    assert held.bit_count() == 2 + 1440
    assert list(each(held))[:3] == [1439, 1440, 2000]


@pytest.mark.parametrize("length", range(1, 12))
def test_runs_begin_where_so_many_minutes_follow(length):
    free = Span(0, 20).holding([(1, 4), (6, 14)])

    expected = [
        n for n in range(20) if all(1 <= m < 4 or 6 <= m < 14 for m in range(n, n + length))
    ]
    assert list(each(begins_of_runs(free, length=length))) == expected


@pytest.mark.parametrize(
    ("case", "begin", "end", "around"),
    [("in the middle", 3, 5, 6), ("all of it", 1, 9, 0), ("at its end", 7, 9, 6)],
)
def test_room_around(case, begin, end, around):
    assert room_around(Span(0, 12).holding([(1, 9)]), begin, end) == around
