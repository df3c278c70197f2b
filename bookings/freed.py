"""What became of a time that was given back late, and whether its client had been reminded."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.forgiving import Reminded, is_refilled, reminded
from bookings.models import Appointment, AppointmentEvent
from bookings.periods import Period

Kind = AppointmentEvent.Kind
Status = Appointment.Status
GIVEN = (*Appointment.AGREED, Status.NO_SHOW)


def was_refilled(cancelled: Appointment) -> bool:
    """Tell whether a cancelled appointment's time went to others after all."""
    return is_refilled(_period(cancelled), map(_period, _in_its_place(cancelled)))


def _period(appointment: Appointment) -> Period:
    return Period(appointment.starts_at, appointment.ends_at)


def _in_its_place(cancelled: Appointment) -> QuerySet[Appointment]:
    """Return who came in its place: with the same practitioner, booked or moved there since."""
    assert cancelled.cancelled_at is not None
    moved = AppointmentEvent.objects.filter(
        appointment=OuterRef("pk"), kind=Kind.MOVED, at__gte=cancelled.cancelled_at
    )
    since = Q(booked_at__gte=cancelled.cancelled_at) | Exists(moved)
    return _overlapping(cancelled).filter(since, status__in=GIVEN).exclude(pk=cancelled.pk)


def _overlapping(appointment: Appointment) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        practitioner=appointment.practitioner_id,
        starts_at__lt=appointment.ends_at,
        ends_at__gt=appointment.starts_at,
    )


def given_back_for(appointment: Appointment) -> list[int]:
    """Return whose late cancelled appointments had the time that this one has now."""
    theirs = _overlapping(appointment).filter(status=Status.CANCELLED, fee_cents__gt=0)
    return list(theirs.order_by("pk").values_list("pk", flat=True))


def was_reminded(appointment: Appointment, *, now: datetime) -> Reminded:
    """Return whether a reminder of its time reached the client, if one was due before it ended."""
    ended_at = appointment.cancelled_at or appointment.no_show_at
    told = AppointmentEvent.objects.filter(
        appointment=appointment,
        kind__in=(Kind.REMINDER_SENT, Kind.REMINDED, Kind.NOT_REMINDED),
        facts__start=appointment.starts_at.isoformat(),
    )
    due = [one for one in told if ended_at is None or one.at <= ended_at]
    sent = [one.at for one in due if one.kind == Kind.REMINDER_SENT]
    return reminded(
        was_due=bool(due),
        # A report of what had arrived before may come after.
        has_arrived=any(one.kind == Kind.REMINDED for one in told),
        sent_at=max(sent, default=None),
        now=now,
    )
