"""What a checkout session may be asked for, and what does not go together."""

from typing import Any

from sandbox import clock
from sandbox.stripe_api.intent_params import EUR_LEAST, METHOD_TYPES
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

LOCALES = (
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl "
    "pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
).split()
MESSAGE = table("message", message=text(most=1200))
LINE_ITEM = table(
    quantity=whole(least=1, most=999_999),
    price_data=table(
        "currency",
        currency=text(most=3),
        unit_amount=whole(least=0, most=99_999_999),
        tax_behavior=choice("exclusive", "inclusive", "unspecified"),
        product_data=table("name", name=text(most=250), description=text(), metadata=metadata()),
    ),
)
CREATE = table(
    adaptive_pricing=table(enabled=truth()),
    allowed_payment_method_types=rows(choice(*METHOD_TYPES)),
    billing_address_collection=choice("auto", "required"),
    cancel_url=address(),
    client_reference_id=text(most=200),
    consent_collection=table(
        payment_method_reuse_agreement=table("position", position=choice("auto", "hidden")),
        promotions=choice("auto", "none"),
        terms_of_service=choice("none", "required"),
    ),
    currency=text(most=3),
    custom_text=table(after_submit=MESSAGE, submit=MESSAGE, terms_of_service_acceptance=MESSAGE),
    customer=text(),
    customer_creation=choice("always", "if_required"),
    customer_email=text(most=800),
    customer_update=table(address=choice("auto", "never"), name=choice("auto", "never")),
    excluded_payment_method_types=rows(choice(*METHOD_TYPES)),
    expand=EXPAND,
    expires_at=whole(),
    line_items=rows(LINE_ITEM),
    locale=choice(*LOCALES),
    metadata=metadata(),
    mode=choice("payment", "setup", "subscription"),
    origin_context=choice("mobile_app", "web"),
    payment_intent_data=table(
        capture_method=choice("automatic", "automatic_async"),
        description=text(most=1000),
        metadata=metadata(),
        receipt_email=text(most=800),
        setup_future_usage=choice("off_session", "on_session"),
        statement_descriptor_suffix=text(most=22),
    ),
    payment_method_options=table(
        card=table(
            request_three_d_secure=choice("any", "automatic", "challenge"),
            setup_future_usage=choice("off_session", "on_session"),
        ),
        ideal=table(setup_future_usage=choice("none")),
    ),
    saved_payment_method_options=table(
        allow_redisplay_filters=rows(choice("always", "limited", "unspecified")),
        payment_method_remove=choice("disabled", "enabled"),
        payment_method_save=choice("disabled", "enabled"),
    ),
    submit_type=choice("auto", "book", "donate", "pay"),
    success_url=address(),
    ui_mode=choice("hosted_page", "embedded_page", "form", "elements"),
)
RETRIEVE = table(expand=EXPAND)
LIST = table(
    **PAGING,
    customer=text(),
    payment_intent=text(),
    status=choice("complete", "expired", "open"),
    created=CREATED,
)
EXPIRE = table(expand=EXPAND)
HALF_AN_HOUR, A_DAY = 1800, 86400


def check_together(params: dict[str, Any]) -> None:
    """Refuse what does not go together."""
    if params.get("mode") != "payment":
        raise wrong("The sandbox opens sessions in `payment` mode only.", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise wrong("The sandbox shows `hosted_page` only.", "ui_mode")
    if "success_url" not in params:
        raise wrong("Missing required param: success_url.", "success_url", "parameter_missing")
    for other in ("customer_email", "customer_creation"):
        if "customer" in params and other in params:
            words = f"You may only specify one of these parameters: customer, {other}."
            raise wrong(words, other)
    if "customer_update" in params and "customer" not in params:
        raise wrong("`customer_update` can only be used with `customer`.", "customer_update")
    if {"allowed_payment_method_types", "excluded_payment_method_types"} <= set(params):
        raise wrong(
            "You may only specify one of these parameters: allowed_payment_method_types, "
            "excluded_payment_method_types.",
            "excluded_payment_method_types",
        )
    _check_items(params.get("line_items", []))
    _check_expiry(params.get("expires_at"))


def _check_items(items: list[dict[str, Any]]) -> None:
    if not items:
        words = "`line_items` is required in `payment` mode."
        raise wrong(words, "line_items", "parameter_missing")
    for place, item in enumerate(items):
        _check_item(item, f"line_items[{place}]")
    if total(items) < EUR_LEAST:
        raise wrong(
            "The Checkout Session's total amount due must add up to at least €0.50 eur",
            "line_items",
            "amount_too_small",
        )


def _check_item(item: dict[str, Any], name: str) -> None:
    price = item.get("price_data", {})
    given = {f"[{key}]" for key in item} | {f"[price_data][{key}]" for key in price}
    for needed in (
        "[price_data]",
        "[quantity]",
        "[price_data][unit_amount]",
        "[price_data][product_data]",
    ):
        if needed not in given:
            words = f"Missing required param: {name}{needed}."
            raise wrong(words, name + needed, "parameter_missing")
    if price["currency"].lower() != "eur":
        words = f"Invalid currency: {price['currency'].lower()}. The sandbox takes eur."
        raise wrong(words, f"{name}[price_data][currency]")


def _check_expiry(expires_at: int | None) -> None:
    if expires_at is None:
        return
    ahead = expires_at - clock.epoch()
    if ahead < HALF_AN_HOUR:
        raise wrong(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            "expires_at",
        )
    if ahead > A_DAY:
        raise wrong(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )


def total(items: list[dict[str, Any]]) -> int:
    """Return what the items cost together, in cents."""
    return sum(item["quantity"] * item["price_data"]["unit_amount"] for item in items)
