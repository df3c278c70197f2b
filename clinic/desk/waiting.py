"""Reads: who waits for what since when, and what is being offered."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from bookings.models import Appointment, Offer, WaitlistEntry
from clinic.desk.here import Here
from clinic.wishes import in_words

MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody who waits."""

    entry: WaitlistEntry
    words: str
    has: Appointment | None  # what she has, and would move
    offered_at: datetime | None  # the start that is being offered to her
    until: datetime | None


def read_waitlist(here: Here) -> list[Row]:
    """Return who waits, longest first. Two queries."""
    open_offers = Offer.objects.filter(
        status=Offer.Status.OPEN, expires_at__gt=here.now
    ).select_related("hold")
    waiting = (
        WaitlistEntry.objects.filter(status=WaitlistEntry.Status.WAITING)
        .select_related("client", "treatment", "practitioner", "appointment__practitioner")
        .prefetch_related(Prefetch("offers", open_offers, to_attr="open_offers"))
    )
    return [_row(entry, here) for entry in waiting[:MOST]]


def _row(entry: WaitlistEntry, here: Here) -> Row:
    offers: list[Offer] = entry.open_offers  # type: ignore[attr-defined]
    offer = offers[0] if offers else None
    return Row(
        entry=entry,
        words=in_words(entry, zone=here.zone),
        has=entry.appointment,
        offered_at=offer.hold.starts_at if offer else None,
        until=offer.expires_at if offer else None,
    )
