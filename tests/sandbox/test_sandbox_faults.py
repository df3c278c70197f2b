"""Misbehaviour on demand, as the real SDKs and the clinic see it."""

import json

import pytest
import requests
import stripe
from twilio.base.exceptions import TwilioRestException

from tests.sandbox.sandbox_payments import paid, session_params
from tests.sandbox.sandbox_world import SERVICE, STRIPE_KEY, eventually


def test_lost_answer_leaves_the_work_done(sandbox, bank):
    sandbox.post("/control/faults", fault="lost_answer", path="/v1/customers")

    customer = bank.v1.customers.create({"name": "Anna"})

    kept = sandbox.get("/control/stripe")
    assert [one["id"] for one in kept["customers"]] == [customer.id]
    assert [key["times"] for key in kept["idempotency_keys"]] == [2]


def test_lost_answer_without_retries_is_a_broken_connection(sandbox):
    sandbox.post("/control/faults", fault="lost_answer")

    with pytest.raises(requests.ConnectionError):
        requests.post(
            f"{sandbox.url}/v1/customers",
            headers={"Authorization": f"Bearer {STRIPE_KEY}"},
            timeout=10,
        )

    assert len(sandbox.get("/control/stripe")["customers"]) == 1


def test_three_lost_answers_are_an_unknown_outcome(sandbox, bank):
    sandbox.post("/control/faults", fault="lost_answer", times=3)

    with pytest.raises(stripe.APIConnectionError):
        bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"})

    again = bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"})
    assert [one["id"] for one in sandbox.get("/control/stripe")["customers"]] == [again.id]


@pytest.mark.parametrize(
    ("fault", "times", "error"),
    [
        ("error_500", 3, stripe.APIError),
        ("error_429", 1, stripe.RateLimitError),
        ("error_409", 3, stripe.APIError),
    ],
)
def test_error_on_demand_does_nothing(sandbox, bank, fault, times, error):
    sandbox.post("/control/faults", fault=fault, times=times)

    with pytest.raises(error):
        bank.v1.customers.create({"name": "Anna"})

    assert sandbox.get("/control/stripe")["customers"] == []
    assert sandbox.get("/control/faults")["faults"] == []


def test_twilio_loses_an_answer_and_the_message_can_be_found(sandbox, twilio):
    sandbox.post("/control/faults", fault="lost_answer", path="/Messages.json")

    with pytest.raises(requests.ConnectionError):
        twilio.messages.create(
            to="+31612345678", messaging_service_sid=SERVICE, body="Hoi, link 123"
        )

    found = twilio.messages.list(to="+31612345678", limit=20)
    assert [message.body for message in found] == ["Hoi, link 123"]


def test_twilio_is_too_busy(sandbox, twilio):
    sandbox.post("/control/faults", fault="error_429")

    with pytest.raises(TwilioRestException) as refusal:
        twilio.messages.create(to="+31612345678", messaging_service_sid=SERVICE, body="Hoi")

    assert (refusal.value.status, refusal.value.code) == (429, 20429)
    assert sandbox.get("/control/messages")["messages"] == []


def test_event_comes_twice(sandbox, bank, clinic):
    opened = bank.v1.checkout.sessions.create(session_params(sandbox))
    sandbox.post("/control/faults", fault="duplicate_webhook")

    bank.v1.checkout.sessions.expire(opened.id)

    eventually(lambda: len(clinic.events()) == 2)
    assert len({event["id"] for event in clinic.events()}) == 1


def test_event_is_lost_and_can_be_read(sandbox, bank, clinic):
    opened = bank.v1.checkout.sessions.create(session_params(sandbox))
    sandbox.post("/control/faults", fault="lost_webhook", path="/hooks/stripe/")

    bank.v1.checkout.sessions.expire(opened.id)

    found = list(bank.v1.events.list({"type": "checkout.session.expired"}))
    assert [event.data.object.id for event in found] == [opened.id]
    assert sandbox.get("/control/deliveries")["deliveries"] == []
    assert clinic.calls == []


def test_later_event_overtakes(sandbox, bank, clinic):
    sandbox.post("/control/faults", fault="reordered_webhooks", seconds=1)

    paid(sandbox, bank, "card")

    eventually(lambda: len(clinic.kinds()) == 2)
    assert clinic.kinds() == ["checkout.session.completed", "payment_intent.succeeded"]
    moments = [event["created"] for event in clinic.events()]
    assert max(moments) - min(moments) <= 1


def test_event_is_repeated_until_the_clinic_takes_it(sandbox, bank, clinic):
    clinic.statuses[:] = [500]
    opened = bank.v1.checkout.sessions.create(session_params(sandbox))

    bank.v1.checkout.sessions.expire(opened.id)

    eventually(lambda: len(clinic.calls) == 2)
    first, second = (json.loads(call.body) for call in clinic.calls)
    assert first == second
    eventually(lambda: sandbox.get("/control/deliveries")["deliveries"][0]["finished"])


def test_unknown_fault_is_refused(sandbox):
    answer = requests.post(f"{sandbox.url}/control/faults", json={"fault": "fire"}, timeout=10)

    assert answer.status_code == 400
