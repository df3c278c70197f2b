import pytest

from bookings.needs import Claim, Part, back_to_back, compete, stretched


def person(begins: int, ends: int) -> Claim:
    return Claim("practitioner", "", begins, ends)


def room(begins: int, ends: int, group: str = "laser") -> Claim:
    return Claim("room", group, begins, ends)


@pytest.mark.parametrize(
    ("case", "minutes", "claims", "expected"),
    [
        ("as usual", 60, [person(0, 60)], [person(0, 60)]),
        ("longer", 80, [person(0, 60)], [person(0, 80)]),
        ("shorter", 30, [person(0, 60)], [person(0, 30)]),
        ("clean-up keeps its length", 80, [room(0, 70)], [room(0, 90)]),
        ("preparation too", 80, [room(-10, 60)], [room(-10, 80)]),
        ("clean-up alone", 30, [room(60, 75)], [room(30, 45)]),
        (
            "processing time stretches along",
            90,
            [person(0, 20), person(40, 60)],
            [person(0, 30), person(60, 90)],
        ),
        ("nothing vanishes", 5, [person(10, 15)], [person(0, 1)]),
    ],
)
def test_stretched(case, minutes, claims, expected):
    assert stretched(Part(60, tuple(claims), minutes)) == tuple(expected)


@pytest.mark.parametrize(
    ("case", "parts", "expected"),
    [
        ("one treatment", [[person(0, 60), room(0, 70)]], [person(0, 60), room(0, 70)]),
        (
            "she stays in her room, and it is cleaned once",
            [[person(0, 60), room(0, 70)], [person(0, 60), room(0, 70)]],
            [person(0, 120), room(0, 130)],
        ),
        (
            "another room is another claim",
            [[person(0, 60), room(0, 70)], [person(0, 60), room(-5, 60, "care")]],
            [person(0, 120), room(0, 70), room(55, 120, "care")],
        ),
        (
            "with processing time only what touches is joined",
            [[person(0, 20), person(50, 60)], [person(0, 60)]],
            [person(0, 20), person(50, 120)],
        ),
        (
            "her clean-up lasts into the next treatment and past its processing time",
            [[person(0, 90)], [person(0, 10), person(20, 60)]],
            [person(0, 120)],
        ),
        (
            "she prepares the next treatment while the first one works",
            [[person(0, 20), person(40, 60)], [person(-50, 60)]],
            [person(0, 120)],
        ),
    ],
)
def test_back_to_back(case, parts, expected):
    assert back_to_back([Part(60, tuple(claims), 60) for claims in parts]) == tuple(expected)


@pytest.mark.parametrize(
    ("case", "claims", "expected"),
    [
        ("different kinds", [person(0, 60), room(0, 60)], False),
        ("different groups", [room(0, 60), room(0, 60, "care")], False),
        ("two at once", [room(0, 60), room(30, 90)], True),
        ("one after the other", [room(0, 30), room(30, 60)], False),
    ],
)
def test_compete(case, claims, expected):
    assert compete(claims) is expected
