"""Whom the desk calls: asked twice, no answer, the dearest loss first."""

from datetime import timedelta

import pytest

from bookings.models import Appointment
from reminders.models import Rule, Step
from tests.clinic.desk.presses import HOUR
from tests.clinic.desk.test_courses import text_of
from tests.factories import START, ClientFactory, an_appointment

DAY = timedelta(days=1)
LATER = START + 6 * HOUR
AGENDA = f"/desk/agenda/{START.date()}/"


def unanswered(treatment, *, hours=0, times=2, told_at=START - DAY, **more):
    """A visit about which its client was asked so many times."""
    visit = an_appointment(treatment, starts_at=START + hours * HOUR, client=ClientFactory(**more))
    for number, rule in enumerate(Rule.objects.filter(on="before_start").order_by("-asks")[:times]):
        Step.objects.create(
            appointment=visit,
            rule=rule,
            wording=rule.wording,
            reach=rule.reach,
            asks=rule.asks,
            anchor_at=visit.starts_at,
            due_at=told_at - 2 * DAY * (times - 1 - number),
            useless_at=visit.starts_at,
            status="done",
        )
    return visit


def missed(client, visit, *, times):
    """Let a client have missed so many visits before."""
    for number in range(times):
        before = Appointment.objects.get(pk=visit.pk)
        before.pk, before.token, before.client = None, f"{client.pk}-{number}", client
        before.starts_at -= (30 + number) * DAY
        before.ends_at -= (30 + number) * DAY
        before.status, before.no_show_at = "no_show", before.starts_at
        before.save(force_insert=True)


def to_call(desk):
    return desk.get(AGENDA).context["rail"].tasks.to_call


def test_who_was_asked_twice_is_called_with_her_number(desk, treatment):
    visit = unanswered(treatment, first_name="Anna")

    assert to_call(desk) == [visit]
    assert "and has not answered twice" in text_of(desk.get(AGENDA))


@pytest.mark.parametrize(
    ("case", "times", "told_at", "change"),
    [
        ("asked once", 1, START - DAY, {}),
        ("told only just now", 2, START - 2 * HOUR, {}),
        ("she said yes", 2, START - DAY, {"confirmed_at": START - DAY}),
        (
            "moved since",
            2,
            START - DAY,
            {"starts_at": START + 6 * HOUR, "ends_at": START + 7 * HOUR},
        ),
    ],
)
def test_who_is_not_called(desk, treatment, case, times, told_at, change):
    visit = unanswered(treatment, times=times, told_at=told_at)
    Appointment.objects.filter(pk=visit.pk).update(**change)

    assert to_call(desk) == []


def test_the_dearest_loss_comes_first(desk, treatment):
    known = unanswered(treatment)
    careless = unanswered(treatment, hours=1)
    long = unanswered(treatment, hours=2)
    missed(careless.client, careless, times=3)
    Appointment.objects.filter(pk=long.pk).update(ends_at=long.starts_at + 4 * HOUR)

    assert to_call(desk) == [long, careless, known]


@pytest.mark.parametrize(
    ("case", "hours_left", "is_called"),
    [("she can still answer", 1, False), ("it should have gone, and did not", -1, True)],
)
def test_who_was_to_lose_her_time_is_called_when_she_did_not(
    desk, treatment, case, hours_left, is_called
):
    visit = unanswered(treatment)
    # It is an hour before the start.
    until = START - HOUR + hours_left * HOUR
    Step.objects.filter(appointment=visit, asks=False).update(answer_by=until)

    assert to_call(desk) == ([visit] if is_called else [])
