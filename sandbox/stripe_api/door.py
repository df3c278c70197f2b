"""The one door of the Stripe API: key, faults, idempotency, parameters, answer."""

import hashlib
import json
import logging
import re
import secrets
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sandbox import misbehaving
from sandbox.models import ApiRequest
from sandbox.stripe_api import (
    customers,
    disputes,
    earlier,
    endpoints,
    events,
    form,
    idempotency,
    intent_params,
    intents,
    methods,
    objects,
    refunds,
    session_params,
    sessions,
)
from sandbox.stripe_api.refusal import Refused, error_body
from sandbox.stripe_api.schema import Check

log = logging.getLogger(__name__)
KEY = "([A-Za-z0-9_]+)"
ROUTES: list[tuple[str, str, Check, Callable[..., Any]]] = [
    ("POST", "customers", customers.CREATE, customers.create),
    ("GET", f"customers/{KEY}", customers.RETRIEVE, customers.retrieve),
    ("POST", f"customers/{KEY}", customers.UPDATE, customers.update),
    ("POST", "checkout/sessions", session_params.CREATE, sessions.create),
    ("GET", "checkout/sessions", session_params.LIST, sessions.listing),
    ("GET", f"checkout/sessions/{KEY}", session_params.RETRIEVE, sessions.retrieve),
    ("POST", f"checkout/sessions/{KEY}/expire", session_params.EXPIRE, sessions.expire),
    ("POST", "payment_intents", intent_params.CREATE, intents.create),
    ("GET", "payment_intents", intent_params.LIST, intents.listing),
    ("GET", f"payment_intents/{KEY}", intent_params.RETRIEVE, intents.retrieve),
    ("POST", f"payment_intents/{KEY}/cancel", intent_params.CANCEL, intents.cancel),
    ("GET", f"payment_methods/{KEY}", methods.RETRIEVE, methods.retrieve),
    ("POST", f"payment_methods/{KEY}/detach", methods.DETACH, methods.detach),
    ("POST", "refunds", refunds.CREATE, refunds.create),
    ("GET", "refunds", refunds.LIST, refunds.listing),
    ("GET", f"refunds/{KEY}", refunds.RETRIEVE, refunds.retrieve),
    ("GET", "disputes", disputes.LIST, disputes.listing),
    ("GET", f"disputes/{KEY}", disputes.RETRIEVE, disputes.retrieve),
    ("GET", "webhook_endpoints", endpoints.LIST, endpoints.listing),
    ("GET", "events", events.LIST, events.listing),
    ("GET", f"events/{KEY}", events.RETRIEVE, events.retrieve),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and what of it is said in headers."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    stored: bool = True


@csrf_exempt
def answer(request: HttpRequest, path: str) -> HttpResponse:
    """Answer one request of the API."""
    request_id = "req_" + secrets.token_hex(7)
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    events.cause.set((request_id, key or None))
    full = f"/v1/{path}"
    found = _before_work(request, full)
    if found is None:
        found = _answer_once(request, path, key=key, request_id=request_id)
    ApiRequest.objects.create(
        vendor="stripe",
        method=str(request.method),
        path=full,
        status=found.status,
        idempotency_key=key,
    )
    response = HttpResponse(found.body, status=found.status, content_type="application/json")
    for name, value in _headers(request_id, key, found).items():
        response[name] = value
    return misbehaving.after_work(request, full, response)


def _headers(request_id: str, key: str, found: Answer) -> dict[str, str]:
    headers = {"Request-Id": request_id, "Stripe-Version": events.API_VERSION}
    if key:
        headers |= {"Idempotency-Key": key, "Original-Request": request_id}
    return headers | found.headers


def _before_work(request: HttpRequest, full: str) -> Answer | None:
    """Return the answer of a request that never gets to its work."""
    given = _api_key(request)
    if given != settings.STRIPE_API_KEY:
        words = f"Invalid API Key provided: {given[:8]}***" if given else NO_KEY
        return _error(401, words, kind="invalid_request_error")
    status = misbehaving.before_work(request, full)
    if status == 429:
        return _error(
            429, "Request rate limit exceeded.", kind="invalid_request_error", code="rate_limit"
        )
    if status == 409:
        words = "This object cannot be accessed right now because another request is accessing it."
        return _error(409, words, kind="invalid_request_error", code="lock_timeout")
    if status == 500:
        return _error(500, "An unknown error occurred", kind="api_error")
    return None


def _answer_once(request: HttpRequest, path: str, *, key: str, request_id: str) -> Answer:
    """Do the work, or answer again what was answered under this key before."""
    if not key:
        return _work(request, path)
    try:
        if len(key) > 255:
            raise Refused("Keys for idempotent requests can have up to 255 characters.")
        print_ = _fingerprint(request, path)
        earlier = idempotency.begin(key, fingerprint=print_, path=path, request_id=request_id)
    except Refused as refusal:
        return Answer(refusal.status, json.dumps(refusal.body))
    if earlier is not None:
        replayed = {"Idempotent-Replayed": "true", "Original-Request": earlier.request_id}
        return Answer(earlier.status or 500, earlier.body, headers=replayed)
    found = _work(request, path)
    if found.stored:
        idempotency.finish(key, status=found.status, body=found.body)
    else:
        idempotency.forget(key)
    return found


def _work(request: HttpRequest, path: str) -> Answer:
    try:
        with transaction.atomic():
            return _result(request, path)
    except Refused as refusal:
        body = json.dumps(refusal.body, indent=2)
        return Answer(refusal.status, body, stored=not refusal.before_work)
    except Exception:
        log.exception("The sandbox failed at %s %s", request.method, path)
        return _error(500, "The sandbox itself failed; see its log.", kind="api_error")


def _result(request: HttpRequest, path: str) -> Answer:
    check, view, keys = _route(str(request.method), path)
    encoded = request.body.decode() if request.method == "POST" else request.META["QUERY_STRING"]
    if request.method == "POST" and encoded and not _is_form(request):
        raise Refused("Invalid request: the body must be form-encoded.", before_work=True)
    params = check(form.decode(encoded), "")
    earlier.recall(params, keys)
    result = view(params, *keys)
    if isinstance(result, intents.Declined):
        return Answer(402, json.dumps(result.body, indent=2))
    return Answer(200, json.dumps(objects.expanded(result, params.get("expand", [])), indent=2))


def _route(method: str, path: str) -> tuple[Check, Callable[..., Any], tuple[str, ...]]:
    for wanted, pattern, check, view in ROUTES:
        found = re.fullmatch(pattern, path.rstrip("/"))
        if found and wanted == method:
            return check, view, found.groups()
    raise Refused(
        f"Unrecognized request URL ({method}: /v1/{path}). Please see https://stripe.com/docs or "
        "we can help at https://support.stripe.com/.",
        status=404,
        before_work=True,
    )


def _is_form(request: HttpRequest) -> bool:
    return str(request.content_type) == "application/x-www-form-urlencoded"


def _fingerprint(request: HttpRequest, path: str) -> str:
    return hashlib.sha256(f"{path}\n".encode() + request.body).hexdigest()


def _api_key(request: HttpRequest) -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        return b64decode(value).decode(errors="replace").partition(":")[0]
    return value.strip()


def _error(status: int, message: str, *, kind: str, code: str = "") -> Answer:
    body = error_body(message, kind=kind, code=code)
    return Answer(status, json.dumps(body, indent=2), stored=False)


NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, "
    "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)
