"""Reads: fees that were asked so long ago that something has to be done."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from bookings.models import Clinic
from payments.models import Attempt, Payment


def _asked_long_ago(clinic: Clinic, *, now: datetime) -> QuerySet[Payment]:
    long_ago = now - timedelta(days=clinic.fee_reminder_days)
    fees = Payment.objects.filter(kind=Payment.Kind.FEE, status=Payment.Status.OPEN)
    return fees.filter(asked_at__lte=long_ago)


def fees_to_ask_again(clinic: Clinic, *, now: datetime) -> QuerySet[Payment]:
    """Return the fees of which the client is sent her pay link once more."""
    due = _asked_long_ago(clinic, now=now).filter(asked_times__lte=clinic.fee_reminders)
    # Who is on the payment page at this moment needs no reminder.
    return due.exclude(attempts__status__in=Attempt.UNSETTLED)


def fees_for_the_desk(clinic: Clinic, *, now: datetime) -> QuerySet[Payment]:
    """Return the fees that were asked often enough: somebody should call."""
    return _asked_long_ago(clinic, now=now).filter(asked_times__gt=clinic.fee_reminders)
