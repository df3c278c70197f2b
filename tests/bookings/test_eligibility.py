from datetime import date, timedelta

import pytest

from bookings.eligibility import Done, Problem, Why, interval_problem, prerequisite_problem

DAY = date(2026, 3, 29)  # the clock changes that night: days are days


def before(days: int, *, failed: bool = False) -> Done:
    return Done(DAY - timedelta(days=days), failed)


@pytest.mark.parametrize(
    ("case", "done", "expected"),
    [
        ("never done", [], Problem(Why.MISSING)),
        ("done later only", [before(-1)], Problem(Why.MISSING)),
        ("long enough before", [before(2)], None),
        ("a day too fresh", [before(1)], Problem(Why.TOO_FRESH, DAY + timedelta(days=1))),
        ("just still good", [before(180)], None),
        ("a day too old", [before(181)], Problem(Why.EXPIRED)),
        ("failed", [before(5, failed=True)], Problem(Why.FAILED)),
        ("failed after a good one", [before(50), before(5, failed=True)], Problem(Why.FAILED)),
        ("good after a failed one", [before(50, failed=True), before(5)], None),
    ],
)
def test_prerequisite_problem(case, done, expected):
    assert prerequisite_problem(done, on=DAY, days_before=2, valid_days=180) == expected


def test_a_prerequisite_may_stay_good_for_ever():
    assert prerequisite_problem([before(4000)], on=DAY, days_before=0, valid_days=None) is None


@pytest.mark.parametrize(
    ("case", "others", "expected"),
    [
        ("the first", [], None),
        ("exactly long enough after", [-28], None),
        ("a day too soon", [-27], Problem(Why.TOO_SOON, DAY + timedelta(days=1))),
        ("too shortly before one to come", [20], Problem(Why.TOO_SOON, DAY + timedelta(days=48))),
        ("well before one to come", [28], None),
        ("and no room before the next", [-1, 40], Problem(Why.TOO_SOON, DAY + timedelta(days=68))),
        ("the same day", [0], Problem(Why.TOO_SOON, DAY + timedelta(days=28))),
    ],
)
def test_interval_problem(case, others, expected):
    days = [DAY + timedelta(days=n) for n in others]

    assert interval_problem(days, on=DAY, least_days=28) == expected
    assert interval_problem(days, on=DAY, least_days=None) is None
