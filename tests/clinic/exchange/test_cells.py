"""What may stand in a cell."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.exchange.cells import BadCell, Noted, guarded, moment, phone, unguarded, whole
from tests.when import ZONE, at

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("case", "text", "cell"),
    [
        ("plain", "Sanne", "Sanne"),
        ("a formula", "=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("plus", "+31612345678", "'+31612345678"),
        ("minus", "-1+2", "'-1+2"),
        ("at", "@SUM(A1)", "'@SUM(A1)"),
        ("a name that begins with a quote", "'t Hooft", "'t Hooft"),
        ("guarded before", "'=1", "''=1"),
        ("in the middle", "a=b", "a=b"),
        ("nothing", "", ""),
    ],
)
def test_no_cell_is_a_formula(case, text, cell):
    assert (guarded(text), unguarded(cell)) == (cell, text)


@given(st.text(alphabet="'=+-@\ta", max_size=6))
def test_what_was_guarded_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "\t"}


@pytest.mark.parametrize(
    ("case", "cell", "expected"),
    [
        ("local, winter", "2026-11-26T09:15", at("2026-11-26 09:15")),
        ("local, summer", "2026-07-01 09:15", at("2026-07-01 09:15")),
        ("with an offset", "2026-11-26T09:15+05:30", at("2026-11-26 04:45")),
        ("in UTC", "2026-11-26t08:15z", at("2026-11-26 09:15")),
        ("seconds are dropped", "2026-11-26T09:15:37", at("2026-11-26 09:15")),
        (
            "an hour that comes twice",
            "2026-10-25T02:30",
            Noted(
                at("2026-10-25 02:30"),
                "2026-10-25T02:30 comes twice on the clinic's clock: the first is meant",
            ),
        ),
        ("the second of them", "2026-10-25T02:30+01:00", at("2026-10-25 02:30") + HOUR),
        (
            "an hour that is skipped",
            "2026-03-29T02:30",
            Noted(
                at("2026-03-29 03:30"), "2026-03-29T02:30 is skipped by the clinic's clock: 03:30"
            ),
        ),
    ],
)
def test_a_moment(case, cell, expected):
    assert moment(ZONE)(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "26-11-2026 09:15",
        "2026-11-26",
        "2026-13-01T09:15",
        "2026-02-30T09:15",
        "2026-11-26T24:00",
        "2026-11-26T09:15+99:99",
        "0001-01-01T00:00",
        "0001-01-01T00:00+23:59",
        "9999-12-31T23:59",
        "9999-12-31T23:59-23:59",
        "٢٠٢٦-11-26T09:15",
        "",
        "T" * 5000,
    ],
)
def test_no_moment(cell):
    with pytest.raises(BadCell, match="is no moment like 2026-11-26T09:15, from 1990 on"):
        moment(ZONE)(cell)


@pytest.mark.parametrize("cell", ["١٢", "1e3", "1.0", " 1", "0x1", "9" * 5000, "-1", "11", ""])
def test_no_number(cell):
    with pytest.raises(BadCell, match="is no whole number from 0 to 10"):
        whole(0, 10)(cell)


def test_a_number_becomes_international():
    assert [phone("06-12 34 56 78"), phone("+32470123456")] == ["+31612345678", "+32470123456"]
