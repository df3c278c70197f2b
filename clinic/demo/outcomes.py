"""Bringing made-up appointments that were to come up to date: the clock has passed them."""

from datetime import datetime, timedelta

from bookings.models import Allocation, Appointment, Client
from clinic.demo.behaviour import Course, Fate, course
from clinic.demo.draws import draws
from clinic.demo.ending import end
from clinic.demo.given import Given
from clinic.demo.people import habits_of
from clinic.demo.rows import Rows, Story
from clinic.demo.visits import so_far
from payments.models import Payment
from reminders.models import Step

Status = Appointment.Status
CHANGEABLE = timedelta(days=18)  # who would cancel earlier than that has done so
ENDED = [
    "status",
    "arrived_at",
    "completed_at",
    "cancelled_at",
    "cancelled_by",
    "cancel_reason",
    "no_show_at",
    "fee_cents",
]


def end_past(given: Given, clients: list[Client], *, now: datetime) -> int:
    """Let the made-up appointments that should have begun by `now` end; return how many changed."""
    number_of = {client.pk: number for number, client in enumerate(clients)}
    begun = Appointment.objects.filter(
        client__is_demo=True, status__in=[Status.BOOKED, Status.ARRIVED], starts_at__lte=now
    ).select_related("treatment")
    appointments = list(begun.order_by("starts_at", "pk"))
    deposits = {
        payment.appointment_id: payment
        for payment in Payment.objects.filter(
            appointment__in=appointments, kind=Payment.Kind.DEPOSIT, status=Payment.Status.PAID
        )
    }
    rows = Rows()
    changed = []
    for appointment in appointments:
        before = appointment.status
        number = number_of[appointment.client_id or 0]
        draw = draws("outcome", appointment.starts_at, number)
        story = Story(given, draw, now, rows)
        end(appointment, deposits.get(appointment.pk), _course(appointment, number, story), story)
        if appointment.status != before:
            changed.append(appointment)
    _write(changed, rows)
    return len(changed)


def _course(appointment: Appointment, number: int, story: Story) -> Course:
    booked_at = appointment.booked_at or appointment.created_at
    if appointment.status == Status.ARRIVED:
        return Course(booked_at, Fate.COMES)
    whole = course(
        story.draw,
        habits_of(number),
        booked_at=max(booked_at, appointment.starts_at - CHANGEABLE),
        starts_at=appointment.starts_at,
        free_notice=appointment.free_notice,
        is_first=False,
        has_deposit=appointment.deposit_cents > 0,
        zone=story.given.zone,
    )
    goes = so_far(whole, now=story.now)
    confirmed_at = appointment.confirmed_at
    if goes.cancelled_at and confirmed_at and confirmed_at >= goes.cancelled_at:
        return Course(booked_at, Fate.COMES)  # she has said since that she will come
    return goes


def _write(changed: list[Appointment], rows: Rows) -> None:
    """Save how they ended; give back what a cancelled one took, and drop what still waited."""
    Appointment.objects.bulk_update(changed, ENDED, batch_size=200)
    cancelled = [one for one in changed if one.status == Status.CANCELLED]
    Allocation.objects.filter(appointment__in=cancelled).delete()
    Step.objects.filter(appointment__in=changed, status=Step.Status.WAITING).delete()
    rows.write()
