"""Who was asked twice and does not answer: her time goes to who waits, as the last text said."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic
from payments.standing import standing_of
from reminders.models import InboundMessage, Message, Step
from reminders.operations.sender import Sender

log = logging.getLogger(__name__)
NO_ANSWER = "no_answer"
ARRIVED = (Message.Status.DELIVERED, Message.Status.READ)
BATCH = 100


def release_unanswered(sender: Sender, *, now: datetime) -> int:
    """Give up the times whose clients did not answer in the time they were told; return how many.

    Never a time whose deposit was paid, nor one whose client wrote anything back or may not have
    read the text: the desk calls her.
    """
    if sender.clinic.unanswered != Clinic.Unanswered.RELEASE:
        return 0
    ids = _overdue(now=now).values_list("pk", "appointment_id")[:BATCH]
    return sum(_guarded(step_id, appointment_id, now=now) for step_id, appointment_id in ids)


def _overdue(*, now: datetime) -> QuerySet[Step]:
    return Step.objects.filter(
        answer_by__lte=now,
        status=Step.Status.DONE,
        messages__status__in=ARRIVED,
        anchor_at=F("appointment__starts_at"),
        appointment__status=Appointment.Status.BOOKED,
        appointment__confirmed_at=None,
        appointment__starts_at__gt=now,
    ).distinct()


def _guarded(step_id: int, appointment_id: int, *, now: datetime) -> bool:
    try:
        return _release(step_id, appointment_id, now=now)
    except Exception:  # one fault never stops the others; this one is tried again
        log.exception("releasing appointment %s failed", appointment_id)
        return False


@transaction.atomic
def _release(step_id: int, appointment_id: int, *, now: datetime) -> bool:
    """Give one up, if it is still so under its lock; else take back that it will be."""
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    step = _overdue(now=now).filter(pk=step_id).first()
    if step is None:
        return False
    if _wrote_back(appointment, step) or standing_of(appointment.pk).deposit_paid_cents:
        Step.objects.filter(pk=step.pk).update(answer_by=None)
        return False
    bookings.cancel(appointment.pk, by=By.CLINIC, now=now, reason=NO_ANSWER)
    return True


def _wrote_back(appointment: Appointment, step: Step) -> bool:
    client = appointment.client
    assert client is not None  # who is told has one
    asked_at = step.messages.earliest("created_at").created_at
    return InboundMessage.objects.filter(phone=client.phone, received_at__gte=asked_at).exists()
