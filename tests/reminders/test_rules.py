from dataclasses import replace
from datetime import time, timedelta

import pytest

from reminders.rules import (
    DaysAfterAt,
    DaysBeforeAt,
    Facts,
    HoursAfter,
    HoursBefore,
    On,
    RuleSpec,
    WantedStep,
    steps_for,
)
from tests.when import ZONE, at

UNDO = timedelta(minutes=3)
START = at("2026-03-11 10:00")
AGREED = at("2026-03-02 08:00")
BOOKED = Facts(starts_at=START, is_booked=True, agreed_at=AGREED)

CONFIRMATION = RuleSpec(1, On.AGREED)
QUESTION = RuleSpec(2, On.BEFORE_START, HoursBefore(72), asks=True, least_notice=timedelta(days=4))
REMINDER = RuleSpec(3, On.BEFORE_START, DaysBeforeAt(1, time(9)))
CANCELLED = RuleSpec(4, On.CANCELLED)
PAY_LINK = RuleSpec(5, On.PAYMENT_ASKED)
OFFER = RuleSpec(6, On.OFFERED)
RULES = [CONFIRMATION, QUESTION, REMINDER, CANCELLED, PAY_LINK, OFFER]


def due(facts: Facts, rules: list[RuleSpec] = RULES) -> dict[int, str]:
    steps = steps_for(rules, facts, zone=ZONE, undo_time=UNDO)
    return {s.rule_id: f"{s.due_at.astimezone(ZONE):%d-%m %H:%M}" for s in steps}


@pytest.mark.parametrize(
    ("case", "facts", "expected"),
    [
        ("booked nine days ahead", BOOKED, {1: "02-03 08:00", 2: "08-03 10:00", 3: "10-03 09:00"}),
        (
            "confirmed already",
            replace(BOOKED, confirmed=True),
            {1: "02-03 08:00", 3: "10-03 09:00"},
        ),
        (
            "by the clinic: a mistake is never told",
            replace(BOOKED, agreed_by_clinic=True),
            {1: "02-03 08:03", 2: "08-03 10:00", 3: "10-03 09:00"},
        ),
        (
            "less than four days ahead: no question",
            replace(BOOKED, agreed_at=at("2026-03-07 10:00:01")),
            {1: "07-03 10:00", 3: "10-03 09:00"},
        ),
        (
            "exactly four days ahead",
            replace(BOOKED, agreed_at=at("2026-03-07 10:00")),
            {1: "07-03 10:00", 2: "08-03 10:00", 3: "10-03 09:00"},
        ),
        (
            "booked after the reminder was due",
            replace(BOOKED, agreed_at=at("2026-03-10 09:00")),
            {1: "10-03 09:00"},
        ),
        (
            "taken over from another system, which has told her",
            replace(BOOKED, taken_over_at=at("2026-03-08 09:59:59")),
            {2: "08-03 10:00", 3: "10-03 09:00"},
        ),
        (
            "taken over when the question was due: that one was the other system's",
            replace(BOOKED, taken_over_at=at("2026-03-08 10:00")),
            {3: "10-03 09:00"},
        ),
        (
            "cancelled",
            replace(BOOKED, is_booked=False, cancelled_at=at("2026-03-05 12:00")),
            {4: "05-03 12:03"},
        ),
        (
            "booked together with an earlier one",
            replace(BOOKED, told_elsewhere=True),
            {2: "08-03 10:00", 3: "10-03 09:00"},
        ),
        (
            "cancelled together with an earlier one",
            replace(
                BOOKED,
                is_booked=False,
                cancelled_at=at("2026-03-05 12:00"),
                told_elsewhere=True,
            ),
            {},
        ),
        (
            "a hold whose deposit is asked",
            Facts(starts_at=START, is_booked=False, payment_asked_at=at("2026-03-02 09:00")),
            {5: "02-03 09:00"},
        ),
        (
            "a hold that keeps an offered time",
            Facts(
                starts_at=START,
                is_booked=False,
                offered_at=at("2026-03-02 09:00"),
                offer_useful_until=at("2026-03-02 11:00"),
            ),
            {6: "02-03 09:00"},
        ),
        ("nothing agreed", Facts(starts_at=START, is_booked=False), {}),
    ],
)
def test_steps_for(case, facts, expected):
    assert due(facts) == expected


@pytest.mark.parametrize(
    ("case", "starts", "elapsed", "on_the_clock"),
    [
        ("an ordinary week", "2026-03-11 10:00", "08-03 10:00", "10-03 09:00"),
        ("over the clock going forward", "2026-03-30 10:00", "27-03 09:00", "29-03 09:00"),
        ("over the clock going back", "2026-10-26 10:00", "23-10 11:00", "25-10 09:00"),
    ],
)
def test_hours_are_elapsed_and_days_are_on_the_clock(case, starts, elapsed, on_the_clock):
    facts = replace(BOOKED, starts_at=at(starts), agreed_at=at(starts) - timedelta(days=20))

    assert due(facts, [QUESTION, REMINDER]) == {2: elapsed, 3: on_the_clock}


def test_a_reminder_is_useless_in_the_last_hour():
    early = RuleSpec(3, On.BEFORE_START, DaysBeforeAt(0, time(8)))

    assert steps_for([early], BOOKED, zone=ZONE, undo_time=UNDO) == [
        WantedStep(3, START, at("2026-03-11 08:00"), at("2026-03-11 09:00"))
    ]
    late = replace(early, offset=DaysBeforeAt(0, time(9)))
    assert steps_for([late], BOOKED, zone=ZONE, undo_time=UNDO) == []


def test_an_offer_is_useless_as_soon_as_it_is_over():
    offered, until = at("2026-03-02 09:00"), at("2026-03-02 11:00")
    facts = Facts(starts_at=START, is_booked=False, offered_at=offered, offer_useful_until=until)

    assert steps_for([OFFER], facts, zone=ZONE, undo_time=UNDO) == [
        WantedStep(6, offered, offered, until)
    ]


ENDED = at("2026-03-11 10:45")
CAME = Facts(starts_at=START, is_booked=False, agreed_at=AGREED, ended_at=ENDED, noted_at=ENDED)
NEXT_DAY = RuleSpec(8, On.AFTER_VISIT, DaysAfterAt(1, time(10)), least_notice=timedelta(days=2))
TWO_HOURS_ON = RuleSpec(9, On.AFTER_VISIT, HoursAfter(2))


@pytest.mark.parametrize(
    ("case", "facts", "expected"),
    [
        ("she came", CAME, {8: "12-03 10:00", 9: "11-03 12:45"}),
        ("to come still", BOOKED, {}),
        (
            "noted at the last moment that it is of use",
            replace(CAME, noted_at=at("2026-03-12 22:00")),
            {8: "12-03 10:00"},
        ),
        ("noted later", replace(CAME, noted_at=at("2026-03-12 22:00:01")), {}),
        ("taken over from another system", replace(CAME, taken_over_at=AGREED), {}),
        (
            "booked the day before",
            replace(CAME, agreed_at=at("2026-03-10 10:00")),
            {9: "11-03 12:45"},
        ),
        (
            "the day before the clock goes forward",
            replace(CAME, ended_at=at("2026-03-28 16:00"), noted_at=at("2026-03-28 16:00")),
            {8: "29-03 10:00", 9: "28-03 18:00"},
        ),
        (
            "over the hour that does not exist",
            replace(CAME, ended_at=at("2026-03-29 00:30"), noted_at=at("2026-03-29 00:30")),
            {8: "30-03 10:00", 9: "29-03 03:30"},
        ),
        (
            "over the hour that happens twice",
            replace(CAME, ended_at=at("2026-10-25 01:30"), noted_at=at("2026-10-25 01:30")),
            {8: "26-10 10:00", 9: "25-10 02:30"},
        ),
    ],
)
def test_after_the_visit(case, facts, expected):
    assert due(facts, [NEXT_DAY, TWO_HOURS_ON]) == expected


@pytest.mark.parametrize(
    ("case", "treatment_ids", "is_sent"),
    [("all", [], True), ("hers", [3, 4], True), ("others", [4], False)],
)
def test_of_some_treatments_only(case, treatment_ids, is_sent):
    rule = replace(REMINDER, treatment_ids=frozenset(treatment_ids))

    assert bool(due(replace(BOOKED, treatment_id=3), [rule])) is is_sent


@pytest.mark.parametrize(("wants_news", "is_sent"), [(True, True), (False, False)])
def test_news_only_for_who_wants_it(wants_news, is_sent):
    rule = replace(TWO_HOURS_ON, is_news=True)

    assert bool(due(replace(CAME, wants_news=wants_news), [rule])) is is_sent


@pytest.mark.parametrize(
    ("case", "since", "is_sent"),
    [
        ("always there", None, True),
        ("in use just in time", at("2026-03-10 09:00"), True),
        ("a second too late", at("2026-03-10 09:00:01"), False),
    ],
)
def test_what_was_due_before_a_rule_was_in_use_is_not_told(case, since, is_sent):
    assert bool(due(BOOKED, [replace(REMINDER, since=since)])) is is_sent


def test_a_rule_without_a_moment_says_nothing():
    assert due(BOOKED, [RuleSpec(1, On.BEFORE_START), RuleSpec(2, On.AFTER_VISIT)]) == {}
