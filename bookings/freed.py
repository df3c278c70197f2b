"""What became of a time that was given back late, and whether its client had been reminded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Appointment, AppointmentEvent

Kind = AppointmentEvent.Kind
Status = Appointment.Status
# A telephone that is off or out of reach hears of a text later.
PATIENCE = timedelta(hours=1)
GIVEN = (*Appointment.AGREED, Status.NO_SHOW)


def was_refilled(cancelled: Appointment) -> bool:
    """Tell whether at least half of a cancelled appointment's time went to others after all."""
    taken = sum((_shared(cancelled, one) for one in _in_its_place(cancelled)), timedelta())
    return taken * 2 >= cancelled.ends_at - cancelled.starts_at


def _shared(one: Appointment, other: Appointment) -> timedelta:
    return min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)


def _in_its_place(cancelled: Appointment) -> Iterator[Appointment]:
    """Yield who came in its place: with the same practitioner, booked or moved there since."""
    assert cancelled.cancelled_at is not None
    moved = AppointmentEvent.objects.filter(
        appointment=OuterRef("pk"), kind=Kind.MOVED, at__gte=cancelled.cancelled_at
    )
    since = Q(booked_at__gte=cancelled.cancelled_at) | Exists(moved)
    yield from _overlapping(cancelled).filter(since, status__in=GIVEN).exclude(pk=cancelled.pk)


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


class Reminded(Enum):
    """Whether a reminder reached a client before her appointment ended."""

    YES = auto()  # or none was due
    NO = auto()
    PERHAPS = auto()  # it was sent just now, and no word of it has come yet


def reminded(appointment: Appointment, *, now: datetime) -> Reminded:
    """Return whether a reminder of its time reached the client, if one was due before it ended."""
    ended_at = appointment.cancelled_at or appointment.no_show_at
    told = AppointmentEvent.objects.filter(
        appointment=appointment,
        kind__in=(Kind.REMINDER_SENT, Kind.REMINDED, Kind.NOT_REMINDED),
        facts__start=appointment.starts_at.isoformat(),
    )
    # A report of what had arrived before may come after.
    due = [one for one in told if ended_at is None or one.at <= ended_at]
    if not due or any(one.kind == Kind.REMINDED for one in told):
        return Reminded.YES
    sent = [one.at for one in due if one.kind == Kind.REMINDER_SENT]
    waits = bool(sent) and now < max(sent) + PATIENCE
    return Reminded.PERHAPS if waits else Reminded.NO
