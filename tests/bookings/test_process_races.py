"""The races once more, between processes as they run in production: one winner each."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from django.db import connection

from bookings.models import Allocation, Appointment, Practitioner, Resource, TimeOff
from tests.bookings.courses import a_plan, weekly
from tests.bookings.rivals import overlaps
from tests.bookings.waiting import FREE, frees, waits
from tests.factories import START, a_clinic, an_appointment
from tests.world.databases import address_of

HOUR = timedelta(hours=1)
RIVALS = 5
Act = tuple[str, dict[str, Any]]
Rival: TypeAlias = "subprocess.Popen[str]"
pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(scope="module")
def rivals(django_db_setup: None) -> Iterator[list[Rival]]:
    """Processes for all of these tests, each with a connection of its own."""
    environment = {**os.environ, "DATABASE_URL": address_of(str(connection.settings_dict["NAME"]))}
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.bookings.rival"],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(RIVALS)
        ]


@pytest.fixture
def at_once(rivals: list[Rival]) -> Callable[[Sequence[Act]], list[str]]:
    """Let a process do each of some acts at the same moment; give what came of each."""

    def let(acts: Sequence[Act]) -> list[str]:
        able = rivals[: len(acts)]
        for rival, act in zip(able, acts, strict=True):
            tell(rival, json.dumps(act, default=str))
        assert [hear(rival) for rival in able] == ["ready"] * len(acts)
        for rival in able:
            tell(rival, "go")
        return [hear(rival) for rival in able]

    return let


def tell(rival: Rival, line: str) -> None:
    assert rival.stdin
    rival.stdin.write(f"{line}\n")
    rival.stdin.flush()


def hear(rival: Rival) -> str:
    assert rival.stdout
    return rival.stdout.readline().strip()


def holding(treatment, starts_at=START, **more) -> Act:
    return "hold", {"treatment": treatment.pk, "starts_at": starts_at, **more}


def test_the_same_time(at_once):
    treatment = a_clinic()

    answers = at_once([holding(treatment)] * RIVALS)

    assert Counter(answers) == {"Appointment": 1, "SlotTaken": RIVALS - 1}
    assert Allocation.objects.count() == 2


def test_any_practitioner(at_once):
    treatment = a_clinic(practitioners=3, rooms=4)

    answers = at_once([holding(treatment)] * RIVALS)

    assert Counter(answers) == {"Appointment": 3, "SlotTaken": RIVALS - 3}
    treating = Appointment.objects.values_list("practitioner", flat=True)
    assert sorted(treating) == sorted(Practitioner.objects.values_list("pk", flat=True))
    assert overlaps() == []


def test_the_last_room(at_once):
    treatment = a_clinic(practitioners=RIVALS, rooms=1)
    people = Practitioner.objects.values_list("pk", flat=True)

    answers = at_once([holding(treatment, practitioner=who) for who in people])

    assert Counter(answers) == {"Appointment": 1, "SlotTaken": RIVALS - 1}
    assert Allocation.objects.filter(resource__kind=Resource.Kind.ROOM).count() == 1


def test_a_move_against_bookings(at_once):
    treatment = a_clinic()
    appointment, wanted = an_appointment(treatment), START + 2 * HOUR
    move = ("move", {"appointment": appointment.pk, "starts_at": wanted})

    answers = at_once([move, *[holding(treatment, wanted)] * 3])

    assert Counter(answers) == {"Appointment": 1, "SlotTaken": 3}
    appointment.refresh_from_db()
    assert (appointment.starts_at == wanted) == (answers[0] == "Appointment")
    assert (appointment.allocations.count(), overlaps()) == (2, [])


def test_an_offer_against_bookings(at_once):
    treatment = a_clinic()
    waits(treatment)
    frees(treatment)

    answers = at_once([("offer", {"now": FREE}), *[holding(treatment)] * 3])

    hold = Appointment.objects.get(status=Appointment.Status.HELD)
    won = 0 if hold.hold_kind == Appointment.HoldKind.OFFER else 1
    assert Counter(answers[1:]) == Counter({"Appointment": won, "SlotTaken": 3 - won})
    assert (answers[0], overlaps()) == ("int", [])


def test_a_series_against_bookings(at_once):
    treatment = a_clinic()
    starts = weekly()
    series = ("series", {"plan": a_plan(treatment).pk, "treatment": treatment.pk, "starts": starts})

    answers = at_once([series, *(holding(treatment, start) for start in starts)])

    whole = answers[0] == "list"
    assert whole or answers[0] == "SeriesImpossible"
    booked = Appointment.objects.filter(planned_session__isnull=False).count()
    assert booked == (4 if whole else 0)  # all of them or none
    assert Counter(answers[1:]) == {"SlotTaken" if whole else "Appointment": 4}
    assert overlaps() == []


def test_two_series_with_the_same_days(at_once):
    treatment = a_clinic()
    plans = [a_plan(treatment), a_plan(treatment)]

    answers = at_once(
        [
            ("series", {"plan": plan.pk, "treatment": treatment.pk, "starts": weekly()})
            for plan in plans
        ]
    )

    assert Counter(answers) == {"list": 1, "SeriesImpossible": 1}
    assert (Appointment.objects.count(), overlaps()) == (4, [])


def test_a_sick_day_against_bookings(at_once):
    treatment = a_clinic()
    who = Practitioner.objects.get().pk
    sick = ("away", {"resource": who, "begins": START - HOUR, "ends": START + 8 * HOUR})

    answers = at_once([sick, *(holding(treatment, START + n * HOUR) for n in range(4))])

    assert answers[0] == "TimeOff"
    assert set(answers[1:]) <= {"Appointment", "SlotTaken"}
    assert TimeOff.objects.count() == 1
