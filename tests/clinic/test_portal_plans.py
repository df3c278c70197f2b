"""A plan after the booking, for each session anew; and what she wants to know before she comes."""

import pytest
from django.urls import reverse

from bookings import clock
from bookings import operations as bookings
from bookings.courses import evenly
from bookings.models import AppointmentEvent, By
from reminders.models import IfThenPlan, Question
from tests.bookings.courses import read_out, weekly
from tests.clinic.desk.conftest import logged_in
from tests.clinic.steps import appointment_page, start
from tests.clinic.test_course_page import text_of
from tests.clinic.test_portal import plan
from tests.factories import ClientFactory, a_search, an_appointment

BIKE = "ga ik met de fiets naar de kliniek"
ON_FOOT = {"action": "own", "own_action": "loop ik"}


@pytest.fixture
def visit(treatment):
    return an_appointment(treatment, starts_at=start(9), now=clock.now())


def test_a_plan_is_made_after_the_booking_and_said_back(client, visit):
    assert "Maak je plan" in client.get(appointment_page(visit)).content.decode()

    answer = client.post(appointment_page(visit, "plan_later"), plan(visit, tells="on"))

    assert answer.url == appointment_page(visit, "repeat_later")
    said = client.post(answer.url, {"action": BIKE})
    assert said.url == appointment_page(visit)
    written = IfThenPlan.objects.get()
    assert (written.tells, written.repeated_at is not None, written.edits) == (True, True, 0)
    page = client.get(appointment_page(visit)).content.decode()
    assert f"dan {BIKE}." in page
    assert "Wijzig je plan" in page
    assert AppointmentEvent.objects.filter(kind="planned", by=By.CLIENT).count() == 1


def test_changing_it_begins_with_what_she_wrote(client, visit):
    told = plan(visit, tells="on", worry="de pijn", obstacle="de trein staakt", answer="bel ik")
    client.post(appointment_page(visit, "plan_later"), told)
    form = client.get(appointment_page(visit, "plan_later")).context["form"]
    assert {name: form[name].value() for name in ("action", "worry", "tells", "obstacle")} == {
        "action": BIKE,
        "worry": "de pijn",
        "tells": True,
        "obstacle": "de trein staakt",
    }


@pytest.mark.parametrize("name", ["plan_later", "repeat_later", "question"])
def test_for_a_visit_that_is_over_or_off_there_is_nothing_to_plan(client, visit, name):
    bookings.cancel(visit.pk, by=By.CLIENT, now=clock.now())
    assert client.get(appointment_page(visit, name)).url == appointment_page(visit)
    assert not IfThenPlan.objects.exists()
    assert "Maak je plan" not in client.get(appointment_page(visit)).content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"written_when": "ooit"}, "written_when"),
        ({"action": ""}, "action"),
        ({"worry": "x" * 161}, "worry"),
        ({"cue_time": "23:59"}, "cue_time"),
    ],
)
def test_what_does_not_fit_is_told_kindly(client, visit, change, field):
    answer = client.post(appointment_page(visit, "plan_later"), plan(visit, **change))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert IfThenPlan.objects.filter(written_at__isnull=False).count() == 0


@pytest.fixture
def course(treatment):
    now = clock.now()
    course = bookings.plan_course(ClientFactory(), evenly(treatment, 3, days=7), now=now)
    starts = dict(enumerate(weekly(start(9), count=3), start=1))
    search = a_search(treatment, now=now, by=By.CLINIC)
    return bookings.book_series(course.pk, starts, search, accept=read_out)


def test_the_next_session_begins_with_the_plan_of_the_last(client, course):
    first, second, _third = course
    client.post(appointment_page(first, "plan_later"), plan(first, **ON_FOOT))

    form = client.get(appointment_page(second, "plan_later")).context["form"]

    assert (form["action"].value(), form["own_action"].value()) == ("own", "loop ik")
    assert f"{form['cue_time'].value():%H:%M}" == "09:00"  # as long before as the last time
    assert form["written_when"].value() is None  # she writes this one herself


def test_nobody_reads_the_plan_of_somebody_whose_name_she_used(client, treatment, visit):
    client.post(appointment_page(visit, "plan_later"), plan(visit, **ON_FOOT))
    other = an_appointment(treatment, starts_at=start(14), now=clock.now(), client=visit.client)
    form = client.get(appointment_page(other, "plan_later")).context["form"]
    assert form["own_action"].value() is None


def test_a_question_waits_at_the_desk_until_it_is_answered(client, visit):
    answer = client.post(appointment_page(visit, "question"), {"text": " Mag ik 🌞 na  afloop? "})
    assert answer.url == appointment_page(visit)
    assert Question.objects.get().text == "Mag ik 🌞 na afloop?"
    desk = logged_in("receptionist")
    assert "Mag ik 🌞 na afloop?" in text_of(desk.get("/desk/", follow=True))
    card = reverse("desk:appointment", args=[visit.pk])
    assert "waits for an answer" in text_of(desk.get(card))

    press = reverse("desk:act", args=[visit.pk, "beantwoord"])
    assert desk.post(press).status_code == 302
    assert desk.post(press).status_code == 409

    assert "Mag ik" not in text_of(desk.get("/desk/", follow=True))
    assert "by Bo" in text_of(desk.get(card))


def test_nobody_fills_the_desk_with_questions(client, visit):
    for number in range(11):
        client.post(appointment_page(visit, "question"), {"text": f"Vraag {number}"})
    assert Question.objects.count() == 10
    assert "wachten al vragen op antwoord" in client.get(appointment_page(visit)).content.decode()


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "x" * 501])
def test_a_question_without_words_or_end_is_told(client, visit, text):
    assert client.post(appointment_page(visit, "question"), {"text": text}).status_code == 422
    assert not Question.objects.exists()
