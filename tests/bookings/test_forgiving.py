"""When a fee that was agreed is not asked after all, by tables."""

from datetime import timedelta

import pytest

from bookings.forgiving import Reminded, is_refilled, reminded
from bookings.periods import Period
from tests.when import at

NOW = at("2026-03-11 10:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def stretch(first: int, last: int) -> Period:
    """Return a period by its minutes after ten."""
    return Period(NOW + first * MINUTE, NOW + last * MINUTE)


@pytest.mark.parametrize(
    ("case", "others", "expected"),
    [
        ("nobody", [], False),
        ("all of it", [(0, 60)], True),
        ("half of it", [(0, 30)], True),
        ("a minute less", [(0, 29)], False),
        ("half of it, and much outside it", [(30, 300)], True),
        ("only beside it", [(-60, 0), (60, 120)], False),
        ("two quarters", [(0, 15), (45, 60)], True),
        ("the same half twice, less a minute", [(0, 29), (0, 29)], False),
        ("two that overlap, half together", [(0, 20), (10, 30)], True),
    ],
)
def test_half_of_the_time_went_to_others(case, others, expected):
    assert is_refilled(stretch(0, 60), [stretch(*one) for one in others]) is expected


@pytest.mark.parametrize(
    ("case", "was_due", "has_arrived", "sent_at", "expected"),
    [
        ("none was due", False, False, None, Reminded.YES),
        ("it arrived", True, True, NOW - HOUR, Reminded.YES),
        ("never sent", True, False, None, Reminded.NO),
        ("sent just now", True, False, NOW, Reminded.PERHAPS),
        (
            "sent a second less than an hour ago",
            True,
            False,
            NOW - HOUR + timedelta(seconds=1),
            Reminded.PERHAPS,
        ),
        ("sent an hour ago", True, False, NOW - HOUR, Reminded.NO),
    ],
)
def test_whether_she_was_reminded(case, was_due, has_arrived, sent_at, expected):
    verdict = reminded(was_due=was_due, has_arrived=has_arrived, sent_at=sent_at, now=NOW)
    assert verdict is expected
