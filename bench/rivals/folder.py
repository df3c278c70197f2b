"""Read the made-up clinic's CSV folder, for the tables of a rival."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

TAKING = ("booked", "completed", "no_show")  # a cancelled appointment takes no time


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment, its keys made numbers and its start on the clinic's clock."""

    client: int
    treatment: str
    practitioner: int
    starts_at: datetime


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one file by their columns' names."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def appointments(folder: Path) -> Iterator[Appointment]:
    """Yield the appointments that take their practitioner's time."""
    for row in rows(folder, "appointments"):
        if row["status"] in TAKING:
            yield Appointment(
                client=number(row["client"]),
                treatment=row["treatment"],
                practitioner=number(row["practitioner"]),
                starts_at=datetime.fromisoformat(row["starts_at"]),
            )


def number(key: str) -> int:
    """Return the number in a key such as “p3”."""
    return int(key[1:])
