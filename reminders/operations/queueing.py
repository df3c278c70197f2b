"""The queue: rows that follow the facts."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By, Offer
from payments.models import Payment
from reminders.models import Rule, Step
from reminders.operations.acts import is_told_elsewhere, touched_by
from reminders.operations.sender import Sender
from reminders.rules import Facts, WantedStep, steps_for
from reminders.written import cue_moment, fitting_plan

Kind = AppointmentEvent.Kind
READER = "reminders"
log = logging.getLogger(__name__)
AGREEING = (Kind.BOOKED, Kind.MOVED)
TELLING = (*AGREEING, Kind.CANCELLED)


def requeue_changed(sender: Sender) -> int:
    """Requeue each appointment with events not handled yet, and what was in one act with it.

    Return how many those were.
    """
    changed: dict[int, list[int]] = {}
    events = AppointmentEvent.objects.unhandled_by(READER).order_by("pk")
    for pk, appointment_id in events.values_list("pk", "appointment_id")[:1000]:
        changed.setdefault(appointment_id, []).append(pk)
    for appointment_id in touched_by(changed):
        changed.setdefault(appointment_id, [])
    for appointment_id, event_ids in changed.items():
        try:
            with transaction.atomic():
                requeue(appointment_id, sender=sender)
                bookings.handled(event_ids, reader=READER)
        except Exception:  # one fault never stops the others; this one is tried again
            log.exception("requeueing appointment %s failed", appointment_id)
    return len(changed)


def requeue_coming(*, sender: Sender, now: datetime) -> int:
    """Requeue every appointment to come, after a rule was edited; return how many."""
    coming = Appointment.objects.filter(status=Appointment.Status.BOOKED, starts_at__gt=now)
    ids = list(coming.values_list("pk", flat=True))
    for appointment_id in ids:
        requeue(appointment_id, sender=sender)
    return len(ids)


@transaction.atomic
def requeue(appointment_id: int, *, sender: Sender) -> None:
    """Make the waiting steps match the rules. Safe to run any number of times."""
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    rules = {rule.pk: rule for rule in Rule.objects.filter(is_active=True)}
    wanted = wanted_steps(appointment, rules.values(), sender=sender)
    _clear_away(appointment, wanted)
    Step.objects.bulk_create(
        [_step(appointment, rules[step.rule_id], step) for step in wanted],
        ignore_conflicts=True,  # unique on appointment, rule and anchor
    )


def _clear_away(appointment: Appointment, wanted: Iterable[WantedStep]) -> None:
    """Delete what is no longer wanted, and what was dropped: it may be wanted again.

    Deleted, not marked: if the appointment moves back, or stands again, the step must queue again.
    """
    ours = Step.objects.filter(appointment=appointment, rule__isnull=False)
    ours.filter(status=Step.Status.DROPPED, messages__isnull=True).delete()
    keys = {(step.rule_id, step.anchor_at, step.due_at) for step in wanted}
    # Locked, so that no worker claims one between looking and deleting.
    waiting = ours.filter(status=Step.Status.WAITING).select_for_update()
    stale = [s.pk for s in waiting if (s.rule_id, s.anchor_at, s.due_at) not in keys]
    Step.objects.filter(pk__in=stale, status=Step.Status.WAITING).delete()


def _step(appointment: Appointment, rule: Rule, wanted: WantedStep) -> Step:
    return Step(
        appointment=appointment,
        rule=rule,
        wording=rule.wording,
        reach=rule.reach,
        asks=rule.asks,
        anchor_at=wanted.anchor_at,
        due_at=wanted.due_at,
        useless_at=wanted.useless_at,
    )


def wanted_steps(
    appointment: Appointment, rules: Iterable[Rule], *, sender: Sender
) -> list[WantedStep]:
    """Return the steps that the rules call for, by the facts as they are now."""
    return steps_for(
        [rule.spec for rule in rules],
        facts_of(appointment, sender=sender),
        zone=sender.zone,
        undo_time=sender.clinic.undo_time,
    )


def facts_of(appointment: Appointment, *, sender: Sender) -> Facts:
    """Return how an appointment stands, for the rules to look at."""
    events = list(appointment.events.filter(kind__in=TELLING).order_by("-pk"))
    agreed = next((event for event in events if event.kind in AGREEING), None)
    cancelled = next((event for event in events if event.kind == Kind.CANCELLED), None)
    asked = Payment.objects.filter(
        appointment=appointment, status=Payment.Status.OPEN, asked_at__isnull=False
    )
    lapsed = appointment.status == Appointment.Status.EXPIRED
    offer = _open_offer(appointment)
    plan = fitting_plan(appointment, zone=sender.zone)
    tells = plan if plan and plan.tells else None
    return Facts(
        starts_at=appointment.starts_at,
        is_booked=appointment.status == Appointment.Status.BOOKED,
        agreed_at=agreed.at if agreed else None,
        agreed_by_clinic=bool(agreed and agreed.by == By.CLINIC),
        confirmed=appointment.confirmed_at is not None,
        cancelled_at=None if _imported_at(cancelled) else appointment.cancelled_at,
        taken_over_at=_imported_at(agreed),
        payment_asked_at=None if lapsed else asked.values_list("asked_at", flat=True).first(),
        told_elsewhere=is_told_elsewhere(appointment),
        cue_at=cue_moment(tells, zone=sender.zone) if tells else None,
        cue_asked_at=tells.written_at if tells else None,
        offered_at=offer.offered_at if offer else None,
        offer_useful_until=_useful_until(offer, sender) if offer else None,
    )


def _open_offer(hold: Appointment) -> Offer | None:
    """Return the offer that a hold keeps a time for, while it is to be answered."""
    if hold.hold_kind != Appointment.HoldKind.OFFER or hold.status != Appointment.Status.HELD:
        return None
    return Offer.objects.filter(hold=hold, status=Offer.Status.OPEN).first()


def _useful_until(offer: Offer, sender: Sender) -> datetime:
    """Return until when she may be told: as long as it stands, and never in quiet hours."""
    quiet = sender.clinic.offer_rules.quiet_begins(offer.offered_at, zone=sender.zone)
    return min(offer.expires_at, quiet or offer.expires_at)


def _imported_at(event: AppointmentEvent | None) -> datetime | None:
    """Return when an event was taken over from another system, nothing when it happened here."""
    at = event.facts.get("imported_at") if event else None
    return datetime.fromisoformat(at) if at else None
