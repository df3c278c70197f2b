"""Messages from Stripe: recorded at once, acted on by the worker."""

import logging
from datetime import datetime, timedelta

from payments import stripe_gateway as stripe
from payments.models import Attempt, Refund, StripeEvent
from payments.operations.outcomes import apply_intent, apply_refund, apply_session

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
    count = 0
    for event in StripeEvent.objects.filter(handled_at__isnull=True).order_by("received_at")[:100]:
        try:
            known = _handle(event, now=now)
        except (stripe.OutcomeUnknown, stripe.Unavailable):
            continue
        except Exception as error:
            log.exception("event %s could not be handled", event.pk)
            _note(event, error=type(error).__name__)
            continue
        if known or now - event.received_at > GIVE_UP:
            StripeEvent.objects.filter(pk=event.pk).update(handled_at=now)
            count += 1
        else:
            # It came before our own record of the object: look again at the next tick.
            _note(event, error="about an object we do not know yet")
    return count


def _note(event: StripeEvent, *, error: str) -> None:
    StripeEvent.objects.filter(pk=event.pk).update(tries=event.tries + 1, error=error[:200])


def _handle(event: StripeEvent, *, now: datetime) -> bool:
    if event.type.startswith("checkout.session."):
        return _handle_session(event.object_id, now=now)
    if event.type.startswith("payment_intent."):
        return _handle_intent(event.object_id, now=now)
    if event.type.startswith("refund."):
        return _handle_refund(event.object_id, now=now)
    return True  # a kind we do not act on


def _handle_session(session_id: str, *, now: datetime) -> bool:
    session = stripe.session(session_id)
    attempt = Attempt.objects.filter(stripe_id=session_id).first()
    if attempt is None and session.reference:
        attempt = Attempt.objects.filter(
            payment__token=session.reference, way=Attempt.Way.CHECKOUT, stripe_id=""
        ).first()
    if attempt is None:
        return False
    apply_session(attempt.pk, session, now=now)
    return True


def _handle_intent(intent_id: str, *, now: datetime) -> bool:
    intent = stripe.intent(intent_id)
    attempt = Attempt.objects.filter(key=intent.attempt_key).first()
    if attempt is None:
        return False
    if attempt.way == Attempt.Way.OFF_SESSION and intent.status == "succeeded":
        apply_intent(attempt.pk, intent, now=now)
    return True  # a page's own charge is told by the page; a decline by the call's answer


def _handle_refund(refund_id: str, *, now: datetime) -> bool:
    state = stripe.refund_state(refund_id)
    refund = Refund.objects.filter(key=state.refund_key).first()
    if refund is None:
        return not state.refund_key  # made by hand in Stripe's dashboard: none of ours
    apply_refund(refund.pk, state, now=now)
    return True
