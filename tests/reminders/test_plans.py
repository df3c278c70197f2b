from datetime import date, time

import pytest

from reminders.plans import Problem, check_cue, check_written, obstacle_sentence, sentence
from tests.when import ZONE, at

START = at("2026-05-15 09:15")  # a Friday
AFTERNOON = at("2026-05-15 14:30")


@pytest.mark.parametrize(
    "text",
    [
        "vrijdag 15 mei om 9:15",
        "vr 15/5 kwart over 9",
        "15-5 9.15",
        "Vrijdag 15 mei 9.15 uur",
        "vrijdag kwart over negen",
        "vrijdag, 9u15".replace("u", ":"),
        "15 mei 2026, 09:15 uur",
        "friday 15 may quarter past 9",
        "Fri 15 May 9:15",
        "VR 15 MEI OM 9:15",
    ],
)
def test_reads_how_people_write_it(text):
    check_written(text, starts_at=START, zone=ZONE)


@pytest.mark.parametrize(
    "text", ["vrijdag half drie", "vr 15/5 14.30", "15 mei om 2:30", "friday half past 2"]
)
def test_reads_the_afternoon(text):
    check_written(text, starts_at=AFTERNOON, zone=ZONE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no_day"),
        ("9:15", "no_day"),
        ("vrijdag", "no_time"),
        ("15 mei", "no_time"),
        ("donderdag 9:15", "other_day"),
        ("16 mei 9:15", "other_day"),
        ("15 juni 9:15", "other_day"),
        ("donderdag 15 mei 9:15", "other_day"),
        ("vrijdag 9:30", "other_time"),
        ("vrijdag half tien", "other_time"),
        ("vrijdag kwart voor 9", "other_time"),
        ("vrijdag 15 mei 21:15", "other_time"),
    ],
)
def test_says_what_is_wrong(text, problem):
    with pytest.raises(Problem) as raised:
        check_written(text, starts_at=START, zone=ZONE)

    assert raised.value.code == problem


@pytest.mark.parametrize(
    ("case", "day", "clock", "problem"),
    [
        ("the day itself", "2026-05-15", "08:30", None),
        ("the very start", "2026-05-15", "09:15", None),
        ("after the start", "2026-05-15", "09:16", "cue_after"),
        ("the evening before", "2026-05-14", "20:00", None),
        ("the evening begins", "2026-05-14", "17:00", None),
        ("the afternoon before", "2026-05-14", "16:59", "cue_evening"),
        ("two days before", "2026-05-13", "20:00", "cue_day"),
        ("the day after", "2026-05-16", "08:00", "cue_day"),
    ],
)
def test_check_cue(case, day, clock, problem):
    cue = (date.fromisoformat(day), time.fromisoformat(clock))
    if problem is None:
        check_cue(*cue, starts_at=START, zone=ZONE)
        return
    with pytest.raises(Problem) as raised:
        check_cue(*cue, starts_at=START, zone=ZONE)
    assert raised.value.code == problem


def test_sentence():
    day, clock = date(2026, 5, 15), time(8, 30)

    assert (
        sentence(day, clock, "ga ik met de fiets naar de kliniek", language="nl", zone=ZONE)
        == "Als het vrijdag 15 mei om 8:30 uur is, dan ga ik met de fiets naar de kliniek."
    )
    assert (
        sentence(day, clock, "cycle to the clinic. ", language="en", zone=ZONE)
        == "If it is Friday 15 May at 8:30, then I cycle to the clinic."
    )


def test_obstacle_sentence_needs_both():
    assert (
        obstacle_sentence("er iets tussenkomt", "verzet ik via de link", language="nl")
        == "Als er iets tussenkomt, dan verzet ik via de link."
    )
    assert obstacle_sentence("er iets tussenkomt", "", language="nl") == ""
