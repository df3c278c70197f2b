"""The waitlist at the desk: a list, a form, and one press."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import operations as bookings
from bookings.models import By, Client, WaitlistEntry
from tests.bookings.waiting import MARCH, frees, tick, waits, waits_with
from tests.factories import NOW, START, ClientFactory, PractitionerFactory, an_appointment

DAY = timedelta(days=1)
LIST = "/desk/wachtlijst/"
ADD = "/desk/wachtlijst/nieuw/"
UNTIL = "2026-03-31"


@pytest.fixture(autouse=True)
def morning(clock):
    """A Monday morning, nine days before the start of the tests."""
    clock(NOW + timedelta(minutes=5))


def test_who_waits_for_what_since_when_and_what_is_offered(desk, treatment):
    first = waits_with(treatment, starts_at=START + DAY)
    waits(treatment)
    frees(treatment)
    tick()

    page = desk.get(LIST)

    rows = page.context["rows"]
    assert [row.entry for row in rows] == list(WaitlistEntry.objects.order_by("pk"))
    assert [row.offered_at for row in rows] == [START, None]
    assert rows[0].has == first.appointment
    assert "Thu 12 Mar" in page.content.decode()
    assert rows[0].words == "any day; any part of the day; with anybody; until Tuesday 31 March"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    desk, treatment, django_assert_num_queries, count
):
    for number in range(count):
        waits_with(treatment, starts_at=START + number * timedelta(hours=1))

    with django_assert_num_queries(7):
        desk.get(LIST)


def test_nobody_waits(desk):
    assert "Nobody waits" in desk.get(LIST).content.decode()


def test_a_client_we_know_is_put_on_the_list(desk, treatment):
    client = ClientFactory()
    url = f"{ADD}?klant={client.pk}"
    assert desk.get(url).status_code == 200

    answer = desk.post(
        url, {"client": client.pk, "treatment": treatment.pk, "weekdays": ["1"], "until": UNTIL}
    )

    entry = WaitlistEntry.objects.get()
    assert answer.url == LIST
    assert (entry.client, entry.treatment, entry.weekdays) == (client, treatment, [1])


def test_a_new_client_is_put_on_the_list(desk, treatment):
    url = f"{ADD}?klant=new"
    who = {
        "client": "new",
        "first_name": "Zoë",
        "last_name": "de Vries",
        "phone": "06 12 34 56 78",
        "email": "zoe@example.nl",
    }
    assert desk.post(url, {**who, "phone": "", "treatment": treatment.pk}).status_code == 400
    assert not Client.objects.exists()

    desk.post(url, {**who, "treatment": treatment.pk, "until": UNTIL})

    assert WaitlistEntry.objects.get().client.phone.as_e164 == "+31612345678"


def test_what_only_the_desk_books_the_desk_may_put_on_the_list(desk, treatment):
    treatment.booked_by = "nobody"
    treatment.save()
    client = ClientFactory()

    desk.post(
        f"{ADD}?klant={client.pk}",
        {"client": client.pk, "treatment": treatment.pk, "until": UNTIL},
    )

    assert WaitlistEntry.objects.get().client == client


def test_who_does_not_give_it_cannot_be_asked_for(desk, treatment):
    other, client = PractitionerFactory(), ClientFactory()

    answer = desk.post(
        f"{ADD}?klant={client.pk}",
        {
            "client": client.pk,
            "treatment": treatment.pk,
            "until": UNTIL,
            "practitioner": other.pk,
        },
    )

    assert (answer.status_code, WaitlistEntry.objects.count()) == (400, 0)


def test_an_appointment_that_would_rather_be_earlier(desk, treatment):
    appointment = an_appointment(treatment)
    url = f"{ADD}?afspraak={appointment.pk}"
    card = desk.get(reverse("desk:appointment", args=[appointment.pk])).content.decode()
    assert url in card
    desk.post(url, {"until": "2026-03-10", "parts": ["morning"]})

    entry = WaitlistEntry.objects.get()
    assert (entry.appointment, entry.parts) == (appointment, ["morning"])
    bookings.cancel(appointment.pk, by=By.CLINIC, now=NOW)
    answer = desk.get(url)
    assert answer.url == reverse("desk:appointment", args=[appointment.pk])


@pytest.mark.parametrize("query", ["", "?klant=²", "?klant=999", "?afspraak=999"])
def test_without_a_client_she_is_looked_for_first(desk, query):
    assert desk.get(f"{ADD}{query}").status_code == 200
    assert desk.post(f"{ADD}{query}", {"client": "new"}).status_code == 200
    assert not WaitlistEntry.objects.exists()


def test_taking_somebody_off_the_list(desk, treatment):
    entry = waits(treatment, wish=MARCH)

    assert desk.get(f"{LIST}{entry.pk}/eraf/").status_code == 405
    assert desk.post(f"{LIST}{entry.pk}/eraf/").url == LIST
    assert desk.post(f"{LIST}999/eraf/").status_code == 404

    entry.refresh_from_db()
    assert entry.status == "withdrawn"


@pytest.mark.parametrize("path", [LIST, ADD])
def test_only_for_staff(client, treatment, path):
    assert client.get(path).status_code == 302
