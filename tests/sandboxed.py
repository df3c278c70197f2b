"""The sandbox as a real process for tests of operations, and moments that agree with its clock."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import requests

from sandbox.environment import environment
from tests.when import ZONE

Found = TypeVar("Found")
CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Running:
    """A running sandbox, and the settings with which the clinic finds it."""

    url: str
    settings: dict[str, str]

    def get(self, path: str) -> Any:
        """Read one of the JSON doors."""
        return requests.get(self.url + path, timeout=10).json()

    def post(self, path: str, /, **given: object) -> Any:
        """Use one of the JSON doors."""
        answer = requests.post(self.url + path, json=given, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def now(self) -> datetime:
        """Return the sandbox's now."""
        return datetime.fromisoformat(self.get("/control/time")["now"])

    def money(self, noun: str) -> list[dict[str, Any]]:
        """Return every object of Stripe's of a kind: `sessions`, `payment_intents`, `refunds`."""
        return list(self.get("/control/stripe")[noun])

    def texts(self) -> list[dict[str, Any]]:
        """Return every text sent, oldest first."""
        sent = self.get("/control/messages")["messages"]
        return [one for one in sent if one["direction"] != "inbound"]

    def mails(self) -> list[dict[str, Any]]:
        """Return every mail, oldest first."""
        return list(self.get("/control/emails")["emails"])

    def fault(self, name: str, *, times: int = 1, path: str = "", **more: object) -> None:
        """Let the sandbox misbehave so many times."""
        self.post("/control/faults", fault=name, times=times, path=path, **more)


def eventually(look: Callable[[], Found], *, within: float = 10) -> Found:
    """Return what `look` finds, once it finds something."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} seconds"
        time.sleep(0.05)
    return found


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def running_sandbox(folder: Path) -> Iterator[Running]:
    """Run the sandbox until the block ends."""
    web, port, smtp = free_ports(3)
    values = environment(
        web_port=web,
        sandbox_port=port,
        smtp_port=smtp,
        data=folder,
        database_url=os.environ["DATABASE_URL"],
        broker_url="filesystem://localhost",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "CLINIC_TIME_ZONE": "Europe/Amsterdam", **values},
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/healthz", smtp)
        yield Running(url=f"http://127.0.0.1:{port}", settings={**values, "SMTP": str(smtp)})
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_until_up(url: str, smtp_port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", smtp_port), timeout=1).close()
            requests.get(url, timeout=2).raise_for_status()
            return
        except (OSError, requests.RequestException):
            assert time.monotonic() < end, "the sandbox did not come up"
            time.sleep(0.05)


def workday(now: datetime, *, days: int, clock: str = "10:00") -> datetime:
    """Return the clinic's clock time so many working days ahead: another day for each number."""
    day = _from_monday_to_friday(now.astimezone(ZONE).date())
    for _ in range(days):
        day = _from_monday_to_friday(day + timedelta(days=1))
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZONE).astimezone(UTC)


def _from_monday_to_friday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
