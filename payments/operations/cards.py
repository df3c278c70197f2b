"""The card that a client let us keep, and takes away again."""

import logging
from datetime import datetime

from payments import stripe_gateway as stripe
from payments.models import StripeCustomer

log = logging.getLogger(__name__)
GONE = {"card_id": "", "card_brand": "", "card_last4": "", "card_saved_at": None}


class NoCard(Exception):
    """There is no card to remove."""


def remove_card(client_id: int, *, now: datetime) -> None:
    """Charge the client's saved card no more, from this moment; Stripe forgets it soon after.

    What is due later is asked by pay link.

    :raises NoCard: if none is kept
    """
    kept = StripeCustomer.objects.filter(client=client_id, card_removed_at__isnull=True)
    if not kept.exclude(card_id="").update(card_removed_at=now):
        raise NoCard


def forget_removed_cards() -> int:
    """Have Stripe forget the cards that were removed; return how many it forgot."""
    removed = StripeCustomer.objects.filter(card_removed_at__isnull=False).exclude(card_id="")
    forgotten = 0
    for customer in removed[:50]:
        try:
            stripe.forget_card(customer.card_id)
        except (stripe.OutcomeUnknown, stripe.Unavailable) as error:
            log.warning("card of customer %s not forgotten yet: %s", customer.pk, error)
            continue
        mine = StripeCustomer.objects.filter(pk=customer.pk, card_id=customer.card_id)
        forgotten += mine.update(**GONE, card_removed_at=None)
    return forgotten
