"""Fill a database for each system from one made-up clinic, and serve the system from it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.bare.views import TABLE
from bench.clinic_csv import write
from bench.databases import Database, new_database
from bench.rivals.packages import Package, install
from bench.servers import serving
from bench.systems import Floor, Ours, Rival
from sandbox.places import CHECKOUT

PYTHON = Path(sys.executable)


class Failed(Exception):
    """A command did not do its work; the message is the last it said."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its files, and from which day it looks ahead."""

    data: Path
    today: date

    @property
    def tomorrow(self) -> date:
        return self.today + timedelta(days=1)

    def clinic(self, appointments: int) -> Path:
        """Return the CSV folder with so many appointments."""
        folder = self.data / f"clinic-{appointments}"
        write(folder, today=self.today, appointments=appointments)
        return folder

    def log(self, name: str) -> Path:
        return self.data / f"{name}.log"


@contextlib.contextmanager
def our_database(place: Place, *, appointments: int) -> Iterator[Database]:
    """Import so many appointments into a database of this clinic, with the floor's own table.

    :raises Failed: if the import does not succeed
    """
    folder = place.clinic(appointments)
    print(f"Importing {appointments:,} appointments ...", flush=True)
    with new_database(f"bench_clinic_{appointments}") as database:
        environment = {**os.environ, "DATABASE_URL": database.url}
        command(PYTHON, "manage.py", "migrate", environment=environment)
        command(PYTHON, "-m", "bench.clinic_row", environment=environment)
        command(PYTHON, "manage.py", "import_clinic", str(folder), environment=environment)
        with database.connect() as connection:
            connection.execute(TABLE)
        database.settle()
        yield database


@contextlib.contextmanager
def serving_floor(place: Place, database: Database) -> Iterator[Floor]:
    """Serve the bare view from this clinic's own database."""
    environment = {**os.environ, **database.environment}
    log = place.log("floor")
    with serving("bench.bare.wsgi", python=PYTHON, environment=environment, log=log) as port:
        yield Floor(port, database)


@contextlib.contextmanager
def serving_ours(place: Place, database: Database) -> Iterator[Ours]:
    """Serve this clinic."""
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "CELERY_BROKER_URL": f"{os.environ['TEST_REDIS_URL']}/0",
        "SANDBOX_CLOCK_FILE": "",  # nobody can move the clock in earnest
        "API_READS_PER_MINUTE": "0",
        "API_BOOKINGS_PER_MINUTE": "0",
    }
    log = place.log(database.name)
    with serving("clinic.wsgi", python=PYTHON, environment=environment, log=log) as port:
        yield Ours(port, database)


@contextlib.contextmanager
def serving_rival(place: Place, package: Package, *, appointments: int) -> Iterator[Rival]:
    """Install a rival, fill its tables from the same folder, and serve it.

    :raises NotInstallable: if its package is not to be had
    :raises Failed: if its tables cannot be filled
    """
    python = install(package, below=place.data)
    folder = place.clinic(appointments)
    print(f"Filling {package.requirement} ...", flush=True)
    with new_database(f"bench_{package.folder}") as database:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": package.settings,
            **database.environment,
        }
        django = (python, "-m", "django")
        # First what has migrations, then what has none and refers to it.
        command(*django, "migrate", environment=environment)
        command(*django, "migrate", "--run-syncdb", environment=environment)
        command(*django, "fill", str(folder), environment=environment)
        database.settle()
        log = place.log(package.folder)
        with serving(package.application, python=python, environment=environment, log=log) as port:
            yield Rival(port, database, package.requirement, package.count)


def command(*words: str | Path, environment: Mapping[str, str]) -> None:
    """Run a command to its end.

    :raises Failed: with the last it said
    """
    answer = subprocess.run(
        words, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        said = [line for line in (answer.stdout + answer.stderr).splitlines() if line.strip()]
        raise Failed(" ".join(said[-2:]) or f"{words[-1]} failed")
