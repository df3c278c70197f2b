from datetime import timedelta

import pytest

from bookings.terms import Quote, Terms, cancellation_fee, percent_of, quote
from tests.when import at

TERMS = Terms(
    deposit_cents=2500,
    late_fee_cents=4500,
    no_show_fee_cents=9000,
    free_notice=timedelta(hours=24),
)


@pytest.mark.parametrize(
    ("case", "starts", "cancelled", "fee"),
    [
        ("a week before", "2026-03-11 10:00", "2026-03-04 10:00", 0),
        ("exactly the deadline", "2026-03-11 10:00", "2026-03-10 10:00", 0),
        ("one second after it", "2026-03-11 10:00", "2026-03-10 10:00:01", 4500),
        ("one second before the start", "2026-03-11 10:00", "2026-03-11 09:59:59", 4500),
        # 24 hours are elapsed time: over a change of the clock the wall shows another hour.
        ("clock went forward, in time", "2026-03-29 10:00", "2026-03-28 09:00", 0),
        ("clock went forward, late", "2026-03-29 10:00", "2026-03-28 09:00:01", 4500),
        ("clock went back, in time", "2026-10-25 10:00", "2026-10-24 11:00", 0),
        ("clock went back, late", "2026-10-25 10:00", "2026-10-24 11:00:01", 4500),
    ],
)
def test_cancellation_fee(case, starts, cancelled, fee):
    assert cancellation_fee(TERMS, starts_at=at(starts), cancelled_at=at(cancelled)) == fee


@pytest.mark.parametrize(
    ("case", "fee", "deposit", "expected"),
    [
        ("in time", 0, 2500, Quote(0, 0, 0, 2500)),
        ("fee above the deposit", 4500, 2500, Quote(4500, 2500, 2000, 0)),
        ("fee is the deposit", 2500, 2500, Quote(2500, 2500, 0, 0)),
        ("fee below the deposit", 1000, 2500, Quote(1000, 1000, 0, 1500)),
        ("no deposit", 4500, 0, Quote(4500, 0, 4500, 0)),
        ("nothing at all", 0, 0, Quote(0, 0, 0, 0)),
    ],
)
def test_quote(case, fee, deposit, expected):
    assert quote(fee, deposit_paid_cents=deposit) == expected


@pytest.mark.parametrize(
    ("cents", "percent", "expected"),
    [(10_000, 50, 5_000), (999, 50, 500), (1, 50, 1), (1, 49, 0), (0, 100, 0)],
)
def test_percent_of(cents, percent, expected):
    assert percent_of(cents, percent) == expected
