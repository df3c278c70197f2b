"""Comparing what moved at Stripe with what we have written down: pure, in whole cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """What does not agree."""

    NOT_OURS = "not_ours"  # at Stripe, and not in our books
    NOT_AT_STRIPE = "not_at_stripe"  # in our books, and not at Stripe
    AMOUNT = "amount"  # in both, with another amount


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that does not agree, by Stripe's own id; the amounts in cents."""

    what: What
    stripe_id: str
    stripe_cents: int
    our_cents: int


def compared(stripe: Mapping[str, int], ours: Mapping[str, int]) -> list[Mismatch]:
    """Return what does not agree between two sets of amounts in cents, each by Stripe's id."""
    found = []
    for stripe_id in sorted({*stripe, *ours}):
        theirs_cents, our_cents = stripe.get(stripe_id, 0), ours.get(stripe_id, 0)
        if theirs_cents != our_cents or (stripe_id in stripe) != (stripe_id in ours):
            found.append(
                Mismatch(_what(stripe_id, stripe, ours), stripe_id, theirs_cents, our_cents)
            )
    return found


def _what(stripe_id: str, stripe: Mapping[str, int], ours: Mapping[str, int]) -> What:
    if stripe_id not in ours:
        return What.NOT_OURS
    return What.AMOUNT if stripe_id in stripe else What.NOT_AT_STRIPE
