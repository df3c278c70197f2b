"""A hold belongs to whoever has its secret: the browser that made it, or another with its link."""

import pytest
from django.test import Client as Visitor
from django.urls import reverse

from bookings import clock
from bookings import operations as bookings
from bookings.models import Appointment, By
from clinic.access import HOLD
from clinic.portal import holding
from tests.clinic.steps import DETAILS, agree, appointment_page, choose, start
from tests.factories import ClientFactory, a_clinic, a_search

Status = Appointment.Status


@pytest.fixture
def told(client, treatment):
    """The visitor's own hold, with her details."""
    choose(client, treatment, start())
    client.post(reverse("portal:details"), DETAILS)
    return Appointment.objects.get()


@pytest.fixture
def other():
    """Another device."""
    return Visitor()


def link(hold):
    return reverse("portal:continue", args=[hold.token])


def test_the_link_is_shown_once_there_are_details(client, treatment, settings):
    choose(client, treatment, start())
    hold = Appointment.objects.get()
    assert client.get(reverse("portal:details")).context["elsewhere"] == ""
    client.post(reverse("portal:details"), DETAILS)

    whole = f"{settings.PUBLIC_BASE_URL}{link(hold)}"
    assert client.get(reverse("portal:plan")).context["elsewhere"] == whole


def test_opening_the_link_changes_nothing(other, told):
    for method in (other.get, other.head):
        assert method(link(told)).status_code == 200
    assert HOLD not in other.session
    assert other.get(reverse("portal:plan")).url == "/"


def test_another_device_goes_on_where_she_was(client, other, told):
    assert other.post(link(told)).url == reverse("portal:plan")
    assert other.get(reverse("portal:plan")).status_code == 200
    other.post(reverse("portal:plan"), {"skip": "1"})
    assert other.post(link(told)).url == reverse("portal:terms")

    before = told.held_until
    other.post(reverse("portal:extend"))
    told.refresh_from_db()
    assert told.held_until > before
    assert agree(other).url == appointment_page(told)
    told.refresh_from_db()
    assert told.status == Status.BOOKED
    assert client.get(reverse("portal:terms")).url == appointment_page(told)  # the first device


def test_whoever_has_no_secret_cannot_touch_it(other, told, treatment):
    before = Appointment.objects.values().get()
    for name in ("extend", "details", "plan", "terms"):
        answer = other.post(reverse(f"portal:{name}"), {**DETAILS, "accept": "on"})
        assert answer.url == "/"
    assert Appointment.objects.values().get() == before

    choose(other, treatment, start(12))  # makes a hold of her own, and moves nobody else's
    assert Appointment.objects.filter(pk=told.pk).values().get() == before
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("token", ["A" * 16, "-" * 16])
def test_a_secret_of_nothing(other, told, token):
    assert other.post(reverse("portal:continue", args=[token])).status_code == 404
    assert HOLD not in other.session


def test_a_hold_without_details_has_no_link(client, other, treatment):
    choose(client, treatment, start())
    assert other.post(link(Appointment.objects.get())).status_code == 404


def test_a_lapsed_one_says_so_and_keeps_what_she_told(other, told, treatment):
    Appointment.objects.update(held_until=clock.now())
    bookings.expire_holds(now=clock.now())

    page = other.get(link(told))
    assert (page.status_code, len(page.context["nearby"])) == (410, 3)
    assert HOLD not in other.session
    near = page.context["nearby"][0]["value"]
    other.post(page.context["wish"].time_url, {"starts_at": near, "hold": told.token})

    fresh = Appointment.objects.get(status=Status.HELD)
    assert (fresh.client.first_name, other.session[HOLD]) == ("Zoë", fresh.token)


def test_one_that_was_booked_leads_to_the_appointment(client, other, told):
    agree(client)
    assert other.post(link(told)).url == appointment_page(told)
    assert HOLD not in other.session


def test_what_the_clinic_holds_is_not_taken_on(other, db):
    treatment = a_clinic(deposit_cents=2500)
    held = bookings.hold(
        a_search(treatment, now=clock.now(), by=By.CLINIC),
        starts_at=start(),
        kind=Appointment.HoldKind.PAY_LINK,
        client=ClientFactory(),
    )
    assert other.post(link(held)).url == appointment_page(held)
    other.post(
        reverse("portal:time", args=[treatment.slug]),
        {"starts_at": start(12).isoformat(), "hold": held.token},
    )
    held.refresh_from_db()
    assert held.starts_at == start()


def test_a_hold_that_a_tick_let_go_meanwhile_makes_place_for_a_new_one(client, rf, told):
    lapsed = Appointment.objects.get(pk=told.pk)  # as the page read it, a moment before the tick
    lapsed_at = lapsed.held_until
    assert bookings.expire(told.pk, now=lapsed_at)
    request = rf.post("/")
    request.session = client.session
    search = a_search(told.treatment, now=lapsed_at)

    fresh = holding._hold_or_move(request, search, told.starts_at, lapsed)

    fresh.refresh_from_db()
    assert (fresh.pk != told.pk, fresh.status, fresh.client) == (True, Status.HELD, told.client)
