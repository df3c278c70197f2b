"""The event rows that join the apps."""

from collections.abc import Iterable
from datetime import datetime

from bookings.models import Appointment, AppointmentEvent, By, EventReceipt, User


def record(
    appointment: Appointment,
    kind: AppointmentEvent.Kind,
    *,
    at: datetime,
    by: By,
    user: User | None = None,
    **facts: object,
) -> AppointmentEvent:
    """Append what happened, in the caller's transaction."""
    return AppointmentEvent.objects.create(
        appointment=appointment, kind=kind, at=at, by=by, user=user, facts=facts
    )


def record_all(
    happened: Iterable[tuple[int, dict[str, object]]],
    kind: AppointmentEvent.Kind,
    *,
    at: datetime,
    by: By,
) -> None:
    """Append that the same happened to several appointments, each by its key with its own facts."""
    AppointmentEvent.objects.bulk_create(
        AppointmentEvent(appointment_id=pk, kind=kind, at=at, by=by, facts=facts)
        for pk, facts in happened
    )


def join(appointment_ids: Iterable[int], kind: AppointmentEvent.Kind, *, at: datetime) -> None:
    """Note on what just happened to these appointments that it was one act.

    One message then tells of them all.
    """
    batch = list(appointment_ids)
    if len(batch) < 2:
        return
    events = list(AppointmentEvent.objects.filter(appointment__in=batch, kind=kind, at=at))
    for event in events:
        event.facts["batch"] = batch
    AppointmentEvent.objects.bulk_update(events, ["facts"])


def handled(event_ids: Iterable[int], *, reader: str) -> None:
    """Give `reader`'s receipt for each event; a second receipt changes nothing."""
    EventReceipt.objects.bulk_create(
        [EventReceipt(event_id=event_id, reader=reader) for event_id in event_ids],
        ignore_conflicts=True,
    )
