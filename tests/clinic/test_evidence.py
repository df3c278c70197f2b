"""Why a fee is what it is, for the client and for the desk."""

from datetime import timedelta

import pytest
from django.utils import translation

from bookings import operations as bookings
from bookings.models import By, Clinic
from clinic.evidence import evidence_of, has_evidence
from payments import operations as payments
from tests.clinic.steps import appointment_page
from tests.factories import START, UserFactory, an_appointment
from tests.payments.books import paid_deposit
from tests.when import ZONE

DAY = timedelta(days=1)
LATE = START - timedelta(hours=2, minutes=3, seconds=4)


@pytest.fixture
def appointment(treatment):
    return paid_deposit(an_appointment(treatment))


def settle(at):
    payments.settle_changed(clinic=Clinic.objects.get(), now=at + DAY)


def cancelled_late(appointment):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=LATE)
    settle(LATE)
    appointment.refresh_from_db()
    return appointment


def read(appointment):
    with translation.override("en"):
        return evidence_of(appointment, language="en", zone=ZONE)


def sums(appointment):
    return [(one.title, one.cents) for one in read(appointment).sums]


def test_the_sum_of_a_late_cancellation(appointment):
    assert sums(cancelled_late(appointment)) == [
        ("Costs, as agreed", 4500),
        ("What it costs", 4500),
        ("From the deposit", 2500),
        ("Asked besides", 2000),
        ("Goes back of the deposit", 0),
    ]


def test_the_sum_of_a_lowered_fee_is_what_moved(appointment):
    cancelled_late(appointment)
    payments.waive(
        appointment.pk,
        reason="file",
        user=UserFactory(),
        clinic=Clinic.objects.get(),
        now=LATE + DAY,
        to_cents=1000,
    )
    assert sums(appointment) == [
        ("Costs, as agreed", 4500),
        ("Waived", -3500),
        ("What it costs", 1000),
        ("From the deposit", 1000),
        ("Asked besides", 0),
        ("Goes back of the deposit", 1500),
    ]
    assert [(one.what, one.cents) for one in read(appointment).moved] == [
        ("deposit received", 2500),
        ("fee asked", 2000),
        ("deposit to be given back", 1500),
        ("fee asked", -2000),
    ]


def test_a_rest_too_small_to_be_paid_is_said(treatment):
    appointment = paid_deposit(an_appointment(treatment), cents=4460)
    assert ("Too small to be paid", -40) in sums(cancelled_late(appointment))


def test_a_no_show_says_who_noted_it_when(client, appointment):
    bookings.mark_no_show(appointment.pk, now=START, user=UserFactory())
    settle(START)
    page = client.get(appointment_page(appointment, "evidence"), headers={"accept-language": "en"})
    assert "was noted Wednesday 11 March 2026 at 10:00:00" in page.content.decode()


def test_the_client_reads_it_by_her_own_link(client, appointment):
    page = client.get(appointment_page(appointment)).content.decode()
    assert appointment_page(appointment, "evidence") in page
    cancelled_late(appointment)

    shown = client.get(appointment_page(appointment, "evidence")).content.decode()

    for words in (
        "zoals gelezen",
        "woensdag 11 maart 2026 om 7:56:56 uur",
        "2 uur, 3 minuten en 4 seconden van tevoren",
        "dinsdag 10 maart 2026 om 10:00:00 uur",
    ):
        assert words in shown


def test_what_the_clinic_cancelled_costs_nothing(client, appointment):
    bookings.cancel(appointment.pk, by=By.CLINIC, now=LATE)
    settle(LATE)
    appointment.refresh_from_db()
    page = client.get(appointment_page(appointment, "evidence"), headers={"accept-language": "en"})
    assert "The clinic cancelled it, so it costs nothing." in page.content.decode()
    assert ("What it costs", 0) in sums(appointment)


def test_without_money_there_is_nothing_to_account_for(client, treatment):
    appointment = an_appointment(treatment)
    assert not has_evidence(appointment)
    assert client.get(appointment_page(appointment, "evidence")).status_code == 404
    assert "kosten/" not in client.get(appointment_page(appointment)).content.decode()


def test_another_link_opens_nothing(client, appointment):
    address = appointment_page(appointment, "evidence").replace(appointment.token, "x" * 16)
    assert client.get(address).status_code == 404
