"""Freed times: noting them, and offering each to one person after the other."""

import logging
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from bookings.matching import Match, matches, unused_part
from bookings.models import Appointment, AppointmentEvent, By, Clinic, Offer, Opening
from bookings.operations.answering import end_offer
from bookings.operations.events import handled, record
from bookings.operations.gate import NotEligible
from bookings.operations.holding import expire, hold
from bookings.operations.taking import NotOffered, SlotTaken
from bookings.operations.waiting import end_wishes
from bookings.periods import Period
from bookings.waitlist import is_reached

log = logging.getLogger(__name__)
Kind = AppointmentEvent.Kind
EXPIRED = Appointment.Status.EXPIRED
READER = "waitlist"
BATCH = 500
FREEING = (Kind.CANCELLED, Kind.MOVED)
LETTING_GO = (Kind.EXPIRED, Kind.HOLD_MOVED)  # what kept an offered time keeps it no longer


def fill_openings(*, clinic: Clinic, zone: ZoneInfo, now: datetime) -> None:
    """Do all that the waitlist has to do by itself."""
    end_wishes(zone=zone, now=now)
    note_openings(clinic=clinic, now=now)
    make_offers(clinic=clinic, zone=zone, now=now)


def note_openings(*, clinic: Clinic, now: datetime) -> int:
    """Note what came free since the last time, once for each event; return of how many events."""
    events = AppointmentEvent.objects.unhandled_by(READER).filter(
        Q(kind__in=FREEING)
        | Q(kind__in=LETTING_GO, appointment__hold_kind=Appointment.HoldKind.OFFER)
    )
    count = 0
    for event in events.select_related("appointment").order_by("pk")[:BATCH]:
        if _may_be_undone(event, clinic, now=now):
            continue
        try:
            with transaction.atomic():
                _note(event, clinic, now=now)
                handled([event.pk], reader=READER)
            count += 1
        except Exception:  # one fault never stops the others; this one is tried again
            log.exception("what event %s freed could not be noted", event.pk)
    return count


def _may_be_undone(event: AppointmentEvent, clinic: Clinic, *, now: datetime) -> bool:
    """Tell whether it may have been a mistake: nobody is offered a time that is taken back."""
    waits = event.kind == Kind.CANCELLED or (event.kind == Kind.MOVED and event.by == By.CLINIC)
    return waits and now < event.at + clinic.undo_time


def _note(event: AppointmentEvent, clinic: Clinic, *, now: datetime) -> None:
    if event.kind in LETTING_GO:
        end_offer(event.appointment_id, now=now)
        return
    freed = _freed(event)
    if freed is None or freed.end <= now:
        return
    practitioner_id = event.facts.get("was_practitioner") or event.appointment.practitioner_id
    unused = unused_part(freed, practitioner_id)
    if unused is None or unused.end - unused.start < clinic.smallest_gap:
        return  # taken again, somebody is ill, or too short to give anybody
    Opening.objects.get_or_create(
        event=event,
        defaults={
            "practitioner_id": practitioner_id,
            "starts_at": unused.start,
            "ends_at": unused.end,
            "created_at": now,
        },
    )


def _freed(event: AppointmentEvent) -> Period | None:
    """Return the time that an appointment gave up; nothing if it took it back since."""
    appointment = event.appointment
    if event.kind == Kind.CANCELLED:
        stands = appointment.cancelled_at != event.at
        return None if stands else Period(appointment.starts_at, appointment.ends_at)
    was = event.facts.get("was")
    if not was:
        return None
    start = datetime.fromisoformat(was)
    return Period(start, start + (appointment.ends_at - appointment.starts_at))


def make_offers(*, clinic: Clinic, zone: ZoneInfo, now: datetime) -> int:
    """Offer each freed time to the next whom it suits; return how many offers were made.

    Offers that were not answered in time are let go first. In quiet hours nobody is asked.
    """
    _let_lapsed_go(now=now)
    _close_past(clinic, now=now)
    if clinic.offer_rules.is_quiet(now, zone=zone):
        return 0
    idle = Opening.objects.filter(status=Opening.Status.OPEN).exclude(
        offers__status=Offer.Status.OPEN
    )
    made = 0
    for opening_id in idle.values_list("pk", flat=True):
        try:
            made += _offer_next(opening_id, clinic, zone, now=now)
        except Exception:  # one fault never stops the others
            log.exception("opening %s could not be offered", opening_id)
    return made


def _let_lapsed_go(*, now: datetime) -> None:
    lapsed = Offer.objects.filter(
        Q(expires_at__lte=now) | Q(hold__status=EXPIRED),
        status=Offer.Status.OPEN,
    )
    for offer in lapsed.select_related("hold"):
        try:
            if expire(offer.hold_id, now=now) or offer.hold.status == EXPIRED:
                end_offer(offer.hold_id, now=now)
        except Exception:  # one fault never stops the others
            log.exception("offer %s could not be let go", offer.pk)


def _close_past(clinic: Clinic, *, now: datetime) -> None:
    """Let go of what is too near to be offered to anybody."""
    past = Opening.objects.filter(
        status=Opening.Status.OPEN, ends_at__lte=now + clinic.offer_cutoff
    )
    past.exclude(offers__status=Offer.Status.OPEN).update(status=Opening.Status.CLOSED)


@transaction.atomic
def _offer_next(opening_id: int, clinic: Clinic, zone: ZoneInfo, *, now: datetime) -> bool:
    """Offer one freed time to the first who can have it; false if there is nobody."""
    _one_offer_at_a_time()
    opening = Opening.objects.select_for_update().get(pk=opening_id)
    statuses = list(opening.offers.values_list("status", flat=True))
    if opening.status != Opening.Status.OPEN or Offer.Status.OPEN in statuses:
        return False
    if is_reached(clinic.offers_per_slot, len(statuses)):
        opening.status = Opening.Status.CLOSED
        opening.save(update_fields=["status"])
        return False
    found = matches(opening, clinic=clinic, zone=zone, now=now)
    return any(_offer(opening, match) for match in found)


def _one_offer_at_a_time() -> None:
    """Let two workers take turns, or both would count somebody's offers before the other's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('offers'))")


def _offer(opening: Opening, match: Match) -> bool:
    """Keep the time for somebody and ask her; false if she cannot have it after all."""
    entry, search = match.entry, match.search
    try:
        kept = hold(
            replace(search, hold_length=match.expires_at - search.now),
            starts_at=match.starts_at,
            kind=Appointment.HoldKind.OFFER,
            client=entry.client,
        )
    except (SlotTaken, NotOffered, NotEligible):
        return False
    Offer.objects.create(
        opening=opening,
        entry=entry,
        hold=kept,
        offered_at=search.now,
        expires_at=match.expires_at,
    )
    record(kept, Kind.OFFERED, at=search.now, by=By.SYSTEM, opening=opening.pk, entry=entry.pk)
    return True
