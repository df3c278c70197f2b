"""The exact requests we send to Stripe, as values: nothing medical, nothing personal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

CURRENCY = "eur"
# Stripe wants 30 minutes at least; one more covers a slow call and clocks that differ.
SESSION_LENGTH = timedelta(minutes=31)

PRODUCT_NAMES = {
    ("deposit", "nl"): "Aanbetaling afspraak",
    ("deposit", "en"): "Deposit for your appointment",
    ("fee", "nl"): "Kosten afspraak",
    ("fee", "en"): "Appointment fee",
    ("gift", "nl"): "Cadeaubon",
    ("gift", "en"): "Gift voucher",
    ("course", "nl"): "Tegoed voor een kuur",
    ("course", "en"): "Prepaid course",
}


def checkout_request(
    *,
    key: str,
    customer_id: str,
    reference: str,
    kind: str,
    amount_cents: int,
    language: str,
    methods: Sequence[str],
    save_card: bool,
    expires_at: datetime,
    success_url: str,
    cancel_url: str,
) -> dict[str, object]:
    """Return the parameters of a hosted payment page for one debt in cents.

    :param success_url: gets `?s={CHECKOUT_SESSION_ID}` behind it, which Stripe fills in
    """
    request = {"customer": customer_id} | _page(
        key=key,
        reference=reference,
        kind=kind,
        amount_cents=amount_cents,
        language=language,
        methods=methods,
        expires_at=expires_at,
        success_url=success_url,
        cancel_url=cancel_url,
    )
    if save_card:
        # Per method, not for the whole payment: iDEAL cannot be saved while paying.
        request["payment_method_options"] = {"card": {"setup_future_usage": "off_session"}}
    return request


def voucher_request(*, email: str, **page: Any) -> dict[str, object]:
    """Return the parameters of a hosted payment page for a voucher; its buyer is no client yet.

    :param page: as for `checkout_request`
    """
    return {"customer_email": email} | _page(**page)


def _page(
    *,
    key: str,
    reference: str,
    kind: str,
    amount_cents: int,
    language: str,
    methods: Sequence[str],
    expires_at: datetime,
    success_url: str,
    cancel_url: str,
) -> dict[str, object]:
    language = language if language in ("nl", "en") else "nl"
    name = PRODUCT_NAMES[kind, language]
    return {
        "mode": "payment",
        "locale": language,
        "client_reference_id": reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": amount_cents,
                    "product_data": {"name": name},
                },
            }
        ],
        "allowed_payment_method_types": list(methods),
        "payment_intent_data": {"description": f"{name} {reference}", "metadata": {"attempt": key}},
        "metadata": {"attempt": key},
        "expires_at": int(expires_at.timestamp()),
        "success_url": f"{success_url}?s={{CHECKOUT_SESSION_ID}}",
        "cancel_url": cancel_url,
    }


def off_session_request(
    *, key: str, customer_id: str, card_id: str, reference: str, amount_cents: int
) -> dict[str, object]:
    """Return the parameters for charging a saved card, in cents, while the client is away."""
    return {
        "amount": amount_cents,
        "currency": CURRENCY,
        "customer": customer_id,
        "payment_method": card_id,
        "off_session": True,
        "confirm": True,
        "description": f"{PRODUCT_NAMES['fee', 'nl']} {reference}",
        "metadata": {"attempt": key},
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "payment_method_options": {"card": {"stored_credential_usage": "unscheduled"}},
    }
