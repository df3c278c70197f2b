"""Charges: the money that moved, or did not."""

from typing import Any

from sandbox import clock
from sandbox.stripe_api import events, methods, objects

DECLINES = {
    "authentication_required": (
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
    "insufficient_funds": (
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
}


def new(intent: dict[str, Any], method: dict[str, Any], *, nature: str) -> dict[str, Any]:
    """Keep the charge of an intent by a method of this nature."""
    declined = DECLINES.get(nature)
    paid = declined is None
    body = {
        "id": objects.new_key("charge"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "captured": paid,
        "created": clock.epoch(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": declined[0] if declined else None,
        "failure_message": declined[2] if declined else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(declined),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": methods.details(method),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }
    objects.add(body)
    events.record("charge.succeeded" if paid else "charge.failed", body)
    return body


def _outcome(declined: tuple[str, str, str] | None) -> dict[str, Any]:
    if declined is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "advice_code": "try_again_later",
        "network_advice_code": None,
        "network_decline_code": "51" if declined[1] == "insufficient_funds" else "1A",
        "network_status": "declined_by_network",
        "reason": declined[1],
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not accept this payment.",
        "type": "issuer_declined",
    }
