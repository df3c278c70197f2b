"""What was done in one act is told in one message: that about the first of its appointments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

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


def telling_events(appointment_ids: Iterable[int]) -> dict[int, list[AppointmentEvent]]:
    """Return what the client is told of, the last first, by appointment. One query."""
    found: dict[int, list[AppointmentEvent]] = {pk: [] for pk in appointment_ids}
    kinds = [kind for kinds in TOLD.values() for kind in kinds]
    events = AppointmentEvent.objects.filter(appointment__in=list(found), kind__in=kinds)
    for event in events.order_by("-pk"):
        found[event.appointment_id].append(event)
    return found


def acts_of(
    appointments: Iterable[Appointment], events: Mapping[int, list[AppointmentEvent]]
) -> dict[int, Act]:
    """Return the act that brought each into its state; none for what was about that one only.

    Two queries, whatever the number.

    :param events: their `telling_events`
    """
    appointments = list(appointments)
    last = {one.pk: _last(one, events[one.pk]) for one in appointments}
    together = {pk: event for pk, event in last.items() if event and "batch" in event.facts}
    if not together:
        return {}
    ids = {pk for event in together.values() for pk in event.facts["batch"]}
    others = Appointment.objects.select_related("client").in_bulk(ids)
    happened = telling_events(ids)
    return {
        one.pk: _act(one.status, together[one.pk], others, happened)
        for one in appointments
        if one.pk in together
    }


def _last(appointment: Appointment, events: list[AppointmentEvent]) -> AppointmentEvent | None:
    kinds = TOLD.get(appointment.status, ())
    return next((event for event in events if event.kind in kinds), None)


def _act(
    status: str,
    event: AppointmentEvent,
    others: Mapping[int, Appointment],
    happened: Mapping[int, list[AppointmentEvent]],
) -> Act:
    ids = tuple(event.facts["batch"])
    standing = [
        others[pk]
        for pk in ids
        if pk in others
        and others[pk].status == status
        and not any(one.kind in TOLD[status] and one.at > event.at for one in happened[pk])
    ]
    return Act(event.at, ids, tuple(sorted(standing, key=lambda one: (one.starts_at, one.pk))))


def told_elsewhere(acts: Mapping[int, Act]) -> set[int]:
    """Return those of which the message about another appointment of the same act tells as well.

    Who was told once keeps telling: when the first one is cancelled next week, the second does
    not begin. One query.
    """
    ids = {pk for act in acts.values() for pk in act.ids}
    if not ids:
        return set()
    sent = Step.objects.filter(appointment__in=ids, rule__on__in=(On.AGREED, On.CANCELLED))
    told = set(sent.exclude(status__in=UNSENT).values_list("appointment", "anchor_at"))
    return {pk for pk, act in acts.items() if _tells_another(pk, act, told)}


def _tells_another(pk: int, act: Act, told: set[tuple[int, datetime]]) -> bool:
    first = act.standing[0].pk if act.standing else pk
    return first != pk or any((other, act.at) in told for other in act.ids if other != pk)


def told_with(
    appointments: Iterable[Appointment], acts: Mapping[int, Act]
) -> dict[int, tuple[Appointment, ...]]:
    """Return the appointments that the message about each tells of, itself the first."""
    told: dict[int, tuple[Appointment, ...]] = {}
    for appointment in appointments:
        act = acts.get(appointment.pk)
        others = act.standing if act else ()
        told[appointment.pk] = (appointment, *(o for o in others if o.pk != appointment.pk))
    return told


def touched_by(appointment_ids: Iterable[int]) -> set[int]:
    """Return the appointments that were ever in one act with these: who tells may have changed."""
    events = AppointmentEvent.objects.filter(
        appointment__in=appointment_ids, facts__has_key="batch"
    )
    return {pk for facts in events.values_list("facts", flat=True) for pk in facts["batch"]}
