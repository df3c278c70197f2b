"""The ledger in the database: added to, never changed, and always what the facts say."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic, Extra
from payments import operations as payments
from payments.models import LedgerEntry, Payment, Refund, VatRate
from payments.operations.outcomes import apply_refund, fail_refund
from payments.standing import standing_of
from payments.stripe_gateway import RefundState
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    TreatmentFactory,
    UserFactory,
    an_appointment,
)
from tests.payments.books import balances, general_rate, kinds, paid_deposit

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def appointment(treatment):
    """An appointment to come, with a deposit of 25 euros that was paid."""
    general_rate()
    return paid_deposit(an_appointment(treatment))


def test_posting_twice_adds_nothing(appointment):
    assert payments.post(appointment.pk, now=LATER) == 1
    assert payments.post(appointment.pk, now=LATER) == 0
    assert balances() == {"stripe": 2500, "deposits": -2500}


def test_without_money_there_is_nothing_to_post(treatment):
    assert payments.post(an_appointment(treatment).pk, now=NOW) == 0


def test_what_has_changed_since_is_taken_back_by_another_entry(appointment):
    Appointment.objects.update(status="completed", completed_at=START)
    payments.post(appointment.pk, now=START)
    Appointment.objects.update(status="arrived", completed_at=None)

    payments.post(appointment.pk, now=START + timedelta(minutes=1))

    assert balances() == {"stripe": 2500, "deposits": -2500}
    assert kinds() == ["deposit_received", "deposit_used", "vat", "deposit_used", "vat"]
    back = LedgerEntry.objects.filter(kind="deposit_used").last()
    assert (back.debit, back.credit, back.amount_cents) == ("visits", "deposits", 2500)
    assert back.at == START + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("case", "by", "late", "expected"),
    [
        ("the clinic cancels", By.CLINIC, True, {"stripe": 2500, "refunds": -2500}),
        ("she cancels in time", By.CLIENT, False, {"stripe": 2500, "refunds": -2500}),
        (
            "she cancels late",
            By.CLIENT,
            True,
            {"stripe": 2500, "fees": -4500, "open_fees": 2000},
        ),
    ],
)
def test_settling_posts_what_becomes_of_the_deposit(appointment, case, by, late, expected):
    payments.post(appointment.pk, now=NOW)
    at = START - timedelta(hours=1) if late else NOW
    bookings.cancel(appointment.pk, by=by, now=at)
    clinic = Clinic.objects.get()

    payments.settle_changed(clinic=clinic, now=at)
    assert balances() == {"stripe": 2500, "deposits": -2500}  # it may still be undone
    payments.settle_changed(clinic=clinic, now=at + clinic.undo_time)

    assert balances() == expected


def test_a_waived_fee_gives_the_kept_deposit_back(appointment, django_user_model):
    user = django_user_model.objects.create(username="balie")
    late = START - timedelta(hours=1)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late)
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=late + clinic.undo_time)

    payments.waive(appointment.pk, reason="ziekenhuis", user=user, clinic=clinic, now=START)

    assert balances() == {"stripe": 2500, "refunds": -2500}
    assert Counter(kinds())["deposit_kept"] == 2  # kept, and no longer


def test_each_treatment_of_a_visit_has_the_rate_of_its_day(appointment):
    mask = TreatmentFactory(price_cents=9500)
    VatRate.objects.create(treatment=mask, hundredths=0, from_on=date(2026, 1, 1))
    VatRate.objects.create(hundredths=2500, from_on=START.date() + timedelta(days=1))
    Extra.objects.create(
        appointment=appointment, treatment=mask, position=1, minutes=15, price_cents=9500
    )
    Appointment.objects.update(status="completed", completed_at=START, price_cents=19_000)

    payments.post(appointment.pk, now=START)

    assert balances() == {"stripe": 2500, "visits": -2283, "vat": -217}  # 21 % in 12.50


def test_what_was_there_before_the_ledger_is_posted_at_its_own_time(appointment, treatment):
    for number in range(3):
        paid_deposit(an_appointment(treatment, starts_at=START + timedelta(days=7 * number + 7)))

    assert payments.post_unposted(now=START) == 4
    assert payments.post_unposted(now=START) == 0
    assert set(LedgerEntry.objects.values_list("at", flat=True)) == {NOW}


def test_a_fee_nobody_has_paid_yet_is_posted_too(treatment):
    appointment = an_appointment(treatment)
    Payment.objects.create(appointment=appointment, kind="fee", amount_cents=4500, created_at=NOW)

    payments.post_unposted(now=START)

    assert balances() == {"open_fees": 4500, "fees": -4500}


@pytest.mark.parametrize(
    "act",
    [
        lambda: LedgerEntry.objects.update(amount_cents=1),
        lambda: LedgerEntry.objects.all().delete(),
        lambda: LedgerEntry.objects.create(
            appointment=Appointment.objects.get(),
            kind="vat",
            debit="vat",
            credit="vat",
            amount_cents=100,
            at=NOW,
        ),
        lambda: LedgerEntry.objects.create(
            appointment=Appointment.objects.get(),
            kind="vat",
            debit="visits",
            credit="vat",
            amount_cents=0,
            at=NOW,
        ),
        lambda: Payment.objects.all().delete(),
        lambda: Appointment.objects.all().delete(),
    ],
    ids=["changed", "deleted", "one account", "nothing", "its payment", "its appointment"],
)
def test_the_database_refuses_what_would_falsify_the_books(appointment, act):
    payments.post(appointment.pk, now=NOW)
    before = list(LedgerEntry.objects.values())

    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        act()

    assert list(LedgerEntry.objects.values()) == before


def test_a_demo_client_may_go_with_her_entries(treatment):
    paid_deposit(an_appointment(treatment, client=ClientFactory(is_demo=True)))
    payments.post_unposted(now=NOW)

    assert LedgerEntry.objects.all().delete()[0] == 1


def test_a_refund_that_fails_after_all_is_owed_again(appointment):
    payment = Payment.objects.get()
    refund = Refund.objects.create(
        payment=payment,
        amount_cents=2500,
        purpose="settle:1",
        key="r1",
        created_at=NOW,
        status="succeeded",
        given_at=NOW,
    )
    Appointment.objects.update(status="cancelled", cancelled_at=NOW)
    payments.post(appointment.pk, now=LATER)
    assert balances() == {}

    Refund.objects.filter(pk=refund.pk).update(status="failed")
    payments.post(appointment.pk, now=START)

    assert balances() == {"stripe": 2500, "refunds": -2500}


@pytest.fixture
def failed(appointment):
    """An appointment whose refund Stripe could not give."""
    bookings.cancel(appointment.pk, by=By.CLINIC, now=NOW)
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=NOW + clinic.undo_time)
    fail_refund(Refund.objects.get().pk, error="account closed", now=NOW)
    return appointment


def test_what_stripe_could_not_give_back_is_given_by_bank(failed):
    user = UserFactory()
    assert (balances()["refunds"], standing_of(failed.pk).refund_status) == (-2500, "failed")

    assert payments.give_by_bank(failed.pk, user=user, now=START) == 2500

    assert balances() == {"stripe": 2500, "bank": -2500}
    assert standing_of(failed.pk).refund_status == "given_back"
    assert LedgerEntry.objects.get(kind="given_by_bank").at == START
    event = failed.events.get(kind="refund_given")
    assert (event.user, event.facts) == (user, {"amount_cents": 2500})


def test_given_by_bank_once_and_taken_back_once(failed):
    user = UserFactory()
    with pytest.raises(payments.NothingToGive):
        payments.not_given_by_bank(failed.pk, user=user, now=START)
    payments.give_by_bank(failed.pk, user=user, now=START)
    with pytest.raises(payments.NothingToGive):
        payments.give_by_bank(failed.pk, user=user, now=START)

    payments.not_given_by_bank(failed.pk, user=user, now=START)

    assert balances() == {"stripe": 2500, "refunds": -2500}
    assert standing_of(failed.pk).refund_status == "failed"


def test_a_word_of_stripe_afterwards_changes_nothing(failed):
    refund = Refund.objects.get()
    payments.give_by_bank(failed.pk, user=UserFactory(), now=START)
    for status in ("failed", "succeeded", "pending"):
        apply_refund(refund.pk, RefundState("re_1", status, 2500, refund.key), now=START)
    assert balances() == {"stripe": 2500, "bank": -2500}
