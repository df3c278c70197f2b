"""What stands in the ledger, in a word each."""

from collections import Counter
from datetime import date

from bookings.models import Appointment
from payments.models import LedgerEntry, Payment, VatRate
from tests.factories import NOW


def general_rate() -> VatRate:
    """Return the rate that migrating writes; tests that clear the treatments clear it too."""
    rate, _ = VatRate.objects.get_or_create(
        treatment=None, from_on=date(2012, 10, 1), defaults={"hundredths": 2100}
    )
    return rate


def paid_deposit(appointment: Appointment, *, cents: int = 2500) -> Appointment:
    """Note that a deposit was paid for an appointment; the ledger is left to the caller."""
    Payment.objects.create(
        appointment=appointment,
        kind=Payment.Kind.DEPOSIT,
        amount_cents=cents,
        status=Payment.Status.PAID,
        intent_id=f"pi_{appointment.pk}",
        method="ideal",
        created_at=NOW,
        paid_at=NOW,
    )
    return appointment


def balances(appointment: Appointment | None = None) -> dict[str, int]:
    """Return what stands in each account, in cents: what was debited less what was credited.

    Of everything, or of one appointment.
    """
    found: Counter[str] = Counter()
    entries = LedgerEntry.objects.all()
    for entry in entries.filter(appointment=appointment) if appointment else entries:
        found[entry.debit] += entry.amount_cents
        found[entry.credit] -= entry.amount_cents
    assert sum(found.values()) == 0
    return {account: cents for account, cents in found.items() if cents}


def kinds() -> list[str]:
    """Return the kinds of all entries, in the order in which they were written."""
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))
