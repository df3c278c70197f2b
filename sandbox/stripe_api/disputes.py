"""Disputes: a card's bank takes money back until it has decided who is right."""

from typing import Any

from sandbox import clock
from sandbox.models import StripeObject
from sandbox.stripe_api import events, objects
from sandbox.stripe_api.refusal import Refused
from sandbox.stripe_api.schema import CREATED, EXPAND, PAGING, table, text

RETRIEVE = table(expand=EXPAND)
LIST = table(**PAGING, charge=text(), payment_intent=text(), created=CREATED)
FEE = 2000  # what Stripe itself asks of the clinic, in cents
A_WEEK = 7 * 86400
ENDS = ("won", "lost")
STEPS = ("under_review", *ENDS)


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one dispute."""
    return objects.find("dispute", key).body


def listing(params: dict[str, Any]) -> dict[str, Any]:
    """List the disputes, newest first."""
    filters = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return objects.page("dispute", params, url="/v1/disputes", **filters)


def begin(charge_key: str, *, amount: int | None = None, inquiry: bool = False) -> dict[str, Any]:
    """Let a cardholder's bank dispute a charge; an inquiry takes no money yet.

    :raises Refused: if it was not paid by card, or is disputed or given back already
    """
    charge = objects.find("charge", charge_key)
    left = charge.body["amount"] - charge.body["amount_refunded"]
    is_card = charge.body["payment_method_details"]["type"] == "card"
    if not (is_card and charge.body["paid"] and left) or charge.body["disputed"]:
        raise Refused(f"Charge {charge_key} cannot be disputed.")
    body = _new(charge.body, min(amount or left, left), inquiry=inquiry)
    objects.add(body)
    charge.body = {**charge.body, "disputed": True}
    objects.save(charge)
    events.record("charge.dispute.created", body)
    if not inquiry:
        events.record("charge.dispute.funds_withdrawn", body)
    return body


def step(key: str, status: str) -> dict[str, Any]:
    """Let the bank look at it, or decide; what was won comes back.

    :raises Refused: if it was decided before
    """
    row = objects.find("dispute", key)
    if row.body["status"] in ENDS or status not in STEPS:
        raise Refused(f"Dispute {key} is {row.body['status']}.")
    moved = row.body["balance_transactions"]
    if status == "won" and moved:
        moved = [*moved, _moved(row.body, row.body["amount"], fee=0)]
    row.body = {**row.body, "status": status, "balance_transactions": moved}
    objects.save(row)
    events.record(f"charge.dispute.{'closed' if status in ENDS else 'updated'}", row.body)
    if status == "won" and moved:
        events.record("charge.dispute.funds_reinstated", row.body)
    return row.body


def refuse_disputed(charge: dict[str, Any]) -> None:
    """Give nothing back of what a bank has taken, or has been given by it.

    :raises Refused: if the charge is disputed, and that was not won
    """
    rows = StripeObject.objects.filter(noun="dispute", charge=charge["id"]).exclude(status="won")
    if any(row.body["balance_transactions"] for row in rows):
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )


def _new(charge: dict[str, Any], amount: int, *, inquiry: bool) -> dict[str, Any]:
    now = clock.epoch()
    body: dict[str, Any] = {
        "id": objects.new_key("dispute"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now + A_WEEK,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "general",
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    if not inquiry:
        body["balance_transactions"] = [_moved(body, -amount, fee=FEE)]
    return body


def _moved(dispute: dict[str, Any], amount: int, *, fee: int) -> dict[str, Any]:
    return {
        "object": "balance_transaction",
        "amount": amount,
        "created": clock.epoch(),
        "currency": dispute["currency"],
        "fee": fee,
        "net": amount - fee,
        "source": dispute["id"],
        "type": "adjustment",
    }
