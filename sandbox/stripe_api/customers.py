"""Customers."""

from typing import Any

from sandbox import clock
from sandbox.stripe_api import events, objects
from sandbox.stripe_api.schema import EXPAND, choice, metadata, rows, table, text

UNSET = choice("")
FIELDS = {
    "description": text(),
    "email": text(most=512),
    "expand": EXPAND,
    "metadata": metadata(),
    "name": text(most=256),
    "phone": text(most=20),
    "preferred_locales": rows(text(most=10)),
    "address": table(
        city=text(), country=text(), line1=text(), line2=text(), postal_code=text(), state=text()
    ),
}
CREATE = table(**FIELDS)
UPDATE = table(**FIELDS)
RETRIEVE = table(expand=EXPAND)


def create(params: dict[str, Any]) -> dict[str, Any]:
    """Keep a new customer."""
    given = {name: value for name, value in params.items() if name != "expand"}
    return new(**given)


def new(**given: Any) -> dict[str, Any]:
    """Keep a new customer with these fields."""
    body = {
        "id": objects.new_key("customer"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": clock.epoch(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": objects.new_key("customer")[4:12].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **given,
    }
    objects.add(body)
    events.record("customer.created", body)
    return body


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one customer."""
    return objects.find("customer", key).body


def update(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Change a customer; metadata is merged, and an empty value removes its key."""
    row = objects.find("customer", key)
    given = {name: value for name, value in params.items() if name != "expand"}
    if "metadata" in given:
        given["metadata"] = merged(row.body["metadata"], given["metadata"])
    row.body = {**row.body, **given}
    objects.save(row)
    events.record("customer.updated", row.body)
    return row.body


def merged(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Return metadata after an update."""
    return {key: value for key, value in {**old, **new}.items() if value != ""}
