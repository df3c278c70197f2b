import pytest

from bookings.minutes import Span, each
from bookings.needs import Claim
from bookings.slots import assign, fitting, grid_starts, without_gaps

DAY = Span(0, 24 * 60)


def minutes(text: str) -> int:
    """Return the minute of the day that “09:30” is."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def stretches(text: str) -> list[tuple[int, int]]:
    """Return the stretches in “09:00-12:00 13:00-14:00”."""
    return [
        (minutes(begin), minutes(end)) for begin, end in (one.split("-") for one in text.split())
    ]


def free(text: str) -> int:
    return DAY.holding(stretches(text))


def clocks(starts: int) -> str:
    return " ".join(f"{at // 60:02}:{at % 60:02}" for at in each(starts & DAY.everything))


@pytest.mark.parametrize(
    ("case", "shifts", "last", "expected"),
    [
        ("whole morning", "09:00-11:00", "10:00", "09:00 09:30 10:00"),
        ("two shifts have their own grid", "09:10-10:00 13:00-14:00", "13:00", "09:10 09:40 13:00"),
        ("the last start is allowed", "09:00-10:00", "09:30", "09:00 09:30"),
        ("a minute before the last start", "09:00-10:00", "09:29", "09:00"),
        ("everything is too late", "09:00-10:00", "08:59", ""),
        ("many starts", "00:00-24:00", "03:59", "00:00 00:30 01:00 01:30 02:00 02:30 03:00 03:30"),
    ],
)
def test_grid_starts(case, shifts, last, expected):
    assert clocks(grid_starts(stretches(shifts), step=30, last=minutes(last))) == expected


def claim(begins: int, ends: int, *, kind: str = "room") -> Claim:
    return Claim(kind, "", begins, ends)


@pytest.mark.parametrize(
    ("case", "begins", "ends", "pool", "first", "last"),
    [
        ("fits exactly", 0, 60, ["10:00-11:00"], "10:00", "10:00"),
        ("a minute too long", 0, 61, ["10:00-11:00"], "", ""),
        ("clean-up must fit too", 0, 70, ["10:00-11:30"], "10:00", "10:20"),
        ("preparation must fit too", -10, 60, ["10:00-11:30"], "10:10", "10:30"),
        ("only at the end", 40, 60, ["10:00-11:00"], "09:20", "10:00"),
        ("free periods that touch are one", 0, 60, ["10:00-10:30 10:30-11:00"], "10:00", "10:00"),
        ("two rooms do not add up", 0, 60, ["10:00-10:30", "10:30-11:00"], "", ""),
        ("nobody", 0, 60, [], "", ""),
    ],
)
def test_fitting(case, begins, ends, pool, first, last):
    starts = clocks(fitting(claim(begins, ends), [free(text) for text in pool])).split()

    assert ((starts or [""])[0], (starts or [""])[-1]) == (first, last)


@pytest.mark.parametrize(
    ("case", "claims", "pools", "expected"),
    [
        ("one claim", [(0, 60)], [{1: "09:00-12:00"}], (1,)),
        ("nobody", [(0, 60)], [{1: "09:00-10:30"}], None),
        ("the second is free", [(0, 60)], [{1: "09:00-10:30", 2: "10:00-11:00"}], (2,)),
        ("the tightest fits best", [(0, 60)], [{1: "09:00-12:00", 2: "10:00-11:30"}], (2,)),
        ("all alike, the first", [(0, 60)], [{1: "09:00-12:00", 2: "09:00-12:00"}], (1,)),
        (
            "two claims at once take two",
            [(0, 60), (0, 60)],
            [{1: "09:00-12:00"}, {1: "09:00-12:00", 2: "09:00-12:00"}],
            (1, 2),
        ),
        (
            "the first choice gives way when the other claim has none",
            [(0, 10), (0, 60)],
            [{1: "10:00-11:00", 2: "09:00-12:00"}, {1: "10:00-11:00", 2: "09:00-10:30"}],
            (2, 1),
        ),
        (
            "one serves two claims one after the other",
            [(0, 30), (30, 60)],
            [{1: "09:00-12:00"}, {1: "09:00-12:00"}],
            (1, 1),
        ),
        ("before the span begins", [(-700, 60)], [{1: "00:00-24:00"}], None),
    ],
)
def test_assign(case, claims, pools, expected):
    wanted = [claim(*one) for one in claims]
    there = [{who: free(text) for who, text in pool.items()} for pool in pools]

    assert assign(wanted, there, minutes("10:00")) == expected


@pytest.mark.parametrize(
    ("case", "free_time", "expected"),
    [
        # An hour from 9 to 12: half an hour left over cannot be sold, an hour can.
        ("in the whole morning", "09:00-12:00", "09:00 10:00 11:00"),
        ("it just fits", "09:30-10:30", "09:30"),
        ("what is left is too short either way", "09:30-11:00", ""),
        ("two stretches are two", "09:00-10:00 10:30-11:30", "09:00 10:30"),
    ],
)
def test_without_gaps(case, free_time, expected):
    person = free(free_time)
    one = claim(0, 60)
    grid = grid_starts(stretches("08:00-12:00"), step=30, last=minutes("11:00"))
    starts = grid & fitting(one, [person])

    assert clocks(starts & without_gaps(person, [one], smallest=60)) == expected
