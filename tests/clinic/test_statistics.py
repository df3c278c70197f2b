import pytest

from clinic.office.statistics import (
    Proportion,
    difference,
    newcombe_difference,
    size_per_arm,
    wilson,
)


@pytest.mark.parametrize(
    ("case", "k", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
        ("Newcombe 1998", 81, 263, 0.2553, 0.3662),
        ("Newcombe 1998", 15, 148, 0.0624, 0.1605),
        ("Newcombe 1998, none", 0, 20, 0.0, 0.1611),
        ("Newcombe 1998, one", 1, 29, 0.0061, 0.1718),
        ("none", 0, 25, 0.0, 0.1332),
        ("all", 25, 25, 0.8668, 1.0),
        ("half", 50, 100, 0.4038, 0.5962),
        ("one of one", 1, 1, 0.2065, 1.0),
    ],
)
def test_wilson(case, k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=0.00005)


def test_wilson_is_exact_at_its_ends():
    assert wilson(0, 25).low == 0.0
    assert wilson(25, 25).high == 1.0


@pytest.mark.parametrize(("case", "k", "n"), [("of none", 0, 0), ("over", 3, 2), ("under", -1, 2)])
def test_wilson_refuses(case, k, n):
    with pytest.raises(ValueError, match="no share"):
        wilson(k, n)


@pytest.mark.parametrize(
    ("case", "first", "second", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
        ("Newcombe 1998 (a)", (56, 70), (48, 80), 0.0524, 0.3339),
        ("Newcombe 1998 (b)", (9, 10), (3, 10), 0.1705, 0.8090),
        ("Newcombe 1998 (d)", (5, 56), (0, 29), -0.0381, 0.1926),
        ("Newcombe 1998 (e)", (0, 10), (0, 20), -0.1611, 0.2775),
        ("Newcombe 1998 (g)", (10, 10), (0, 20), 0.6791, 1.0),
        ("the fine that did nothing", (130, 3333), (131, 3413), -0.0086, 0.0099),
    ],
)
def test_newcombe_difference(case, first, second, low, high):
    found = newcombe_difference(*first, *second)

    assert found == pytest.approx((low, high), abs=0.00006)


def test_the_difference_turned_round_is_its_mirror():
    low, high = newcombe_difference(56, 70, 48, 80)

    assert newcombe_difference(48, 80, 56, 70) == pytest.approx((-high, -low))


@pytest.mark.parametrize(
    ("case", "k", "n", "share"),
    [
        ("nothing at all", 0, 0, None),
        ("one too few", 3, 19, None),
        ("just enough", 3, 20, 0.15),
        ("none of enough", 0, 20, 0.0),
    ],
)
def test_too_few_have_no_percentage(case, k, n, share):
    proportion = Proportion(k, n)

    assert proportion.share == share
    assert (proportion.interval is None) == (share is None)


def test_a_share_is_never_more_than_the_whole():
    with pytest.raises(ValueError, match="no share"):
        Proportion(3, 2)


def test_too_few_are_not_compared():
    assert difference(Proportion(3, 19), Proportion(30, 200)) is None
    assert difference(Proportion(30, 200), Proportion(3, 19)) is None
    assert difference(Proportion(56, 70), Proportion(48, 80)) == newcombe_difference(56, 70, 48, 80)


@pytest.mark.parametrize(
    ("case", "first", "second", "size"),
    [
        # By hand, as in Fleiss, Levin and Paik (2003), 4.14: ((1.3220 + 0.5646) / 0.1) ** 2.
        ("a reply more often", 0.6, 0.7, 356),
        ("the same the other way round", 0.7, 0.6, 356),
        ("a quarter fewer of a fifth", 0.2, 0.15, 906),
        ("a quarter fewer of 8.8 %", 0.088, 0.066, 2304),
        ("a small difference of a small share", 0.035, 0.0322, 65015),
        ("nearly all or nearly none", 0.001, 0.999, 3),
    ],
)
def test_size_per_arm(case, first, second, size):
    assert size_per_arm(first, second) == size


@pytest.mark.parametrize(("first", "second"), [(0.3, 0.3), (0, 0.3), (0.3, 1), (-0.1, 0.3)])
def test_size_per_arm_refuses(first, second):
    with pytest.raises(ValueError, match="different shares"):
        size_per_arm(first, second)
