"""What a parameter may be; anything else is refused in Stripe's words."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.stripe_api.refusal import Refused, wrong

Check = Callable[[Any, str], Any]


def text(*, most: int = 5000) -> Check:
    """Accept a string of at most `most` characters."""

    def check(value: Any, name: str) -> str:
        given = _scalar(value, name, kind="string")
        if len(given) > most:
            raise wrong(
                f"Invalid string: {given[:20]}...; must be at most {most} characters",
                name,
                code="parameter_invalid_string_too_long",
            )
        return given

    return check


def whole(*, least: int | None = None, most: int | None = None) -> Check:
    """Accept a whole number."""

    def check(value: Any, name: str) -> int:
        given = _scalar(value, name, kind="integer")
        if not re.fullmatch(r"-?\d{1,15}", given):
            raise wrong(f"Invalid integer: {given}", name, code="parameter_invalid_integer")
        number = int(given)
        if least is not None and number < least:
            words = f"This value must be greater than or equal to {least}."
            raise wrong(words, name, code="parameter_invalid_integer")
        if most is not None and number > most:
            words = f"This value must be less than or equal to {most}."
            raise wrong(words, name, code="parameter_invalid_integer")
        return number

    return check


def truth() -> Check:
    """Accept true or false."""

    def check(value: Any, name: str) -> bool:
        given = _scalar(value, name, kind="boolean")
        if given not in ("true", "false"):
            raise wrong(f"Invalid boolean: {given}", name)
        return bool(given == "true")

    return check


def choice(*values: str) -> Check:
    """Accept one of the values."""

    def check(value: Any, name: str) -> str:
        given = _scalar(value, name, kind="string")
        if given not in values:
            words = ", ".join(values[:-1]) + " or " + values[-1] if values[1:] else values[0]
            raise wrong(f"Invalid {name}: must be one of {words}", name)
        return given

    return check


def address() -> Check:
    """Accept a web address."""

    def check(value: Any, name: str) -> str:
        given = _scalar(value, name, kind="string")
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise wrong("Not a valid URL", name, code="url_invalid")
        return given

    return check


def rows(check_one: Check) -> Check:
    """Accept a list."""

    def check(value: Any, name: str) -> list[Any]:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise wrong("Invalid array", name)
        ordered = sorted(value.items(), key=lambda item: int(item[0]))
        return [check_one(one, f"{name}[{key}]") for key, one in ordered]

    return check


def table(*required: str, **fields: Check) -> Check:
    """Accept an object with these fields; `required` names those that must be there."""

    def check(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise wrong("Invalid object", name)
        checked = {}
        for key, one in value.items():
            full = f"{name}[{key}]" if name else key
            checked[key] = _field(fields, key, one, full)
        for key in required:
            if key not in checked:
                full = f"{name}[{key}]" if name else key
                raise wrong(f"Missing required param: {full}.", full, code="parameter_missing")
        return checked

    return check


def metadata() -> Check:
    """Accept at most 50 pairs of a short key and a value of at most 500 characters."""

    def check(value: Any, name: str) -> dict[str, str]:
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise wrong("Invalid object", name)
        if len(value) > 50:
            raise wrong("Metadata can have up to 50 keys", name)
        return {key: _pair(key, one, name) for key, one in value.items()}

    return check


def either(*checks: Check) -> Check:
    """Accept what one of the checks accepts."""

    def check(value: Any, name: str) -> Any:
        for one in checks[:-1]:
            try:
                return one(value, name)
            except Refused:
                continue
        return checks[-1](value, name)

    return check


def _field(fields: dict[str, Check], key: str, value: Any, full: str) -> Any:
    if key == "payment_method_types":
        raise wrong(
            "The payment_method_types parameter is no longer supported. Remove it to use dynamic "
            "payment methods, or filter them with allowed_payment_method_types.",
            full,
            code="payment_method_types_no_longer_supported",
        )
    if key not in fields:
        raise wrong(f"Received unknown parameter: {full}", full, code="parameter_unknown")
    return fields[key](value, full)


def _pair(key: str, value: Any, name: str) -> str:
    if len(key) > 40:
        raise wrong("Metadata keys can have up to 40 characters", f"{name}[{key}]")
    value = value if value == "" else _scalar(value, f"{name}[{key}]", kind="string")
    if len(value) > 500:
        words = "Metadata values can have up to 500 characters"
        raise wrong(words, f"{name}[{key}]", code="parameter_invalid_string_too_long")
    return str(value)


def _scalar(value: Any, name: str, *, kind: str) -> str:
    if isinstance(value, dict):
        raise wrong(f"Invalid {kind}", name)
    if value == "":
        raise wrong(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{name}' cannot be unset. You should remove '{name}' "
            "from your request or supply a non-empty value.",
            name,
            code="parameter_invalid_empty",
        )
    return str(value)


EXPAND = rows(text())
CREATED = either(
    table(gt=whole(), gte=whole(), lt=whole(), lte=whole()),
    whole(),
)
PAGING = {
    "limit": whole(least=1, most=100),
    "starting_after": text(),
    "ending_before": text(),
    "expand": EXPAND,
}
