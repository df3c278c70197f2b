"""What comes in as if from a vendor: unsigned, wrongly signed, old, twice, or broken."""

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator

from tests.world.world import World

STRIPE, INBOUND = "/hooks/stripe/", "/hooks/twilio/inbound/"


def _stripe(world: World, body: bytes, header: str | None) -> requests.Response:
    headers = {"Content-Type": "application/json"}
    if header is not None:
        headers["Stripe-Signature"] = header
    return requests.post(world.url + STRIPE, data=body, headers=headers, timeout=10)


def _signed(world: World, body: bytes, *, age_seconds: int = 0, secret: str = "") -> str:
    moment = int(time.time()) - age_seconds
    key = (secret or world.environment["STRIPE_WEBHOOK_SECRET"]).encode()
    found = hmac.new(key, b"%d.%s" % (moment, body), hashlib.sha256).hexdigest()
    return f"t={moment},v1={found}"


def _event(**changes: Any) -> bytes:
    event = {
        "id": f"evt_{secrets.token_hex(8)}",
        "object": "event",
        "type": "checkout.session.completed",
        "api_version": "2026-01-01",
        "data": {"object": {"id": "cs_test_nobody", "object": "checkout.session"}},
    }
    return json.dumps(event | changes).encode()


def test_an_event_that_stripe_did_not_sign_is_refused(world: World) -> None:
    body = _event()
    moment = int(time.time())
    before = world.counts()
    for header in (
        None,
        "",
        "garbage",
        "t=,v1=",
        f"t={moment}",
        f"t={moment},v1={'0' * 64}",
        "t=abc,v1=abc",
        f"t={moment},v1=é".encode().decode("latin-1"),
        _signed(world, body, secret="whsec_another"),
        _signed(world, b"{}"),
        _signed(world, body, age_seconds=600),  # heard once, and said again later
    ):
        assert _stripe(world, body, header).status_code == 400, header
    assert world.counts() == before


BROKEN = {
    "nothing": b"",
    "no json": b"no json",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "empty": b"{}",
    "no data": b'{"object": "event"}',
    "no text": b"\xff\xfe",
    "empty data": _event(data={}),
    "null data": _event(data=None),
    "null id": _event(id=None),
    "long id": _event(id="evt_" + "9" * 500),
    "long type": _event(type="x" * 500),
    "a list of objects": _event(data={"object": []}),
    "an object's id with a null": _event(data={"object": {"id": "cs_\x00"}}),
    "an object's long id": _event(data={"object": {"id": "cs_" + "9" * 500}}),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_event_is_refused_or_let_go(world: World, body: bytes) -> None:
    assert _stripe(world, body, _signed(world, body)).status_code in (200, 400)


def test_an_event_told_twice_is_kept_once(world: World) -> None:
    body = _event()
    header = _signed(world, body)
    kept = "select count(*) from payments_stripeevent where event_id = %s"
    for _ in range(3):
        assert _stripe(world, body, header).status_code == 200
    assert world.value(kept, [json.loads(body)["id"]]) == 1


def test_somebody_elses_event_books_nothing(world: World) -> None:
    with world.visitor() as visitor:
        visitor.prepare("laser")
        visitor.accept(follow=False)
        (session,) = world.query(
            "select stripe_id, payment_id from payments_attempt order by id desc limit 1"
        )
        body = _event(data={"object": {"id": session[0], "payment_status": "paid"}})
        assert _stripe(world, body, _signed(world, body)).status_code == 200
        handled = "select handled_at is not null from payments_stripeevent where event_id = %s"
        world.wait(lambda: world.value(handled, [json.loads(body)["id"]]))
        # What an event says is only a hint: Stripe itself says that nothing was paid.
        status = "select status from payments_payment where id = %s"
        assert world.value(status, [session[1]]) == "open"


def _twilio(world: World, path: str, given: dict[str, str], sign: str) -> requests.Response:
    token = world.environment["TWILIO_AUTH_TOKEN"]
    validator = RequestValidator(token if sign != "another" else "0" * 32)
    signature = validator.compute_signature(world.url + path, given)
    headers = {} if sign == "none" else {"X-Twilio-Signature": signature}
    if sign == "changed":
        given = given | {"Body": "STOP"}
    if sign == "not ascii":
        headers["X-Twilio-Signature"] = "é".encode().decode("latin-1")
    return requests.post(world.url + path, data=given, headers=headers, timeout=10)


def _reply(**changes: str) -> dict[str, str]:
    sid = "SM" + secrets.token_hex(16)
    return {"MessageSid": sid, "From": "+31612349999", "Body": "JA"} | changes


STATUS = "/hooks/twilio/status/6a1f3f0e-0000-4000-8000-000000000000/"


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize("sign", ["none", "another", "changed", "not ascii"])
def test_a_message_that_twilio_did_not_sign_is_refused(world: World, path: str, sign: str) -> None:
    before = world.counts()
    assert _twilio(world, path, _reply(), sign).status_code == 403
    assert world.counts() == before


def test_a_reply_told_twice_is_kept_once(world: World) -> None:
    reply = _reply()
    kept = "select count(*) from reminders_inboundmessage where sid = %s"
    for _ in range(3):
        assert _twilio(world, INBOUND, reply, "ours").status_code == 200
    assert world.value(kept, [reply["MessageSid"]]) == 1


BROKEN_REPLIES: list[dict[str, str]] = [
    {"From": ""},
    {"From": "whatsapp:"},
    {"From": "Linde"},
    {"From": "+" + "9" * 300},
    {"Body": ""},
    {"Body": "a" * 10_000},
    {"Body": "JA \x00"},
    {"Body": "\U0001f984\u202e"},
    {"ButtonPayload": "x" * 10_000},
    {"OptOutType": "x" * 10_000},
    {"MessageSid": "x" * 10_000},
    {"MessageSid": ""},
]


@pytest.mark.parametrize("changes", BROKEN_REPLIES, ids=lambda one: repr(one)[:40])
def test_a_broken_reply_is_refused_or_let_go(world: World, changes: dict[str, str]) -> None:
    assert _twilio(world, INBOUND, _reply(**changes), "ours").status_code in (200, 400)


BROKEN_REPORTS: list[dict[str, str]] = [
    {},
    {"MessageStatus": "delivered"},
    {"MessageStatus": "x" * 10_000, "ErrorCode": "abc"},
    {"MessageStatus": "failed", "ErrorCode": "²"},
    {"MessageStatus": "failed", "ErrorCode": "9" * 30},
]


@pytest.mark.parametrize("report", BROKEN_REPORTS, ids=lambda one: repr(one)[:40])
def test_a_report_about_no_message_of_ours_is_let_go(world: World, report: dict[str, str]) -> None:
    before = world.counts()
    assert _twilio(world, STATUS, report, "ours").status_code in (200, 400)
    assert world.counts() == before
