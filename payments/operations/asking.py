"""Open fees: asked again a few times, by day, and then left to the desk."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet

from bookings import operations as bookings
from bookings.models import AppointmentEvent, By, Clinic
from payments.models import Attempt, Payment

# Nobody hears of money at night.
FROM, UNTIL = time(9), time(18)


def _open_fees(clinic: Clinic, *, now: datetime) -> QuerySet[Payment]:
    """Return the fees that were asked so long ago that something has to be done."""
    long_ago = now - timedelta(days=clinic.fee_reminder_days)
    fees = Payment.objects.filter(kind=Payment.Kind.FEE, status=Payment.Status.OPEN)
    return fees.filter(asked_at__lte=long_ago)


def fees_for_the_desk(clinic: Clinic, *, now: datetime) -> QuerySet[Payment]:
    """Return the fees that were asked often enough: somebody should call."""
    return _open_fees(clinic, now=now).filter(asked_times__gt=clinic.fee_reminders)


def ask_fees_again(*, clinic: Clinic, zone: ZoneInfo, now: datetime) -> int:
    """Have each client with an open fee sent her pay link again, each so often; return how many."""
    if not FROM <= now.astimezone(zone).time() < UNTIL:
        return 0
    due = _open_fees(clinic, now=now).filter(asked_times__lte=clinic.fee_reminders)
    # Who is on the payment page at this moment needs no reminder.
    due = due.exclude(attempts__status__in=Attempt.UNSETTLED)
    return sum(_ask_again(fee, now=now) for fee in due.select_related("appointment"))


@transaction.atomic
def _ask_again(fee: Payment, *, now: datetime) -> bool:
    """Ask once more, unless somebody did or it was paid meanwhile."""
    mine = Payment.objects.filter(pk=fee.pk, status=Payment.Status.OPEN, asked_at=fee.asked_at)
    if not mine.update(asked_at=now, asked_times=F("asked_times") + 1):
        return False
    asked = AppointmentEvent.Kind.PAYMENT_ASKED
    bookings.record(fee.appointment, asked, at=now, by=By.SYSTEM, payment=fee.pk)
    return True
