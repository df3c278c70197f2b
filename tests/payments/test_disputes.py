"""What a card's bank takes back: nobody has her money twice, and the books say where it is."""

import json

import pytest

from bookings import operations as bookings
from bookings.models import By, Clinic
from payments import operations as payments
from payments.models import Difference, Dispute, Payment, Receipt, Refund
from payments.operations.disputing import apply_dispute
from payments.standing import standing_of
from payments.stripe_gateway import DisputeState
from tests.factories import UserFactory, a_clinic
from tests.payments.books import balances, general_rate
from tests.payments.test_thread import DEPOSIT, HOUR, LATE, late, paid, settle, signed
from tests.when import ZONE

Status = Dispute.Status


@pytest.fixture
def treatment(db):
    general_rate()
    return a_clinic(deposit_cents=DEPOSIT)


@pytest.fixture
def appointment(world, treatment):
    return paid(world, treatment)


def bank(world, **said):
    return world.post("/control/dispute", **said)["dispute"]


def disputed(world, appointment, **said):
    """Let her bank ask the deposit back, and hear of it."""
    (charge,) = world.money("charges")
    dispute = bank(world, charge=charge["id"], **said)
    hear(world)
    return dispute["id"]


def hear(world):
    """Take in all that Stripe has told, twice and in the wrong order."""
    events = world.money("events")
    for event in [*reversed(events), *events]:
        body = json.dumps(event).encode()
        payments.receive_stripe_event(body=body, signature=signed(world, body), now=world.now())
    payments.handle_stripe_events(now=world.now())


def decide(world, key, status):
    bank(world, dispute=key, status=status)
    hear(world)


def cancel(world, appointment, *, by=By.CLIENT, at=None):
    clinic, at = Clinic.objects.get(), at or world.now()
    bookings.cancel(appointment.pk, by=by, now=at)
    ahead = at + clinic.undo_time - world.now()
    world.post("/control/clock", seconds=int(ahead.total_seconds()) + 1)
    settle(world, clinic, now=world.now())


def given_at_stripe(world):
    return sum(one["amount"] for one in world.money("refunds"))


def refunds():
    return list(Refund.objects.order_by("pk").values_list("status", "amount_cents"))


def test_what_a_bank_takes_is_told_once_and_stands_apart(world, appointment):
    disputed(world, appointment)
    hear(world)

    (dispute,) = Dispute.objects.all()
    assert (dispute.status, dispute.amount_cents, dispute.taken_cents) == ("asked", 2500, 2500)
    assert (dispute.answer_by - dispute.opened_at).days == 7
    assert balances(appointment) == {"deposits": -2500, "disputes": 2500}
    assert appointment.events.filter(kind="disputed").count() == 1
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_an_inquiry_takes_nothing_yet(world, appointment):
    disputed(world, appointment, inquiry=True)

    assert Dispute.objects.get().taken_cents == 0
    assert balances(appointment) == {"stripe": 2500, "deposits": -2500}
    cancel(world, appointment)
    assert given_at_stripe(world) == DEPOSIT


def test_what_was_won_stands_as_before(world, appointment):
    key = disputed(world, appointment)
    decide(world, key, "won")

    assert Dispute.objects.get().status == Status.WON
    assert balances(appointment) == {"stripe": 2500, "deposits": -2500}


def test_a_refund_waits_until_the_bank_has_decided(world, appointment):
    key = disputed(world, appointment)
    cancel(world, appointment)
    assert refunds() == [("new", 2500)]
    assert standing_of(appointment.pk).refund_status == "under_way"

    decide(world, key, "won")
    payments.make_calls(now=world.now())

    assert refunds() == [("succeeded", 2500)]
    assert given_at_stripe(world) == DEPOSIT
    assert balances(appointment) == {}


def test_a_refund_that_the_bank_gave_is_not_given_again(world, appointment):
    key = disputed(world, appointment)
    cancel(world, appointment)

    decide(world, key, "lost")
    payments.make_calls(now=world.now())

    assert refunds() == [("by_dispute", 2500)]
    assert given_at_stripe(world) == 0
    assert standing_of(appointment.pk).refund_status == "given_back"
    assert balances(appointment) == {}


def test_what_was_lost_and_not_owed_is_a_loss(world, appointment):
    key = disputed(world, appointment)
    cancel(world, appointment, at=late(appointment))

    decide(world, key, "lost")

    assert refunds() == []
    assert balances(appointment) == {
        "fees": -LATE,
        "stripe": LATE - DEPOSIT,  # the rest of the fee was charged to her card
        "losses": DEPOSIT,
    }


def test_what_is_owed_later_was_given_by_the_bank_already(world, appointment):
    key = disputed(world, appointment)
    cancel(world, appointment, at=late(appointment))
    decide(world, key, "lost")

    payments.waive(
        appointment.pk,
        reason="ziek",
        user=UserFactory(),
        clinic=Clinic.objects.get(),
        now=late(appointment) + HOUR,
    )
    payments.make_calls(now=late(appointment) + HOUR)

    assert refunds() == [("by_dispute", 2500), ("succeeded", LATE - DEPOSIT)]
    assert given_at_stripe(world) == LATE - DEPOSIT
    assert balances(appointment) == {}


@pytest.mark.parametrize(
    ("case", "taken", "expected", "failed"),
    [
        ("a part of it", 1000, [("failed", 1500), ("by_dispute", 1000)], 1500),
        ("all of it", 2500, [("by_dispute", 2500)], 0),
    ],
)
def test_the_rest_of_a_refund_is_for_the_desk(world, appointment, case, taken, expected, failed):
    key = disputed(world, appointment, amount=taken)
    cancel(world, appointment)
    decide(world, key, "lost")
    payments.make_calls(now=world.now())  # Stripe gives nothing more of a charge that was lost

    assert refunds() == expected, case
    if failed:
        given = payments.give_by_bank(appointment.pk, user=UserFactory(), now=world.now())
        assert given == failed
    assert balances(appointment) == ({"bank": -failed} | {"stripe": failed} if failed else {})


def test_a_refund_made_before_we_heard_of_it_waits_too(world, appointment):
    (charge,) = world.money("charges")
    key = bank(world, charge=charge["id"])["id"]

    cancel(world, appointment)  # Stripe refuses, and says why

    assert refunds() == [("new", 2500)]
    assert Dispute.objects.get().status == Status.ASKED
    for _ in range(2):
        payments.make_calls(now=world.now())
    assert given_at_stripe(world) == 0

    decide(world, key, "won")
    payments.make_calls(now=world.now())
    assert refunds() == [("succeeded", 2500)]


def test_the_desk_does_not_give_by_bank_what_the_bank_may_give(world, appointment):
    disputed(world, appointment)
    cancel(world, appointment)
    Refund.objects.update(status="failed")

    with pytest.raises(payments.NothingToGive):
        payments.give_by_bank(appointment.pk, user=UserFactory(), now=world.now())


def test_a_decision_nobody_told_us_of_is_asked_for(world, appointment):
    key = disputed(world, appointment)
    bank(world, dispute=key, status="lost")
    assert payments.ask_stripe(now=world.now() + HOUR) == 0

    payments.ask_stripe(now=world.now() + 25 * HOUR)

    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.look_at) == (Status.LOST, None)


def test_the_night_finds_what_nobody_told_us_of(world, appointment):
    (charge,) = world.money("charges")
    bank(world, charge=charge["id"])
    day = world.now().astimezone(ZONE).date()

    payments.reconcile(day, zone=ZONE, now=world.now())

    assert Dispute.objects.get().taken_cents == 2500
    assert not Difference.objects.exists()
    Dispute.objects.update(taken_cents=2400)
    Payment.objects.update(intent_id="pi_of_another")
    Payment.objects.get().attempts.update(intent_id="pi_of_another")
    payments.reconcile(day, zone=ZONE, now=world.now())
    told = Difference.objects.filter(of="dispute").values_list("what", "stripe_cents", "our_cents")
    assert list(told) == [("amount", 2500, 2400)]


def test_a_dispute_of_somebody_elses_money_is_none_of_ours(world, appointment):
    Payment.objects.update(intent_id="pi_of_another")
    Payment.objects.get().attempts.update(intent_id="pi_of_another")
    disputed(world, appointment)
    assert not Dispute.objects.exists()


def test_no_receipt_is_issued_for_what_a_bank_did(world, appointment):
    key = disputed(world, appointment)
    decide(world, key, "lost")
    payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=world.now())
    assert [one.entry.kind for one in Receipt.objects.all()] == ["deposit_received"]


def test_what_was_lost_and_is_won_on_appeal_is_given_by_us_after_all(world, appointment):
    key = disputed(world, appointment)
    cancel(world, appointment)
    decide(world, key, "lost")
    assert refunds() == [("by_dispute", 2500)]
    dispute = Dispute.objects.get()
    state = DisputeState(
        dispute_id=dispute.stripe_id,
        status="won",
        reason="general",
        amount_cents=2500,
        taken_cents=0,
        intent_id=dispute.payment.intent_id,
        opened_at=dispute.opened_at,
        answer_by=None,
    )

    apply_dispute(state, now=world.now())

    assert refunds() == [("new", 2500)]
    assert balances(appointment) == {"stripe": 2500, "refunds": -2500}
