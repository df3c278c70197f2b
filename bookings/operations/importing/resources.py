"""Taking over practitioners, rooms and devices."""

from collections.abc import Iterable

from bookings.imported import ImportedRows, PlaceRow, PractitionerRow
from bookings.models import Practitioner, Resource
from bookings.needs import PRACTITIONER
from bookings.operations.importing.copying import Values, insert, read, update
from bookings.operations.importing.known import key_of
from bookings.operations.importing.merging import Tally, merge, said

FILES = {"practitioners": PRACTITIONER, "rooms": "room", "devices": "device"}


def import_resources(rows: ImportedRows) -> tuple[dict[str, int], dict[str, Tally]]:
    """Write them; return every imported one's primary key, and how many were what."""
    wanted = {file: _wanted(getattr(rows, file), kind) for file, kind in FILES.items()}
    merged = merge(Resource, {k: v for values in wanted.values() for k, v in values.items()})
    roles = _write_roles(rows.practitioners, merged.ids)
    tallies = {}
    for file, values in wanted.items():
        added = len(values.keys() & merged.added)
        changed = len(values.keys() & (merged.changed | roles))
        if values:
            tallies[file] = Tally(added, changed, len(values) - added - changed)
    return merged.ids, tallies


def _wanted(rows: Iterable[PractitionerRow | PlaceRow], kind: str) -> dict[str, Values]:
    return {
        key_of(kind, row.key): {
            "kind": kind,
            "group": row.group if isinstance(row, PlaceRow) else PRACTITIONER,
            **said(name=row.name, is_active=row.active, position=row.position),
        }
        for row in rows
    }


def _write_roles(rows: Iterable[PractitionerRow], ids: dict[str, int]) -> set[str]:
    """Write what a practitioner has beyond any resource; return whose was changed."""
    key = "resource_ptr_id"
    known = {pk: roles for pk, *roles in read(Practitioner, [key, "role", "role_en"])}
    new: list[Values] = []
    changed: dict[str, Values] = {}
    for row in rows:
        name = key_of(PRACTITIONER, row.key)
        was = known.get(ids[name], ["", ""])
        now = [row.role, was[1] if row.role_en is None else row.role_en]
        values = {key: ids[name], "role": now[0], "role_en": now[1]}
        if ids[name] not in known:
            new.append(values)
        elif now != was:
            changed[name] = values
    insert(Practitioner, new)
    update(Practitioner, list(changed.values()))
    return set(changed)
