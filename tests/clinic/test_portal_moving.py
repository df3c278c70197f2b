"""Moving an appointment herself: how often, until when, and why not."""

from datetime import timedelta

import pytest

from bookings import clock
from bookings.models import Appointment, Clinic
from bookings.terms import movable_until
from tests.bookings.courses import a_plan, book, weekly
from tests.clinic.steps import appointment_page, start
from tests.factories import an_appointment


@pytest.fixture
def appointment(treatment):
    """An appointment to come."""
    return an_appointment(treatment, starts_at=start(), now=clock.now())


def move(client, appointment, days):
    address = appointment_page(appointment, "move")
    return client.post(address, {"starts_at": start(days).isoformat()})


def test_the_page_says_how_often_and_until_when(client, appointment):
    told = client.get(appointment_page(appointment, "move")).context["moving"]
    until = movable_until(appointment.terms, starts_at=appointment.starts_at)
    assert (told["left"], told["most"], told["until"]) == (3, 3, until)
    move(client, appointment, 12)
    assert client.get(appointment_page(appointment, "move")).context["moving"]["left"] == 2


def test_without_a_limit_it_counts_nothing(client, treatment):
    Clinic.objects.update(most_moves=0)
    appointment = an_appointment(treatment, starts_at=start(), now=clock.now())
    told = client.get(appointment_page(appointment, "move")).context["moving"]
    assert told["most"] == 0


@pytest.mark.parametrize(
    ("case", "changes", "said"),
    [
        ("as often as agreed", {"moves_by_client": 3}, "3 times"),
        ("once was agreed", {"moves_by_client": 1, "most_moves": 1}, "moved it once"),
        ("too late", {"move_notice": timedelta(days=30)}, "until"),
        ("it was cancelled", {"status": "cancelled", "cancelled_at": clock.now()}, "no longer"),
    ],
)
def test_why_she_cannot_move_it(client, appointment, case, changes, said):
    Appointment.objects.update(**changes)
    before = Appointment.objects.values().get()
    answer = client.post(
        appointment_page(appointment, "move"),
        {"starts_at": start(12).isoformat()},
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 409
    assert said in answer.content.decode()
    assert appointment_page(appointment) in answer.content.decode()
    assert Appointment.objects.values().get() == before


def test_a_session_stays_in_its_course(client, treatment):
    begins = weekly(start(14))
    second = book(a_plan(treatment), begins, treatment, now=clock.now())[1]
    address = appointment_page(second, "move")

    page = client.get(address)
    refused = client.post(address, {"starts_at": (begins[2] + timedelta(hours=1)).isoformat()})

    second.refresh_from_db()
    assert "In je kuur past dit van" in page.content.decode()
    first, last = page.context["moving"]["days"]
    assert (first, last) == (begins[1].date() - timedelta(1), begins[1].date() + timedelta(1))
    assert first <= page.context["day"] <= last
    assert first <= page.context["soonest"].starts_at.date() <= last
    assert (refused.status_code, second.moves) == (400, 0)
