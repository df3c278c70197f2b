"""Messages from Stripe: recorded at once, acted on by the worker."""

import logging
from datetime import datetime, timedelta

from payments import stripe_gateway as stripe
from payments.models import Attempt, Refund, StripeEvent
from payments.operations.disputing import hear_of_dispute
from payments.operations.outcomes import (
    apply_foreign_refund,
    apply_intent,
    apply_refund,
    apply_session,
)
from payments.operations.selling import apply_sale, hear_of_given_back, sale_of

log = logging.getLogger(__name__)
GIVE_UP = timedelta(days=1)


def receive_stripe_event(*, body: bytes, signature: str, now: datetime) -> None:
    """Keep a message from Stripe, once however often it is delivered.

    :raises BadSignature: if it is not from Stripe
    """
    notice = stripe.verified_event(body, signature)
    StripeEvent.objects.get_or_create(
        pk=notice.event_id,
        defaults={"type": notice.type, "object_id": notice.object_id, "received_at": now},
    )


def handle_stripe_events(*, now: datetime) -> int:
    """Act on every message not handled yet; return how many were.

    A message is only a hint: the object is fetched, so order and repetition do not matter.
    """
    waiting = StripeEvent.objects.filter(handled_at__isnull=True).order_by("tries", "received_at")
    return sum(_try(event, now=now) for event in waiting[:100])


def _try(event: StripeEvent, *, now: datetime) -> bool:
    """Handle one message; one that cannot be stands behind the others, and is let go in a day."""
    try:
        _handle(event, now=now)
        done, error = True, ""
    except (stripe.OutcomeUnknown, stripe.Unavailable, TooEarly) as reason:
        done, error = False, type(reason).__name__
    except Exception as reason:
        log.exception("event %s could not be handled", event.pk)
        done, error = False, type(reason).__name__
    if done or now - event.received_at > GIVE_UP:
        StripeEvent.objects.filter(pk=event.pk).update(handled_at=now, error=error)
    else:
        StripeEvent.objects.filter(pk=event.pk).update(tries=event.tries + 1, error=error)
    return done


class TooEarly(Exception):
    """The message is about an object of ours that we have not written down yet."""


def _handle(event: StripeEvent, *, now: datetime) -> None:
    if event.type.startswith("checkout.session."):
        _handle_session(event.object_id, now=now)
    elif event.type.startswith("payment_intent."):
        _handle_intent(event.object_id, now=now)
    elif event.type.startswith("refund."):
        _handle_refund(event.object_id, now=now)
    elif event.type.startswith("charge.dispute."):
        hear_of_dispute(stripe.dispute(event.object_id), now=now)


def _attempt(key: str) -> Attempt | None:
    """Return our attempt with this key; none when the object is not ours at all.

    :raises TooEarly: if it is ours, and not written down yet
    """
    if not key:
        return None
    attempt = Attempt.objects.filter(key=key).first()
    if attempt is None:
        raise TooEarly
    return attempt


def _handle_session(session_id: str, *, now: datetime) -> None:
    session = stripe.session(session_id)
    if sale := sale_of(session.attempt_key):
        apply_sale(sale.pk, session, now=now)
        return
    attempt = _attempt(session.attempt_key)
    if attempt is not None:
        apply_session(attempt.pk, session, now=now)


def _handle_intent(intent_id: str, *, now: datetime) -> None:
    intent = stripe.intent(intent_id)
    if sale_of(intent.attempt_key):
        return  # told by its page
    attempt = _attempt(intent.attempt_key)
    # A page's own charge is told by the page; a decline by the answer to our own call.
    if attempt and attempt.way == Attempt.Way.OFF_SESSION and intent.status == "succeeded":
        apply_intent(attempt.pk, intent, now=now)


def _handle_refund(refund_id: str, *, now: datetime) -> None:
    state = stripe.refund_state(refund_id)
    if hear_of_given_back(state.intent_id, now=now):
        return
    if not state.refund_key:  # made by hand in Stripe's dashboard
        apply_foreign_refund(state, now=now)
        return
    refund = Refund.objects.filter(key=state.refund_key).first()
    if refund is None:
        raise TooEarly
    apply_refund(refund.pk, state, now=now)
