"""The only door to Stripe: plain values in, frozen dataclasses or one of four errors out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import stripe
from django.conf import settings

from payments.wiring import Endpoint

stripe.enable_telemetry = False
TIMEOUT_SECONDS = 20


class BadSignature(Exception):
    """The message is not from Stripe."""


class Declined(Exception):
    """The bank said no, or wants the client to confirm; `code` says which."""

    def __init__(self, code: str, intent_id: str) -> None:
        super().__init__(code)
        self.code = code
        self.intent_id = intent_id


class Refused(Exception):
    """Stripe will not do this, now or later: our request or our data is wrong."""


class Unavailable(Exception):
    """Stripe did not do it: too busy, or our keys are wrong. It may be asked again."""


class OutcomeUnknown(Exception):
    """No answer came: it may have been done. Ask before doing it again."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a webhook says happened, and to which object."""

    event_id: str
    type: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card that may be charged later."""

    card_id: str
    brand: str
    last4: str


@dataclass(frozen=True, slots=True)
class Session:
    """A payment page as it is now; the amount in cents."""

    session_id: str
    status: str  # open, complete, expired
    is_paid: bool
    amount_cents: int
    currency: str
    url: str
    attempt_key: str
    intent_id: str
    method: str
    saved_card: Card | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A charge as it is now."""

    intent_id: str
    status: str
    error_code: str
    attempt_key: str
    received_cents: int


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund as it is now; the amount in cents."""

    refund_id: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    amount_cents: int
    refund_key: str
    intent_id: str = ""


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute as it is now; the amounts in cents."""

    dispute_id: str
    status: str  # as Stripe names it
    reason: str
    amount_cents: int
    taken_cents: int  # what the bank has now: withdrawn, and not given back
    intent_id: str
    opened_at: datetime
    answer_by: datetime | None

    @property
    def needs_answer(self) -> bool:
        """Tell whether the bank waits for what the clinic has to say."""
        return self.status.endswith("needs_response")


@cache
def _client_for(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        # Made without this, a StripeClient does not retry at all.
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


def _client() -> stripe.StripeClient:
    return _client_for(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)


class _translated:  # noqa: N801 (reads as a statement at its one kind of use)
    """Turn the SDK's errors into this module's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, stripe.CardError):
            raise _declined(error) from error
        if isinstance(error, stripe.RateLimitError | stripe.AuthenticationError):
            raise Unavailable(type(error).__name__) from error
        if isinstance(error, stripe.PermissionError):
            raise Unavailable(type(error).__name__) from error
        if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
            if error.http_status == 409:  # the same key is still at work elsewhere
                raise OutcomeUnknown(str(error.code)) from error
            raise Refused(f"{error.code}: {error.user_message}"[:200]) from error
        if isinstance(error, stripe.StripeError):
            raise OutcomeUnknown(type(error).__name__) from error


def _declined(error: stripe.CardError) -> Declined:
    intent = getattr(error.error, "payment_intent", None)
    decline = getattr(error.error, "decline_code", None)
    return Declined(str(decline or error.code), str(intent["id"]) if intent else "")


def verified_event(body: bytes, signature: str) -> Notice:
    """Return what a webhook says, once its signature is checked.

    :raises BadSignature: if it is not from Stripe, or older than five minutes
    """
    try:
        event = _client().construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET)
        notice = Notice(
            event_id=str(event["id"]),
            type=str(event["type"]),
            object_id=str(getattr(event["data"]["object"], "id", "")),
        )
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise BadSignature from error
    except (AttributeError, KeyError, TypeError) as error:
        raise BadSignature from error  # a signature beyond ASCII, or no event at all
    if not all(_fits(part) for part in (notice.event_id, notice.type, notice.object_id)):
        raise BadSignature
    return notice


def _fits(name: str) -> bool:
    return len(name) <= 80 and name.isprintable()


def add_customer(*, email: str, language: str, reference: str, key: str) -> str:
    """Make a customer and return its id."""
    with _translated():
        customer = _client().v1.customers.create(
            {"email": email, "preferred_locales": [language], "metadata": {"client": reference}},
            {"idempotency_key": key},
        )
    return str(customer.id)


def open_session(request: Mapping[str, Any], *, key: str) -> Session:
    """Open a payment page with exactly this request."""
    with _translated():
        made = _client().v1.checkout.sessions.create(
            dict(request),  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    return _session(made)


def session(session_id: str) -> Session:
    """Return a payment page as it is now."""
    with _translated():
        found = _client().v1.checkout.sessions.retrieve(
            session_id,
            {"expand": ["payment_intent.latest_charge", "payment_intent.payment_method"]},
        )
    return _session(found)


def close_session(session_id: str) -> Session:
    """Close a payment page, and return what it had come to: closed, or paid just before."""
    try:
        with _translated():
            _client().v1.checkout.sessions.expire(session_id)
    except Refused:  # it was paid or had closed by itself: the session says which
        pass
    return session(session_id)


def charge_saved_card(request: Mapping[str, Any], *, key: str) -> Intent:
    """Charge a saved card while the client is not there.

    :raises Declined: if the bank refuses or wants her to confirm
    """
    with _translated():
        made = _client().v1.payment_intents.create(
            dict(request),  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    return _intent(made)


def intent(intent_id: str) -> Intent:
    """Return a charge as it is now."""
    with _translated():
        return _intent(_client().v1.payment_intents.retrieve(intent_id))


def intents_of(customer_id: str, *, since: int) -> list[Intent]:
    """Return a customer's charges since an instant in epoch seconds."""
    with _translated():
        found = _client().v1.payment_intents.list(
            {"customer": customer_id, "created": {"gte": since}, "limit": 100}
        )
    return [_intent(one) for one in found.data]


def forget_card(card_id: str) -> None:
    """Make sure a saved card cannot be charged any more."""
    try:
        with _translated():
            _client().v1.payment_methods.detach(card_id)
    except Refused:  # it was forgotten before
        pass


def cancel_intent(intent_id: str) -> None:
    """Make sure a failed charge cannot succeed any more."""
    try:
        with _translated():
            _client().v1.payment_intents.cancel(intent_id)
    except Refused:  # it was cancelled before
        pass


def refund(*, intent_id: str, amount_cents: int, key: str) -> RefundState:
    """Give money back of one charge."""
    with _translated():
        made = _client().v1.refunds.create(
            {
                "payment_intent": intent_id,
                "amount": amount_cents,
                "reason": "requested_by_customer",
                "metadata": {"refund": key},
            },
            {"idempotency_key": key},
        )
    return _refund(made)


def refund_state(refund_id: str) -> RefundState:
    """Return a refund as it is now."""
    with _translated():
        return _refund(_client().v1.refunds.retrieve(refund_id))


def refunds_of(intent_id: str) -> list[RefundState]:
    """Return the refunds of one charge."""
    with _translated():
        found = _client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    return [_refund(one) for one in found.data]


def intents_between(since: int, until: int) -> list[Intent]:
    """Return all charges begun in a period, in epoch seconds; its end is not in it."""
    with _translated():
        found = _client().v1.payment_intents.list(
            {"created": {"gte": since, "lt": until}, "limit": 100}
        )
        return [_intent(one) for one in found.auto_paging_iter()]


def refunds_between(since: int, until: int) -> list[RefundState]:
    """Return all refunds made in a period, in epoch seconds; its end is not in it."""
    with _translated():
        found = _client().v1.refunds.list({"created": {"gte": since, "lt": until}, "limit": 100})
        return [_refund(one) for one in found.auto_paging_iter()]


def dispute(dispute_id: str) -> DisputeState:
    """Return a dispute as it is now."""
    with _translated():
        return _dispute(_client().v1.disputes.retrieve(dispute_id))


def disputes_of(intent_id: str) -> list[DisputeState]:
    """Return the disputes of one charge."""
    with _translated():
        found = _client().v1.disputes.list({"payment_intent": intent_id, "limit": 100})
    return [_dispute(one) for one in found.data]


def disputes_between(since: int, until: int) -> list[DisputeState]:
    """Return all disputes begun in a period, in epoch seconds; its end is not in it."""
    with _translated():
        found = _client().v1.disputes.list({"created": {"gte": since, "lt": until}, "limit": 100})
        return [_dispute(one) for one in found.auto_paging_iter()]


def endpoints() -> list[Endpoint]:
    """Return the addresses that Stripe tells of what happens."""
    with _translated():
        found = _client().v1.webhook_endpoints.list({"limit": 100})
    return [
        Endpoint(
            url=str(one.url),
            is_enabled=one.status == "enabled",
            events=frozenset(str(kind) for kind in one.enabled_events),
            version=str(one.api_version or ""),
            is_live=bool(one.livemode),
        )
        for one in found.data
    ]


def undelivered(since: int) -> int:
    """Return how many messages since an instant in epoch seconds did not arrive; 100 at most."""
    with _translated():
        found = _client().v1.events.list(
            {"delivery_success": False, "created": {"gte": since}, "limit": 100}
        )
    return len(found.data)


def version() -> str:
    """Return the version of the API that our own library speaks."""
    return str(stripe.api_version)


def _session(thing: Any) -> Session:
    intent_ = getattr(thing, "payment_intent", None)
    method: Any = getattr(intent_, "payment_method", None)
    expanded = method is not None and not isinstance(method, str)
    return Session(
        session_id=thing.id,
        status=str(thing.status),
        is_paid=thing.payment_status == "paid",
        amount_cents=int(thing.amount_total or 0),
        currency=str(thing.currency),
        url=str(getattr(thing, "url", None) or ""),
        attempt_key=_metadata(thing, "attempt"),
        intent_id=str(intent_ if isinstance(intent_, str) else getattr(intent_, "id", "")),
        method=str(method.type) if expanded else "",
        saved_card=_saved_card(method) if expanded else None,
    )


def _saved_card(method: Any) -> Card | None:
    """Return the card if it was kept for later: only then it belongs to a customer."""
    if method.type != "card" or not getattr(method, "customer", None):
        return None
    return Card(card_id=method.id, brand=method.card.brand, last4=method.card.last4)


def _metadata(thing: Any, name: str) -> str:
    metadata = getattr(thing, "metadata", None)
    return str(metadata[name]) if metadata and name in metadata else ""


def _intent(thing: Any) -> Intent:
    error = getattr(thing, "last_payment_error", None)
    return Intent(
        intent_id=thing.id,
        status=str(thing.status),
        error_code=str(getattr(error, "code", "") or "") if error else "",
        attempt_key=_metadata(thing, "attempt"),
        received_cents=int(getattr(thing, "amount_received", 0) or 0),
    )


def _refund(thing: Any) -> RefundState:
    return RefundState(
        refund_id=thing.id,
        status=str(thing.status),
        amount_cents=int(thing.amount),
        refund_key=_metadata(thing, "refund"),
        intent_id=str(getattr(thing, "payment_intent", None) or ""),
    )


def _dispute(thing: Any) -> DisputeState:
    moved = sum(int(one.amount) for one in thing.balance_transactions or [])
    due = getattr(thing.evidence_details, "due_by", None)
    return DisputeState(
        dispute_id=thing.id,
        status=str(thing.status),
        reason=str(thing.reason),
        amount_cents=int(thing.amount),
        taken_cents=max(-moved, 0),
        intent_id=str(getattr(thing, "payment_intent", None) or ""),
        opened_at=datetime.fromtimestamp(thing.created, UTC),
        answer_by=datetime.fromtimestamp(due, UTC) if due else None,
    )
