"""What a payment intent may be asked for, and what does not go together."""

from typing import Any

from sandbox.stripe_api.refusal import wrong
from sandbox.stripe_api.schema import (
    CREATED,
    EXPAND,
    PAGING,
    address,
    choice,
    metadata,
    rows,
    table,
    text,
    truth,
    whole,
)

METHOD_TYPES = ("card", "ideal", "sepa_debit", "bancontact", "link", "paypal", "klarna")
CREATE = table(
    "amount",
    "currency",
    allowed_payment_method_types=rows(choice(*METHOD_TYPES)),
    amount=whole(least=0, most=99_999_999),
    automatic_payment_methods=table(
        "enabled", enabled=truth(), allow_redirects=choice("always", "never")
    ),
    capture_method=choice("automatic", "automatic_async"),
    confirm=truth(),
    currency=text(most=3),
    customer=text(),
    description=text(most=1000),
    error_on_requires_action=truth(),
    expand=EXPAND,
    metadata=metadata(),
    off_session=truth(),
    payment_method=text(),
    payment_method_options=table(
        card=table(
            request_three_d_secure=choice("any", "automatic", "challenge"),
            setup_future_usage=choice("none", "off_session", "on_session"),
            stored_credential_usage=choice("installment", "recurring", "unscheduled"),
        ),
        ideal=table(setup_future_usage=choice("none", "off_session")),
    ),
    receipt_email=text(most=800),
    return_url=address(),
    setup_future_usage=choice("off_session", "on_session"),
    statement_descriptor_suffix=text(most=22),
)
RETRIEVE = table(expand=EXPAND, client_secret=text())
LIST = table(**PAGING, customer=text(), created=CREATED)
CANCEL = table(
    expand=EXPAND,
    cancellation_reason=choice("abandoned", "duplicate", "fraudulent", "requested_by_customer"),
)
EUR_LEAST = 50


def check_together(params: dict[str, Any]) -> None:
    """Refuse what does not go together."""
    confirm, card = params.get("confirm"), params.get("payment_method_options", {}).get("card", {})
    for name in ("off_session", "error_on_requires_action", "return_url"):
        if name in params and not confirm:
            raise wrong(f"The parameter `{name}` can only be used when `confirm=true`.", name)
    usage = params.get("setup_future_usage") or card.get("setup_future_usage", "none") != "none"
    if params.get("off_session") and usage:
        words = "You cannot pass `setup_future_usage` when `off_session` is true."
        raise wrong(words, "setup_future_usage")
    if "stored_credential_usage" in card and not params.get("off_session"):
        raise wrong(
            "`stored_credential_usage` can only be used with `off_session=true`.",
            "payment_method_options[card][stored_credential_usage]",
        )
    if confirm and "payment_method" not in params:
        raise wrong(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_method",
        )
    _check_return(params)
    _check_amount(params)


def _check_return(params: dict[str, Any]) -> None:
    never = params.get("automatic_payment_methods", {}).get("allow_redirects") == "never"
    only_cards = params.get("allowed_payment_method_types") == ["card"]
    if params.get("confirm") and not (never or only_cards or "return_url" in params):
        raise wrong(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`. If you don't want to accept redirect-based payment "
            "methods, set `automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never`.",
            "return_url",
        )


def _check_amount(params: dict[str, Any]) -> None:
    if params["currency"].lower() != "eur":
        raise wrong(
            f"Invalid currency: {params['currency'].lower()}. The sandbox takes eur.", "currency"
        )
    if params["amount"] < EUR_LEAST:
        raise wrong("Amount must be at least €0.50 eur", "amount", "amount_too_small")
