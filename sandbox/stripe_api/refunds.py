"""Refunds: given at once, or, when a fault was asked for, later or never."""

from typing import Any

from sandbox import clock, faults
from sandbox.models import StripeObject
from sandbox.stripe_api import disputes, events, objects
from sandbox.stripe_api.refusal import Refused
from sandbox.stripe_api.schema import CREATED, EXPAND, PAGING, choice, metadata, table, text, whole

CREATE = table(
    amount=whole(least=1),
    charge=text(),
    expand=EXPAND,
    metadata=metadata(),
    payment_intent=text(),
    reason=choice("duplicate", "fraudulent", "requested_by_customer"),
)
RETRIEVE = table(expand=EXPAND)
LIST = table(**PAGING, charge=text(), payment_intent=text(), created=CREATED)
A_DAY = 86400


def create(params: dict[str, Any]) -> dict[str, Any]:
    """Give back what was asked, or all that is left."""
    charge = _charge_of(params)
    disputes.refuse_disputed(charge.body)
    amount = _amount(charge.body, params.get("amount"))
    fails = faults.take("refund_fails")
    waits = None if fails else faults.take("refund_pending")
    hidden: dict[str, Any] = {}
    if fails:
        hidden = {"then": "failed", "at": clock.epoch() + int(fails.seconds or 2)}
    elif waits:
        hidden = {"then": "succeeded", "at": clock.epoch() + int(waits.seconds or A_DAY)}
    body = _new(charge.body, amount, params, pending=bool(hidden))
    objects.add(body, **hidden)
    _count(charge, amount)
    events.record("charge.refunded", charge.body)
    events.record("refund.created", body)
    if not hidden:
        events.record("refund.updated", body)
    return body


def retrieve(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Return one refund."""
    return objects.find("refund", key).body


def listing(params: dict[str, Any]) -> dict[str, Any]:
    """List the refunds, newest first."""
    filters = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return objects.page("refund", params, url="/v1/refunds", **filters)


def settle_pending() -> None:
    """Finish every pending refund whose time has come by the clock."""
    for row in StripeObject.objects.filter(noun="refund", status="pending"):
        if row.hidden["at"] <= clock.epoch():
            _settle(row)


def _settle(row: StripeObject) -> None:
    failed = row.hidden["then"] == "failed"
    row.body = {
        **row.body,
        "status": row.hidden["then"],
        "pending_reason": None,
        "failure_reason": "expired_or_canceled_card" if failed else None,
        "failure_balance_transaction": None,
    }
    objects.save(row)
    if failed:
        charge = objects.find("charge", row.body["charge"])
        _count(charge, -row.body["amount"])
        events.record("refund.failed", row.body)
    events.record("refund.updated", row.body)


def _charge_of(params: dict[str, Any]) -> StripeObject:
    if len({"charge", "payment_intent"} & set(params)) != 1:
        raise Refused(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            before_work=True,
        )
    if "charge" in params:
        charge = objects.find("charge", params["charge"], param="charge")
    else:
        charge = _charge_of_intent(params["payment_intent"])
    if not charge.body["paid"]:
        raise Refused(f"Charge {charge.key} was not paid, so it cannot be refunded.")
    return charge


def _charge_of_intent(key: str) -> StripeObject:
    intent = objects.find("payment_intent", key, param="payment_intent").body
    if intent["status"] != "succeeded":
        raise Refused(f"This PaymentIntent ({key}) does not have a successful charge to refund.")
    return objects.find("charge", intent["latest_charge"])


def _amount(charge: dict[str, Any], wanted: int | None) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if wanted is not None and wanted > left:
        raise Refused(
            f"Refund amount (€{wanted / 100:.2f}) is greater than unrefunded amount on charge "
            f"(€{left / 100:.2f})",
            param="amount",
        )
    return left if wanted is None else wanted


def _count(charge: StripeObject, amount: int) -> None:
    refunded = charge.body["amount_refunded"] + amount
    full = refunded == charge.body["amount"]
    charge.body = {**charge.body, "amount_refunded": refunded, "refunded": full}
    objects.save(charge)


def _new(
    charge: dict[str, Any], amount: int, params: dict[str, Any], *, pending: bool
) -> dict[str, Any]:
    kind = charge["payment_method_details"]["type"]
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
    return {
        "id": objects.new_key("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": clock.epoch(),
        "currency": charge["currency"],
        "destination_details": {
            "type": kind,
            kind: {**card, "type": "refund"} if kind == "card" else {},
        },
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if pending else None,
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }
