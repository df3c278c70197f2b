"""Booking by telephone, and finding a client."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bookings.models import Appointment
from payments.models import Payment
from tests.clinic.desk.presses import DAY, HOUR, feed_of, press
from tests.factories import NOW, START, ClientFactory, a_clinic, a_hold, an_appointment
from tests.when import at

Status = Appointment.Status


def call(desk, given, do="book", **fields):
    values = {
        "do": do,
        "client": "new",
        "first_name": "Tess",
        "last_name": "de Vries",
        "phone": "06 12 34 56 78",
        "email": "tess@example.nl",
        "treatment": given.pk,
        "day": DAY,
        "starts_at": (START + 4 * HOUR).isoformat(),
        "note": "bang voor naalden",
    }
    return desk.post("/desk/nieuw/", {**values, **fields})


def test_a_phone_booking_without_a_deposit_is_booked_at_once(desk, treatment):
    checked = call(desk, treatment, do="check")
    assert "annuleren of verzetten kost €\xa045,00" in checked.content.decode()

    answer = call(desk, treatment, accepted="on")

    assert answer["Location"] == f"/desk/agenda/{DAY}/"
    one = Appointment.objects.get()
    assert (one.status, one.client.phone.as_e164) == (Status.BOOKED, "+31612345678")
    assert (one.note, one.terms_device) == ("bang voor naalden", "telefonisch, Bo Balie")
    assert one.terms_text.startswith("Deze afspraak is al dichtbij")


def test_without_the_clients_word_nothing_is_booked(desk, treatment):
    assert call(desk, treatment).status_code == 400
    assert not Appointment.objects.exists()


def test_a_phone_booking_with_a_deposit_waits_for_the_pay_link(desk, clock, db):
    clock(NOW)
    treatment = a_clinic(deposit_cents=2500)
    client = ClientFactory()

    call(desk, treatment, client=client.pk, practitioner=treatment.practitioners.get().pk)

    one = Appointment.objects.get()
    assert (one.status, one.hold_kind, one.client) == (Status.HELD, "pay_link", client)
    assert timedelta(hours=23) < one.held_until - NOW <= timedelta(hours=24, minutes=1)
    payment = Payment.objects.get()
    assert (payment.appointment_id, payment.amount_cents) == (one.pk, 2500)
    assert payment.asked_at is not None
    assert feed_of(desk)["events"][0]["classNames"] == ["st-open"]
    assert press(desk, one, "betaallink").status_code == 302
    assert one.events.filter(kind="payment_asked").count() == 2


def test_a_pay_link_never_outlives_the_start(desk, clock, db):
    treatment = a_clinic(deposit_cents=2500)

    call(desk, treatment)

    one = Appointment.objects.get()
    assert abs(one.held_until - one.starts_at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("case", "fields", "code"),
    [
        ("nobody", {"client": ""}, 400),
        ("a client who is not there", {"client": "999999"}, 400),
        ("a client that is no number", {"client": "1 OR 1"}, 400),
        ("no phone", {"phone": ""}, 400),
        ("a broken phone", {"phone": "06 12"}, 400),
        ("no treatment", {"treatment": ""}, 400),
        ("a time that is none", {"starts_at": "straks"}, 400),
        ("a time that is not offered", {"starts_at": "2026-03-11T14:07+01:00"}, 409),
        ("a time that is taken", {"starts_at": START.isoformat()}, 409),
        ("a time in the past", {"starts_at": "2025-03-11T14:00+01:00"}, 409),
    ],
)
def test_a_phone_booking_is_refused_and_keeps_what_was_typed(desk, treatment, case, fields, code):
    an_appointment(treatment)

    answer = call(desk, treatment, accepted="on", **fields)

    assert answer.status_code == code
    assert b"bang voor naalden" in answer.content
    assert Appointment.objects.count() == 1


def test_a_link_from_the_agenda_fills_in_the_form(desk, treatment):
    query = urlencode({"dag": DAY, "rond": "13:05", "behandeling": treatment.pk, "klant": "new"})

    linked = desk.get(f"/desk/nieuw/?{query}").content.decode()
    fields = {"do": "times", "day": DAY, "rond": "13:05", "treatment": treatment.pk}
    chosen = desk.post("/desk/nieuw/", fields).content.decode()

    for page in (linked, chosen):
        assert f'value="{at("2026-03-11 13:15").isoformat()}" checked' in " ".join(page.split())


@pytest.mark.parametrize(
    ("case", "words", "found"),
    [
        ("first and last name", "sanne bak", True),
        ("the last digits", "5678", True),
        ("as people write it", "06 12 34 56 78", True),
        ("with the country", "+31 6 12345678", True),
        ("an address", "sanne@ex", True),
        ("somebody else", "pieter", False),
        ("a number of somebody else", "06 99 99 99 99", False),
        ("too little", "s", False),
        ("nothing", " ", False),
        ("odd characters", "%_'\"\\", False),
    ],
)
def test_finding_a_client(desk, case, words, found):
    ClientFactory(last_name="Bakker", phone="+31612345678", email="sanne@example.nl")

    page = desk.get("/desk/zoek/", {"q": words}).content.decode()

    assert ("Sanne Bakker" in page) is found


def test_a_client_comes_with_her_next_and_last_appointment(desk, clock, treatment):
    client = ClientFactory()
    an_appointment(treatment, client=client)
    an_appointment(treatment, starts_at=at("2026-03-10 10:00"), client=client)
    a_hold(treatment, starts_at=START + 2 * HOUR)

    page = desk.get("/desk/zoek/", {"q": client.last_name}).content.decode()

    assert "Wed 11 Mar 10:00" in page
    assert "Tuesday 10 March 2026" in page
