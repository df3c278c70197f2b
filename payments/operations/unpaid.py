"""Letting holds go that were not paid, after asking Stripe."""

import logging
from datetime import datetime

from bookings import operations as bookings
from bookings.models import Appointment
from payments import stripe_gateway as stripe
from payments.models import Attempt
from payments.operations.calls import BATCH
from payments.operations.outcomes import apply_session, fail_attempt

log = logging.getLogger(__name__)


def release_unpaid_holds(*, now: datetime) -> int:
    """Let holds go whose payment was started and did not come, after asking Stripe."""
    lapsed = Appointment.objects.filter(
        status=Appointment.Status.HELD, held_until__lte=now, payment_started_at__isnull=False
    )
    released = 0
    for appointment in lapsed.order_by("held_until")[:BATCH]:
        try:
            released += _release(appointment, now=now)
        except Exception:  # one fault never stops the others
            log.exception("releasing hold %s failed", appointment.pk)
    return released


def _release(appointment: Appointment, *, now: datetime) -> bool:
    unsettled = Attempt.objects.filter(
        payment__appointment=appointment, status__in=Attempt.UNSETTLED
    )
    for attempt in unsettled:
        if attempt.status == Attempt.Status.NEW:
            fail_attempt(attempt, error="the hold lapsed")
        elif attempt.status == Attempt.Status.SENT:
            return False  # first find out whether a page was opened
        else:
            try:
                apply_session(attempt.pk, stripe.close_session(attempt.stripe_id), now=now)
            except (stripe.OutcomeUnknown, stripe.Unavailable, stripe.Refused) as error:
                log.warning("cannot close the page of attempt %s: %s", attempt.pk, error)
                return False
    return bookings.expire(appointment.pk, now=now)
