"""Reads: what a client has paid, has still to pay and has had back, and the card we keep."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Appointment
from payments.models import Payment, Receipt, StripeCustomer
from payments.standing import Standing, standings_of

MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment with money in it, and its receipts."""

    appointment: Appointment
    standing: Standing
    receipts: Sequence[Receipt]

    @property
    def must_pay(self) -> bool:
        """Tell whether a fee is open."""
        return self.standing.fee_status == Payment.Status.OPEN


@dataclass(frozen=True, slots=True)
class Card:
    """A saved card, as its owner knows it."""

    brand: str
    last4: str
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wallet:
    """A client's card and her payments, the latest first."""

    card: Card | None
    lines: Sequence[Line]

    @property
    def open_cents(self) -> int:
        """What she still has to pay in fees, in cents."""
        return sum(line.standing.fee_cents for line in self.lines if line.must_pay)


def wallet_of(client_id: int) -> Wallet:
    """Return a client's wallet."""
    kept = StripeCustomer.objects.filter(client=client_id).first()
    card = None
    if kept is not None and kept.has_card:
        card = Card(kept.card_brand, kept.card_last4, kept.card_saved_at)
    paid = Payment.objects.filter(appointment__client=client_id).exclude(status="void")
    theirs = Appointment.objects.filter(pk__in=paid.values("appointment"))
    shown = theirs.select_related("treatment", "practitioner").prefetch_related("extras__treatment")
    latest = list(shown.order_by("-starts_at")[:MOST])
    standings = standings_of(one.pk for one in latest)
    receipts = defaultdict(list)
    for receipt in Receipt.objects.filter(entry__appointment__in=latest).select_related("entry"):
        receipts[receipt.entry.appointment_id].append(receipt)
    return Wallet(card, [Line(one, standings[one.pk], receipts[one.pk]) for one in latest])
