"""Open fees: asked again a few times, and not in quiet hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from bookings import operations as bookings
from bookings.models import AppointmentEvent, By, Clinic
from payments.models import Payment
from payments.open_fees import fees_to_ask_again


def ask_fees_again(*, clinic: Clinic, zone: ZoneInfo, now: datetime) -> int:
    """Have each client with an open fee sent her pay link again, each so often; return how many."""
    if clinic.offer_rules.is_quiet(now, zone=zone):
        return 0
    due = fees_to_ask_again(clinic, now=now).select_related("appointment")
    return sum(_ask_again(fee, now=now) for fee in due)


@transaction.atomic
def _ask_again(fee: Payment, *, now: datetime) -> bool:
    """Ask once more, unless somebody did or it was paid meanwhile."""
    mine = Payment.objects.filter(pk=fee.pk, status=Payment.Status.OPEN, asked_at=fee.asked_at)
    if not mine.update(asked_at=now, asked_times=F("asked_times") + 1):
        return False
    asked = AppointmentEvent.Kind.PAYMENT_ASKED
    bookings.record(fee.appointment, asked, at=now, by=By.SYSTEM, payment=fee.pk)
    return True
