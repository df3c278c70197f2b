"""Shares and how sure one can be of them: pure arithmetic."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import NamedTuple

#: Under this number a percentage says more about chance than about the clinic.
FEWEST = 20
#: The normal deviate that leaves 2.5 % on either side.
Z = 1.959963984540054
#: The normal deviate that leaves 20 % above it.
Z_POWER = 0.8416212335729143


class Interval(NamedTuple):
    """Where the true value may well lie, from low to high."""

    low: float
    high: float


def wilson(k: int, n: int) -> Interval:
    """Return the 95 % score interval of `k` of `n`, without continuity correction.

    Wilson 1927; method 3 of Newcombe, Statistics in Medicine 17 (1998), 857-872.

    :raises ValueError: if `k` is not between nothing and `n`, or `n` is nothing
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share")
    middle = 2 * k + Z**2
    reach = Z * sqrt(Z**2 + 4 * k * (n - k) / n)
    whole = 2 * (n + Z**2)
    # Rounding may leave a hair outside; of none and of all the bound is exact.
    low = 0.0 if k == 0 else (middle - reach) / whole
    high = 1.0 if k == n else (middle + reach) / whole
    return Interval(low, high)


def newcombe_difference(k1: int, n1: int, k2: int, n2: int) -> Interval:
    """Return the 95 % interval of the difference of two independent shares, first less second.

    Method 10 of Newcombe, Statistics in Medicine 17 (1998), 873-890.
    """
    p1, p2 = k1 / n1, k2 / n2
    first, second = wilson(k1, n1), wilson(k2, n2)
    down = sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2)
    up = sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2)
    return Interval(p1 - p2 - down, p1 - p2 + up)


def size_per_arm(first: float, second: float) -> int:
    """Return how many each of two groups must hold to show that their shares differ so much.

    With a power of 80 % and a two-sided 5 %, without continuity correction: Fleiss, Levin and
    Paik, Statistical Methods for Rates and Proportions (2003), formula 4.14.

    :raises ValueError: if they are no two different shares between 0 and 1
    """
    if not (0 < first < 1 and 0 < second < 1) or first == second:
        raise ValueError(f"{first} and {second} are no two different shares")
    middle = (first + second) / 2
    chance = Z * sqrt(2 * middle * (1 - middle))
    power = Z_POWER * sqrt(first * (1 - first) + second * (1 - second))
    return ceil(((chance + power) / (first - second)) ** 2)


@dataclass(frozen=True, slots=True)
class Proportion:
    """`k` of `n`, which may be too few to give a percentage."""

    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"{self.k} of {self.n} is no share")

    @property
    def is_enough(self) -> bool:
        """Tell whether there are enough to give a percentage of."""
        return self.n >= FEWEST

    @property
    def share(self) -> float | None:
        """The share between 0 and 1, or nothing when there are too few."""
        return self.k / self.n if self.is_enough else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval, or nothing when there are too few."""
        return wilson(self.k, self.n) if self.is_enough else None


def difference(first: Proportion, second: Proportion) -> Interval | None:
    """Return the interval of first less second, or nothing when either has too few."""
    if not (first.is_enough and second.is_enough):
        return None
    return newcombe_difference(first.k, first.n, second.k, second.n)
