"""Receipts: one for all that came in or went back, numbered without a gap, never changed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from bookings.models import Client, Clinic
from payments import operations as payments
from payments.models import Payment, Receipt, Refund
from payments.receipts import Said
from tests.bookings.rivals import at_once
from tests.factories import NOW, START, ClientFactory, a_clinic, an_appointment
from tests.payments.books import general_rate, paid_deposit
from tests.when import ZONE, at

DAY = timedelta(days=1)


def number(now=START):
    return payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=now)


def names():
    return [receipt.name for receipt in Receipt.objects.order_by("pk")]


def paid(treatment, *, paid_at=NOW, week=0, **who):
    """An appointment whose deposit came in at an instant, and is in the ledger."""
    starts_at = START + timedelta(days=7 * week)
    one = paid_deposit(an_appointment(treatment, starts_at=starts_at, **who))
    Payment.objects.filter(appointment=one).update(paid_at=paid_at)
    payments.post(one.pk, now=paid_at)
    return one


def give_back(appointment, *, at=START, **made):
    payment = Payment.objects.get(appointment=appointment)
    values = {
        "amount_cents": 1000,
        "purpose": "settle:1",
        "key": f"refund:{payment.pk}:1",
        "intent_id": payment.intent_id,
        "status": Refund.Status.SUCCEEDED,
        "created_at": at,
        "given_at": at,
    }
    refund = Refund.objects.create(payment=payment, **(values | made))
    payments.post(appointment.pk, now=at)
    return refund


@pytest.fixture
def treatment(db):
    general_rate()
    return a_clinic()


def test_what_came_in_gets_the_next_number_once(treatment):
    paid(treatment)
    paid(treatment, week=1, paid_at=NOW + DAY)

    assert number() == 2
    assert number() == 0

    assert names() == ["2026-00001", "2026-00002"]
    entries = Receipt.objects.order_by("number").values_list("entry__at", flat=True)
    assert list(entries) == [NOW, NOW + DAY]


@pytest.mark.parametrize(
    ("case", "paid_at", "expected"),
    [
        ("the last second of the year", "2026-12-31 23:59:59", "2026-00001"),
        ("the first of the next", "2027-01-01 00:00:00", "2027-00001"),
    ],
)
def test_a_year_is_one_of_the_clinics_own_clock(treatment, case, paid_at, expected):
    paid(treatment, paid_at=at(paid_at))
    number(now=at("2027-01-02 09:00"))
    assert names() == [expected], case


def test_each_year_begins_again_at_one(treatment):
    paid(treatment, paid_at=at("2026-12-30 09:00"))
    paid(treatment, week=1, paid_at=at("2026-12-31 09:00"))
    paid(treatment, week=2, paid_at=at("2027-01-02 09:00"))
    number()
    assert names() == ["2026-00001", "2026-00002", "2027-00001"]


def test_a_demo_leaves_no_gap_behind(treatment):
    made_up = paid(treatment, client=ClientFactory(is_demo=True))
    paid(treatment, week=1)
    number()
    assert names() == ["demo2026-00001", "2026-00001"]

    Receipt.objects.filter(entry__appointment=made_up).delete()

    assert names() == ["2026-00001"]


def test_what_goes_back_has_its_own_and_a_mistake_is_taken_back_by_another(treatment):
    one = paid(treatment)
    refund = give_back(one, status=Refund.Status.BY_BANK)
    number()
    Refund.objects.filter(pk=refund.pk).update(status="failed", given_at=None)
    payments.post(one.pk, now=START + DAY)
    number(now=START + DAY)

    told = [(r.name, r.entry.kind, r.entry.signed_cents) for r in Receipt.objects.order_by("pk")]
    assert told == [
        ("2026-00001", "deposit_received", 2500),
        ("2026-00002", "given_by_bank", 1000),
        ("2026-00003", "given_by_bank", -1000),
    ]


def test_it_says_what_was_true_when_it_was_issued(treatment):
    was = paid(treatment).client.full_name
    number()
    Client.objects.update(last_name="Anders")
    Clinic.objects.update(name="Andere naam")

    said = Said.of(Receipt.objects.get().said)

    clinic = Clinic.objects.get()
    assert said == Said(
        clinic=said.clinic,
        address=clinic.full_address,
        registration="",
        vat_number="",
        client=was,
        treatments=[treatment.name],
        visit_at=START,
        method="ideal",
        rates=[2100],
        vat_cents=434,
    )
    assert said.clinic != "Andere naam"


@pytest.mark.parametrize(
    ("case", "kind", "double", "vat"),
    [
        ("a deposit", "deposit", False, 174),
        ("a fee", "fee", False, 0),
        ("what came in twice", "deposit", True, 0),
    ],
)
def test_there_is_vat_in_what_a_visit_costs_alone(treatment, case, kind, double, vat):
    one = paid(treatment)
    Payment.objects.update(kind=kind)
    refund = give_back(one, purpose="double:1" if double else "settle:1")
    number()
    back = Receipt.objects.get(entry__refund=refund, entry__kind="given_back")
    assert back.said["vat_cents"] == vat, case


@pytest.mark.parametrize(
    "change", ["UPDATE payments_receipt SET number = 9", "DELETE FROM payments_receipt"]
)
def test_the_database_lets_none_go(treatment, change):
    paid(treatment)
    number()
    stays = pytest.raises(IntegrityError, match="stays as it was")
    with stays, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert names() == ["2026-00001"]


@pytest.mark.usefixtures("committed")
def test_two_workers_leave_no_gap():
    general_rate()
    treatment = a_clinic()
    for week in range(4):
        paid(treatment, week=week)

    answers = at_once([number] * 4)

    assert sum(answers) == 4
    assert names() == [f"2026-0000{n}" for n in (1, 2, 3, 4)]
