"""Checkout sessions: opened by the clinic, completed on the hosted page."""

from typing import Any

from django.conf import settings

from sandbox import clock
from sandbox.models import StripeObject
from sandbox.stripe_api import customers, events, objects
from sandbox.stripe_api.refusal import Refused, wrong
from sandbox.stripe_api.session_params import A_DAY, check_together, total


def create(params: dict[str, Any]) -> dict[str, Any]:
    """Open a session that the client can pay on the hosted page."""
    check_together(params)
    if "customer" in params:
        objects.find("customer", params["customer"], param="customer")
    key = objects.new_key("checkout.session")
    body = {
        **_empty(),
        **_as_given(params),
        **_amounts(total(params["line_items"])),
        "id": key,
        "object": "checkout.session",
        "created": clock.epoch(),
        "expires_at": params.get("expires_at", clock.epoch() + A_DAY),
        "payment_method_types": _offered(params),
        "payment_status": "unpaid",
        "status": "open",
        "url": f"{settings.SANDBOX_URL}/checkout/{key}/",
    }
    objects.add(
        body,
        items=params["line_items"],
        payment_intent_data=params.get("payment_intent_data", {}),
    )
    return body


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one session, as it is by the clock."""
    return current(key).body


def listing(params: dict[str, Any]) -> dict[str, Any]:
    """List the sessions, newest first."""
    expire_lapsed()
    names = ("customer", "payment_intent", "status")
    filters = {name: params[name] for name in names if name in params}
    return objects.page("checkout.session", params, url="/v1/checkout/sessions", **filters)


def expire(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Close an open session, so that it can no longer be paid."""
    row = current(key)
    if row.body["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {row.body['status']}."
        )
    return _expired(row)


def current(key: str) -> StripeObject:
    """Return the session after looking at the clock."""
    row = objects.find("checkout.session", key)
    if row.body["status"] == "open" and row.body["expires_at"] <= clock.epoch():
        _expired(row)
    return row


def expire_lapsed() -> None:
    """Close every session whose time has come."""
    for row in StripeObject.objects.filter(noun="checkout.session", status="open"):
        if row.body["expires_at"] <= clock.epoch():
            _expired(row)


def _expired(row: StripeObject) -> dict[str, Any]:
    row.body = {**row.body, "status": "expired", "url": None}
    objects.save(row)
    events.record("checkout.session.expired", row.body)
    return row.body


def _offered(params: dict[str, Any]) -> list[str]:
    allowed = params.get("allowed_payment_method_types", ["card", "ideal"])
    excluded = list(params.get("excluded_payment_method_types", []))
    if params.get("payment_intent_data", {}).get("setup_future_usage"):
        excluded.append("ideal")  # Checkout cannot save it while taking a payment
    offered = [one for one in ("card", "ideal") if one in allowed and one not in excluded]
    if not offered:
        raise wrong(
            "No valid payment method types for this Checkout Session. Please ensure that you have "
            "activated payment methods compatible with your chosen currency.",
            "allowed_payment_method_types",
        )
    return offered


def _amounts(cents: int) -> dict[str, Any]:
    return {
        "amount_subtotal": cents,
        "amount_total": cents,
        "currency": "eur",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def _as_given(params: dict[str, Any]) -> dict[str, Any]:
    names = (
        "allowed_payment_method_types",
        "billing_address_collection",
        "cancel_url",
        "client_reference_id",
        "customer",
        "customer_email",
        "excluded_payment_method_types",
        "locale",
        "metadata",
        "mode",
        "origin_context",
        "payment_method_options",
        "submit_type",
        "success_url",
    )
    given = {name: params[name] for name in names if name in params}
    if "customer" not in params:
        given["customer_creation"] = params.get("customer_creation", "if_required")
    if "consent_collection" in params:
        nothing = {"payment_method_reuse_agreement": None, "promotions": "none"}
        unasked = {**nothing, "terms_of_service": "none"}
        given["consent_collection"] = {**unasked, **params["consent_collection"]}
    if "custom_text" in params:
        given["custom_text"] = {**_empty()["custom_text"], **params["custom_text"]}
    return given


def _empty() -> dict[str, Any]:
    """Return the fields of a session of which nothing was asked."""
    nothing = (
        "after_expiration allow_promotion_codes allowed_payment_method_types "
        "billing_address_collection branding_settings cancel_url client_reference_id client_secret "
        "collected_information consent consent_collection currency_conversion customer "
        "customer_account customer_creation customer_details customer_email discounts "
        "excluded_payment_method_types invoice locale origin_context payment_intent payment_link "
        "payment_method_configuration_details recovered_from saved_payment_method_options "
        "setup_intent shipping_address_collection shipping_cost submit_type subscription"
    ).split()
    texts = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    tax: dict[str, Any] = {"enabled": False, "liability": None, "provider": None, "status": None}
    return {
        **dict.fromkeys(nothing),
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": tax,
        "custom_fields": [],
        "custom_text": dict.fromkeys(texts),
        "livemode": False,
        "metadata": {},
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "ui_mode": "hosted_page",
        "wallet_options": None,
    }


def completed(row: StripeObject, *, intent: str, name: str, email: str) -> dict[str, Any]:
    """Write down that the session was paid."""
    asked = (row.body["consent_collection"] or {}).get("terms_of_service") == "required"
    accepted = {"promotions": None, "terms_of_service": "accepted" if asked else None}
    row.body = {
        **row.body,
        "consent": accepted if row.body["consent_collection"] else None,
        "customer": row.body["customer"] or _customer_for(row.body, name=name, email=email),
        "customer_details": _details(name, email),
        "payment_intent": intent,
        "payment_status": "paid",
        "status": "complete",
        "url": None,
    }
    objects.save(row)
    events.record("checkout.session.completed", row.body)
    return row.body


def _customer_for(body: dict[str, Any], *, name: str, email: str) -> str | None:
    if body["customer_creation"] != "always":
        return None
    return str(customers.new(name=name, email=email)["id"])


def _details(name: str, email: str) -> dict[str, Any]:
    names = ("city", "line1", "line2", "postal_code", "state")
    return {
        "address": {**dict.fromkeys(names), "country": "NL"},
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
