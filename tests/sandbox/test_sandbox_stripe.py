"""Stripe's subset, through Stripe's own SDK: what it does and what it refuses."""

import threading
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.sandbox_payments import fee_params, paid, session_params
from tests.sandbox.sandbox_world import STRIPE_KEY, STRIPE_SECRET, eventually


def test_customer_is_made_read_and_changed(bank):
    made = bank.v1.customers.create({"metadata": {"client": "1", "old": "x"}})
    bank.v1.customers.update(made.id, {"name": "Anna", "metadata": {"old": ""}})

    read = bank.v1.customers.retrieve(made.id)

    assert (read.name, read.metadata.to_dict()) == ("Anna", {"client": "1"})


def test_session_is_open_until_it_is_paid(sandbox, bank):
    opened = bank.v1.checkout.sessions.create(session_params(sandbox))

    assert (opened.status, opened.payment_status, opened.payment_intent) == ("open", "unpaid", None)
    assert opened.url == f"{sandbox.url}/checkout/{opened.id}/"
    assert opened.amount_total == 2500


@pytest.mark.parametrize(
    ("method", "kind", "last4", "saved"),
    [
        ("card", "card", "4242", True),
        ("card_authentication", "card", "3184", True),
        ("card_declined", "card", "0341", True),
        ("ideal", "ideal", None, False),
    ],
)
def test_paying_completes_the_session(sandbox, bank, method, kind, last4, saved):
    session = paid(sandbox, bank, method)
    intent = session.payment_intent

    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received) == ("succeeded", 2500)
    assert intent.metadata.to_dict() == {"payment": "1"}
    assert (intent.latest_charge.paid, intent.latest_charge.amount) == (True, 2500)
    assert intent.payment_method.type == kind
    assert (intent.payment_method.customer is not None) == saved
    if kind == "card":
        assert intent.payment_method.card.last4 == last4


def test_paying_is_told_with_a_signature_that_the_sdk_accepts(sandbox, bank, clinic):
    session = paid(sandbox, bank, "card")

    eventually(lambda: len(clinic.kinds()) == 2)
    events = {}
    for call in clinic.told("/hooks/stripe/"):
        event = bank.construct_event(call.body, call.headers["Stripe-Signature"], STRIPE_SECRET)
        events[event.type] = event
    assert set(events) == {"checkout.session.completed", "payment_intent.succeeded"}
    completed = events["checkout.session.completed"]
    assert completed.data.object.id == session.id
    assert (completed.api_version, completed.livemode) == ("2026-10-28.endive", False)
    assert bank.v1.events.retrieve(completed.id).type == completed.type


def test_success_page_gets_the_session_in_its_address(sandbox, bank):
    opened = bank.v1.checkout.sessions.create(session_params(sandbox))
    browser = requests.Session()
    browser.get(opened.url, timeout=10)
    form = {"method": "ideal", "csrfmiddlewaretoken": browser.cookies["sandbox_csrf"]}

    answer = browser.post(opened.url, data=form, allow_redirects=False, timeout=10)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"http://127.0.0.1:1/klaar/?s={opened.id}"
    assert "form-action 'self' http://127.0.0.1:1" in answer.headers["Content-Security-Policy"]


def test_terms_have_to_be_accepted(sandbox, bank):
    asked = {"terms_of_service": "required"}
    opened = bank.v1.checkout.sessions.create(session_params(sandbox, consent_collection=asked))
    browser = requests.Session()
    browser.get(opened.url, timeout=10)
    form = {"method": "card", "csrfmiddlewaretoken": browser.cookies["sandbox_csrf"]}

    refused = browser.post(opened.url, data=form, timeout=10, allow_redirects=False)
    accepted = browser.post(
        opened.url, data={**form, "terms": "yes"}, timeout=10, allow_redirects=False
    )

    assert (refused.status_code, accepted.status_code) == (400, 302)
    read = bank.v1.checkout.sessions.retrieve(opened.id)
    assert read.consent.terms_of_service == "accepted"


def test_paid_session_cannot_be_paid_or_expired(sandbox, bank):
    session = paid(sandbox, bank, "card")

    again = requests.post(
        f"{sandbox.url}/control/checkout/{session.id}/pay", json={"method": "card"}, timeout=10
    )
    with pytest.raises(stripe.InvalidRequestError, match="has a status of complete"):
        bank.v1.checkout.sessions.expire(session.id)

    assert again.status_code == 400
    assert len(sandbox.get("/control/stripe")["charges"]) == 1


def test_session_expires_by_the_clock_and_says_so(sandbox, bank, clinic):
    opened = bank.v1.checkout.sessions.create(session_params(sandbox))

    sandbox.post("/control/clock", seconds=31 * 60 + 1)

    assert bank.v1.checkout.sessions.retrieve(opened.id).status == "expired"
    eventually(lambda: clinic.kinds() == ["checkout.session.expired"])


def test_session_expires_without_anybody_looking(sandbox, bank, clinic):
    bank.v1.checkout.sessions.create(session_params(sandbox))

    sandbox.post("/control/clock", seconds=31 * 60 + 1)

    eventually(lambda: clinic.kinds() == ["checkout.session.expired"])


def test_sessions_of_a_customer_are_listed_newest_first(sandbox, bank):
    anna, bert = (bank.v1.customers.create().id for _ in range(2))
    made = [
        bank.v1.checkout.sessions.create(session_params(sandbox, customer=one)).id
        for one in (anna, bert, anna, anna)
    ]

    first = bank.v1.checkout.sessions.list({"customer": anna, "limit": 2})
    everything = [one.id for one in first.auto_paging_iter()]

    assert everything == [made[3], made[2], made[0]]


@pytest.mark.parametrize(
    ("case", "changes", "param", "code"),
    [
        ("unknown", {"colour": "red"}, "colour", "parameter_unknown"),
        (
            "gone",
            {"payment_method_types": ["card"]},
            "payment_method_types",
            "payment_method_types_no_longer_supported",
        ),
        (
            "two customers",
            {"customer": "cus_1", "customer_email": "a@b.nl"},
            "customer_email",
            None,
        ),
        ("no such customer", {"customer": "cus_1"}, "customer", "resource_missing"),
        ("29 minutes", {"expires_at": 29 * 60}, "expires_at", None),
        ("25 hours", {"expires_at": 25 * 3600}, "expires_at", None),
        (
            "iDEAL saved",
            {"payment_method_options": {"ideal": {"setup_future_usage": "off_session"}}},
            "payment_method_options[ideal][setup_future_usage]",
            None,
        ),
        ("no items", {"line_items": None}, "line_items", "parameter_missing"),
        ("old ui mode", {"ui_mode": "hosted"}, "ui_mode", None),
        ("no address", {"success_url": "klaar"}, "success_url", "url_invalid"),
        ("51 pairs", {"metadata": {str(n): "x" for n in range(51)}}, "metadata", None),
    ],
)
def test_session_is_refused(sandbox, bank, case, changes, param, code):
    if "expires_at" in changes:
        changes = {"expires_at": sandbox.now() + changes["expires_at"]}

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.checkout.sessions.create(session_params(sandbox, **changes))

    assert (refusal.value.http_status, refusal.value.param, refusal.value.code) == (
        400,
        param,
        code,
    )
    assert str(refusal.value.request_id).startswith("req_")
    assert sandbox.get("/control/stripe")["sessions"] == []


@pytest.mark.parametrize("amount", ["25.50", "abc", "", "-5", "49"])
def test_amount_is_whole_cents_and_not_too_small(sandbox, bank, amount):
    params = session_params(sandbox)
    params["line_items"][0]["price_data"]["unit_amount"] = amount

    with pytest.raises(stripe.InvalidRequestError):
        bank.v1.checkout.sessions.create(params)


def test_wrong_key_is_refused(sandbox):
    stranger = stripe.StripeClient("sk_test_other", base_addresses={"api": sandbox.url})

    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.customers.create()


def test_missing_object_is_a_404(bank):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.checkout.sessions.retrieve("cs_test_nothing")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_what_cannot_be_expanded_is_refused(bank):
    customer = bank.v1.customers.create()

    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        bank.v1.customers.retrieve(customer.id, {"expand": ["wallet"]})


def test_saved_card_is_charged_later(sandbox, bank, clinic):
    session = paid(sandbox, bank, "card")

    fee = bank.v1.payment_intents.create(fee_params(session))

    assert (fee.status, fee.amount_received) == ("succeeded", 4500)
    eventually(lambda: clinic.kinds().count("payment_intent.succeeded") == 2)
    listed = bank.v1.payment_intents.list({"customer": session.customer})
    assert [one.id for one in listed] == [fee.id, session.payment_intent.id]
    later = {"customer": session.customer, "created": {"gte": sandbox.now() + 60}}
    assert list(bank.v1.payment_intents.list(later)) == []


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("card_authentication", "authentication_required", "authentication_required"),
        ("card_declined", "card_declined", "insufficient_funds"),
    ],
)
def test_bank_refuses_the_saved_card(sandbox, bank, clinic, method, code, decline_code):
    session = paid(sandbox, bank, method)

    with pytest.raises(stripe.CardError) as refusal:
        bank.v1.payment_intents.create(fee_params(session), {"idempotency_key": f"fee:{method}"})

    error: Any = refusal.value
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    failed = error.error.payment_intent
    assert (failed.status, failed.metadata["payment"]) == ("requires_payment_method", "2")
    eventually(lambda: "payment_intent.payment_failed" in clinic.kinds())
    assert bank.v1.payment_intents.cancel(failed.id).status == "canceled"
    with pytest.raises(stripe.CardError) as replay:
        bank.v1.payment_intents.create(fee_params(session), {"idempotency_key": f"fee:{method}"})
    assert (replay.value.headers or {})["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("case", "changes", "param"),
    [
        ("off session without confirm", {"confirm": False}, "off_session"),
        ("saving while off session", {"setup_future_usage": "off_session"}, "setup_future_usage"),
        ("redirects", {"automatic_payment_methods": {"enabled": True}}, "return_url"),
        ("too little", {"amount": 49}, "amount"),
        ("nobody's card", {"customer": ""}, "customer"),
        ("gone", {"payment_method_types": ["card"]}, "payment_method_types"),
    ],
)
def test_charge_is_refused(sandbox, bank, case, changes, param):
    session = paid(sandbox, bank, "card")

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.payment_intents.create(fee_params(session, **changes))

    assert refusal.value.param == param
    assert len(sandbox.get("/control/stripe")["payment_intents"]) == 1


def test_detached_card_is_never_charged_again(sandbox, bank):
    session = paid(sandbox, bank, "card")

    bank.v1.payment_methods.detach(session.payment_intent.payment_method.id)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        bank.v1.payment_intents.create(fee_params(session))


def test_ideal_is_not_saved(sandbox, bank):
    session = paid(sandbox, bank, "ideal")

    with pytest.raises(stripe.InvalidRequestError):
        bank.v1.payment_intents.create(fee_params(session))


def test_paid_intent_cannot_be_cancelled(sandbox, bank):
    session = paid(sandbox, bank, "card")

    with pytest.raises(stripe.InvalidRequestError):
        bank.v1.payment_intents.cancel(session.payment_intent.id)


def test_refund_in_parts_and_never_more(sandbox, bank, clinic):
    intent = paid(sandbox, bank, "card").payment_intent.id

    first = bank.v1.refunds.create(
        {"payment_intent": intent, "amount": 1000, "metadata": {"refund": "1"}}
    )
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        bank.v1.refunds.create({"payment_intent": intent, "amount": 1501})
    second = bank.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.refunds.create({"payment_intent": intent})

    assert (first.status, second.status, second.amount) == ("succeeded", "succeeded", 1500)
    assert refusal.value.code == "charge_already_refunded"
    listed = bank.v1.refunds.list({"payment_intent": intent})
    assert [one.id for one in listed] == [second.id, first.id]
    eventually(lambda: clinic.kinds().count("refund.created") == 2)
    eventually(lambda: clinic.kinds().count("charge.refunded") == 2)


DEMO = "pi_demo_2500_0123456789abcdef0123456789abcdef"


def refund_demo(bank):
    return bank.v1.refunds.create({"payment_intent": DEMO, "amount": 1000})


def read_demo(bank):
    intent = bank.v1.payment_intents.retrieve(DEMO, {"expand": ["latest_charge"]})
    charge = intent.latest_charge
    assert (intent.status, intent.amount, intent.amount_received) == ("succeeded", 2500, 2500)
    assert (charge.paid, charge.amount, charge.amount_refunded) == (True, 2500, 0)
    assert charge.payment_method_details.card.last4 == "4242"


def list_demo(bank):
    assert bank.v1.refunds.list({"payment_intent": DEMO}).data == []


@pytest.mark.parametrize("first_mention", [refund_demo, read_demo, list_demo])
def test_demo_deposit_is_given_back_and_never_more(sandbox, bank, first_mention):
    first_mention(bank)
    given = sum(one.amount for one in bank.v1.refunds.list({"payment_intent": DEMO}))

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        bank.v1.refunds.create({"payment_intent": DEMO, "amount": 2501 - given})
    rest = bank.v1.refunds.create({"payment_intent": DEMO})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.refunds.create({"payment_intent": DEMO, "amount": 1})

    assert (rest.status, rest.amount) == ("succeeded", 2500 - given)
    assert refusal.value.code == "charge_already_refunded"
    assert bank.v1.payment_intents.retrieve(DEMO).amount == 2500
    assert len(bank.v1.payment_intents.list().data) == 1


def test_demo_deposit_of_which_too_much_is_asked_at_once(sandbox, bank):
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        bank.v1.refunds.create({"payment_intent": DEMO, "amount": 2501})

    assert bank.v1.refunds.create({"payment_intent": DEMO}).amount == 2500


@pytest.mark.parametrize("key", ["pi_demo_0_abc", "pi_demo_abc", "pi_demo_2500_", "pi_2500_abc"])
def test_another_unknown_intent_stays_unknown(sandbox, bank, key):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.refunds.create({"payment_intent": key})

    assert refusal.value.code == "resource_missing"
    assert bank.v1.payment_intents.list().data == []


@pytest.mark.parametrize("reason", ["no_show", "client"])
def test_refund_reason_is_one_of_three(sandbox, bank, reason):
    intent = paid(sandbox, bank, "card").payment_intent.id

    with pytest.raises(stripe.InvalidRequestError):
        bank.v1.refunds.create({"payment_intent": intent, "reason": reason})


def test_refund_may_fail_later(sandbox, bank, clinic):
    intent = paid(sandbox, bank, "card").payment_intent.id
    sandbox.post("/control/faults", fault="refund_fails")

    refund = bank.v1.refunds.create({"payment_intent": intent})

    assert refund.status == "pending"
    eventually(lambda: "refund.failed" in clinic.kinds())
    assert bank.v1.refunds.retrieve(refund.id).status == "failed"
    assert bank.v1.refunds.create({"payment_intent": intent}).status == "succeeded"


def test_refund_may_wait_a_day(sandbox, bank):
    intent = paid(sandbox, bank, "card").payment_intent.id
    sandbox.post("/control/faults", fault="refund_pending")
    refund = bank.v1.refunds.create({"payment_intent": intent})

    sandbox.post("/control/clock", seconds=86401)

    eventually(lambda: bank.v1.refunds.retrieve(refund.id).status == "succeeded")


def test_a_dispute_takes_the_money_until_it_was_won(sandbox, bank, clinic):
    intent = paid(sandbox, bank, "card").payment_intent
    begun = sandbox.post("/control/dispute", charge=intent.latest_charge.id)["dispute"]

    eventually(lambda: "charge.dispute.created" in clinic.kinds())
    dispute = bank.v1.disputes.retrieve(begun["id"])
    assert (dispute.status, dispute.amount, dispute.payment_intent) == (
        "needs_response",
        2500,
        intent.id,
    )
    assert [moved.amount for moved in dispute.balance_transactions] == [-2500]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_disputed"
    again = requests.post(
        f"{sandbox.url}/control/dispute", json={"charge": dispute.charge}, timeout=10
    )
    assert again.status_code == 400

    sandbox.post("/control/dispute", dispute=dispute.id, status="won")

    eventually(lambda: "charge.dispute.closed" in clinic.kinds())
    (listed,) = bank.v1.disputes.list({"payment_intent": intent.id}).data
    assert (listed.status, sum(one.amount for one in listed.balance_transactions)) == ("won", 0)
    assert bank.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_what_was_paid_by_ideal_cannot_be_disputed(sandbox, bank):
    charge = paid(sandbox, bank, "ideal").payment_intent.latest_charge.id
    answer = requests.post(f"{sandbox.url}/control/dispute", json={"charge": charge}, timeout=10)
    assert answer.status_code == 400


def test_same_key_and_body_is_answered_from_memory(sandbox, bank):
    first = bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"})
    again = bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"})

    assert first.id == again.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(sandbox.get("/control/stripe")["customers"]) == 1


def test_same_key_and_another_body_is_an_error(bank):
    bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"})

    with pytest.raises(stripe.IdempotencyError):
        bank.v1.customers.create({"name": "Bert"}, {"idempotency_key": "customer:1"})


def test_what_was_refused_before_its_work_may_be_tried_again(bank):
    with pytest.raises(stripe.InvalidRequestError):
        bank.v1.customers.create({"naam": "Anna"}, {"idempotency_key": "customer:1"})

    assert bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"}).id


def test_key_is_forgotten_after_a_day(sandbox, bank):
    first = bank.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1"})

    sandbox.post("/control/clock", seconds=86401)

    again = bank.v1.customers.create({"name": "Bert"}, {"idempotency_key": "customer:1"})
    assert first.id != again.id


def test_many_at_once_under_one_key_make_one_object(sandbox):
    barrier = threading.Barrier(8)
    answers: list[tuple[int, str]] = []

    def ask() -> None:
        barrier.wait()
        answer = requests.post(
            f"{sandbox.url}/v1/customers",
            data={"name": "Anna"},
            headers={"Authorization": f"Bearer {STRIPE_KEY}", "Idempotency-Key": "customer:1"},
            timeout=20,
        )
        answers.append((answer.status_code, answer.text))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {status for status, _ in answers} <= {200, 409}
    assert len({text for status, text in answers if status == 200}) == 1
    assert all("idempotency_key_in_use" in text for status, text in answers if status == 409)
    assert len(sandbox.get("/control/stripe")["customers"]) == 1
