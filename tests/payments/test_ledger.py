"""The books of a visit, by tables: what must have moved, by the facts."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.ledger import (
    MOVES,
    Account,
    Back,
    Contest,
    Debt,
    Kind,
    Part,
    Visit,
    movements,
    shared,
    vat_in,
    without_vat,
)
from payments.models import LedgerEntry

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
PARTS = [Part(9500, 2100)]
GIVEN = Visit(PARTS, given_at=DAY)
ENDED = Visit(PARTS, ended_at=DAY)
TO_COME = Visit(PARTS)
A = Account


def deposit(cents=2500, **changes):
    facts = {"payment_id": 1, "is_fee": False, "is_void": False, "asked_at": DAY, "paid_at": DAY}
    return Debt(cents=cents, **{**facts, **changes})


def fee(cents=2000, **changes):
    return deposit(cents, **{"payment_id": 2, "is_fee": True, **changes})


def back(cents, **changes):
    facts = {"refund_id": 3, "payment_id": 1, "of_fee": False, "is_double": False}
    return Back(cents=cents, **{**facts, "at": DAY, "given_at": DAY, **changes})


def balances(visit, debts, backs, contests=()):
    """Return what stands in each account: what was debited less what was credited."""
    found: Counter[Account] = Counter()
    for one in movements(visit, debts, backs, contests):
        credit, debit = MOVES[one.subject.kind]
        found[debit] += one.cents
        found[credit] -= one.cents
    assert sum(found.values()) == 0
    return {account: cents for account, cents in found.items() if cents}


@pytest.mark.parametrize(
    ("case", "visit", "debts", "backs", "expected"),
    [
        (
            "given back by bank, what came in stays at Stripe",
            ENDED,
            [deposit()],
            [back(2500, how=Kind.GIVEN_BY_BANK)],
            {A.STRIPE: 2500, A.BANK: -2500},
        ),
        ("nothing was paid", TO_COME, [deposit(paid_at=None)], [], {}),
        ("held for a visit", TO_COME, [deposit()], [], {A.STRIPE: 2500, A.DEPOSITS: -2500}),
        (
            "set off against the visit",
            GIVEN,
            [deposit()],
            [],
            {A.STRIPE: 2500, A.VISITS: -2066, A.VAT: -434},
        ),
        ("kept for a fee", ENDED, [deposit()], [], {A.STRIPE: 2500, A.FEES: -2500}),
        ("given back in time", ENDED, [deposit()], [back(2500)], {}),
        (
            "promised back and not there yet",
            ENDED,
            [deposit()],
            [back(2500, given_at=None)],
            {A.STRIPE: 2500, A.REFUNDS: -2500},
        ),
        (
            "a part is kept and a part goes back",
            ENDED,
            [deposit(4000)],
            [back(1500)],
            {A.STRIPE: 2500, A.FEES: -2500},
        ),
        (
            "a fee above the deposit, asked",
            ENDED,
            [deposit(), fee(paid_at=None)],
            [],
            {A.STRIPE: 2500, A.OPEN_FEES: 2000, A.FEES: -4500},
        ),
        (
            "and paid",
            ENDED,
            [deposit(), fee()],
            [],
            {A.STRIPE: 4500, A.FEES: -4500},
        ),
        ("a fee that was let go", ENDED, [fee(paid_at=None, is_void=True)], [], {}),
        (
            "a paid fee given back",
            ENDED,
            [fee()],
            [back(2000, payment_id=2, of_fee=True)],
            {},
        ),
        (
            "paid twice, and once on its way back",
            TO_COME,
            [deposit()],
            [back(2500, is_double=True, given_at=None)],
            {A.STRIPE: 5000, A.DEPOSITS: -2500, A.REFUNDS: -2500},
        ),
    ],
)
def test_what_stands_where(case, visit, debts, backs, expected):
    assert balances(visit, debts, backs) == expected


@pytest.mark.parametrize(
    ("case", "cents", "rate", "net"),
    [
        ("nothing", 0, 2100, 0),
        ("exempt", 9500, 0, 9500),
        ("a round amount", 12_100, 2100, 10_000),
        ("rounded down", 2500, 2100, 2066),  # 2066.1
        ("half a cent up", 1, 10_000, 1),  # 0.5
        ("the low rate", 10_900, 900, 10_000),
    ],
)
def test_an_amount_without_its_vat(case, cents, rate, net):
    assert without_vat(cents, rate) == net


def test_each_treatment_has_its_own_rate():
    parts = [Part(9000, 2100), Part(1000, 0)]
    assert vat_in(10_000, parts) == 9000 - without_vat(9000, 2100)
    assert vat_in(5_000, parts) == 4500 - without_vat(4500, 2100)


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**5), min_size=1, max_size=6))
def test_a_division_loses_no_cent(cents, weights):
    shares = shared(cents, weights)
    total = sum(weights)
    assert sum(shares) == cents
    assert all(share >= 0 for share in shares)
    if total:
        assert all(
            abs(share - cents * weight / total) < 1
            for share, weight in zip(shares, weights, strict=True)
        )


def test_nothing_weighs_nothing():
    assert shared(100, []) == []
    assert shared(101, [0, 0]) == [51, 50]


def test_every_movement_has_its_two_accounts():
    assert set(MOVES) == set(Kind)
    assert all(credit != debit for credit, debit in MOVES.values())


def test_the_database_has_a_word_for_each():
    assert set(LedgerEntry.Kind.values) == set(Kind)
    assert set(LedgerEntry.Account.values) == set(Account)


def test_when_it_moves():
    later = DAY + timedelta(days=1)
    (asked, paid) = movements(ENDED, [fee(paid_at=later)], [])
    assert (asked.at, paid.at) == (DAY, later)


def contest(cents=2500, **changes):
    return Contest(**{"payment_id": 1, "cents": cents, "at": DAY, "lost_at": None, **changes})


LOST = {"lost_at": DAY}


@pytest.mark.parametrize(
    ("case", "visit", "backs", "contests", "expected"),
    [
        ("it only asks", TO_COME, [], [contest(0)], {A.STRIPE: 2500, A.DEPOSITS: -2500}),
        ("it has the money", TO_COME, [], [contest()], {A.DISPUTES: 2500, A.DEPOSITS: -2500}),
        (
            "a part of it, and twice",
            TO_COME,
            [],
            [contest(1000), contest(500)],
            {A.STRIPE: 1000, A.DISPUTES: 1500, A.DEPOSITS: -2500},
        ),
        ("lost, and not owed", ENDED, [], [contest(**LOST)], {A.LOSSES: 2500, A.FEES: -2500}),
        (
            "lost, and owed",
            ENDED,
            [back(2500, how=Kind.GIVEN_BY_DISPUTE)],
            [contest(**LOST)],
            {},
        ),
        (
            "lost, and partly owed",
            ENDED,
            [back(1000, how=Kind.GIVEN_BY_DISPUTE)],
            [contest(**LOST)],
            {A.LOSSES: 1500, A.FEES: -1500},
        ),
        (
            "one lost, one not decided",
            ENDED,
            [],
            [contest(1000, **LOST), contest(500)],
            {A.STRIPE: 1000, A.DISPUTES: 500, A.LOSSES: 1000, A.FEES: -2500},
        ),
    ],
)
def test_where_money_is_that_a_bank_has_taken(case, visit, backs, contests, expected):
    assert balances(visit, [deposit()], backs, contests) == expected
