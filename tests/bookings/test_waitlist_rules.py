from datetime import date, time, timedelta

import pytest

from bookings.periods import Period
from bookings.waitlist import (
    Candidate,
    OfferRules,
    Order,
    Start,
    Wish,
    best_start,
    in_order,
    is_reached,
    notice_for,
)
from tests.when import ZONE, at

NOOR, DAAN = 1, 2
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = OfferRules(
    length=2 * HOUR,
    length_near=30 * MINUTE,
    per_slot=5,
    per_day=2,
    quiet_from=time(21),
    quiet_until=time(8),
)
WEEK = date(2026, 3, 9), date(2026, 3, 13)


@pytest.mark.parametrize(
    ("case", "wish", "starts_at", "suits"),
    [
        ("on the first day", {}, "2026-03-09 00:00", True),
        ("a second before it", {}, "2026-03-08 23:59:59", False),
        ("on the last day", {}, "2026-03-13 23:59", True),
        ("the day after", {}, "2026-03-14 00:00", False),
        ("on one of her weekdays", {"weekdays": {2}}, "2026-03-11 10:00", True),
        ("on another", {"weekdays": {0, 4}}, "2026-03-11 10:00", False),
        ("the last minute of the morning", {"parts": {"morning"}}, "2026-03-11 11:59", True),
        ("the afternoon begins at noon", {"parts": {"morning"}}, "2026-03-11 12:00", False),
        ("either part", {"parts": {"morning", "evening"}}, "2026-03-11 17:00", True),
        ("neither part", {"parts": {"morning", "evening"}}, "2026-03-11 16:59", False),
        ("her own practitioner", {"practitioner_id": NOOR}, "2026-03-11 10:00", True),
        ("another one", {"practitioner_id": DAAN}, "2026-03-11 10:00", False),
        ("an hour earlier", {"has": at("2026-03-11 11:00")}, "2026-03-11 10:00", True),
        ("hardly earlier", {"has": at("2026-03-11 10:59")}, "2026-03-11 10:00", False),
        ("later than what she has", {"has": at("2026-03-10 10:00")}, "2026-03-11 10:00", False),
    ],
)
def test_what_suits_a_wish(case, wish, starts_at, suits):
    wish = Wish(*WEEK, **wish)

    assert wish.suits(at(starts_at), practitioner_id=NOOR, zone=ZONE) is suits


@pytest.mark.parametrize(
    ("case", "starts_at", "suits"),
    [
        # Clocks go forward at 2:00 on 29 March and back at 3:00 on 25 October.
        ("the morning of the short day", at("2026-03-29 11:30"), True),
        ("noon of the short day", at("2026-03-29 12:00"), False),
        ("the morning of the long day", at("2026-10-25 11:30"), True),
        ("noon of the long day", at("2026-10-25 12:00"), False),
    ],
)
def test_parts_of_the_day_follow_the_clock_on_the_wall(case, starts_at, suits):
    wish = Wish(date(2026, 1, 1), date(2026, 12, 31), parts=frozenset({"morning"}))

    assert wish.suits(starts_at, practitioner_id=NOOR, zone=ZONE) is suits


@pytest.mark.parametrize(
    ("case", "now", "notice", "expires"),
    [
        ("days ahead", "2026-03-09 10:00", 3 * HOUR, "2026-03-09 12:00"),
        ("more than a day ahead", "2026-03-10 13:59:59", 3 * HOUR, "2026-03-10 15:59:59"),
        ("a day ahead", "2026-03-10 14:00", 3 * HOUR, "2026-03-10 14:30"),
        ("close to the cut-off", "2026-03-11 10:45", 3 * HOUR, "2026-03-11 11:00"),
        ("just long enough to read", "2026-03-11 10:50", 3 * HOUR, "2026-03-11 11:00"),
        ("a second too late", "2026-03-11 10:50:01", 3 * HOUR, None),
        ("past the cut-off", "2026-03-11 12:00", 3 * HOUR, None),
        ("past the start", "2026-03-11 15:00", timedelta(), None),
        ("not past the start itself", "2026-03-11 13:45", timedelta(), "2026-03-11 14:00"),
        ("to prepare for", "2026-03-10 13:00", 24 * HOUR, "2026-03-10 14:00"),
        ("too near to prepare for", "2026-03-10 13:55", 24 * HOUR, None),
    ],
)
def test_how_long_an_offer_stands(case, now, notice, expires):
    found = RULES.expires_at(at("2026-03-11 14:00"), notice=notice, now=at(now))

    assert found == (expires and at(expires))


def test_a_clinic_that_wants_an_answer_at_once_can_ask_for_one():
    hasty = OfferRules(5 * MINUTE, 5 * MINUTE, 0, 0, time(21), time(8))
    now = at("2026-03-09 10:00")

    assert hasty.expires_at(at("2026-03-11 14:00"), notice=HOUR, now=now) == now + 5 * MINUTE


@pytest.mark.parametrize(
    ("case", "quiet", "now", "is_quiet"),
    [
        ("the second before", ("21:00", "08:00"), "2026-03-11 20:59:59", False),
        ("as it begins", ("21:00", "08:00"), "2026-03-11 21:00", True),
        ("after midnight", ("21:00", "08:00"), "2026-03-12 00:00", True),
        ("the last second", ("21:00", "08:00"), "2026-03-12 07:59:59", True),
        ("as it ends", ("21:00", "08:00"), "2026-03-12 08:00", False),
        ("within a day", ("12:00", "13:00"), "2026-03-11 12:30", True),
        ("within a day, after", ("12:00", "13:00"), "2026-03-11 13:00", False),
        ("never quiet", ("08:00", "08:00"), "2026-03-11 08:00", False),
        ("the clock went forward", ("21:00", "08:00"), "2026-03-29 07:59:59", True),
        ("and it is eight", ("21:00", "08:00"), "2026-03-29 08:00", False),
        ("the clock went back", ("21:00", "08:00"), "2026-10-25 07:59:59", True),
        ("an hour that happens twice", ("02:15", "02:45"), "2026-10-25 02:30", True),
    ],
)
def test_quiet_hours(case, quiet, now, is_quiet):
    begins, ends = map(time.fromisoformat, quiet)
    rules = OfferRules(HOUR, HOUR, 0, 0, begins, ends)

    assert rules.is_quiet(at(now), zone=ZONE) is is_quiet


@pytest.mark.parametrize(
    ("case", "after", "begins"),
    [
        ("this evening", "2026-03-11 20:00", "2026-03-11 21:00"),
        ("tomorrow, once it has begun", "2026-03-11 21:00", "2026-03-12 21:00"),
        ("over the clock going forward", "2026-03-28 22:00", "2026-03-29 21:00"),
        ("over the clock going back", "2026-10-24 22:00", "2026-10-25 21:00"),
    ],
)
def test_when_the_next_quiet_hours_begin(case, after, begins):
    assert RULES.quiet_begins(at(after), zone=ZONE) == at(begins)


@pytest.mark.parametrize(
    ("case", "now", "ends"),
    [
        ("in the evening", "2026-03-10 21:00", "2026-03-11 08:00"),
        ("after midnight", "2026-03-11 00:10", "2026-03-11 08:00"),
        ("a second before", "2026-03-11 07:59:59", "2026-03-11 08:00"),
        ("when it is over", "2026-03-11 08:00", ""),
        ("the clock goes forward that night", "2026-03-28 23:00", "2026-03-29 08:00"),
        ("it goes back", "2026-10-24 23:00", "2026-10-25 08:00"),
    ],
)
def test_when_the_quiet_hours_end(case, now, ends):
    assert RULES.quiet_ends(at(now), zone=ZONE) == (at(ends) if ends else None)


def test_a_clinic_without_quiet_hours_never_comes_to_any():
    rules = OfferRules(HOUR, HOUR, 0, 0, time(8), time(8))

    assert rules.quiet_begins(at("2026-03-11 10:00"), zone=ZONE) is None


@pytest.mark.parametrize(
    ("case", "limit", "made", "reached"),
    [
        ("none yet", 2, 0, False),
        ("one left", 2, 1, False),
        ("all", 2, 2, True),
        ("off", 0, 9, False),
    ],
)
def test_limits(case, limit, made, reached):
    assert is_reached(limit, made) is reached


@pytest.mark.parametrize(
    ("case", "own", "needs_preparing", "notice"),
    [
        ("as the clinic does", None, False, 3 * HOUR),
        ("with something to prepare", None, True, 24 * HOUR),
        ("its own", timedelta(days=7), False, timedelta(days=7)),
        ("its own, though there is something to prepare", 6 * HOUR, True, 6 * HOUR),
        ("never nearer than the clinic does", HOUR, False, 3 * HOUR),
    ],
)
def test_how_near_a_treatment_is_offered(case, own, needs_preparing, notice):
    assert notice_for(3 * HOUR, own=own, needs_preparing=needs_preparing) == notice


START = at("2026-03-11 10:00")
FREED = Period(START, START + HOUR)


@pytest.mark.parametrize(
    ("case", "order", "expected"),
    [
        ("who waits longest", Order.FIRST, [2, 1, 3]),
        ("who uses most, then who waits longest", Order.BEST, [1, 2, 3]),
    ],
)
def test_who_comes_first(case, order, expected):
    candidates = [
        Candidate(3, at("2026-03-04 08:00"), START, 30 * MINUTE),
        Candidate(1, at("2026-03-03 08:00"), START, 45 * MINUTE),
        Candidate(2, at("2026-03-02 08:00"), START, 30 * MINUTE),
    ]

    assert [one.entry_id for one in in_order(candidates, order)] == expected


@pytest.mark.parametrize(
    ("case", "starts", "best"),
    [
        ("the first of those that fit as well", [(0, 30), (30, 30)], 0),
        ("a neat one before the first", [(0, 30, False), (30, 30)], 30),
        ("most of the freed time before neat", [(0, 30, False), (45, 30)], 0),
        ("one that is longer than what came free", [(-15, 90), (15, 90)], -15),
        ("one that only touches it was free before", [(-30, 30), (60, 30)], None),
        ("none", [], None),
    ],
)
def test_the_best_start_in_what_came_free(case, starts, best):
    found = best_start(
        [Start(START + begin * MINUTE, length * MINUTE, *neat) for begin, length, *neat in starts],
        FREED,
    )

    assert (found and found.starts_at) == (None if best is None else START + best * MINUTE)
