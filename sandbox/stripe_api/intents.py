"""Payment intents, and charging a saved card without its owner."""

import secrets
from dataclasses import dataclass
from typing import Any

from sandbox import clock
from sandbox.models import StripeObject
from sandbox.stripe_api import charges, events, objects
from sandbox.stripe_api.intent_params import check_together
from sandbox.stripe_api.refusal import Refused, error_body, wrong

CANCELLABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)


@dataclass(frozen=True, slots=True)
class Declined:
    """A charge that the bank refused: work was done and kept, and the answer is a 402."""

    body: dict[str, Any]


def create(params: dict[str, Any]) -> dict[str, Any] | Declined:
    """Keep a new intent, and try to charge it at once when it is confirmed."""
    check_together(params)
    method = _method(params)
    body = new(
        amount=params["amount"],
        currency=params["currency"].lower(),
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=params.get("metadata", {}),
        payment_method=method.key if method else None,
        payment_method_options=params.get("payment_method_options", {}),
        receipt_email=params.get("receipt_email"),
        setup_future_usage=params.get("setup_future_usage"),
        statement_descriptor_suffix=params.get("statement_descriptor_suffix"),
        status="requires_confirmation" if method else "requires_payment_method",
    )
    if not params.get("confirm") or method is None:
        return body
    return _charge(body["id"], method, off_session=params.get("off_session", False))


def new(**given: Any) -> dict[str, Any]:
    """Keep a new intent with these fields."""
    key = objects.new_key("payment_intent")
    body = {
        "id": key,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "never", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{key}_secret_{secrets.token_hex(12)}",
        "confirmation_method": "automatic",
        "created": clock.epoch(),
        "customer_account": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "transfer_data": None,
        "transfer_group": None,
        **given,
    }
    objects.add(body)
    events.record("payment_intent.created", body)
    return body


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one intent."""
    return objects.find("payment_intent", key, param="intent").body


def listing(params: dict[str, Any]) -> dict[str, Any]:
    """List the intents, newest first."""
    filters = {name: params[name] for name in ("customer",) if name in params}
    return objects.page("payment_intent", params, url="/v1/payment_intents", **filters)


def cancel(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Withdraw an intent that has not been paid."""
    row = objects.find("payment_intent", key, param="intent")
    if row.hidden.get("session"):
        raise Refused(
            "You cannot cancel this PaymentIntent because it was created by Checkout. "
            "Expire the Checkout Session instead."
        )
    if row.body["status"] not in CANCELLABLE:
        raise Refused(
            f"You cannot cancel this PaymentIntent because it has a status of "
            f"{row.body['status']}. Only a PaymentIntent with one of the following statuses may be "
            f"canceled: {', '.join(CANCELLABLE)}.",
            code="payment_intent_unexpected_state",
        )
    row.body = {
        **row.body,
        "status": "canceled",
        "canceled_at": clock.epoch(),
        "cancellation_reason": params.get("cancellation_reason"),
    }
    objects.save(row)
    events.record("payment_intent.canceled", row.body)
    return row.body


def paid(key: str, charge: dict[str, Any]) -> dict[str, Any]:
    """Write down that the charge paid the intent."""
    row = objects.find("payment_intent", key)
    row.body = {
        **row.body,
        "amount_received": charge["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "payment_method": charge["payment_method"],
        "status": "succeeded",
    }
    objects.save(row)
    return row.body


def _charge(key: str, method: StripeObject, *, off_session: bool) -> dict[str, Any] | Declined:
    row = objects.find("payment_intent", key)
    nature = method.hidden["nature"] if off_session else "works"
    charge = charges.new(row.body, method.body, nature=nature)
    if charge["status"] == "succeeded":
        body = paid(key, charge)
        events.record("payment_intent.succeeded", body)
        return body
    return _declined(row, method, charge)


def _declined(row: StripeObject, method: StripeObject, charge: dict[str, Any]) -> Declined:
    code, decline_code, message = charges.DECLINES[method.hidden["nature"]]
    error = error_body(
        message,
        kind="card_error",
        code=code,
        charge=charge["id"],
        decline_code=decline_code,
        payment_method=method.body,
    )["error"]
    if advice := charge["outcome"]["advice_code"]:
        error["advice_code"] = advice
    row.body = {
        **row.body,
        "last_payment_error": error,
        "latest_charge": charge["id"],
        "payment_method": None,
        "status": "requires_payment_method",
    }
    objects.save(row)
    events.record("payment_intent.payment_failed", row.body)
    return Declined({"error": {**error, "payment_intent": row.body}})


def _method(params: dict[str, Any]) -> StripeObject | None:
    """Return the payment method, which must belong to the customer."""
    customer = params.get("customer")
    if customer:
        objects.find("customer", customer, param="customer")
    if "payment_method" not in params:
        return None
    row = objects.find("payment_method", params["payment_method"], param="payment_method")
    owner = row.body["customer"]
    if owner is None:
        raise wrong(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
            "attachment, shared with a connected account without Customer attachment, or was "
            "detached from a Customer. It may not be used again. To use a PaymentMethod multiple "
            "times, you must attach it to a Customer first.",
            "payment_method",
        )
    if customer is None:
        raise wrong(
            f"The PaymentMethod {row.key} belongs to the Customer {owner}. Please include the "
            "Customer in the `customer` parameter on the PaymentIntent.",
            "payment_method",
        )
    if owner != customer:
        raise wrong(
            f"The PaymentMethod {row.key} does not belong to the Customer {customer}.",
            "payment_method",
        )
    return row
