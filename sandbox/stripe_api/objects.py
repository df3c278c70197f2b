"""Stripe's objects: kept, found, listed and expanded."""

import secrets
import string
from typing import Any

from django.db.models import QuerySet

from sandbox.models import StripeObject
from sandbox.stripe_api.refusal import Refused, missing

PREFIXES = {
    "customer": "cus_",
    "checkout.session": "cs_test_",
    "payment_intent": "pi_",
    "payment_method": "pm_",
    "charge": "ch_",
    "refund": "re_",
    "dispute": "du_",
    "event": "evt_",
}
EXPANDABLE = {
    "customer": set[str](),
    "checkout.session": {"customer", "payment_intent"},
    "payment_intent": {"customer", "latest_charge", "payment_method"},
    "payment_method": {"customer"},
    "charge": {"customer", "payment_intent"},
    "refund": {"charge", "payment_intent", "payment_method"},
    "dispute": {"charge", "payment_intent"},
    "event": set[str](),
}
ALPHABET = string.ascii_letters + string.digits


def new_key(noun: str) -> str:
    """Return a fresh id in the form of the noun."""
    length = 58 if noun == "checkout.session" else 24
    return PREFIXES[noun] + "".join(secrets.choice(ALPHABET) for _ in range(length))


def add(body: dict[str, Any], **hidden: Any) -> StripeObject:
    """Keep a new object; its body must say what it is."""
    row = StripeObject(
        noun=body["object"], key=body["id"], created=body["created"], body=body, hidden=hidden
    )
    save(row)
    return row


def save(row: StripeObject) -> None:
    """Keep the body, and the columns that lists filter on."""
    for column in ("customer", "payment_intent", "charge", "status"):
        setattr(row, column, row.body.get(column) or "")
    row.save()


def find(noun: str, key: str, *, param: str = "id") -> StripeObject:
    """Return the object.

    :raises Refused: if there is none
    """
    row = StripeObject.objects.filter(noun=noun, key=key).first()
    if row is None:
        raise missing(noun, key, param=param)
    return row


def page(noun: str, params: dict[str, Any], *, url: str, **filters: Any) -> dict[str, Any]:
    """Return one page of a list, newest first."""
    found = _created(StripeObject.objects.filter(noun=noun, **filters), params.get("created"))
    backwards = "ending_before" in params
    if "starting_after" in params:
        found = found.filter(pk__lt=find(noun, params["starting_after"], param="starting_after").pk)
    if backwards:
        after = find(noun, params["ending_before"], param="ending_before").pk
        found = found.filter(pk__gt=after).order_by("pk")
    limit = params.get("limit", 10)
    rows = list(found[: limit + 1])
    data = [row.body for row in rows[:limit]]
    return {
        "object": "list",
        "data": data[::-1] if backwards else data,
        "has_more": len(rows) > limit,
        "url": url,
    }


def _created(
    found: QuerySet[StripeObject], wanted: dict[str, int] | int | None
) -> QuerySet[StripeObject]:
    if wanted is None:
        return found
    if isinstance(wanted, int):
        return found.filter(created=wanted)
    return found.filter(**{f"created__{side}": value for side, value in wanted.items()})


def expanded(body: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return a copy in which the ids on these paths are replaced by the objects."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > 4:
            raise Refused(f"You cannot expand more than 4 levels: {path}", param="expand")
        body = _expand(body, steps, path)
    return body


def _expand(body: dict[str, Any], steps: list[str], path: str) -> dict[str, Any]:
    step, rest = steps[0], steps[1:]
    if body.get("object") == "list" and step == "data":
        return {**body, "data": [_expand(one, rest, path) for one in body["data"]]}
    if step not in EXPANDABLE.get(str(body.get("object")), ()):
        words = f"This property cannot be expanded ({path})."
        raise Refused(words, param="expand", before_work=True)
    value = body.get(step)
    if isinstance(value, str):
        value = StripeObject.objects.get(key=value).body
    if rest and isinstance(value, dict):
        value = _expand(value, rest, path)
    return {**body, step: value}
