"""Whom to call first."""

import pytest

from bookings.risk import USUAL, chance_missed


@pytest.mark.parametrize(
    ("case", "missed", "visits", "chance"),
    [
        ("nothing is known of her", 0, 0, USUAL),
        ("one missed of one says little", 1, 1, 1.9 / 11),
        ("five of five says much", 5, 5, 5.9 / 15),
        ("ten good visits", 0, 10, 0.9 / 20),
        ("as everybody", 9, 100, USUAL),
    ],
)
def test_chance_missed(case, missed, visits, chance):
    assert chance_missed(missed=missed, visits=visits) == pytest.approx(chance)


def test_the_chance_grows_with_what_she_missed_and_stays_a_chance():
    chances = [chance_missed(missed=missed, visits=20) for missed in range(21)]

    assert chances == sorted(set(chances))
    assert 0 < chances[0] < chances[-1] < 1
