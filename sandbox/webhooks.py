"""Signed calls to the clinic, made in the background: at least once, in no promised order."""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.db import transaction

from sandbox import faults
from sandbox.models import Delivery

log = logging.getLogger(__name__)
wake = threading.Event()
in_flight: set[int] = set()

# Seconds between two tries. After the last one a call is given up, as the vendors do.
BACK_OFF = {
    "stripe": (1, 2, 3, 5, 8, 15, 30, 60, 60, 120, 300, 600),
    "twilio": (1, 2, 4, 8, 15),
}


def to_stripe_endpoint(event: dict[str, object]) -> None:
    """Queue an event for the clinic's Stripe address."""
    url = f"{settings.PUBLIC_BASE_URL}/hooks/stripe/"
    body = json.dumps(event, indent=2, ensure_ascii=False)
    _queue("stripe", url=url, body=body, reference=str(event["id"]))


def to_twilio_endpoint(url: str, params: dict[str, str], *, after: float = 0) -> None:
    """Queue a call of Twilio's to `url`."""
    _queue("twilio", url=url, body=json.dumps(params), reference=params["MessageSid"], after=after)


def message_status(
    sid: str, *, url: str, status: str, error_code: int | None, after: float
) -> None:
    """Queue a change of a message's status, and the call that tells it when there is a `url`."""
    _queue(
        "twilio",
        url=url,
        body="",
        reference=sid,
        after=after,
        status_change=status,
        error_code=error_code,
    )


def _queue(kind: str, *, url: str, after: float = 0, **fields: object) -> None:
    fault, delay = _misbehaviour(url) if url else ("", 0.0)
    if fault == "lost":
        if not fields.get("status_change"):
            return
        url = ""  # the message still moves on; only nobody hears of it
    row = {"kind": kind, "url": url, "token": secrets.token_hex(16), **fields}
    Delivery.objects.create(**row, due=time.time() + after + delay)
    if fault == "duplicate":
        Delivery.objects.create(**row, due=time.time() + after + 0.2)
    transaction.on_commit(wake.set)


def _misbehaviour(url: str) -> tuple[str, float]:
    """Return what has to go wrong with a call to `url`, and its delay in seconds."""
    if faults.take("lost_webhook", path=url):
        return "lost", 0
    if faults.take("duplicate_webhook", path=url):
        return "duplicate", 0
    if late := faults.take("late_webhook", path=url):
        return "late", late.seconds or 5
    if overtaken := faults.take("reordered_webhooks", path=url):
        return "late", overtaken.seconds or 2
    return "", 0


def wait_for_calls(seconds: float = 3) -> None:
    """Wait until no call is being made, but not for ever."""
    end = time.monotonic() + seconds
    while in_flight and time.monotonic() < end:
        time.sleep(0.01)


def attempt(delivery: Delivery) -> None:
    """Make the call once and record the answer."""
    answer, wanted_again = _post(delivery)
    waits = BACK_OFF[delivery.kind]
    attempts = delivery.attempts + 1
    finished = not wanted_again or attempts > len(waits)
    due = delivery.due if finished else time.time() + waits[attempts - 1]
    # An update and not a save: a reset may have removed the row meanwhile.
    Delivery.objects.filter(pk=delivery.pk).update(
        attempts=attempts, answer=answer[:200], finished=finished, due=due
    )


def _post(delivery: Delivery) -> tuple[str, bool]:
    """Return what was answered, and whether the vendor would try again."""
    if not delivery.url:
        return "no address", False
    headers, body = _signed(delivery)
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                delivery.url, data=body, headers=headers, timeout=15, allow_redirects=False
            )
    except requests.RequestException as error:
        return type(error).__name__, True
    ok = 200 <= answer.status_code < 300
    # Twilio repeats only what did not arrive; Stripe repeats until it hears 2xx.
    again = not ok and (delivery.kind == "stripe" or answer.status_code >= 500)
    return str(answer.status_code), again


def _signed(delivery: Delivery) -> tuple[dict[str, str], bytes]:
    if delivery.kind == "stripe":
        return _stripe_headers(delivery.body), delivery.body.encode()
    params = json.loads(delivery.body)
    return _twilio_headers(delivery.url, params, token=delivery.token), urlencode(params).encode()


def _stripe_headers(body: str) -> dict[str, str]:
    moment = int(time.time())  # the age of a signature is real time
    secret = settings.STRIPE_WEBHOOK_SECRET.encode()
    signature = hmac.new(secret, f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (sandbox)",
        "Stripe-Signature": f"t={moment},v1={signature}",
    }


def _twilio_headers(url: str, params: dict[str, str], *, token: str) -> dict[str, str]:
    text = url + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(settings.TWILIO_AUTH_TOKEN.encode(), text.encode(), hashlib.sha1).digest()
    return {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent": "TwilioProxy/1.1 (sandbox)",
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
        "I-Twilio-Idempotency-Token": token,
    }
