"""Claims: one worker at a time talks to Stripe about a row."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from payments.models import Attempt, Refund, Voucher

# Far longer than a call may take; on the database's real clock, which nobody moves.
LEASE = timedelta(minutes=2)


def claim(row: Attempt | Refund | Voucher, *, was: Sequence[str]) -> bool:
    """Take a row for this worker with one conditional update; false if another has it."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=Now())
    taken = type(row)._default_manager.filter(free, pk=row.pk, status__in=was)
    if taken.update(status="sent", leased_until=Now() + LEASE) != 1:
        return False
    row.refresh_from_db()
    return True
