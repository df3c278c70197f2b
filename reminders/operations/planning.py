"""Writing, repeating and skipping an if-then plan; each is recorded from the first day."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By
from reminders.models import IfThenPlan
from reminders.operations.questions import pass_on_worry


@dataclass(frozen=True, slots=True)
class PlanText:
    """What the client wrote."""

    written_when: str
    cue_on: date
    cue_at: time
    action: str
    obstacle: str = ""
    answer: str = ""
    tells: bool = False  # she wants to be told at that moment
    worry: str = ""
    worry_answer: str = ""


def offer_plan(appointment_id: int, *, now: datetime) -> IfThenPlan:
    """Note that a plan was offered; a second time changes nothing."""
    plan, _ = IfThenPlan.objects.get_or_create(
        appointment_id=appointment_id, defaults={"offered_at": now}
    )
    return plan


@transaction.atomic
def write_plan(appointment_id: int, text: PlanText, *, now: datetime) -> IfThenPlan:
    """Keep the client's plan; writing it anew takes back that it was repeated.

    What she dreads is passed on to her practitioner.
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    plan = offer_plan(appointment_id, now=now)
    plan.edits += 1 if plan.written_at else 0
    plan.written_when, plan.written_at = text.written_when, now
    plan.cue_on, plan.cue_at, plan.action = text.cue_on, text.cue_at, text.action
    plan.obstacle, plan.answer, plan.tells = text.obstacle, text.answer, text.tells
    if text.worry != plan.worry:
        pass_on_worry(appointment_id, text.worry, now=now)
    plan.worry, plan.worry_answer = text.worry, text.worry_answer
    plan.repeated_at = plan.skipped_at = None
    plan.save()
    if appointment.status == Appointment.Status.BOOKED:  # the messages to come follow it
        bookings.record(appointment, AppointmentEvent.Kind.PLANNED, at=now, by=By.CLIENT)
    return plan


def repeat_plan(appointment_id: int, *, now: datetime) -> None:
    """Note that the client said her plan back."""
    plans = IfThenPlan.objects.filter(appointment=appointment_id, written_at__isnull=False)
    plans.update(repeated_at=now)


def skip_plan(appointment_id: int, *, now: datetime) -> None:
    """Note that the client would rather not make a plan, if she has not written one."""
    offer_plan(appointment_id, now=now)
    plans = IfThenPlan.objects.filter(appointment=appointment_id, written_at__isnull=True)
    plans.update(skipped_at=now)
