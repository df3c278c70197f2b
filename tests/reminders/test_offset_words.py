"""How long before, in the owner's own words."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.offset_words import (
    MOST_DAYS,
    MOST_HOURS,
    NotUnderstood,
    offset_in_words,
    read_offset,
)
from reminders.rules import DaysAfterAt, DaysBeforeAt, HoursAfter, HoursBefore


@pytest.mark.parametrize(
    ("words", "offset"),
    [
        ("24 uur ervoor", HoursBefore(24)),
        ("24u", HoursBefore(24)),
        ("Eén uur van tevoren", HoursBefore(1)),
        ("72 hours before", HoursBefore(72)),
        ("1 dag ervoor om 18:00", DaysBeforeAt(1, time(18))),
        ("de dag ervoor om 18.30 uur", DaysBeforeAt(1, time(18, 30))),
        ("  Twee   dagen ervoor, om 9 uur ", DaysBeforeAt(2, time(9))),
        ("een week ervoor om 9:00", DaysBeforeAt(7, time(9))),
        ("dezelfde dag om 8:15", DaysBeforeAt(0, time(8, 15))),
        ("3 days before at 9:00", DaysBeforeAt(3, time(9))),
        ("the day before at 18:00", DaysBeforeAt(1, time(18))),
        ("na bezoek + 1 dag", DaysAfterAt(1, time(10))),
        ("1 dag na het bezoek om 9:30", DaysAfterAt(1, time(9, 30))),
        ("een week erna", DaysAfterAt(7, time(10))),
        ("2 uur na de behandeling", HoursAfter(2)),
        ("dezelfde dag na het bezoek om 20:00", DaysAfterAt(0, time(20))),
        ("3 days after the visit at 11:00", DaysAfterAt(3, time(11))),
        ("2 hours after", HoursAfter(2)),
    ],
)
def test_what_is_understood(words, offset):
    assert read_offset(words) == offset


@pytest.mark.parametrize(
    "words",
    [
        "",
        "straks",
        "0 uur ervoor",
        "721 uur ervoor",
        "61 dagen ervoor om 9:00",
        "1 dag ervoor",
        "1 dag ervoor om 25:00",
        "na het bezoek",
        "erna",
        "1 dag ervoor na het bezoek om 9:00 uur erna",
        "61 dagen na het bezoek",
        "1 dag ervoor om 9:60",
        "-1 dag ervoor om 9:00",
        "²⁴ uur ervoor",
        "9" * 5000 + " uur",
        "24 uur ervoor; drop table",
    ],
)
def test_what_is_not(words):
    with pytest.raises(NotUnderstood):
        read_offset(words)


offsets = st.one_of(
    *(st.builds(kind, st.integers(1, MOST_HOURS)) for kind in (HoursBefore, HoursAfter)),
    *(
        st.builds(
            kind,
            st.integers(0, MOST_DAYS),
            st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        )
        for kind in (DaysBeforeAt, DaysAfterAt)
    ),
)


@given(offsets, st.sampled_from(["nl", "en"]))
def test_what_is_written_is_read_again(offset, language):
    assert read_offset(offset_in_words(offset, language)) == offset
