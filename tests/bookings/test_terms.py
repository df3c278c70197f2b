from dataclasses import replace
from datetime import timedelta

import pytest

from bookings.terms import (
    Amount,
    Conditions,
    Known,
    Payers,
    Quote,
    Terms,
    agreed,
    asks_no_more,
    cancellation_fee,
    combined,
    costs_after,
    free_until,
    may_move,
    pays_deposit,
    percent_of,
    quote,
)
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
        ("the rest is the least that can be paid", 2550, 2500, Quote(2550, 2500, 50, 0)),
        ("the rest is less than can be paid", 2549, 2500, Quote(2500, 2500, 0, 0)),
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


DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
GRADED = Terms(0, 5000, 10_000, 2 * DAY, last_minute=DAY, last_minute_fee_cents=8000)


@pytest.mark.parametrize(
    ("case", "starts", "cancelled", "fee"),
    [
        ("exactly the free deadline", "2026-03-11 10:00", "2026-03-09 10:00", 0),
        ("one second after it", "2026-03-11 10:00", "2026-03-09 10:00:01", 5000),
        ("exactly the last-minute deadline", "2026-03-11 10:00", "2026-03-10 10:00", 5000),
        ("one second after that", "2026-03-11 10:00", "2026-03-10 10:00:01", 8000),
        ("clock went forward, late", "2026-03-29 10:00", "2026-03-28 09:00", 5000),
        ("clock went forward, last minute", "2026-03-29 10:00", "2026-03-28 09:00:01", 8000),
        ("clock went back, late", "2026-10-25 10:00", "2026-10-24 11:00", 5000),
        ("clock went back, last minute", "2026-10-25 10:00", "2026-10-24 11:00:01", 8000),
    ],
)
def test_the_fee_grows_in_steps(case, starts, cancelled, fee):
    assert cancellation_fee(GRADED, starts_at=at(starts), cancelled_at=at(cancelled)) == fee


@pytest.mark.parametrize(
    ("case", "terms", "expected"),
    [
        ("always free", Terms(0, 0, 0, DAY), []),
        ("one step", Terms(0, 4500, 0, DAY), [(DAY, 4500)]),
        ("two steps", GRADED, [(2 * DAY, 5000), (DAY, 8000)]),
        (
            "free, then the last minute",
            Terms(0, 0, 0, DAY, last_minute=HOUR, last_minute_fee_cents=9),
            [(HOUR, 9)],
        ),
        (
            "the last minute costs the same",
            Terms(0, 5, 0, DAY, last_minute=HOUR, last_minute_fee_cents=5),
            [(DAY, 5)],
        ),
    ],
)
def test_what_cancelling_costs_from_when(case, terms, expected):
    start = at("2026-03-11 10:00")
    found = costs_after(terms, starts_at=start)
    assert [(start - after, cents) for after, cents in found] == expected


@pytest.mark.parametrize(
    ("case", "amount", "price", "cents"),
    [
        ("nothing", Amount(), 9500, 0),
        ("a fixed sum", Amount(2500), 9500, 2500),
        ("more than the price", Amount(2500), 2000, 2000),
        ("a percentage", Amount(percent=20), 9500, 1900),
        ("half a cent rounds up", Amount(percent=50), 999, 500),
        ("all of it", Amount(percent=100), 9501, 9501),
        ("both add up", Amount(1000, 10), 9500, 1950),
        ("both together are no more than the price", Amount(9000, 50), 9500, 9500),
    ],
)
def test_an_amount_of_a_price(case, amount, price, cents):
    assert amount.of(price) == cents


ASKED = Conditions(
    deposit=Amount(percent=20),
    late_fee=Amount(percent=50),
    last_minute_fee=Amount(percent=80),
    last_minute=2 * HOUR,
    no_show_fee=Amount(percent=100),
)


@pytest.mark.parametrize(
    ("case", "asked", "pays", "expected"),
    [
        (
            "percentages",
            ASKED,
            True,
            Terms(1900, 4750, 9500, DAY, DAY, 3, last_minute=2 * HOUR, last_minute_fee_cents=7600),
        ),
        (
            "who pays no deposit has the same fees",
            ASKED,
            False,
            Terms(0, 4750, 9500, DAY, DAY, 3, last_minute=2 * HOUR, last_minute_fee_cents=7600),
        ),
        (
            "no fee above the cap, which says nothing of the deposit",
            Conditions(Amount(9000), late_fee=Amount(9000), most_fee_cents=6000),
            True,
            Terms(9000, 6000, 0, DAY, DAY, 3),
        ),
        (
            "moving is free where cancelling is",
            Conditions(free_notice=2 * DAY),
            True,
            Terms(0, 0, 0, 2 * DAY, timedelta(), 3),
        ),
        (
            "moving has its own notice",
            Conditions(late_fee=Amount(10), move_notice=HOUR),
            True,
            Terms(0, 10, 0, DAY, HOUR, 3),
        ),
        (
            "a deposit too small to be paid",
            Conditions(Amount(49)),
            True,
            Terms(0, 0, 0, DAY, most_moves=3),
        ),
        ("the smallest deposit", Conditions(Amount(50)), True, Terms(50, 0, 0, DAY, most_moves=3)),
    ],
)
def test_what_is_agreed_by_what_is_asked(case, asked, pays, expected):
    assert agreed(asked, price_cents=9500, pays_deposit=pays, most_moves=3) == expected


@pytest.mark.parametrize(
    ("case", "known", "expected"),
    [
        ("a stranger", Known(), {"everyone", "new"}),
        ("has been here", Known(has_come=True), {"everyone"}),
        ("missed one", Known(has_come=True, missed=1), {"everyone"}),
        ("missed two", Known(has_come=True, missed=2), {"everyone", "new", "record"}),
        ("missed three, and never came", Known(missed=3), {"everyone", "new", "record"}),
    ],
)
def test_who_pays_a_deposit(case, known, expected):
    assert {one for one in Payers if pays_deposit(one, known, most_missed=2)} == expected


def test_a_visit_adds_up_and_the_strictest_time_holds():
    plain = Terms(1000, 2000, 3000, DAY, most_moves=3)
    assert combined([GRADED, plain]) == Terms(
        1000, 7000, 13_000, 2 * DAY, most_moves=3, last_minute=DAY, last_minute_fee_cents=10_000
    )
    assert combined([plain, plain]) == Terms(2000, 4000, 6000, DAY, most_moves=3)


@pytest.mark.parametrize(
    ("case", "starts", "now", "moved", "expected"),
    [
        ("exactly the last moment", "2026-03-11 10:00", "2026-03-10 10:00", 0, True),
        ("one second after it", "2026-03-11 10:00", "2026-03-10 10:00:01", 0, False),
        ("clock went forward, in time", "2026-03-29 10:00", "2026-03-28 09:00", 0, True),
        ("clock went forward, late", "2026-03-29 10:00", "2026-03-28 09:00:01", 0, False),
        ("clock went back, in time", "2026-10-25 10:00", "2026-10-24 11:00", 0, True),
        ("clock went back, late", "2026-10-25 10:00", "2026-10-24 11:00:01", 0, False),
        ("one time left", "2026-03-11 10:00", "2026-03-02 10:00", 2, True),
        ("as often as was agreed", "2026-03-11 10:00", "2026-03-02 10:00", 3, False),
    ],
)
def test_until_when_and_how_often_she_moves_it(case, starts, now, moved, expected):
    terms = Terms(0, 4500, 0, DAY, move_notice=DAY, most_moves=3)
    assert may_move(terms, starts_at=at(starts), moved=moved, at=at(now)) is expected


@pytest.mark.parametrize(
    ("case", "terms", "notice"),
    [
        ("late", Terms(0, 4500, 0, DAY), DAY),
        ("in steps", GRADED, 2 * DAY),
        ("always free: in time is in time", Terms(0, 0, 0, DAY), DAY),
        (
            "only the last minute costs",
            Terms(0, 0, 0, DAY, last_minute=HOUR, last_minute_fee_cents=900),
            HOUR,
        ),
    ],
)
def test_until_when_cancelling_is_free(case, terms, notice):
    start = at("2026-03-11 10:00")
    assert free_until(terms, starts_at=start) == start - notice
    assert cancellation_fee(terms, starts_at=start, cancelled_at=start - notice) == 0


READ = Terms(1000, 2000, 3000, DAY, HOUR, 3, last_minute_fee_cents=2500, last_minute=HOUR)


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        ("the same", {}, True),
        ("no deposit", {"deposit_cents": 0}, True),
        ("a cent more deposit", {"deposit_cents": 1001}, False),
        ("a cent more when late", {"late_fee_cents": 2001}, False),
        ("a cent more in the last minute", {"last_minute_fee_cents": 2501}, False),
        ("a cent more when not coming", {"no_show_fee_cents": 3001}, False),
        ("to be cancelled earlier", {"free_notice": DAY + HOUR}, False),
        ("the last minute begins earlier", {"last_minute": 2 * HOUR}, False),
        ("no last minute", {"last_minute": None}, True),
        ("to be moved earlier", {"move_notice": 2 * HOUR}, False),
        ("moved less often", {"most_moves": 2}, False),
        ("moved as often as she likes", {"most_moves": 0}, True),
    ],
)
def test_whoever_agreed_to_one_has_agreed_to_less(case, changes, expected):
    assert asks_no_more(replace(READ, **changes), READ) is expected
