"""The books beside Stripe's: what we were not told of is booked, what does not agree is told."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Clinic
from payments import operations as payments
from payments.models import Attempt, Difference, LedgerEntry, Payment, Reconciliation, Refund
from payments.reconciling import Mismatch, What, compared
from payments.standing import standing_of
from payments.stripe_gateway import OutcomeUnknown, _client
from tests.factories import UserFactory, a_clinic
from tests.payments.books import balances
from tests.payments.test_thread import DEPOSIT, held, late, paid, pay, start_paying
from tests.when import ZONE

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("case", "stripe", "ours", "expected"),
    [
        ("nothing moved", {}, {}, []),
        ("all agrees", {"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ("not ours", {"a": 1}, {}, [Mismatch(What.NOT_OURS, "a", 1, 0)]),
        ("not at Stripe", {}, {"a": 1}, [Mismatch(What.NOT_AT_STRIPE, "a", 0, 1)]),
        ("another amount", {"a": 1}, {"a": 2}, [Mismatch(What.AMOUNT, "a", 1, 2)]),
        (
            "in order of their numbers",
            {"c": 3, "a": 1},
            {"b": 2},
            [
                Mismatch(What.NOT_OURS, "a", 1, 0),
                Mismatch(What.NOT_AT_STRIPE, "b", 0, 2),
                Mismatch(What.NOT_OURS, "c", 3, 0),
            ],
        ),
    ],
)
def test_what_does_not_agree(case, stripe, ours, expected):
    assert compared(stripe, ours) == expected


@pytest.fixture
def treatment(db):
    return a_clinic(deposit_cents=DEPOSIT)


def today(world):
    return world.now().astimezone(ZONE).date()


def compare(world):
    return payments.reconcile(today(world), zone=ZONE, now=world.now())


def found():
    rows = Difference.objects.values_list("of", "what", "stripe_cents", "our_cents")
    return list(rows)


def by_hand(intent_id, cents):
    """Give money back in Stripe's dashboard."""
    request = {"payment_intent": intent_id, "amount": cents}
    return _client().v1.refunds.create(request).id  # type: ignore[arg-type]


def test_a_day_that_agrees(world, treatment):
    appointment = paid(world, treatment)
    bookings.cancel(appointment.pk, by=By.CLINIC, now=world.now())
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=world.now() + clinic.undo_time)
    payments.make_calls(now=world.now())

    night = compare(world)

    assert (night.receipts, night.refunds, found()) == (1, 1, [])


def test_a_payment_we_were_never_told_of_books(world, treatment):
    """P4, P5: webhooks failed, and nobody looked at the page again."""
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    assert standing_of(hold.pk).deposit_status == "open"

    night = compare(world)

    assert (night.receipts, found()) == (1, [])
    hold.refresh_from_db()
    assert (hold.status, standing_of(hold.pk).deposit_status) == ("booked", "paid")


@pytest.mark.parametrize("cents", [DEPOSIT, 1000])
def test_a_refund_in_the_dashboard_is_booked_and_not_given_again(world, treatment, cents):
    appointment = paid(world, treatment)
    refund_id = by_hand(Payment.objects.get().intent_id, cents)

    for _ in range(2):
        compare(world)

    refund = Refund.objects.get()
    assert (refund.status, refund.amount_cents, refund.stripe_id) == ("succeeded", cents, refund_id)
    assert balances(appointment).get("stripe", 0) == DEPOSIT - cents
    assert found() == []
    bookings.cancel(appointment.pk, by=By.CLINIC, now=world.now())
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=world.now() + clinic.undo_time)
    payments.make_calls(now=world.now())
    assert sum(one["amount"] for one in world.money("refunds")) == DEPOSIT
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == DEPOSIT


def test_a_refund_in_the_dashboard_counts_as_the_one_that_waited(world, treatment):
    appointment = paid(world, treatment)
    bookings.cancel(appointment.pk, by=By.CLINIC, now=world.now())
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=world.now() + clinic.undo_time)
    by_hand(Payment.objects.get().intent_id, DEPOSIT)

    compare(world)
    payments.make_calls(now=world.now())

    assert Refund.objects.get().status == "succeeded"
    assert len(world.money("refunds")) == 1


@pytest.mark.parametrize(
    ("case", "by_hand_cents", "expected"),
    [("a part of it", 1000, [1000, DEPOSIT - 1000]), ("all of it", DEPOSIT, [DEPOSIT])],
)
def test_a_refund_in_the_dashboard_just_before_ours_leaves_the_rest(
    world, treatment, case, by_hand_cents, expected
):
    appointment = paid(world, treatment)
    bookings.cancel(appointment.pk, by=By.CLINIC, now=world.now())
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=world.now() + clinic.undo_time)
    by_hand(Payment.objects.get().intent_id, by_hand_cents)

    for _ in range(2):
        payments.make_calls(now=world.now() + clinic.undo_time)

    assert [one["amount"] for one in world.money("refunds")] == expected
    assert balances(appointment) == {}
    assert standing_of(appointment.pk).refund_status == "given_back"
    assert standing_of(appointment.pk).refunded_cents == DEPOSIT


def test_what_is_not_ours_is_told(world, treatment):
    paid(world, treatment)
    Attempt.objects.update(intent_id="")
    Payment.objects.update(intent_id="")
    compare(world)
    assert found() == [("receipt", "not_ours", DEPOSIT, 0)]


def test_what_is_not_at_stripe_is_told(world, treatment):
    paid(world, treatment)
    real = Payment.objects.get().intent_id
    Attempt.objects.update(intent_id="pi_other")
    Payment.objects.update(intent_id="pi_other")
    compare(world)
    assert Difference.objects.filter(stripe_id=real, what="not_ours").exists()
    assert Difference.objects.filter(stripe_id="pi_other", what="not_at_stripe").exists()


def test_another_amount_is_told(world, treatment):
    paid(world, treatment)
    Payment.objects.update(amount_cents=DEPOSIT + 100)
    compare(world)
    assert found() == [("receipt", "amount", DEPOSIT, DEPOSIT + 100)]


def test_a_second_time_takes_the_place_of_the_first(world, treatment):
    paid(world, treatment)
    Payment.objects.update(amount_cents=DEPOSIT + 100)
    compare(world)
    Payment.objects.update(amount_cents=DEPOSIT)
    compare(world)
    assert (Reconciliation.objects.count(), found()) == (1, [])


def test_each_night_once_and_not_before_it_is_over(world, treatment):
    midnight = world.now().astimezone(ZONE).replace(hour=0, minute=0, second=0) + 2 * DAY
    early, late = midnight + timedelta(hours=2, minutes=59), midnight + timedelta(hours=3)

    assert payments.reconcile_yesterday(zone=ZONE, now=early) is None
    night = payments.reconcile_yesterday(zone=ZONE, now=late)
    assert night.on == (midnight - timedelta(hours=1)).date()
    assert payments.reconcile_yesterday(zone=ZONE, now=late) is None


def test_when_stripe_is_down_nothing_is_kept_and_the_next_tick_tries_again(world, treatment):
    paid(world, treatment)
    entries = LedgerEntry.objects.count()
    world.post("/control/faults", fault="error_500", method="GET", times=20)
    with pytest.raises(OutcomeUnknown):
        compare(world)
    assert (Reconciliation.objects.count(), LedgerEntry.objects.count()) == (0, entries)


def test_a_refund_by_hand_leaves_what_else_waits_to_go_back(world, treatment):
    appointment = paid(world, treatment, "ideal")
    now = late(appointment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    clinic, user = Clinic.objects.get(), UserFactory()
    now += clinic.undo_time
    payments.settle_changed(clinic=clinic, now=now)
    for cents in (DEPOSIT - 1000, 0):  # two refunds wait: of ten euros, and of the rest
        payments.waive(
            appointment.pk, reason="file", user=user, clinic=clinic, now=now, to_cents=cents
        )
    by_hand(Payment.objects.get(kind="deposit").intent_id, 1000)
    compare(world)
    payments.settle_changed(clinic=clinic, now=now)
    payments.make_calls(now=now)

    assert sum(one["amount"] for one in world.money("refunds")) == DEPOSIT
    assert balances(appointment) == {}


def test_the_words_of_a_difference_are_those_of_the_rule():
    assert set(Difference.What.values) == set(What)
