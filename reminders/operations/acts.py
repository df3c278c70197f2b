"""What was done in one act is told in one message: that about the first of its appointments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from bookings.models import Appointment, AppointmentEvent
from reminders.models import Step
from reminders.rules import On

Kind = AppointmentEvent.Kind
Status = Appointment.Status
#: What brings an appointment into a state that the client is told of.
TOLD: dict[str, tuple[AppointmentEvent.Kind, ...]] = {
    Status.BOOKED: (Kind.BOOKED, Kind.MOVED),
    Status.CANCELLED: (Kind.CANCELLED,),
}
UNSENT = (Step.Status.WAITING, Step.Status.DROPPED)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to several appointments at once."""

    at: datetime
    ids: tuple[int, ...]
    standing: tuple[Appointment, ...]  # those to which nothing happened since, by their start


def act_of(appointment: Appointment) -> Act | None:
    """Return the act that brought it into its state; nothing when it was about this one only."""
    kinds = TOLD.get(appointment.status)
    if kinds is None:
        return None
    last = appointment.events.filter(kind__in=kinds).order_by("-pk").first()
    if last is None or "batch" not in last.facts:
        return None
    since = AppointmentEvent.objects.filter(
        appointment=OuterRef("pk"), kind__in=kinds, at__gt=last.at
    )
    standing = Appointment.objects.filter(
        ~Exists(since), pk__in=last.facts["batch"], status=appointment.status
    )
    ids = tuple(last.facts["batch"])
    return Act(last.at, ids, tuple(standing.order_by("starts_at", "pk")))


def is_told_elsewhere(appointment: Appointment) -> bool:
    """Tell whether the message about another appointment of the same act tells of this one too.

    Who was told once keeps telling: when the first one is cancelled next week, the second does
    not begin.
    """
    act = act_of(appointment)
    if act is None:
        return False
    others = [pk for pk in act.ids if pk != appointment.pk]
    sent = Step.objects.filter(
        appointment__in=others, anchor_at=act.at, rule__on__in=(On.AGREED, On.CANCELLED)
    ).exclude(status__in=UNSENT)
    first = next(iter(act.standing), appointment)
    return first.pk != appointment.pk or sent.exists()


def told_with(appointment: Appointment) -> tuple[Appointment, ...]:
    """Return the appointments that its message tells of, itself the first."""
    act = act_of(appointment)
    others = act.standing if act else ()
    return (appointment, *(one for one in others if one.pk != appointment.pk))


def touched_by(appointment_ids: Iterable[int]) -> set[int]:
    """Return the appointments that were ever in one act with these: who tells may have changed."""
    events = AppointmentEvent.objects.filter(
        appointment__in=appointment_ids, facts__has_key="batch"
    )
    return {pk for facts in events.values_list("facts", flat=True) for pk in facts["batch"]}
