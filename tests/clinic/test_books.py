"""The owner's book of cash: each day's totals, what stands, and every entry as a file."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group

from bookings.models import Appointment, Clinic, User
from payments import operations as payments
from payments.models import Difference, Dispute, LedgerEntry, Payment, Reconciliation
from tests.factories import START, UserFactory, an_appointment
from tests.payments.books import general_rate, paid_deposit
from tests.when import ZONE, at

MARCH = {"period": "own", "since": "2026-03-01", "until": "2026-03-31"}


def log_in(client, group):
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    client.force_login(user)
    return client


@pytest.fixture
def owner(client, db):
    return log_in(client, User.OWNER)


@pytest.fixture
def moved(treatment):
    """Two deposits on 2 March, of which one was set off against its visit on the 11th."""
    general_rate()
    given, _ = (
        paid_deposit(an_appointment(treatment, starts_at=START + timedelta(days=7 * week)))
        for week in range(2)
    )
    payments.post_unposted(now=START)
    Appointment.objects.filter(pk=given.pk).update(status="completed", completed_at=START)
    payments.post(given.pk, now=START)


def cells(table):
    return [[cell.replace("\xa0", " ") for cell in [head, *rest]] for head, rest in table.shown]


def test_each_day_and_what_stands(owner, moved, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = owner.get("/office/kasboek/", MARCH)

    assert cells(page.context["moved"]) == [
        [
            "ma 2 mrt 2026",
            "€ 50,00",
            "€ 0,00",
            "€ 0,00",
            "€ 0,00",
            "€ 0,00",
        ],
        [
            "wo 11 mrt 2026",
            "€ 0,00",
            "€ 0,00",
            "€ 20,66",
            "€ 4,34",
            "€ 0,00",
        ],
        ["Samen", "€ 50,00", "€ 0,00", "€ 20,66", "€ 4,34", "€ 0,00"],
    ]
    assert [one.cents for one in page.context["standing"]] == [5000, 0, 2500, 0]


def test_what_stands_is_as_it_was_at_the_end_of_the_days(owner, moved):
    page = owner.get("/office/kasboek/", {**MARCH, "until": "2026-03-10"})
    assert page.context["standing"][2].cents == 5000


def test_a_day_ends_at_the_clinic_s_own_midnight(owner, moved):
    LedgerEntry.objects.create(
        appointment=Appointment.objects.first(),
        kind="fee_received",
        debit="stripe",
        credit="open_fees",
        amount_cents=100,
        at=at("2026-03-31 23:59"),
    )
    page = owner.get("/office/kasboek/", MARCH)
    assert cells(page.context["moved"])[2][:2] == ["di 31 mrt 2026", "€ 1,00"]
    assert (
        owner.get("/office/kasboek/", {**MARCH, "until": "2026-03-30"})
        .context["moved"]
        .rows[-1][1]
        .cents
        == 5000
    )


def test_what_a_bank_has_taken_is_told_apart(owner, moved):
    debt = Payment.objects.order_by("pk").last()
    told = {"stripe_id": "du_1", "status": "asked", "amount_cents": 2500, "taken_cents": 2500}
    Dispute.objects.create(payment=debt, opened_at=START, **told)
    payments.post(debt.appointment_id, now=START)

    page = owner.get("/office/kasboek/", MARCH)

    stands = [(one.title, one.cents) for one in page.context["standing"]]
    assert ("Bij de bank van een kaart", 2500) in stands
    assert ("Via Stripe ontvangen", 2500) in stands
    # It was not given back by the clinic.
    assert cells(page.context["moved"])[-1][1:3] == ["€ 50,00", "€ 0,00"]


def test_every_entry_as_a_file(owner, moved):
    payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=START)

    file = owner.get("/office/kasboek.csv", MARCH)

    lines = file.content.decode("utf-8-sig").splitlines()
    assert file["Content-Disposition"] == 'attachment; filename="kasboek-2026-03-01-2026-03-31.csv"'
    assert lines[0] == "Nummer;Datum;Tijd;Wat;Debet;Credit;Bedrag;Afspraak;Betaalbewijs"
    first = LedgerEntry.objects.first()
    expected = (
        "2026-03-02;08:00;aanbetaling ontvangen;Via Stripe ontvangen;Aanbetalingen voor later;25,00"
    )
    assert lines[1] == f"{first.pk};{expected};{first.appointment_id};2026-00001"
    assert len(lines) == 5


def test_nothing_moved(owner, treatment):
    page = owner.get("/office/kasboek/", MARCH)
    assert "In deze dagen bewoog er niets" in page.content.decode()


@pytest.mark.parametrize("address", ["/office/kasboek/", "/office/kasboek.csv"])
def test_bad_days_are_told(owner, treatment, address):
    answer = owner.get(address, {**MARCH, "until": "2026-02-01"})
    assert answer.status_code == 400
    assert "De laatste dag" in answer.content.decode()


@pytest.mark.parametrize("address", ["/office/kasboek/", "/office/kasboek.csv"])
@pytest.mark.parametrize("group", [User.RECEPTIONIST, User.PRACTITIONER, None])
def test_only_the_owner_sees_the_books(client, treatment, address, group):
    if group:
        log_in(client, group)
    assert client.get(address).status_code in (302, 403)


def test_the_nights_compared_with_stripe(owner, treatment, django_assert_max_num_queries):
    def page():
        with django_assert_max_num_queries(12):
            return owner.get("/office/kasboek/", MARCH)

    assert "Dat is nog niet gebeurd" in owner.get("/office/kasboek/", MARCH).content.decode()
    nights = [
        Reconciliation.objects.create(on=date(2026, 3, day), at=START, receipts=3, refunds=1)
        for day in range(1, 20)
    ]
    assert "Alles klopt, tot op de cent." in page().content.decode()
    Difference.objects.create(
        reconciliation=nights[-1],
        of="receipt",
        what="amount",
        stripe_id="pi_1",
        stripe_cents=2500,
        our_cents=2600,
    )

    shown = page()

    (difference,) = cells(shown.context["differences"])
    assert difference == [
        "do 19 mrt 2026",
        "ontvangen",
        "een ander bedrag",
        "€ 25,00",
        "€ 26,00",
        "pi_1",
    ]
    first, *others = cells(shown.context["nights"])
    assert (first, len(others)) == (["do 19 mrt 2026", "3", "1", "1"], 13)
