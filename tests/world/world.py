"""The world of an end-to-end test: web, worker, beat, sandbox, broker and a database of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from redis import Redis

from sandbox.environment import FILE_BROKER, empty_broker, environment
from sandbox.places import CHECKOUT
from sandbox.ports import answers, free_port
from tests.sandbox.sandbox_world import Sandbox, eventually
from tests.when import ZONE
from tests.world import databases
from tests.world.processes import Process, Processes
from tests.world.visitor import Visitor
from tests.world.wire import Wire, http, smtp

TABLES = "select tablename from pg_tables where tablename ~ '^(bookings|payments|reminders)_'"
OF_THE_WORKER = ("bookings_eventreceipt", "reminders_step", "reminders_message")
_number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
# Redis has sixteen databases: the odd ones for one process of the tests, the even for the other.
_redis_numbers = count(1 + int(_number) % 2, step=2)


@dataclass(frozen=True)
class Plan:
    """How a world is to run."""

    broker: str = "filesystem"
    workers: int = 1
    concurrency: int = 2
    threads: int = 8  # messages that one worker hands over at once
    beats: int = 1
    tick_seconds: float = 1
    doubt_seconds: float = 3
    wired: bool = False  # put wires between the worker and the vendors


class World:
    """A clinic that runs, to be looked at through its pages, its vendors and its database."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        """Choose addresses; nothing runs yet."""
        self.plan, self.folder = plan, folder
        web_port, sandbox_port, smtp_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{web_port}"
        self.web_port = web_port
        self.sandbox = Sandbox(f"http://127.0.0.1:{sandbox_port}", smtp_port, folder / "clock")
        self.broker_url = _broker_url(plan.broker)
        self.database_url = databases.fresh()
        self.database = databases.connect(self.database_url)
        self.wires = _wires(sandbox_port, smtp_port) if plan.wired else {}
        self.environment = {
            **os.environ,
            **environment(
                web_port=web_port,
                sandbox_port=sandbox_port,
                smtp_port=smtp_port,
                data=folder,
                database_url=self.database_url,
                broker_url=self.broker_url,
            ),
            **_wired(self.wires),
            "TICK_SECONDS": str(plan.tick_seconds),
            "DOUBT_SECONDS": str(plan.doubt_seconds),
            "SENDING_THREADS": str(plan.threads),
        }
        self.processes = Processes(folder)
        self.workers: list[Process] = []
        self.beats: list[Process] = []
        self._worker_numbers = count()

    def __enter__(self) -> Self:
        try:
            self._start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_all(self) -> None:
        empty_broker(Path(self.environment["CELERY_FOLDER"]))
        (self.folder / "clock").write_text(str(_until_monday()))
        self.start("sandbox", "sandbox", "serve")
        self.start("web", *_web(self.web_port))
        self.start_workers(self.plan.workers)
        for number in range(self.plan.beats):
            name = f"beat-{number}"
            self.beats.append(self.start(name, *_beat(self.folder / name)))
        eventually(self._is_up, within=60)

    def rest(self) -> None:
        """Let nothing tick while nobody looks: its ticks would cost the other tests their time."""
        for beat in self.beats:
            beat.pause()

    def wake(self) -> None:
        """Tick again."""
        for beat in self.beats:
            beat.go_on()

    def __exit__(self, *_: object) -> None:
        self.processes.stop()
        for wire in self.wires.values():
            wire.close()
        self.database.close()
        databases.drop(self.database_url)

    def _is_up(self) -> bool:
        assert all(one.is_alive() for one in self.processes.all), self.processes.tails()
        if not answers("127.0.0.1", self.sandbox.smtp_port):
            return False
        try:
            pages = (f"{self.sandbox.url}/healthz", f"{self.url}/healthz")
            return all(requests.get(page, timeout=5).ok for page in pages)
        except OSError:
            return False

    def start(self, name: str, *arguments: str) -> Process:
        """Start one more process with this world's settings."""
        return self.processes.start(name, *arguments, environment=self.environment)

    def start_workers(self, number: int) -> None:
        """Start so many workers, in the place of those there were."""
        self.workers = []
        for _ in range(number):
            name = f"worker-{next(self._worker_numbers)}"
            self.workers.append(self.start(name, *_worker(name, self.plan.concurrency)))

    def revive(self) -> int:
        """Start what has ended again, as whoever watches over it would; return how many."""
        dead = [one for one in (*self.workers, *self.beats) if not one.is_alive()]
        for one in dead:
            self.processes.start_again(one)
        return len(dead)

    def rows(self, name: str, **given: object) -> Any:
        """Call a function of tests/world_rows.py inside this world, and return its answer."""
        code = f"from tests.world_rows import main; main({name!r}, {json.dumps(given)!r})"
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, check=True, stdout=subprocess.PIPE
        )
        return json.loads(done.stdout)

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.database.execute(sql, values or None).fetchall()

    def value(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Return the one value of a query."""
        ((found,),) = self.query(sql, values)
        return found

    def counts(self) -> dict[str, int]:
        """Count the rows that only people and vendors cause, per table."""
        return {
            table: self.value(f"select count(*) from {table}")
            for (table,) in self.query(TABLES)
            if table not in OF_THE_WORKER
        }

    def visitor(self) -> Visitor:
        """Return somebody who has not been here before."""
        return Visitor(self.url)

    def forward(self, **length: float) -> None:
        """Move the clinic's clock forward."""
        self.sandbox.post("/control/clock", seconds=timedelta(**length).total_seconds())

    def local_date(self, *, days: int) -> date:
        """Return the date so many days from now, on the clinic's wall."""
        now = datetime.fromtimestamp(self.sandbox.now(), tz=ZONE)
        return (now + timedelta(days=days)).date()

    def pay(self, page: str, *, method: str = "card") -> str:
        """Pay on a payment page, and return the address it sends the client back to."""
        path = urlsplit(page).path.rstrip("/")
        paid = self.sandbox.post(f"/control{path}/pay", method=method)
        return str(paid["return_to"])

    def waiting_tasks(self) -> int:
        """Count the tasks that the filesystem broker keeps for a worker."""
        return len(list(self._tasks.iterdir()))

    def forget_tasks(self) -> None:
        """Throw them away."""
        for task in self._tasks.iterdir():
            task.unlink(missing_ok=True)

    @property
    def _tasks(self) -> Path:
        return Path(self.environment["CELERY_FOLDER"]) / "messages"

    def wait(self, look: Any, *, within: float = 30) -> Any:
        """Return what `look` finds once it finds something; show the logs when it does not."""
        try:
            return eventually(look, within=within)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.processes.tails()}") from error

    def server_errors(self) -> list[str]:
        """Return what the web server's log says of answers with status 500."""
        log = (self.folder / "web.log").read_text(errors="replace").splitlines()
        return [line for line in log if "Internal Server Error" in line]


def _broker_url(broker: str) -> str:
    if broker == "filesystem":
        return FILE_BROKER
    url = f"{os.environ['TEST_REDIS_URL']}/{next(_redis_numbers)}"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return url


def _wires(sandbox_port: int, smtp_port: int) -> dict[str, Wire]:
    return {
        "text": Wire(to=sandbox_port, **http("/2010-04-01/")),
        "mail": Wire(to=smtp_port, **smtp()),
        "money": Wire(to=sandbox_port, **http("/v1/refunds", "/v1/payment_intents")),
    }


def _wired(wires: dict[str, Wire]) -> dict[str, str]:
    """Return the settings that lead the clinic along the wires."""
    if not wires:
        return {}
    return {
        "TWILIO_API_BASE": f"http://127.0.0.1:{wires['text'].port}",
        "STRIPE_API_BASE": f"http://127.0.0.1:{wires['money'].port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{wires['mail'].port}",
    }


def _until_monday() -> int:
    """Return the seconds until eight o'clock on the next Monday, when every world begins."""
    now = datetime.fromtimestamp(time.time(), tz=ZONE)
    monday = now.date() + timedelta(days=7 - now.weekday())
    start = datetime(monday.year, monday.month, monday.day, 8, tzinfo=ZONE)
    return int(start.timestamp() - now.timestamp())


def _web(port: int) -> list[str]:
    return ["gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "5"]


def _worker(name: str, concurrency: int) -> list[str]:
    return [
        *("celery", "-q", "-A", "clinic", "worker", "--hostname", f"{name}@world"),
        *("--concurrency", str(concurrency), "--without-mingle", "-l", "warning"),
    ]


def _beat(schedule: Path) -> list[str]:
    return ["celery", "-q", "-A", "clinic", "beat", "-l", "warning", "--schedule", str(schedule)]
