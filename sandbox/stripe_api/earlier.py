"""Payments made before the sandbox opened: those of the made-up clients of the demo clinic."""

import re
from typing import Any

from sandbox.models import StripeObject
from sandbox.stripe_api import charges, intents, methods

#: The amount in cents, then what makes the id its own.
DEMO = re.compile(r"pi_demo_([1-9][0-9]{0,7})_[A-Za-z0-9]+")


def recall(params: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Keep the demo payment that a request mentions, when it is the first to do so.

    The demo clinic writes its history into its own tables; no payment page was ever opened for it.
    So that such a deposit can be given back, its intent carries the amount in its id,
    `pi_demo_<cents>_<mark>`, and counts as paid by a card that works. From then on it is data like
    any other, and no more than its amount is given back. Refunds of the made-up past are not known
    here. Any other unknown intent stays unknown.
    """
    for key in {params.get("payment_intent"), *keys}:
        told = DEMO.fullmatch(str(key))
        if told and not StripeObject.objects.filter(key=key).exists():
            _keep(told[0], cents=int(told[1]))


def _keep(key: str, *, cents: int) -> None:
    method = methods.new("card", customer=None, name="", email="")
    intent = intents.new(
        id=key,
        amount=cents,
        client_secret=f"{key}_secret_demo",
        currency="eur",
        customer=None,
        description=None,
        metadata={},
        payment_method=method["id"],
        payment_method_options={},
        status="requires_confirmation",
    )
    intents.paid(key, charges.new(intent, method, nature="works"))
