"""Payment methods: made on the checkout page, saved to a customer when asked."""

from typing import Any

from sandbox import clock
from sandbox.stripe_api import events, objects
from sandbox.stripe_api.refusal import Refused
from sandbox.stripe_api.schema import EXPAND, table

RETRIEVE = table(expand=EXPAND)
DETACH = table(expand=EXPAND)

# What a card does when it is charged later, without its owner; by its last four digits.
CARDS = {
    "card": ("4242", "works"),
    "card_authentication": ("3184", "authentication_required"),
    "card_declined": ("0341", "insufficient_funds"),
}


def new(method: str, *, customer: str | None, name: str, email: str) -> dict[str, Any]:
    """Keep the payment method of somebody who paid by `method`."""
    body = {
        "id": objects.new_key("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "limited" if customer else "unspecified",
        "billing_details": {
            "address": _no_address(),
            "email": email or None,
            "name": name or None,
            "phone": None,
            "tax_id": None,
        },
        "created": clock.epoch(),
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
    }
    if method == "ideal":
        body |= {"type": "ideal", "ideal": {"bank": "ing", "bic": "INGBNL2A"}}
        nature = "once"
    else:
        last4, nature = CARDS[method]
        body |= {"type": "card", "card": _card(last4)}
    objects.add(body, nature=nature)
    return body


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one payment method."""
    return objects.find("payment_method", key).body


def detach(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Take a saved method away from its customer, for good."""
    row = objects.find("payment_method", key)
    if row.body["customer"] is None:
        raise Refused(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    row.body = {**row.body, "customer": None}
    row.hidden = {**row.hidden, "detached": True}
    objects.save(row)
    events.record("payment_method.detached", row.body)
    return row.body


def details(body: dict[str, Any]) -> dict[str, Any]:
    """Return how a charge describes the method it was paid with."""
    if body["type"] == "ideal":
        ideal = {**body["ideal"], "iban_last4": "0300", "verified_name": "J. de Vries"}
        unsaved = {"generated_sepa_debit": None, "generated_sepa_debit_mandate": None}
        return {"type": "ideal", "ideal": {**ideal, **unsaved, "transaction_id": None}}
    shown = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding")
    card = {name: body["card"][name] for name in (*shown, "last4", "wallet")}
    more = {"installments": None, "mandate": None, "network": "visa", "three_d_secure": None}
    return {"type": "card", "card": {**card, **more}}


def _card(last4: str) -> dict[str, Any]:
    return {
        "brand": "visa",
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "NL",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": clock.now().year + 3,
        "fingerprint": f"Sandbox{last4}Print",
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _no_address() -> dict[str, None]:
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return dict.fromkeys(names)
