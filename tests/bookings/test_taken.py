"""Who has what from when to when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.taken import Taken

ROOM, OTHER = 1, 2


@pytest.mark.parametrize(
    ("case", "start", "end", "expected"),
    [
        ("before, touching", 5, 10, None),
        ("after, touching", 20, 30, None),
        ("its last second", 19, 25, 7),
        ("its first second", 5, 11, 7),
        ("within", 12, 15, 7),
        ("around", 0, 100, 7),
        ("the same", 10, 20, 7),
        ("between two", 20, 40, None),
        ("the second of two", 30, 41, 8),
    ],
)
def test_who_has_it(case, start, end, expected):
    taken = Taken()
    assert taken.take(ROOM, 40, 50, whose=8) is None
    assert taken.take(ROOM, 10, 20, whose=7) is None

    assert taken.by(ROOM, start, end) == expected
    assert taken.by(OTHER, start, end) is None


stretch = st.tuples(st.integers(1, 60), st.integers(1, 15)).map(lambda two: (two[0], sum(two)))


@given(st.lists(stretch, max_size=30))
def test_it_takes_just_what_overlaps_nothing_before(stretches):
    taken = Taken()
    kept: list[tuple[int, int, int]] = []
    for number, (start, end) in enumerate(stretches, start=1):
        in_the_way = [n for n, s, e in kept if s < end and start < e]
        whose = taken.take(ROOM, start, end, whose=number)
        assert (whose in in_the_way) if in_the_way else whose is None
        if not in_the_way:
            kept.append((number, start, end))
