"""Writing the appointments that were sorted out, with what they take and what happened to them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg.types.range import TimestamptzRange

from bookings.models import Allocation, Appointment, AppointmentEvent, By, EventReceipt
from bookings.operations.importing.appointments import Agenda, Told
from bookings.operations.importing.copying import Values, delete, insert, update
from bookings.operations.importing.merging import Tally

Kind = AppointmentEvent.Kind
Status = Appointment.Status
BATCH = 10_000
# What is told of an appointment in such a state, after that it was booked.
ENDINGS = {
    Status.ARRIVED: Kind.ARRIVED,
    Status.COMPLETED: Kind.COMPLETED,
    Status.CANCELLED: Kind.CANCELLED,
    Status.NO_SHOW: Kind.NO_SHOW,
}
# When that was, by what is known of it.
MOMENTS = {
    Status.ARRIVED: "arrived_at",
    Status.COMPLETED: "completed_at",
    Status.CANCELLED: "cancelled_at",
    Status.NO_SHOW: "no_show_at",
}
# Nobody agreed to ours: changing one's mind costs nothing, and is never too late.
TERMS = {"free_notice": timedelta(), "hold_kind": Appointment.HoldKind.DESK.value}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads events, by how much of the imported ones is left for them to do."""

    of_nothing: tuple[str, ...] = ()
    of_what_is_to_come: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Event:
    """An event to be, and who need not look at it."""

    values: Values
    handled_by: tuple[str, ...]


def write(agenda: Agenda, *, readers: Readers, now: datetime, say: Say) -> Tally:
    """Write what is new and what changed; return how many rows were what."""
    writing = _Writing(agenda, readers, now)
    # What moves lets go of its place first: another may have taken that.
    delete(Allocation, "appointment_id", [one.was.pk for one in agenda.changed if one.was])
    for told, done in _batches(agenda.new):
        writing.add(told)
        say(f"{done:,} of {len(agenda.new):,} new appointments written")
    for told, done in _batches(agenda.changed):
        writing.change(told)
        say(f"{done:,} of {len(agenda.changed):,} other appointments changed")
    return Tally(
        added=len(agenda.new), changed=len(agenda.changed), same=agenda.same, kept=agenda.kept
    )


def _batches(rows: Sequence[Told]) -> Iterator[tuple[Sequence[Told], int]]:
    """Yield some rows at a time, and how many there are with those."""
    for first in range(0, len(rows), BATCH):
        batch = rows[first : first + BATCH]
        yield batch, first + len(batch)


@dataclass(frozen=True, slots=True)
class _Writing:
    """Writes a batch at a time, each with a handful of statements."""

    agenda: Agenda
    readers: Readers
    now: datetime

    def add(self, told: Sequence[Told]) -> None:
        ids = insert(
            Appointment,
            [{"import_key": one.row.key, **TERMS, **self._columns(one)} for one in told],
        )
        self._allocate(told, ids)
        pairs = zip(told, ids, strict=True)
        self._tell([event for one, pk in pairs for event in self._history(one, pk)])

    def change(self, told: Sequence[Told]) -> None:
        ids = [one.was.pk for one in told if one.was]
        pairs = list(zip(told, ids, strict=True))
        update(Appointment, [{"id": pk, **self._columns(one)} for one, pk in pairs])
        self._allocate(told, ids)
        self._tell([event for one, pk in pairs for event in self._news(one, pk)])

    def _columns(self, told: Told) -> Values:
        values, status = told.values, told.values["status"]
        came = status in (Status.ARRIVED, Status.COMPLETED)
        return {
            **values,
            "booked_at": values["created_at"],
            "arrived_at": values["starts_at"] if came else None,
            "completed_at": values["ends_at"] if status == Status.COMPLETED else None,
            "no_show_at": values["starts_at"] if status == Status.NO_SHOW else None,
        }

    def _allocate(self, told: Sequence[Told], ids: Sequence[int]) -> None:
        rows = [
            {"appointment_id": pk, "resource_id": resource, "period": _period(start, end)}
            for one, pk in zip(told, ids, strict=True)
            for resource, start, end in self.agenda.allocated.get(one.row.key, ())
        ]
        insert(Allocation, rows)

    def _history(self, told: Told, pk: int) -> Iterator[_Event]:
        """Yield what happened to an appointment that is new here."""
        yield self._event(told, pk, Kind.BOOKED, at=told.values["created_at"])
        status = told.values["status"]
        if status in ENDINGS:
            at = self._columns(told)[MOMENTS[status]]
            yield self._event(told, pk, ENDINGS[status], at=at)

    def _news(self, told: Told, pk: int) -> Iterator[_Event]:
        """Yield what became of an appointment since it was imported the last time."""
        assert told.was is not None
        old, new = told.was.values, told.values
        if new["status"] != old["status"]:
            kind = ENDINGS.get(new["status"], Kind.BOOKED)
        elif any(new[one] != old[one] for one in ("starts_at", "ends_at", "practitioner_id")):
            kind = Kind.MOVED
        else:
            return
        yield self._event(told, pk, kind, at=self.now)

    def _event(self, told: Told, pk: int, kind: Kind, *, at: datetime) -> _Event:
        is_to_come = self._is_to_come(told.values)
        # Whoever looked at it when it was to come, must also see that it no longer is.
        was_to_come = told.was is not None and self._is_to_come(told.was.values)
        handled_by = self.readers.of_nothing
        if not (is_to_come or was_to_come):
            handled_by += self.readers.of_what_is_to_come
        facts = json.dumps({"imported_at": self.now.isoformat()})
        values = {
            "appointment_id": pk,
            "kind": kind.value,
            "at": at,
            "by": By.SYSTEM.value,
            "facts": facts,
        }
        return _Event(values, handled_by)

    def _is_to_come(self, values: Values) -> bool:
        return bool(values["status"] == Status.BOOKED and values["starts_at"] > self.now)

    def _tell(self, events: Sequence[_Event]) -> None:
        ids = insert(AppointmentEvent, [event.values for event in events])
        receipts = [
            {"event_id": pk, "reader": reader}
            for event, pk in zip(events, ids, strict=True)
            for reader in event.handled_by
        ]
        insert(EventReceipt, receipts)


def _period(start: int, end: int) -> TimestamptzRange:
    return TimestamptzRange(
        datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), "[)"
    )
