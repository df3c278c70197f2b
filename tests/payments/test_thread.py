"""Deposits, fees and refunds against the sandbox, with the real SDK."""

import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
import stripe

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic
from payments import operations as payments
from payments.models import Attempt, Payment, Refund, StripeEvent
from payments.operations.checkout import ReturnTo
from payments.standing import Standing, standing_of
from tests.factories import ClientFactory, UserFactory, a_clinic, a_hold, an_appointment
from tests.sandboxed import eventually, workday
from tests.when import LONG_AGO

Status = Appointment.Status
RETURN = ReturnTo(paid="https://clinic.example/betaald/", back="https://clinic.example/terug/")
DEPOSIT, LATE, NO_SHOW = 2500, 4500, 9500
HOUR = timedelta(hours=1)


@pytest.fixture
def treatment(db):
    return a_clinic(deposit_cents=DEPOSIT)


@pytest.fixture
def clinic(treatment):
    return Clinic.objects.get()


def held(world, treatment, *, days=7, **who):
    now = world.now()
    return a_hold(treatment, starts_at=workday(now, days=days), now=now, **who)


def start_paying(world, hold):
    """Open a payment page, and return the attempt."""
    deposit = payments.deposit_of(hold.pk, now=world.now())
    payments.start_checkout(deposit.pk, RETURN, now=world.now())
    return Attempt.objects.get(payment=deposit, status="open")


def pay(world, attempt, method="card"):
    world.post(f"/control/checkout/{attempt.stripe_id}/pay", method=method)


def paid(world, treatment, method="card", *, days=7, **who):
    """Return an appointment with its deposit paid."""
    hold = held(world, treatment, days=days, **who)
    attempt = start_paying(world, hold)
    pay(world, attempt, method)
    payments.check_session(attempt.stripe_id, now=world.now())
    return Appointment.objects.get(pk=hold.pk)


def settle(world, clinic, *, now):
    payments.settle_changed(clinic=clinic, now=now)
    payments.make_calls(now=now)


def late(appointment):
    return appointment.starts_at - HOUR


def test_a_paid_deposit_books(world, treatment):
    appointment = paid(world, treatment)

    assert appointment.status == Status.BOOKED
    assert standing_of(appointment.pk) == Standing(deposit_cents=DEPOSIT, deposit_status="paid")
    card = appointment.client.stripe_customer
    assert (card.card_brand, len(card.card_last4)) == ("visa", 4)
    kinds = list(appointment.events.values_list("kind", flat=True))
    assert kinds == ["held", "deposit_paid", "booked"]


def test_ideal_books_and_saves_no_card(world, treatment):
    appointment = paid(world, treatment, "ideal")

    assert appointment.status == Status.BOOKED
    assert appointment.client.stripe_customer.card_id == ""


def test_the_same_answer_three_times_books_once(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    for _ in range(3):
        payments.check_session(attempt.stripe_id, now=world.now())

    assert hold.events.filter(kind="booked").count() == 1
    assert len(world.money("charges")) == 1


def test_a_second_click_gets_the_same_page(world, treatment):
    hold = held(world, treatment)
    deposit = payments.deposit_of(hold.pk, now=world.now())
    first = payments.start_checkout(deposit.pk, RETURN, now=world.now())
    second = payments.start_checkout(deposit.pk, RETURN, now=world.now())

    assert first == second
    assert len(world.money("sessions")) == 1


def test_an_answer_lost_after_the_work_makes_one_page(world, treatment):
    hold = held(world, treatment)
    deposit = payments.deposit_of(hold.pk, now=world.now())
    world.fault("lost_answer", times=3, path="/v1/checkout/sessions")

    with pytest.raises(payments.PaymentsDown):
        payments.start_checkout(deposit.pk, RETURN, now=world.now())
    Attempt.objects.update(leased_until=None)
    url = payments.start_checkout(deposit.pk, RETURN, now=world.now())

    assert [one["url"] for one in world.money("sessions")] == [url]
    assert Attempt.objects.count() == 1


def test_nobody_pays_and_the_time_is_given_back_after_asking(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    hold.refresh_from_db()

    payments.release_unpaid_holds(now=hold.held_until)

    hold.refresh_from_db()
    attempt.refresh_from_db()
    assert (hold.status, attempt.status) == (Status.EXPIRED, "expired")
    assert [one["status"] for one in world.money("sessions")] == ["expired"]


def test_she_paid_in_the_last_second(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    hold.refresh_from_db()

    payments.release_unpaid_holds(now=hold.held_until)

    hold.refresh_from_db()
    assert hold.status == Status.BOOKED


def test_stripe_cannot_be_asked_so_the_time_is_kept(world, treatment):
    hold = held(world, treatment)
    start_paying(world, hold)
    hold.refresh_from_db()
    world.fault("error_500", times=9)

    payments.release_unpaid_holds(now=hold.held_until)

    hold.refresh_from_db()
    assert hold.status == Status.HELD


def test_late_money_takes_the_time_back(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    Appointment.objects.filter(pk=hold.pk).update(payment_started_at=None)
    hold.refresh_from_db()
    bookings.expire_holds(now=hold.held_until)

    payments.check_session(attempt.stripe_id, now=hold.held_until + HOUR)

    hold.refresh_from_db()
    assert hold.status == Status.BOOKED


def test_late_money_is_given_back_when_the_time_has_gone(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    Appointment.objects.filter(pk=hold.pk).update(payment_started_at=None)
    hold.refresh_from_db()
    bookings.expire_holds(now=hold.held_until)
    treatment.deposit_cents = 0
    treatment.save()
    other = an_appointment(treatment, starts_at=hold.starts_at, now=world.now())

    payments.check_session(attempt.stripe_id, now=world.now())
    payments.make_calls(now=world.now())

    hold.refresh_from_db()
    other.refresh_from_db()
    assert (hold.status, other.status) == (Status.EXPIRED, Status.BOOKED)
    assert [one["amount"] for one in world.money("refunds")] == [DEPOSIT]
    assert standing_of(hold.pk).refund_status == "given_back"


def test_cancelling_in_time_gives_the_deposit_back_after_the_time_to_think(
    world, treatment, clinic
):
    appointment = paid(world, treatment)
    now = world.now()
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)

    settle(world, clinic, now=now + clinic.undo_time - timedelta(seconds=1))
    assert world.money("refunds") == []
    settle(world, clinic, now=now + clinic.undo_time)
    settle(world, clinic, now=now + clinic.undo_time)

    assert [one["amount"] for one in world.money("refunds")] == [DEPOSIT]
    assert standing_of(appointment.pk).refunded_cents == DEPOSIT


def test_cancelling_late_keeps_the_deposit_and_charges_the_rest(world, treatment, clinic):
    appointment = paid(world, treatment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=late(appointment) + clinic.undo_time)

    fee = Payment.objects.get(kind="fee")
    assert (fee.amount_cents, fee.status) == (LATE - DEPOSIT, "paid")
    assert sorted(one["amount"] for one in world.money("charges")) == [LATE - DEPOSIT, DEPOSIT]
    assert world.money("refunds") == []


@pytest.mark.parametrize(
    ("method", "code"),
    [("card_authentication", "authentication_required"), ("card_declined", "insufficient_funds")],
)
def test_when_the_bank_says_no_she_gets_a_link(world, treatment, clinic, method, code):
    appointment = paid(world, treatment, method)
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=now)

    fee = Payment.objects.get(kind="fee")
    tried = fee.attempts.get()
    assert (fee.status, fee.asked_at) == ("open", now)
    assert (tried.status, tried.error) == ("failed", code)
    # Left open, the failed charge could be confirmed beside the link.
    intent = next(i for i in world.money("payment_intents") if i["id"] == tried.intent_id)
    assert intent["status"] == "canceled"

    payments.start_checkout(fee.pk, RETURN, now=world.now())
    attempt = Attempt.objects.get(payment=fee, status="open")
    pay(world, attempt)
    payments.check_session(attempt.stripe_id, now=world.now())
    fee.refresh_from_db()
    assert fee.status == "paid"


def test_without_a_card_she_gets_a_link(world, treatment, clinic):
    appointment = paid(world, treatment, "ideal")
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=late(appointment) + clinic.undo_time)

    fee = Payment.objects.get(kind="fee")
    assert (fee.status, fee.attempts.count()) == ("open", 0)
    assert fee.asked_at is not None
    assert appointment.events.filter(kind="payment_asked").count() == 1


@pytest.mark.parametrize("fault", ["lost_answer", "error_500", "error_409"])
def test_a_charge_without_an_answer_is_made_once(world, treatment, clinic, fault):
    appointment = paid(world, treatment)
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    world.fault(fault, times=3, path="/v1/payment_intents")
    settle(world, clinic, now=now)
    assert Payment.objects.get(kind="fee").status == "open"

    Attempt.objects.filter(status="sent").update(leased_until=LONG_AGO)
    payments.ask_stripe(now=now)

    assert Payment.objects.get(kind="fee").status == "paid"
    assert sorted(one["amount"] for one in world.money("charges")) == [LATE - DEPOSIT, DEPOSIT]


def test_a_charge_in_doubt_for_a_day_is_looked_up_and_not_repeated(world, treatment, clinic):
    appointment = paid(world, treatment)
    cancelled_at = world.now()
    now = cancelled_at + clinic.undo_time
    Appointment.objects.filter(pk=appointment.pk).update(free_notice=timedelta(days=365))
    bookings.cancel(appointment.pk, by=By.CLIENT, now=cancelled_at)
    world.fault("lost_answer", times=3, path="/v1/payment_intents")
    settle(world, clinic, now=now)
    before = world.get("/control/stripe")["requests"]["POST /v1/payment_intents"]

    Attempt.objects.filter(status="sent").update(leased_until=LONG_AGO)
    payments.ask_stripe(now=now + timedelta(hours=24))

    assert world.get("/control/stripe")["requests"]["POST /v1/payment_intents"] == before
    assert Payment.objects.get(kind="fee").status == "paid"


def test_a_refund_without_an_answer_is_made_once(world, treatment, clinic):
    appointment = paid(world, treatment)
    now = world.now()
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    world.fault("lost_answer", times=3, path="/v1/refunds")
    settle(world, clinic, now=now + clinic.undo_time)
    assert Refund.objects.get().status == "sent"

    Refund.objects.update(leased_until=LONG_AGO)
    payments.ask_stripe(now=now + clinic.undo_time)

    assert Refund.objects.get().status == "succeeded"
    assert len(world.money("refunds")) == 1


def test_a_no_show_rests_and_costs_what_was_agreed(world, treatment, clinic):
    appointment = paid(world, treatment)
    start = appointment.starts_at
    bookings.mark_no_show(appointment.pk, now=start, user=UserFactory())

    settle(world, clinic, now=start + clinic.no_show_rest - timedelta(seconds=1))
    assert not Payment.objects.filter(kind="fee").exists()
    settle(world, clinic, now=start + clinic.no_show_rest)

    assert Payment.objects.get(kind="fee").amount_cents == NO_SHOW - DEPOSIT


def test_a_no_show_undone_costs_nothing(world, treatment, clinic):
    appointment = paid(world, treatment)
    start, user = appointment.starts_at, UserFactory()
    bookings.mark_no_show(appointment.pk, now=start, user=user)
    bookings.undo_no_show(appointment.pk, within=clinic.no_show_rest, now=start + HOUR, user=user)
    settle(world, clinic, now=start + timedelta(days=2))

    assert not Payment.objects.filter(kind="fee").exists()
    assert world.money("refunds") == []


def test_waiving_before_the_charge(world, treatment, clinic):
    appointment = paid(world, treatment)
    now = late(appointment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    payments.waive(appointment.pk, reason="ziek", user=UserFactory(), clinic=clinic, now=now)
    settle(world, clinic, now=now + clinic.undo_time)

    assert not Payment.objects.filter(kind="fee").exists()
    assert [one["amount"] for one in world.money("refunds")] == [DEPOSIT]


def test_waiving_after_the_charge_gives_everything_back(world, treatment, clinic):
    appointment = paid(world, treatment)
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=now)
    waived = {"reason": "ziek", "user": UserFactory(), "clinic": clinic, "now": now}
    payments.waive(appointment.pk, **waived)
    with pytest.raises(payments.NothingToWaive):
        payments.waive(appointment.pk, **waived)
    payments.make_calls(now=now)

    assert sorted(one["amount"] for one in world.money("refunds")) == [LATE - DEPOSIT, DEPOSIT]


def test_waiving_an_open_pay_link(world, treatment, clinic):
    appointment = paid(world, treatment, "ideal")
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=now)
    fee = Payment.objects.get(kind="fee")
    payments.start_checkout(fee.pk, RETURN, now=world.now())
    attempt = Attempt.objects.get(payment=fee, status="open")
    payments.waive(appointment.pk, reason="ziek", user=UserFactory(), clinic=clinic, now=now)
    # She was on the payment page already, and pays all the same.
    pay(world, attempt)
    payments.check_session(attempt.stripe_id, now=now)
    payments.make_calls(now=now)

    fee.refresh_from_db()
    assert fee.status == "void"
    assert sorted(one["amount"] for one in world.money("refunds")) == [LATE - DEPOSIT, DEPOSIT]


def failed_refund_event(world):
    return next((e for e in world.money("events") if e["type"] == "refund.failed"), None)


def test_a_refund_that_fails_is_told_and_not_tried_for_ever(world, treatment, clinic):
    appointment = paid(world, treatment)
    now = world.now()
    world.fault("refund_fails")
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    settle(world, clinic, now=now + clinic.undo_time)
    event = eventually(lambda: failed_refund_event(world))
    StripeEvent.objects.create(
        pk=event["id"],
        type=event["type"],
        object_id=event["data"]["object"]["id"],
        received_at=now,
    )
    payments.handle_stripe_events(now=now)
    settle(world, clinic, now=now + clinic.undo_time)

    assert standing_of(appointment.pk).refund_status == "failed"
    assert len(world.money("refunds")) == 1
    assert appointment.events.filter(kind="refund_failed").count() == 1


def test_a_pay_link_for_a_phone_booking(world, treatment, clinic):
    hold = held(world, treatment, client=ClientFactory())
    user = UserFactory()
    payment = payments.ask_deposit(hold.pk, user=user, now=world.now())

    assert (payment.amount_cents, payment.status) == (DEPOSIT, "open")
    assert standing_of(hold.pk).pay_token == payment.token
    event = hold.events.get(kind="payment_asked")
    assert (event.by, event.user) == (By.CLINIC, user)


def signed(world, body: bytes) -> str:
    stamp = int(time.time())
    secret = world.settings["STRIPE_WEBHOOK_SECRET"].encode()
    digest = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def test_a_message_from_stripe_is_kept_once_and_acted_on(world, treatment):
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    event = next(e for e in world.money("events") if e["type"] == "checkout.session.completed")
    body = json.dumps(event).encode()
    for _ in range(3):
        payments.receive_stripe_event(body=body, signature=signed(world, body), now=world.now())
        payments.handle_stripe_events(now=world.now())

    hold.refresh_from_db()
    assert hold.status == Status.BOOKED
    assert StripeEvent.objects.get().handled_at is not None


def test_a_message_that_is_not_from_stripe(world, treatment):
    for signature in ("", "t=1,v1=00", "nonsense"):
        with pytest.raises(payments.BadSignature):
            payments.receive_stripe_event(body=b"{}", signature=signature, now=world.now())

    assert not StripeEvent.objects.exists()


def test_a_message_before_our_own_record_waits(world, treatment):
    event = StripeEvent.objects.create(
        pk="evt_early", type="refund.updated", object_id="re_unknown", received_at=world.now()
    )
    payments.handle_stripe_events(now=world.now())

    event.refresh_from_db()
    assert event.handled_at is None


def test_she_leaves_the_payment_page_for_another_time(world, treatment, clinic):
    hold = held(world, treatment)
    start_paying(world, hold)
    payments.leave_checkout(hold.pk, clinic, now=world.now())

    hold.refresh_from_db()
    assert (hold.status, hold.payment_started_at) == (Status.HELD, None)
    assert [one["status"] for one in world.money("sessions")] == ["expired"]
    attempt = start_paying(world, hold)
    pay(world, attempt)
    payments.check_session(attempt.stripe_id, now=world.now())
    hold.refresh_from_db()
    assert hold.status == Status.BOOKED


def test_she_cannot_leave_a_page_that_she_has_paid(world, treatment, clinic):
    hold = held(world, treatment)
    pay(world, start_paying(world, hold))

    with pytest.raises(payments.AlreadyPaid):
        payments.leave_checkout(hold.pk, clinic, now=world.now())

    hold.refresh_from_db()
    assert hold.status == Status.BOOKED


def test_a_pay_link_is_only_sent_for_what_can_be_paid(world, treatment):
    user = UserFactory()
    hold = held(world, treatment)
    bookings.expire_holds(now=hold.held_until)
    with pytest.raises(payments.NothingToPay):
        payments.ask_deposit(hold.pk, user=user, now=world.now())

    appointment = paid(world, treatment)
    with pytest.raises(payments.AlreadyPaid):
        payments.ask_deposit(appointment.pk, user=user, now=world.now())

    assert not hold.events.filter(kind="payment_asked").exists()


def test_a_charge_in_doubt_that_was_waived_meanwhile_goes_back(world, treatment, clinic):
    appointment = paid(world, treatment)
    Appointment.objects.filter(pk=appointment.pk).update(free_notice=timedelta(days=365))
    cancelled_at = world.now()
    now = cancelled_at + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=cancelled_at)
    world.fault("lost_answer", times=3, path="/v1/payment_intents")
    settle(world, clinic, now=now)
    payments.waive(appointment.pk, reason="ziek", user=UserFactory(), clinic=clinic, now=now)

    Attempt.objects.filter(status="sent").update(leased_until=LONG_AGO)
    payments.ask_stripe(now=now)
    payments.make_calls(now=now)

    assert sorted(one["amount"] for one in world.money("refunds")) == [LATE - DEPOSIT, DEPOSIT]


def test_a_card_kept_for_another_visit_is_not_charged(world, treatment, clinic):
    first = paid(world, treatment)
    free = a_clinic(deposit_cents=0)
    second = an_appointment(
        free, starts_at=workday(world.now(), days=8), now=world.now(), client=first.client
    )
    bookings.cancel(second.pk, by=By.CLIENT, now=late(second))
    settle(world, clinic, now=late(second) + clinic.undo_time)

    assert Payment.objects.get(appointment=second, kind="fee").asked_at is not None
    assert [one["amount"] for one in world.money("charges")] == [DEPOSIT]


def test_a_waiver_is_about_one_ending(world, treatment, clinic):
    appointment = paid(world, treatment)
    user, now = UserFactory(), late(appointment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    payments.waive(appointment.pk, reason="ziek", user=user, clinic=clinic, now=now)
    bookings.undo_cancel(appointment.pk, within=clinic.undo_time, by=By.CLIENT, now=now)
    start = appointment.starts_at
    bookings.mark_no_show(appointment.pk, now=start, user=user)
    settle(world, clinic, now=start + clinic.no_show_rest)

    assert Payment.objects.get(kind="fee").amount_cents == NO_SHOW - DEPOSIT
    assert world.money("refunds") == []


def test_an_undo_just_after_the_charge_gives_it_back(world, treatment, clinic):
    appointment = paid(world, treatment)
    now = late(appointment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    settle(world, clinic, now=now + clinic.undo_time)
    bookings.undo_cancel(appointment.pk, within=2 * clinic.undo_time, by=By.CLIENT, now=now)
    settle(world, clinic, now=now + clinic.undo_time)

    assert [one["amount"] for one in world.money("refunds")] == [LATE - DEPOSIT]


def test_a_page_that_was_never_opened_does_not_block_the_debt(world, treatment, clinic):
    appointment = paid(world, treatment, "ideal")
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=now)
    fee = Payment.objects.get(kind="fee")
    payments.start_checkout(fee.pk, RETURN, now=world.now())
    Attempt.objects.filter(payment=fee).update(status="new", stripe_id="", url="")

    payments.ask_stripe(now=world.now() + HOUR)

    assert payments.start_checkout(fee.pk, RETURN, now=world.now())


def test_a_refund_made_by_hand_is_not_given_twice(world, treatment, clinic):
    appointment = paid(world, treatment)
    intent = Payment.objects.get().intent_id
    by_hand = stripe.StripeClient(
        world.settings["STRIPE_API_KEY"], base_addresses={"api": world.url}
    )
    by_hand.v1.refunds.create({"payment_intent": intent})
    now = world.now()
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    settle(world, clinic, now=now + clinic.undo_time)

    assert standing_of(appointment.pk).refund_status == "given_back"
    assert len(world.money("refunds")) == 1


def test_messages_about_what_is_not_ours_do_not_starve_ours(world, treatment):
    for n in range(120):
        StripeEvent.objects.create(
            pk=f"evt_{n}", type="refund.updated", object_id="re_gone", received_at=world.now()
        )
    payments.handle_stripe_events(now=world.now())
    hold = held(world, treatment)
    attempt = start_paying(world, hold)
    pay(world, attempt)
    StripeEvent.objects.create(
        pk="evt_ours",
        type="checkout.session.completed",
        object_id=attempt.stripe_id,
        received_at=world.now(),
    )
    payments.handle_stripe_events(now=world.now())

    hold.refresh_from_db()
    assert hold.status == Status.BOOKED
    payments.handle_stripe_events(now=world.now() + timedelta(days=2))
    payments.handle_stripe_events(now=world.now() + timedelta(days=2))
    assert not StripeEvent.objects.filter(handled_at=None).exists()


def test_stripe_is_told_no_secret_of_ours(world, treatment):
    hold = held(world, treatment)
    start_paying(world, hold)
    told = json.dumps(world.money("sessions")[0])
    debt = Payment.objects.get()

    assert debt.token not in told
    assert str(debt.reference) in told
    assert "Acne" not in told


def test_lowering_an_open_fee_asks_the_rest_and_what_was_being_paid_goes_back(
    world, treatment, clinic
):
    appointment = paid(world, treatment, "ideal")
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=now)
    first = Payment.objects.get(kind="fee")
    payments.start_checkout(first.pk, RETURN, now=world.now())
    attempt = Attempt.objects.get(payment=first, status="open")
    user = UserFactory()

    payments.waive(
        appointment.pk, reason="file", user=user, clinic=clinic, now=now, to_cents=DEPOSIT + 500
    )

    asked = Payment.objects.get(kind="fee", status="open")
    assert (asked.amount_cents, asked.asked_at) == (500, now)
    pay(world, attempt)
    payments.check_session(attempt.stripe_id, now=now)
    payments.make_calls(now=now)
    assert [one["amount"] for one in world.money("refunds")] == [LATE - DEPOSIT]


def test_lowering_a_fee_paid_by_card_gives_the_difference_back(world, treatment, clinic):
    appointment = paid(world, treatment)
    now = late(appointment) + clinic.undo_time
    bookings.cancel(appointment.pk, by=By.CLIENT, now=late(appointment))
    settle(world, clinic, now=now)
    user = UserFactory()

    payments.waive(appointment.pk, reason="file", user=user, clinic=clinic, now=now, to_cents=3000)
    payments.make_calls(now=now)

    assert [one["amount"] for one in world.money("refunds")] == [LATE - 3000]
    assert sum(one["amount"] for one in world.money("charges")) == LATE
