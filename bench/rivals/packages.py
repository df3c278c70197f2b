"""Install a rival from its package into an environment of its own, once."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# What every rival runs on: this project's Django, driver and web server.
BESIDE = ("django~=5.2.0", "psycopg[binary]~=3.2", "gunicorn")


class NotInstallable(Exception):
    """The package is not to be had here; the message says why in a line."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it is named in the index, and the folder of our few lines for it."""

    requirement: str
    folder: str
    count: str  # the query that counts the appointments of a practitioner at an instant

    @property
    def settings(self) -> str:
        return f"bench.rivals.{self.folder}.settings"

    @property
    def application(self) -> str:
        return f"bench.rivals.{self.folder}.wsgi"


APPOINTMENT = Package(
    "django-appointment==3.12.0",
    "appointment",
    "SELECT count(*) FROM appointment_appointment AS booked"
    " JOIN appointment_appointmentrequest AS asked ON asked.id = booked.appointment_request_id"
    " WHERE asked.staff_member_id = %s AND asked.date + asked.start_time = %s::timestamp",
)
AGENDA = Package(
    "django-agenda==0.7.2",
    "agenda",
    "SELECT count(*) FROM agenda_bench_booking"
    " WHERE schedule_id = %s AND starts_at = %s::timestamptz",
)


def install(package: Package, *, below: Path) -> Path:
    """Return the Python that has the package, installing it when it was not there.

    :raises NotInstallable: if that fails
    """
    home = below / package.folder
    python, done = home / "bin" / "python", home / "installed"
    wanted = "\n".join([package.requirement, *BESIDE])
    if done.is_file() and done.read_text() == wanted:
        return python
    print(f"Installing {package.requirement} ...", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
    _run([str(python), "-m", "pip", "install", *quiet, package.requirement, *BESIDE])
    done.write_text(wanted)
    return python


def _run(command: list[str]) -> None:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        said = [line for line in answer.stderr.splitlines() if line.strip()]
        raise NotInstallable(said[-1] if said else f"{command[0]} failed")
