"""Writing a clinic as a folder of CSV files that can be read back."""

import csv
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from bookings.models import Appointment, Client, Resource
from clinic.exchange import reference
from clinic.exchange.cells import guarded
from clinic.exchange.files import files_of
from clinic.exchange.keys import keys_of
from clinic.exchange.reference import Row
from clinic.exchange.visits import clients, visits

KINDS = tuple(f"{kind}:" for kind in Resource.Kind.values)


class NotEmpty(Exception):
    """There is something in the folder already."""


def write_folder(folder: Path, *, zone: ZoneInfo, say: Callable[[str], None]) -> None:
    """Write every file, those without rows too.

    :raises NotEmpty: if there is anything in the folder
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NotEmpty(f"{folder} is not empty: an export never writes over anything.")
    resources, whose = keys_of(Resource, prefixes=KINDS), keys_of(Client)
    rows: dict[str, Iterable[Row]] = {
        "practitioners": reference.practitioners(resources),
        "rooms": reference.places(Resource.Kind.ROOM, resources),
        "devices": reference.places(Resource.Kind.DEVICE, resources),
        "treatments": reference.treatments(),
        "needs": reference.needs(),
        "skills": reference.skills(resources),
        "hours": reference.hours(resources),
        "special_hours": reference.special_hours(resources),
        "time_off": reference.time_off(resources, zone),
        "clients": clients(whose, zone),
        "appointments": visits(keys_of(Appointment), whose, resources, zone),
    }
    for file in files_of(zone):
        header = [column.name for column in file.columns]
        count = _write(folder / f"{file.name}.csv", header, rows[file.name])
        say(f"{file.name}.csv: {count:,} rows")


def _write(path: Path, header: list[str], rows: Iterable[Row]) -> int:
    count = 0
    # Names and numbers of clients: for nobody else on this machine, and never through a link.
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with open(number, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([guarded(c.strip()) if isinstance(c, str) else c for c in row])
            count += 1
    return count
