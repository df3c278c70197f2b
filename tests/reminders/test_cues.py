"""Her plan, told at its own moment when she asked for that."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By
from reminders import operations as reminders
from reminders.models import IfThenPlan, Question, Step
from reminders.operations import NothingAsked, PlanText
from reminders.rules import Facts, On, RuleSpec, WantedStep, steps_for
from reminders.written import cue_moment, fitting_plan
from tests.factories import NOW, START, UserFactory, a_search, an_appointment
from tests.reminders.verbs import DAY, HOUR, bodies, booked, tick
from tests.sandboxed import workday
from tests.when import ZONE, at

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
CUE = RuleSpec(7, On.CUE)
STARTS, WANTED_SINCE = at("2026-03-11 10:00"), at("2026-03-02 08:00")
TOLD = Facts(
    starts_at=STARTS,
    is_booked=True,
    agreed_at=WANTED_SINCE,
    cue_at=at("2026-03-11 09:15"),
    cue_asked_at=WANTED_SINCE,
)


def step(due: str, useless: str) -> list[WantedStep]:
    return [WantedStep(7, at(due), at(due), at(useless))]


@pytest.mark.parametrize(
    ("case", "facts", "expected"),
    [
        ("at its moment", TOLD, step("2026-03-11 09:15", "2026-03-11 09:35")),
        (
            "never after the start",
            replace(TOLD, cue_at=at("2026-03-11 09:50")),
            step("2026-03-11 09:50", "2026-03-11 10:00"),
        ),
        ("she did not ask for it", replace(TOLD, cue_at=None), []),
        ("cancelled", replace(TOLD, is_booked=False), []),
        ("written when it had passed", replace(TOLD, cue_asked_at=at("2026-03-11 09:15")), []),
        (
            "written a second before",
            replace(TOLD, cue_asked_at=at("2026-03-11 09:14:59")),
            step("2026-03-11 09:15", "2026-03-11 09:35"),
        ),
    ],
)
def test_when_a_plan_is_told(case, facts, expected):
    found = steps_for([CUE], facts, zone=ZONE, undo_time=3 * MINUTE)
    assert found == expected, case


@pytest.mark.parametrize(
    ("case", "day", "clock", "expected"),
    [
        ("winter", "2026-01-14", "08:30", datetime(2026, 1, 14, 7, 30, tzinfo=UTC)),
        ("summer", "2026-07-15", "08:30", datetime(2026, 7, 15, 6, 30, tzinfo=UTC)),
        ("in the hour that is not there", "2026-03-29", "02:30", at("2026-03-29 03:30")),
        ("after it", "2026-03-29", "08:30", datetime(2026, 3, 29, 6, 30, tzinfo=UTC)),
        (
            "the first of two",
            "2026-10-25",
            "02:30",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        ("after it", "2026-10-25", "08:30", datetime(2026, 10, 25, 7, 30, tzinfo=UTC)),
    ],
)
def test_her_moment_is_on_the_clinics_clock(case, day, clock, expected):
    plan = IfThenPlan(cue_on=date.fromisoformat(day), cue_at=time.fromisoformat(clock))
    assert cue_moment(plan, zone=ZONE) == expected, case


def write(appointment, *, now, before=HOUR, **more):
    local = (appointment.starts_at - before).astimezone(ZONE)
    text = PlanText("zo", local.date(), local.time(), "ga ik met de fiets naar de kliniek", **more)
    return reminders.write_plan(appointment.pk, text, now=now)


@pytest.fixture
def told(world, treatment, sender):
    """Somebody who wants to be told, an hour before she comes; she knows that it is booked."""
    appointment = booked(world, treatment)
    write(appointment, now=world.now(), tells=True)
    tick(sender, now=world.now())
    return appointment


def test_she_is_told_once_at_that_moment_in_her_own_words(world, told, sender):
    before = len(bodies(world))
    tick(sender, now=told.starts_at - HOUR - SECOND)
    said_before = bodies(world)[before:]
    for _ in range(3):
        tick(sender, now=told.starts_at - HOUR)

    new = bodies(world)[before + len(said_before) :]
    assert len(new) == 1
    clock = f"{(told.starts_at - HOUR).astimezone(ZONE):%-H:%M}"
    assert f"het is {clock} uur. Jouw plan: dan ga ik met de fiets naar de kliniek." in new[0]
    assert not any("het is" in one for one in said_before)


def test_who_did_not_ask_for_it_is_not_told(world, treatment, sender):
    appointment = booked(world, treatment)
    write(appointment, now=world.now())
    tick(sender, now=world.now())
    assert not Step.objects.filter(wording="cue").exists()


def test_too_late_it_is_missed_and_not_sent(world, told, sender):
    before = len(bodies(world))
    tick(sender, now=told.starts_at - HOUR + 20 * MINUTE + SECOND)
    assert Step.objects.get(wording="cue").status == "missed"
    assert not any("Jouw plan" in one for one in bodies(world)[before:])


def test_another_moment_takes_the_place_of_the_first(world, told, sender):
    write(told, now=world.now(), before=2 * HOUR, tells=True)
    tick(sender, now=world.now())
    assert Step.objects.get(wording="cue").due_at == told.starts_at - 2 * HOUR
    write(told, now=world.now(), before=2 * HOUR)
    tick(sender, now=world.now())
    assert not Step.objects.filter(wording="cue").exists()


def test_it_goes_with_the_plan_when_the_appointment_moves(world, treatment, told, sender):
    later = workday(world.now(), days=12)
    search = a_search(treatment, now=world.now(), ignoring=told.pk)
    bookings.reschedule(told.pk, search, starts_at=later, reason="")
    tick(sender, now=world.now())
    told.refresh_from_db()
    assert fitting_plan(told, zone=ZONE) is None
    assert not Step.objects.filter(wording="cue", status="waiting").exists()


def test_a_cancelled_visit_is_not_told_of(world, told, sender):
    bookings.cancel(told.pk, by=By.CLIENT, now=told.starts_at - 2 * DAY)
    tick(sender, now=told.starts_at - HOUR)
    assert not any("Jouw plan: dan" in one for one in bodies(world))


def test_what_she_dreads_is_passed_on_once_and_can_be_taken_back(treatment):
    visit = an_appointment(treatment)
    for worry in ("de pijn", "de pijn", "de naald"):
        write(visit, now=NOW, worry=worry, worry_answer="adem ik rustig uit")
    assert list(Question.objects.values_list("text", "is_worry")) == [("de naald", True)]
    write(visit, now=NOW)
    assert not Question.objects.exists()


def test_answered_stays_answered(treatment):
    visit, user = an_appointment(treatment), UserFactory()
    reminders.ask(visit.pk, "Mag ik daarna in de zon?", now=NOW)
    reminders.ask(visit.pk, "Mag ik daarna in de zon?", now=NOW)
    write(visit, now=NOW, worry="de pijn")
    reminders.note_answered(visit.pk, user=user, now=START)

    assert set(Question.objects.values_list("text", "answered_at", "answered_by")) == {
        ("Mag ik daarna in de zon?", START, user.pk),
        ("de pijn", START, user.pk),
    }
    with pytest.raises(NothingAsked):
        reminders.note_answered(visit.pk, user=user, now=START)
    write(visit, now=NOW, worry="de naald")
    assert Question.objects.filter(answered_at=None).get().text == "de naald"
