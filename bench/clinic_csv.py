"""Write the made-up clinic as a folder of CSV files, as `manage.py import_clinic` reads them.

    python -m bench.clinic_csv FOLDER --appointments 100000

The same seed and the same day give the same files.
"""

import argparse
import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random

from bench.clinic_made_up import (
    CLEAN_UP,
    DAYS_AHEAD,
    DEVICES,
    PRACTITIONERS,
    ROOM,
    ROOMS,
    TREATMENTS,
    Visit,
    shifts,
    skills,
    visits_on,
)

CLIENTS = 5_000
APPOINTMENTS = 100_000
SEED = 20
# How past appointments ended, and how many of each in a hundred.
ENDINGS = {"completed": 92, "no_show": 4, "cancelled": 4}

Row = Sequence[object]


def main() -> None:
    """Write the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m bench.clinic_csv")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--appointments", type=int, default=APPOINTMENTS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    today = datetime.now(UTC).date()
    write(options.folder, today=today, appointments=options.appointments, seed=options.seed)


def write(folder: Path, *, today: date, appointments: int, seed: int = SEED) -> None:
    """Write every file: first the days ahead, then as much of the past as makes the number."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in _reference().items():
        _write(folder / f"{name}.csv", columns, rows)
    _write(
        folder / "appointments.csv",
        "key client treatment practitioner starts_at status rooms devices",
        islice(_appointments(today, Random(seed)), appointments),  # noqa: S311
    )


def _write(path: Path, columns: str, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split())
        writer.writerows(rows)


def _reference() -> dict[str, tuple[str, Iterable[Row]]]:
    """Return the columns and rows of every file that is not about a day."""
    return {
        "practitioners": ("key name role", _practitioners()),
        "rooms": ("key name group", ((f"r{n}", f"Room {n}", group) for n, group in ROOMS.items())),
        "devices": (
            "key name group",
            ((f"d{n}", f"Device {n}", group) for n, group in DEVICES.items()),
        ),
        "treatments": ("key name category summary minutes price_cents", _treatments()),
        "needs": ("treatment kind group from_minute until_minute", _needs()),
        "skills": ("practitioner treatment", _skills()),
        "hours": ("practitioner weekday opens closes", _hours()),
        "clients": ("key first_name last_name phone email", _clients()),
    }


def _practitioners() -> Iterator[Row]:
    return ((f"p{who}", f"Practitioner {who}", "Skin therapist") for who in PRACTITIONERS)


def _treatments() -> Iterator[Row]:
    for one in TREATMENTS:
        name = one.key.replace("-", " ").capitalize()
        yield one.key, name, "Skin", f"{name} in {one.minutes} minutes", one.minutes, 5_000


def _needs() -> Iterator[Row]:
    for one in TREATMENTS:
        yield one.key, "practitioner", "", 0, one.minutes
        yield one.key, "room", ROOM, 0, one.minutes + CLEAN_UP
        if one.device:
            yield one.key, "device", one.device, 0, one.minutes


def _skills() -> Iterator[Row]:
    return ((f"p{who}", one.key) for who in PRACTITIONERS for one in skills(who))


def _hours() -> Iterator[Row]:
    for who in PRACTITIONERS:
        for weekday in range(7):
            for opens, closes in shifts(who, weekday):
                yield f"p{who}", weekday + 1, _clock(opens), _clock(closes)


def _clients() -> Iterator[Row]:
    for number in range(1, CLIENTS + 1):
        phone, email = f"+3161{number:07}", f"client{number}@example.com"
        yield f"c{number}", "Client", f"Number {number}", phone, email


def _appointments(today: date, draw: Random) -> Iterator[Row]:
    """Yield the days ahead, and then the past from yesterday back, without an end."""
    ahead = [today + timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
    before = (today - timedelta(days=n) for n in count(1))
    number = count(1)
    for visit in (visit for day in ahead for visit in visits_on(day, draw=draw)):
        yield _appointment(next(number), visit, "booked", draw)
    for visit in (visit for day in before for visit in visits_on(day, draw=draw)):
        (ending,) = draw.choices(list(ENDINGS), list(ENDINGS.values()))
        yield _appointment(next(number), visit, ending, draw)


def _appointment(number: int, visit: Visit, status: str, draw: Random) -> Row:
    return (
        f"a{number}",
        f"c{draw.randint(1, CLIENTS)}",
        visit.treatment.key,
        f"p{visit.practitioner}",
        f"{visit.on.isoformat()}T{_clock(visit.minute)}",
        status,
        f"r{visit.room}",
        "" if visit.device is None else f"d{visit.device}",
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


if __name__ == "__main__":
    main()
