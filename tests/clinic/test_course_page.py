"""A course as its own client sees it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from bookings import clock
from bookings import operations as bookings
from bookings.courses import evenly
from bookings.models import Appointment, By, PlannedSession, TreatmentPlan
from tests.bookings.courses import read_out, weekly
from tests.factories import ClientFactory, UserFactory, a_search, an_appointment
from tests.sandboxed import workday

HOUR = timedelta(hours=1)


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.fixture
def course(treatment):
    """Four weekly sessions, booked just now."""
    now = clock.now()
    sessions = evenly(treatment, 4, days=7)
    plan = bookings.plan_course(ClientFactory(), sessions, now=now)
    PlannedSession.objects.filter(position=2).update(expected_result="Minder roodheid.")
    starts = dict(enumerate(weekly(workday(now, days=9)), start=1))
    search = a_search(treatment, now=now, by=By.CLINIC)
    return bookings.book_series(plan.pk, starts, search, accept=read_out)


def page(client):
    plan = TreatmentPlan.objects.get()
    return client.get(
        reverse("portal:course", args=[plan.token]), headers={"Accept-Language": "en"}
    )


def states(answer):
    return [one.state for one in answer.context["course"].sessions]


def test_her_course_says_what_was_done_and_what_is_next(client, course):
    user, during = UserFactory(), course[0].starts_at
    bookings.arrive(course[0].pk, now=during, user=user)
    bookings.complete(course[0].pk, now=during + HOUR, user=user)
    bookings.cancel_session(course[3].pk, by=By.CLIENT, now=clock.now())

    answer = page(client)

    assert states(answer) == ["done", "next", "planned", "open"]
    said = text_of(answer)
    assert "1 of 4 sessions done" in said
    assert "What to expect Minder roodheid." in said
    assert "Best between" in said
    assert "it is no promise" in said


def test_S6_the_session_that_was_cancelled_is_the_open_one(client, course):
    bookings.cancel_session(course[1].pk, by=By.CLIENT, now=clock.now())

    answer = page(client)

    assert states(answer) == ["next", "open", "planned", "planned"]
    shown = [one.starts_at for one in answer.context["course"].sessions]
    assert shown == [course[0].starts_at, None, course[2].starts_at, course[3].starts_at]


def test_an_appointment_shows_the_course_it_belongs_to(client, treatment, course):
    alone = an_appointment(treatment, starts_at=course[0].starts_at + 2 * HOUR, now=clock.now())
    english = {"Accept-Language": "en"}

    answer = client.get(reverse("portal:appointment", args=[course[1].token]), headers=english)

    assert "Session 2 Minder roodheid." not in text_of(answer)
    assert "0 of 4 sessions done" in text_of(answer)
    assert "You are looking at this one" in text_of(answer)
    other = client.get(reverse("portal:appointment", args=[alone.token]), headers=english)
    assert "sessions done" not in text_of(other)


def test_opening_the_course_changes_nothing(client, course):
    before = list(Appointment.objects.order_by("pk").values())

    assert page(client).status_code == 200
    assert client.post(reverse("portal:course", args=["a" * 16])).status_code == 405
    assert client.get(reverse("portal:course", args=["a" * 16])).status_code == 404

    assert list(Appointment.objects.order_by("pk").values()) == before


def test_the_page_of_a_course_takes_few_queries(client, course, django_assert_max_num_queries):
    page(client)

    with django_assert_max_num_queries(6):
        page(client)
