"""Reads: how appointments stand, for the rules to look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bookings.models import Appointment, AppointmentEvent, By, Offer
from payments.models import Payment
from reminders.models import IfThenPlan
from reminders.operations.acts import Act, acts_of, telling_events, told_elsewhere
from reminders.operations.sender import Sender
from reminders.rules import Facts
from reminders.written import cue_moment, fitting_plans

Kind = AppointmentEvent.Kind
AGREEING = (Kind.BOOKED, Kind.MOVED)


@dataclass(frozen=True, slots=True)
class Background:
    """What both the rules and the words look at, by appointment."""

    events: Mapping[int, list[AppointmentEvent]]  # that the client is told of, the last first
    acts: Mapping[int, Act]  # that brought it into its state
    plans: Mapping[int, IfThenPlan]  # that fit


def background_of(appointments: Iterable[Appointment], *, zone: ZoneInfo) -> Background:
    """Read it. At most four queries, whatever the number."""
    appointments = list(appointments)
    events = telling_events(one.pk for one in appointments)
    acts = acts_of(appointments, events)
    return Background(events, acts, fitting_plans(appointments, zone=zone))


def facts_of(
    appointments: Iterable[Appointment], background: Background, *, sender: Sender
) -> dict[int, Facts]:
    """Return how each appointment stands now. At most three queries, whatever the number."""
    appointments = list(appointments)
    elsewhere = told_elsewhere(background.acts)
    asked, offers = _asked(appointments), _open_offers(appointments)
    return {
        one.pk: _facts(
            one,
            background,
            sender=sender,
            asked_at=asked.get(one.pk),
            offer=offers.get(one.pk),
            is_told_elsewhere=one.pk in elsewhere,
        )
        for one in appointments
    }


def _asked(appointments: Iterable[Appointment]) -> dict[int, datetime]:
    """Return since when money is asked, by appointment; an expired hold owes nothing."""
    standing = [one.pk for one in appointments if one.status != Appointment.Status.EXPIRED]
    debts = Payment.objects.filter(
        appointment__in=standing, status=Payment.Status.OPEN, asked_at__isnull=False
    )
    return {one.appointment_id: one.asked_at for one in debts.order_by("-pk") if one.asked_at}


def _open_offers(appointments: Iterable[Appointment]) -> dict[int, Offer]:
    """Return the offer that a hold keeps a time for, while it is to be answered."""
    holds = [
        one.pk
        for one in appointments
        if one.hold_kind == Appointment.HoldKind.OFFER and one.status == Appointment.Status.HELD
    ]
    if not holds:
        return {}
    offers = Offer.objects.filter(hold__in=holds, status=Offer.Status.OPEN)
    return {offer.hold_id: offer for offer in offers}


def _facts(
    appointment: Appointment,
    background: Background,
    *,
    sender: Sender,
    asked_at: datetime | None,
    offer: Offer | None,
    is_told_elsewhere: bool,
) -> Facts:
    events, plan = background.events[appointment.pk], background.plans.get(appointment.pk)
    agreed = next((event for event in events if event.kind in AGREEING), None)
    cancelled = next((event for event in events if event.kind == Kind.CANCELLED), None)
    tells = plan if plan and plan.tells else None
    is_over = appointment.status == Appointment.Status.COMPLETED
    return Facts(
        starts_at=appointment.starts_at,
        is_booked=appointment.status == Appointment.Status.BOOKED,
        treatment_id=appointment.treatment_id,
        wants_news=appointment.client is not None and appointment.client.wants_news,
        agreed_at=agreed.at if agreed else None,
        agreed_by_clinic=bool(agreed and agreed.by == By.CLINIC),
        confirmed=appointment.confirmed_at is not None,
        cancelled_at=None if _imported_at(cancelled) else appointment.cancelled_at,
        taken_over_at=_imported_at(agreed),
        payment_asked_at=asked_at,
        told_elsewhere=is_told_elsewhere,
        cue_at=cue_moment(tells, zone=sender.zone) if tells else None,
        cue_asked_at=tells.written_at if tells else None,
        offered_at=offer.offered_at if offer else None,
        offer_useful_until=_useful_until(offer, sender) if offer else None,
        ended_at=appointment.ends_at if is_over else None,
        noted_at=appointment.completed_at if is_over else None,
    )


def _useful_until(offer: Offer, sender: Sender) -> datetime:
    """Return until when she may be told: as long as it stands, and never in quiet hours."""
    quiet = sender.clinic.offer_rules.quiet_begins(offer.offered_at, zone=sender.zone)
    return min(offer.expires_at, quiet or offer.expires_at)


def _imported_at(event: AppointmentEvent | None) -> datetime | None:
    """Return when an event was taken over from another system, nothing when it happened here."""
    at = event.facts.get("imported_at") if event else None
    return datetime.fromisoformat(at) if at else None
