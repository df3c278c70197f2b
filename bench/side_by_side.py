"""This clinic, the floor and the rivals on the same made-up clinic, one beside the other."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from bench.clinic_csv import APPOINTMENTS
from bench.clinic_made_up import DAYS_AHEAD
from bench.comparison import Beside, Row, compare, growth, spread, statements
from bench.databases import Database
from bench.load import Unexpected
from bench.preparing import Failed, Place, our_database, serving_floor, serving_ours, serving_rival
from bench.rivals.packages import AGENDA, APPOINTMENT, NotInstallable
from bench.servers import NotServing
from bench.systems import Floor, System, free_slots
from sandbox.places import data_folder, own_folder

SMALL = 10_000
LONGER = 10  # times the history
TROUBLES = (Failed, NotInstallable, NotServing, Unexpected)


@dataclass(frozen=True, slots=True)
class Missing:
    """What could not be measured, and why, in a line."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """Every line of the table, and what a longer history costs: a day's question and a month's."""

    appointments: int
    rows: list[Row | Missing]
    growth: tuple[Beside, Beside] | Missing
    statements: Beside | Missing  # of a booking of ours, with nothing around them


def run(*, small: bool) -> Result:
    """Measure everything; with `small`, on a tenth of the appointments.

    :raises Failed: if this clinic's own tables cannot be filled
    """
    today = datetime.now(ZoneInfo(settings.CLINIC_TIME_ZONE)).date()
    place = Place(data_folder() / "bench", today)
    own_folder(place.data, mode=0o700)
    count = SMALL if small else APPOINTMENTS
    with (
        our_database(place, appointments=count) as database,
        serving_floor(place, database) as floor,
    ):
        ours = _row("this clinic", serving_ours(place, database), floor, place)
        rows = [ours]
        for package in (AGENDA, APPOINTMENT):
            served = serving_rival(place, package, appointments=count)
            rows.append(_row(package.requirement, served, floor, place))
        alone = ours if isinstance(ours, Missing) else _statements(place, database, floor)
        longer = ours if isinstance(ours, Missing) else _growth(place, database, count)
    return Result(count, rows, longer, alone)


def _row(
    name: str, served: AbstractContextManager[System], floor: Floor, place: Place
) -> Row | Missing:
    print(f"Measuring {name} ...", flush=True)
    try:
        with served as system:
            return compare(system, floor, tomorrow=place.tomorrow)
    except TROUBLES as trouble:
        return Missing(name, str(trouble))


def _statements(place: Place, database: Database, floor: Floor) -> Beside | Missing:
    try:
        with serving_ours(place, database) as ours:
            slots = free_slots(ours, first=place.tomorrow, days=DAYS_AHEAD - 1)
        return statements(floor, spread(slots))
    except TROUBLES as trouble:
        return Missing("a booking's statements", str(trouble))


def _growth(place: Place, database: Database, appointments: int) -> tuple[Beside, Beside] | Missing:
    """Compare this database with one whose history is ten times as short, or as long."""
    other = appointments // LONGER if appointments > SMALL else appointments * LONGER
    try:
        with (
            our_database(place, appointments=other) as second,
            serving_ours(place, min(database, second, key=_size)) as before,
            serving_ours(place, max(database, second, key=_size)) as after,
        ):
            return growth(before, after, tomorrow=place.tomorrow)
    except TROUBLES as trouble:
        return Missing(f"{LONGER} times the history", str(trouble))


def _size(database: Database) -> int:
    return int(str(database.value("SELECT count(*) FROM bookings_appointment")))
