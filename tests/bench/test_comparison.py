"""Which slots are booked while it is measured."""

from datetime import datetime, timedelta

from bench.comparison import APART, Beside, beside, spread
from bench.systems import Slot

NINE = datetime(2026, 3, 4, 9, 0)  # noqa: DTZ001


def slot(minutes, practitioner=1):
    return Slot(practitioner, (NINE + timedelta(minutes=minutes)).isoformat())


def test_chosen_slots_stay_apart():
    offered = [slot(minutes, who) for who in (2, 1) for minutes in range(0, 480, 15)]

    chosen = spread(offered)

    assert sorted(chosen, key=lambda one: one.starts_at) == [slot(n) for n in range(0, 480, 30)]
    assert timedelta(minutes=30) == APART
    assert chosen == spread(list(reversed(offered)))


def test_a_slow_round_is_slow_for_both():
    own, floor = [6.0, 60.0, 6.6], [3.0, 40.0, 3.0]

    assert beside(own, floor) == Beside(own=6.6, floor=3.0, ratio=2.0)
