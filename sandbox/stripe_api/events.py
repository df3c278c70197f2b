"""Events: recorded for the list, and told to the clinic when its endpoint asked for them."""

from contextvars import ContextVar
from typing import Any

from sandbox import clock, webhooks
from sandbox.models import Delivery, StripeObject
from sandbox.stripe_api import objects
from sandbox.stripe_api.schema import CREATED, EXPAND, PAGING, rows, table, text, truth

API_VERSION = "2026-10-28.endive"

# What the clinic's webhook endpoint is subscribed to.
SUBSCRIBED = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
}
LIST = table(**PAGING, type=text(), types=rows(text()), created=CREATED, delivery_success=truth())
RETRIEVE = table(expand=EXPAND)

# The request that is being answered: its id and its idempotency key.
cause: ContextVar[tuple[str | None, str | None]] = ContextVar("cause", default=(None, None))


def record(kind: str, about: dict[str, Any]) -> None:
    """Record that something happened to an object, and tell the clinic."""
    request_id, idempotency_key = cause.get()
    subscribed = kind in SUBSCRIBED
    body = {
        "id": objects.new_key("event"),
        "object": "event",
        "api_version": API_VERSION,
        "created": clock.epoch(),
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": int(subscribed),
        "request": {"id": request_id, "idempotency_key": idempotency_key},
        "type": kind,
    }
    objects.add(body, kind=kind)
    if subscribed:
        webhooks.to_stripe_endpoint(body)


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one event."""
    return _as_now(objects.find("event", key).body)


def listing(params: dict[str, Any]) -> dict[str, Any]:
    """List the events, newest first."""
    filters: dict[str, Any] = {}
    kinds = params.get("types") or ([params["type"]] if "type" in params else [])
    if kinds:
        filters["hidden__kind__in"] = kinds
    if "delivery_success" in params:
        filters["key__in"] = _told(delivered=params["delivery_success"])
    page = objects.page("event", params, url="/v1/events", **filters)
    return {**page, "data": [_as_now(body) for body in page["data"]]}


def _told(*, delivered: bool) -> list[str]:
    told = set(
        Delivery.objects.filter(kind="stripe", answer__startswith="2").values_list(
            "reference", flat=True
        )
    )
    every = StripeObject.objects.filter(noun="event", hidden__kind__in=sorted(SUBSCRIBED))
    return [key for key in every.values_list("key", flat=True) if (key in told) == delivered]


def _as_now(body: dict[str, Any]) -> dict[str, Any]:
    waiting = Delivery.objects.filter(kind="stripe", reference=body["id"], finished=False).exists()
    return {**body, "pending_webhooks": int(waiting)}
