"""A client's own money: what she paid and owes, and the card that she takes away."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import operations as bookings
from bookings.models import By, Clinic
from payments import operations as payments
from payments.models import Attempt, Payment, StripeCustomer
from payments.wallet import Card, wallet_of
from tests.clinic.steps import appointment_page
from tests.factories import ClientFactory, a_clinic, an_appointment
from tests.payments.books import paid_deposit
from tests.payments.test_thread import DEPOSIT, LATE, late, paid, settle
from tests.when import at


@pytest.fixture
def treatment(db):
    return a_clinic(deposit_cents=DEPOSIT)


@pytest.fixture
def appointment(world, treatment):
    """An appointment of which the deposit was paid by a card that may be kept."""
    return paid(world, treatment)


def remove(appointment, *, now):
    payments.remove_card(appointment.client_id, now=now)


def charges(world):
    return [one["amount"] for one in world.money("charges") if one["paid"]]


def test_a_removed_card_is_forgotten_by_stripe_too(world, appointment):
    card = StripeCustomer.objects.get()
    assert wallet_of(appointment.client_id).card == Card(
        "visa", card.card_last4, card.card_saved_at
    )

    remove(appointment, now=world.now())

    assert wallet_of(appointment.client_id).card is None
    assert payments.forget_removed_cards() == 1
    assert payments.forget_removed_cards() == 0
    (method,) = world.money("payment_methods")
    assert method["customer"] is None
    kept = StripeCustomer.objects.get()
    assert (kept.card_id, kept.card_last4, kept.card_removed_at) == ("", "", None)


def test_what_is_due_after_that_is_asked_by_link(world, appointment):
    remove(appointment, now=world.now())
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    clinic = Clinic.objects.get()
    settle(world, clinic, now=late(appointment) + clinic.undo_time)

    fee = Payment.objects.get(kind="fee")
    assert (fee.status, fee.amount_cents) == ("open", LATE - DEPOSIT)
    assert fee.asked_at is not None
    assert charges(world) == [DEPOSIT]


def test_a_charge_that_waited_is_not_made(world, appointment):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    clinic, now = Clinic.objects.get(), late(appointment)
    payments.settle_changed(clinic=clinic, now=now + clinic.undo_time)
    remove(appointment, now=now)

    payments.make_calls(now=now + clinic.undo_time)

    assert Attempt.objects.get(way="off_session").error == "card removed"
    assert charges(world) == [DEPOSIT]
    assert Payment.objects.get(kind="fee").asked_at is not None


def test_when_stripe_does_not_answer_it_is_forgotten_later(world, appointment):
    remove(appointment, now=world.now())
    world.post("/control/faults", fault="error_500", times=3)
    assert payments.forget_removed_cards() == 0
    assert not StripeCustomer.objects.get().has_card
    world.post("/control/faults", fault="lost_answer", times=1)
    assert payments.forget_removed_cards() == 1


def test_there_is_nothing_to_remove_twice(world, appointment):
    remove(appointment, now=world.now())
    with pytest.raises(payments.NoCard):
        remove(appointment, now=world.now())


def test_she_sees_it_and_removes_it_on_her_page(world, client, appointment):
    address = reverse("portal:wallet", args=[appointment.token])
    page = client.get(address).content.decode()
    assert address in client.get(appointment_page(appointment)).content.decode()
    assert "Visa" in page
    removing = reverse("portal:remove_card", args=[appointment.token])
    assert client.get(removing).status_code == 405

    answer = client.post(removing, follow=True).content.decode()

    assert "Je kaart is verwijderd" in answer
    assert "We bewaren geen kaart van je." in answer
    assert "We bewaren geen kaart" in client.post(removing, follow=True).content.decode()


def test_her_own_payments_and_nobody_elses(client, db, django_assert_num_queries):
    treatment = a_clinic()
    me, other = ClientFactory(), ClientFactory()
    start = at("2026-03-11 10:00")
    mine = an_appointment(treatment, starts_at=start, client=me)
    paid_deposit(mine)
    bookings.cancel(mine.pk, by=By.CLIENT, now=at("2026-03-11 09:00"))
    payments.settle_changed(clinic=Clinic.objects.get(), now=at("2026-03-11 09:30"))
    paid_deposit(an_appointment(treatment, starts_at=at("2026-03-12 10:00"), client=other))

    with django_assert_num_queries(7):
        wallet = wallet_of(me.pk)

    assert [line.appointment.pk for line in wallet.lines] == [mine.pk]
    assert wallet.open_cents == 4500 - 2500
    page = client.get(reverse("portal:wallet", args=[mine.token])).content.decode()
    assert f"/betalen/{Payment.objects.get(kind='fee').token}/" in page
    assert client.get(reverse("portal:wallet", args=["x" * 16])).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(
    client, db, many, django_assert_num_queries
):
    treatment, me = a_clinic(), ClientFactory()
    first = at("2026-03-11 10:00")
    for week in range(many):
        mine = an_appointment(treatment, starts_at=first + timedelta(days=7 * week), client=me)
        paid_deposit(mine)
    address = reverse("portal:wallet", args=[mine.token])
    client.get(address)

    with django_assert_num_queries(10):
        assert client.get(address).status_code == 200
