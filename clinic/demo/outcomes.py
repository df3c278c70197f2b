"""Bringing made-up appointments that were to come up to date: the clock has passed them."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from bookings.models import Allocation, Appointment, By, Client
from bookings.periods import day_period
from clinic.demo.behaviour import Course, Fate, course
from clinic.demo.draws import draws
from clinic.demo.ending import end
from clinic.demo.given import Given
from clinic.demo.people import habits_of
from clinic.demo.rows import Kind, Rows, Story
from clinic.demo.unnoted import last_working_day, left_unnoted
from clinic.demo.visits import so_far
from payments import operations as payments
from payments.models import Payment
from reminders.models import Step

Status = Appointment.Status
AGREED = (Status.BOOKED, Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW)
CHANGEABLE = timedelta(days=18)  # who would cancel earlier than that has done so
ENDED = [
    "status",
    "confirmed_at",
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
    appointments = _begun(given, now=now)
    deposits = {
        payment.appointment_id: payment
        for payment in Payment.objects.filter(
            appointment__in=appointments, kind=Payment.Kind.DEPOSIT, status=Payment.Status.PAID
        )
    }
    asked = set(_questions(appointments).values_list("appointment", flat=True))
    rows = Rows()
    changed = []
    for appointment in appointments:
        before = (appointment.status, appointment.confirmed_at)
        number = number_of[appointment.client_id or 0]
        draw = draws("outcome", appointment.starts_at, number)
        story = Story(given, draw, now, rows)
        goes = _course(appointment, number, story)
        if appointment.pk in asked and goes.confirmed_at:
            appointment.confirmed_at = at = goes.confirmed_at
            story.tell(appointment, Kind.CONFIRMED, at=at, by=By.CLIENT)
        end(appointment, deposits.get(appointment.pk), goes, story)
        if (appointment.status, appointment.confirmed_at) != before:
            changed.append(appointment)
    _write(changed, rows)
    payments.post_each((one.pk for one in changed), now=now)
    return len(changed)


def _begun(given: Given, *, now: datetime) -> list[Appointment]:
    """Return what has begun and is still open, but for what the desk forgot to note."""
    day = last_working_day(given, now)
    on_day = day_period(day, given.zone)
    agreed = Appointment.objects.filter(
        client__is_demo=True,
        status__in=AGREED,
        starts_at__gte=on_day.start,
        starts_at__lt=on_day.end,
    )
    places = agreed.values_list("starts_at", "practitioner")
    unnoted = left_unnoted(day, places, given, now=now)
    begun = Appointment.objects.filter(
        client__is_demo=True, status__in=[Status.BOOKED, Status.ARRIVED], starts_at__lte=now
    ).select_related("treatment")
    appointments = begun.order_by("starts_at", "pk")
    return [a for a in appointments if (a.starts_at, a.practitioner_id) not in unnoted]


def _questions(appointments: list[Appointment]) -> QuerySet[Step]:
    """Return the questions that came due since the last start, before what they ask about ended."""
    in_time = Q(appointment__cancelled_at=None) | Q(due_at__lte=F("appointment__cancelled_at"))
    return Step.objects.filter(
        in_time,
        appointment__in=appointments,
        asks=True,
        anchor_at=F("appointment__starts_at"),
        status=Step.Status.WAITING,
    )


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
    """Save how they ended; give back what a cancelled one took, and drop what still waited.

    A question that came due in between counts as put: she may have answered it.
    """
    Appointment.objects.bulk_update(changed, ENDED, batch_size=200)
    cancelled = [one for one in changed if one.status == Status.CANCELLED]
    Allocation.objects.filter(appointment__in=cancelled).delete()
    _questions(changed).update(status=Step.Status.DONE)
    Step.objects.filter(appointment__in=changed, status=Step.Status.WAITING).delete()
    rows.write()
