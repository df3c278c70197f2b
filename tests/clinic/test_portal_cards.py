"""The honest card of a treatment: while choosing, with what she dreads, and afterwards."""

import pytest
from django.urls import reverse

from bookings.clock import now
from tests.clinic.steps import appointment_page, start
from tests.factories import an_appointment

FEELS, EXPECT, AFTER = "Het prikt even.", "Na vier keer rustiger.", "Een dag rood."


@pytest.fixture
def carded(treatment):
    treatment.feels_nl, treatment.expect_nl, treatment.after_nl = FEELS, EXPECT, AFTER
    treatment.feels_en = "It stings."
    treatment.save()
    return treatment


def words(client, url, **more):
    return client.get(url, **more).content.decode()


def test_it_is_there_while_choosing_and_where_she_says_what_she_dreads(client, carded):
    choosing = words(client, reverse("portal:practitioner", args=[carded.slug]))
    appointment = an_appointment(carded, starts_at=start(), now=now())
    planning = words(client, reverse("portal:plan_later", args=[appointment.token]))
    booked = words(client, appointment_page(appointment))

    for page in (choosing, planning, booked):
        assert all(text in page for text in (FEELS, EXPECT, AFTER))


def test_it_is_there_afterwards_and_not_once_cancelled(client, carded):
    appointment = an_appointment(carded, starts_at=start(), now=now())
    appointment.status = "completed"
    appointment.save()
    assert AFTER in words(client, appointment_page(appointment))

    appointment.status, appointment.cancelled_at = "cancelled", now()
    appointment.save()
    assert AFTER not in words(client, appointment_page(appointment))


def test_in_english_with_dutch_where_that_is_all_there_is(client, carded):
    english = {"Accept-Language": "en"}
    page = words(client, reverse("portal:practitioner", args=[carded.slug]), headers=english)

    assert "It stings." in page
    assert EXPECT in page


def test_without_words_there_is_no_card(client, treatment):
    page = words(client, reverse("portal:practitioner", args=[treatment.slug]))

    assert "honest" not in page
