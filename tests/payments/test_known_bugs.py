"""The faults with money that other systems are known for, by the letter and number of our list.

P: payments, deposits, fees and webhooks. N: no-shows. A row without a test of its own here is
tested where `ELSEWHERE` says.
"""

import itertools
import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.auth.models import Group

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic, Treatment
from payments import operations as payments
from payments.models import Attempt, LedgerEntry, Payment, Refund, StripeEvent
from payments.standing import standing_of
from tests.factories import TreatmentFactory, UserFactory, a_clinic, a_search, an_appointment
from tests.payments.books import balances
from tests.payments.test_thread import DEPOSIT, held, late, paid, pay, settle, signed, start_paying
from tests.sandboxed import workday
from tests.when import ZONE

Status = Appointment.Status

ELSEWHERE = {
    "P2 kept once": "payments.test_thread.test_a_message_from_stripe_is_kept_once_and_acted_on",
    "P4": "payments.test_reconciling.test_a_payment_we_were_never_told_of_books",
    "P4 asking first": "payments.test_thread."
    "test_nobody_pays_and_the_time_is_given_back_after_asking",
    "P4 cannot ask": "payments.test_thread.test_stripe_cannot_be_asked_so_the_time_is_kept",
    "P5": "payments.test_wiring.test_the_address_that_stripe_calls",
    "P7": "payments.test_thread.test_nobody_pays_and_the_time_is_given_back_after_asking",
    "P7 her own": "clinic.test_portal_holds.test_another_device_goes_on_where_she_was",
    "P8": "payments.test_thread.test_late_money_is_given_back_when_the_time_has_gone",
    "P10 boundaries": "bookings.test_terms.test_cancellation_fee",
    "P10 steps": "bookings.test_terms.test_the_fee_grows_in_steps",
    "P10 the money": "payments.test_thread."
    "test_cancelling_in_time_gives_the_deposit_back_after_the_time_to_think",
    "P11": "end_to_end.test_bad_input.test_opening_links_changes_nothing",
    "P13 failed": "payments.test_thread.test_a_refund_that_fails_is_told_and_not_tried_for_ever",
    "P14": "payments.test_thread.test_cancelling_late_keeps_the_deposit_and_charges_the_rest",
    "P16 sessions are counted": "payments.test_vouchers.test_what_is_left",
    "P17 the way of paying": "payments.test_thread.test_ideal_books_and_saves_no_card",
    "P18": "clinic.test_portal_vouchers."
    "test_a_prepaid_session_asks_nothing_whoever_she_says_she_is",
    "P20": "payments.test_thread.test_when_the_bank_says_no_she_gets_a_link",
    "P21 moved": "bookings.test_changing.test_a_move_by_the_clinic_never_costs_her_money",
    "P21 cancelled": "payments.test_posting.test_settling_posts_what_becomes_of_the_deposit",
    "N1 undone": "bookings.test_changing.test_a_no_show_rests_and_can_be_undone",
    "N3": "payments.test_fair_fees.test_who_was_not_reminded_and_did_not_come_pays_nothing",
}


@pytest.mark.parametrize("row", ELSEWHERE)
def test_a_row_that_is_tested_elsewhere(row):
    module, name = ELSEWHERE[row].rsplit(".", 1)

    assert callable(getattr(import_module(f"tests.{module}"), name))


@pytest.fixture
def treatment(db):
    return a_clinic(deposit_cents=DEPOSIT)


def tell(world, event):
    body = json.dumps(event).encode()
    payments.receive_stripe_event(body=body, signature=signed(world, body), now=world.now())


def handle_anew(world):
    StripeEvent.objects.update(handled_at=None)
    payments.handle_stripe_events(now=world.now())


def test_p1_a_message_told_three_times_is_one_line_in_the_ledger(world, treatment):
    attempt = start_paying(world, held(world, treatment))
    pay(world, attempt)
    for event in world.money("events"):
        tell(world, event)
    for _ in range(3):
        handle_anew(world)

    assert LedgerEntry.objects.count() == 1
    assert balances() == {"stripe": DEPOSIT, "deposits": -DEPOSIT}


def test_p2_what_failed_half_way_is_done_later(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    event = next(e for e in world.money("events") if e["type"] == "checkout.session.completed")
    world.post("/control/faults", fault="error_500", method="GET", times=3)
    tell(world, event)
    payments.handle_stripe_events(now=world.now())
    assert (StripeEvent.objects.get().handled_at, standing_of(hold.pk).deposit_status) == (
        None,
        "open",
    )

    payments.handle_stripe_events(now=world.now())

    assert StripeEvent.objects.get().handled_at is not None
    assert standing_of(hold.pk).deposit_status == "paid"


TOLD = (
    "checkout.session.completed",
    "payment_intent.succeeded",
    "refund.created",
    "refund.updated",
)


@pytest.mark.parametrize("order", list(itertools.permutations(TOLD))[::3], ids=" ".join)
def test_p3_in_whatever_order_the_end_is_what_stripe_says(world, treatment, order):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    payments.check_session(attempt.stripe_id, now=world.now())
    bookings.cancel(hold.pk, by=By.CLINIC, now=world.now())
    settle(world, Clinic.objects.get(), now=world.now() + timedelta(minutes=5))
    by_type = {event["type"]: event for event in world.money("events")}
    for kind in order:
        tell(world, by_type[kind])
        payments.handle_stripe_events(now=world.now())

    (refund,) = world.money("refunds")
    assert (Refund.objects.get().status, refund["status"]) == ("succeeded", "succeeded")
    assert balances() == {}
    assert Appointment.objects.get(pk=hold.pk).status == Status.CANCELLED


def test_p6_a_page_that_was_not_paid_books_nothing(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)

    payments.check_session(attempt.stripe_id, now=world.now())

    hold.refresh_from_db()
    assert hold.status == Status.HELD
    assert not hold.events.filter(kind__in=["booked", "deposit_paid"]).exists()


def test_p9_moving_does_not_charge_again(world, treatment):
    appointment = paid(world, treatment)
    search = a_search(treatment, now=world.now(), ignoring=appointment.pk)
    bookings.reschedule(appointment.pk, search, starts_at=workday(world.now(), days=8))
    settle(world, search.clinic, now=world.now() + timedelta(hours=1))

    assert len(world.money("charges")) == 1
    assert balances(appointment) == {"stripe": DEPOSIT, "deposits": -DEPOSIT}


@pytest.mark.parametrize("deposit", [0, 9000])
def test_p12_other_settings_strand_nobody_who_is_paying(world, treatment, deposit):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    Treatment.objects.update(deposit_cents=deposit)
    pay(world, attempt)

    payments.check_session(attempt.stripe_id, now=world.now())

    hold.refresh_from_db()
    assert (hold.status, hold.deposit_cents) == (Status.BOOKED, DEPOSIT)


def test_p13_a_refund_on_its_way_is_told_as_that(world, treatment, client):
    appointment = paid(world, treatment)
    world.post("/control/faults", fault="refund_pending", seconds=600)
    bookings.cancel(appointment.pk, by=By.CLINIC, now=world.now())
    settle(world, Clinic.objects.get(), now=world.now() + timedelta(minutes=5))

    assert standing_of(appointment.pk).refund_status == "under_way"
    page = client.get(f"/a/{appointment.token}/").content.decode()
    assert "terugbetaling in gang" in page


def test_p15_a_declined_charge_tells_her_no_codes(world, treatment, client):
    appointment = paid(world, treatment, "card_declined")
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, Clinic.objects.get(), now=late(appointment) + timedelta(minutes=5))
    failed = Attempt.objects.get(way="off_session")
    fee = Payment.objects.get(kind="fee")

    for address in (f"/a/{appointment.token}/", f"/betalen/{fee.token}/"):
        page = client.get(address).content.decode()
        for secret in (failed.error, failed.intent_id, "insufficient", "declined"):
            assert secret not in page


def test_p17_a_first_visit_has_its_deposit_in_the_books(world, treatment):
    appointment = paid(world, treatment, "ideal")
    assert Payment.objects.get().method == "ideal"
    assert balances(appointment) == {"stripe": DEPOSIT, "deposits": -DEPOSIT}


def test_p19_leaving_out_a_treatment_leaves_out_its_deposit(world, treatment):
    now = world.now()
    laser = TreatmentFactory(deposit_cents=3000)
    laser.practitioners.set(treatment.practitioners.all())
    both = a_search(treatment, now=now, extras=(laser,))
    hold = bookings.hold(both, starts_at=workday(now, days=7))
    debt = payments.deposit_of(hold.pk, now=now)
    assert (hold.deposit_cents, debt.amount_cents) == (DEPOSIT + 3000, DEPOSIT + 3000)

    alone = a_search(treatment, now=now, ignoring=hold.pk)
    bookings.move_hold(hold.pk, alone, starts_at=workday(now, days=7))

    debt = payments.deposit_of(hold.pk, now=now)
    assert debt.amount_cents == DEPOSIT


@pytest.fixture
def appointment(treatment):
    """An appointment that asked no deposit."""
    treatment.deposit_cents = 0
    treatment.save()
    return an_appointment(treatment)


@pytest.mark.parametrize("status", ["cancelled", "arrived", "completed"])
def test_n1_only_who_was_expected_can_be_a_no_show(appointment, status):
    now = appointment.starts_at + timedelta(minutes=30)
    at = appointment.starts_at if status == "cancelled" else None
    Appointment.objects.filter(pk=appointment.pk).update(status=status, cancelled_at=at)

    with pytest.raises(bookings.WrongMoment):
        bookings.mark_no_show(appointment.pk, now=now, user=UserFactory())

    assert Appointment.objects.get(pk=appointment.pk).status == status


def test_n1_time_alone_makes_nobody_a_no_show(appointment):
    payments.settle_changed(
        clinic=Clinic.objects.get(), now=appointment.starts_at + timedelta(days=9)
    )
    assert Appointment.objects.get(pk=appointment.pk).status == Status.BOOKED


def test_n2_a_no_show_is_seen_at_once_on_every_view(appointment, client):
    day = appointment.starts_at.astimezone(ZONE).date()
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name="receptionist")[0])
    client.force_login(user)
    bookings.mark_no_show(appointment.pk, now=appointment.starts_at, user=user)

    for address in (f"/desk/lijst/{day}/", f"/desk/afspraak/{appointment.pk}/"):
        assert "No-show" in client.get(address).content.decode()
    feed = client.get(f"/desk/agenda/{day}.json").json()
    assert "noshow" in json.dumps(feed)
