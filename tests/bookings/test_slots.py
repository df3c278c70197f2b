from datetime import timedelta

import pytest

from bookings.slots import Candidates, Claim, assign, free_periods, grid_starts
from tests.bookings.test_periods import span
from tests.when import at

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("case", "shifts", "not_before", "expected"),
    [
        ("whole morning", "09:00-12:00", "00:00", "09:00 09:30 10:00 10:30 11:00"),
        ("two shifts have their own grid", "09:10-10:20 13:00-14:00", "00:00", "09:10 13:00"),
        ("minimum notice", "09:00-12:00", "10:15", "10:30 11:00"),
        ("exactly the minimum notice", "09:00-12:00", "10:30", "10:30 11:00"),
        ("too short", "09:00-09:59", "00:00", ""),
        ("fits exactly", "09:00-10:00", "00:00", "09:00"),
    ],
)
def test_grid_starts(case, shifts, not_before, expected):
    starts = grid_starts(
        [span(text) for text in shifts.split()],
        duration=HOUR,
        step=timedelta(minutes=30),
        not_before=at(f"2026-03-02 {not_before}"),
    )

    assert list(starts) == [at(f"2026-03-02 {text}") for text in expected.split()]


def candidates(begins: int, ends: int, **free: str) -> Candidates:
    claim = Claim(timedelta(minutes=begins), timedelta(minutes=ends))
    return Candidates(
        claim,
        {int(who[1:]): [span(text) for text in times.split()] for who, times in free.items()},
    )


@pytest.mark.parametrize(
    ("case", "needs", "expected"),
    [
        ("one need", [candidates(0, 60, r1="09:00-12:00")], [1]),
        ("nobody", [candidates(0, 60, r1="09:00-10:30")], None),
        ("the second is free", [candidates(0, 60, r1="09:00-10:30", r2="10:00-11:00")], [2]),
        ("clean-up must fit too", [candidates(0, 70, r1="10:00-11:00")], None),
        ("preparation must fit too", [candidates(-10, 60, r1="09:50-11:00")], [1]),
        (
            "two needs of one kind take two",
            [
                candidates(0, 60, r1="09:00-12:00"),
                candidates(0, 60, r1="09:00-12:00", r2="09:00-12:00"),
            ],
            [1, 2],
        ),
        (
            "one serves two needs one after the other",
            [candidates(0, 30, r1="09:00-12:00"), candidates(30, 60, r1="09:00-12:00")],
            [1, 1],
        ),
    ],
)
def test_assign(case, needs, expected):
    assert assign(needs, at("2026-03-02 10:00")) == expected


def test_free_periods_join_where_they_touch():
    free = free_periods([span("09:00-12:00"), span("12:00-13:00")], [span("10:00-10:30")])

    assert free == [span("09:00-10:00"), span("10:30-13:00")]
