"""Taking over appointments: what was said of each, against what is known of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from bookings.imported import AppointmentRow, Remarks
from bookings.models import Appointment, By, Resource
from bookings.needs import PRACTITIONER
from bookings.operations.importing.copying import Values, read
from bookings.operations.importing.known import Known
from bookings.operations.importing.placing import (
    FILE,
    NOTHING,
    Allocated,
    Places,
    Wanted,
    allocate,
    resources_of,
)
from bookings.taken import Taken
from bookings.usual import Usual, read_usual

Status = Appointment.Status
ROOM, DEVICE = Resource.Kind.ROOM.value, Resource.Kind.DEVICE.value
COLUMNS = (
    "client_id treatment_id practitioner_id starts_at ends_at status price_cents note"
    " created_at cancelled_at cancelled_by"
).split()
CAME_OR_NOT = (Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW)
AHEAD = timedelta(hours=12)  # who comes early, is here before her time
# An event without this mark happened here: from then on the appointment is this clinic's own.
LIVES_HERE = """
SELECT DISTINCT a.id FROM bookings_appointment a
JOIN bookings_appointmentevent e ON e.appointment_id = a.id
WHERE a.import_key IS NOT NULL AND NOT e.facts ? 'imported_at'
"""
TAKEN = """
SELECT appointment_id, resource_id,
       extract(epoch FROM lower(period))::bigint, extract(epoch FROM upper(period))::bigint
FROM bookings_allocation
"""


@dataclass(frozen=True, slots=True)
class Was:
    """An imported appointment as it stands."""

    pk: int
    values: Values
    allocated: Sequence[Allocated]


@dataclass(frozen=True, slots=True)
class Told:
    """One appointment as it is to be, and as it was if it is known."""

    row: AppointmentRow
    values: Values
    wanted: Wanted | None  # nothing when it takes nothing
    was: Was | None


@dataclass(slots=True)
class Agenda:
    """The appointments of a file, sorted out: which to add, to change, or to leave."""

    new: list[Told]
    changed: list[Told]
    same: int
    kept: int
    allocated: Mapping[str, Sequence[Allocated]]  # by the key of the appointment


def sort_out(
    rows: Sequence[AppointmentRow],
    *,
    known: Known,
    clients: Mapping[str, int],
    notes: Remarks,
    now: datetime,
) -> Agenda:
    """Decide about every row, and find it its resources. Reads once, and writes nothing.

    In a transaction that has the clinic to itself.
    """
    allocated = _allocated()
    was = {
        str(key): Was(pk, dict(zip(COLUMNS, values, strict=True)), allocated.get(pk, ()))
        for pk, key, *values in read(
            Appointment, ["id", "import_key", *COLUMNS], where="import_key IS NOT NULL"
        )
    }
    reading = _Reading(known, clients, read_usual(), _kinds(), now)
    agenda, living = Agenda([], [], 0, 0, {}), _living_here()
    lines: dict[int, int] = {}  # of the appointments that stay as they are
    for row in rows:
        before = was.get(row.key)
        if before is not None and before.pk in living:
            agenda.kept += 1
            lines[before.pk] = row.line
            continue
        told = reading.told(row, before)
        if told is None:
            continue
        if before is None:
            agenda.new.append(told)
        elif reading.differs(told, before):
            agenda.changed.append(told)
        else:
            agenda.same += 1
            lines[before.pk] = row.line
    _place(agenda, allocated, lines, reading, notes)
    return agenda


def _place(
    agenda: Agenda,
    allocated: Mapping[int, Sequence[Allocated]],
    lines: Mapping[int, int],
    reading: "_Reading",
    notes: Remarks,
) -> None:
    taken, changed = Taken(), {told.was.pk for told in agenda.changed if told.was}
    for pk, stretches in allocated.items():
        for resource, start, end in stretches if pk not in changed else ():
            taken.take(resource, start, end, whose=lines.get(pk, -pk))
    names = {pk: name.replace(":", " “", 1) + "”" for name, pk in reading.known.resources.items()}
    places = Places(reading.usual.pools, names, taken, reading.known.troubles, notes)
    both = sorted([*agenda.new, *agenda.changed], key=lambda told: told.row.line)
    every = [told.wanted for told in both if told.wanted]
    keys = [told.row.key for told in both if told.wanted]
    agenda.allocated = dict(zip(keys, allocate(every, places), strict=True))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reading a row needs to know."""

    known: Known
    clients: Mapping[str, int]
    usual: Usual
    kinds: Mapping[int, str]  # of each resource
    now: datetime

    def told(self, row: AppointmentRow, was: Was | None) -> Told | None:
        """Return the appointment as it is to be; nothing when something is wrong with it."""
        client = self.clients.get(row.client)
        if client is None:
            self._trouble(row, f"there is no client “{row.client}”")
        treatment = self.known.treatment(FILE, row.line, row.treatment)
        practitioner = self.known.practitioner(FILE, row.line, row.practitioner)
        if client is None or treatment is None or practitioner is None:
            return None
        if row.status in CAME_OR_NOT and row.starts_at > self.now + AHEAD:
            self._trouble(row, f"it is {row.status}, and still to come")
        for name in ("created_at", "cancelled_at"):
            if (getattr(row, name) or self.now) > self.now:
                self._trouble(row, f"{name} is still to come")
        values = self._values(row, was, (client, treatment, practitioner))
        wanted = self._wanted(row, values) if row.status in Appointment.TAKING else None
        return Told(row, values, wanted, was)

    def _values(self, row: AppointmentRow, was: Was | None, whose: tuple[int, int, int]) -> Values:
        _, treatment, practitioner = whose
        old = was.values if was else {}
        # What was not said stays, unless it is about another treatment now.
        alike = (old.get("treatment_id"), old.get("practitioner_id")) == whose[1:]
        length = timedelta(minutes=row.minutes or self.usual.minutes(treatment, practitioner))
        if row.minutes is None and alike:
            length = old["ends_at"] - old["starts_at"]
        cents = row.price_cents
        if cents is None:
            asked = self.usual.price_cents(treatment, practitioner)
            cents = old["price_cents"] if alike else asked
        ended = _ended(row, old, now=self.now)
        created = row.created_at or old.get("created_at") or min(row.starts_at, self.now)
        note = old.get("note", "") if row.note is None else row.note
        ends_at = row.starts_at + length
        told = (*whose, row.starts_at, ends_at, row.status, cents, note, created, *ended)
        return dict(zip(COLUMNS, told, strict=True))

    def _wanted(self, row: AppointmentRow, values: Values) -> Wanted | None:
        minutes = int((values["ends_at"] - row.starts_at).total_seconds()) // 60
        claims = self.usual.claims(values["treatment_id"], minutes)
        if not any(claim.kind == PRACTITIONER for claim in claims):
            self._trouble(row, f"treatment “{row.treatment}” takes no practitioner: see needs.csv")
            return None
        named = {ROOM: self._named(row, ROOM), DEVICE: self._named(row, DEVICE)}
        try:
            resources = resources_of(claims, practitioner=values["practitioner_id"], named=named)
        except ValueError as error:
            self._trouble(row, str(error))
            return None
        start = int(row.starts_at.timestamp())
        is_over = values["ends_at"] <= self.now
        return Wanted(row.line, start, claims, resources, is_over)

    def _named(self, row: AppointmentRow, kind: str) -> list[int] | None:
        keys = row.rooms if kind == ROOM else row.devices
        if keys is None:
            return None
        found = (self.known.resource(FILE, row.line, kind, key) if key else NOTHING for key in keys)
        return [NOTHING if pk is None else pk for pk in found]

    def differs(self, told: Told, was: Was) -> bool:
        """Tell whether anything that was said is other than it stands."""
        if told.values != was.values:
            return True
        for kind, keys in ((ROOM, told.row.rooms), (DEVICE, told.row.devices)):
            if keys is not None and told.wanted is not None:
                stands = sorted(one for one, _, _ in was.allocated if self.kinds[one] == kind)
                if told.wanted.named(kind) != stands:
                    return True
        return False

    def _trouble(self, row: AppointmentRow, text: str) -> None:
        self.known.troubles.add(FILE, row.line, text)


def _ended(row: AppointmentRow, old: Values, *, now: datetime) -> tuple[datetime | None, str]:
    """Return when it was cancelled and by whom; where that is not told, at its start, by her."""
    if row.status != Status.CANCELLED:
        return None, ""
    at = row.cancelled_at or old.get("cancelled_at") or min(row.starts_at, now)
    return at, row.cancelled_by or old.get("cancelled_by") or By.CLIENT.value


def _allocated() -> dict[int, list[Allocated]]:
    found: dict[int, list[Allocated]] = defaultdict(list)
    for appointment, *stretch in _rows(TAKEN):
        found[appointment].append((stretch[0], stretch[1], stretch[2]))
    return found


def _living_here() -> set[int]:
    return {pk for (pk,) in _rows(LIVES_HERE)}


def _kinds() -> dict[int, str]:
    return dict(read(Resource, ["id", "kind"]))


def _rows(query: str) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
