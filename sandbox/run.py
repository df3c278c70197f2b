"""`make run`: start the whole clinic on this machine, watch over it, and stop all of it."""

import fcntl
import http.client
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.environment import FILE_BROKER, empty_broker, environment
from sandbox.given import given, has_own_keys
from sandbox.places import CHECKOUT, CannotStart, data_folder, own_folder
from sandbox.ports import HOST, free_port
from sandbox.processes import Child, Children, Stopped

WEB_PORT = 8000
SMTP_PORT = 8025
READY_SECONDS = 90
MAY_RESTART = ("web", "worker")
WORTH_SHOWING = re.compile(r"(?<!%)\b(WARNING|ERROR|CRITICAL)\b")
EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Configured|Exception): ")
# What has no place in an environment with keys of one's own.
OF_THE_SANDBOX = re.compile(r"(STRIPE|TWILIO|SANDBOX)(_|$)|EMAIL_URL$")


@dataclass(frozen=True, slots=True)
class Clinic:
    """What is going to run, and where."""

    environment: Mapping[str, str]
    data: Path
    logs: Path
    web_port: int
    sandbox_port: int
    is_sandboxed: bool

    @property
    def url(self) -> str:
        return self.environment["PUBLIC_BASE_URL"].rstrip("/")

    @property
    def sandbox_url(self) -> str:
        return self.environment["SANDBOX_URL"].rstrip("/")


def run() -> int:
    """Start everything and keep it going until somebody stops it."""
    data = data_folder()
    with only_one(data / "run.lock", "The clinic already runs from this folder"):
        with Children() as children:
            try:
                _run(children, data)
            except Stopped:
                print("\nStopping ...", flush=True)
        print("Everything has stopped.")
    return 0


def manage(arguments: list[str]) -> int:
    """Run one of Django's commands on the database of `make run`."""
    with Children() as children:
        clinic = prepared(children, data_folder())
        try:
            child = children.run("manage", _manage(*arguments), environment=clinic.environment)
        except Stopped:
            return 1
        return child.process.returncode


@contextmanager
def only_one(path: Path, trouble: str) -> Iterator[None]:
    """Hold a lock, or say who holds it.

    :raises CannotStart: if another process holds it
    """
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise CannotStart(f"{trouble} (process {lock.read().strip()}).") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def prepared(children: Children, data: Path) -> Clinic:
    """Choose ports, start the database when none is given, and put the environment together."""
    settings = given()
    own_folder(data / "run", mode=0o700)
    web_port = _web_port(settings)
    sandbox_port = free_port(web_port + 1)
    defaults = environment(
        web_port=web_port,
        sandbox_port=sandbox_port,
        smtp_port=free_port(SMTP_PORT, but_not=(web_port, sandbox_port)),
        data=data,
        database_url=settings.get("DATABASE_URL") or children.start_postgres("run"),
        broker_url=FILE_BROKER,
    )
    if has_own_keys(settings):
        defaults = {n: v for n, v in defaults.items() if not OF_THE_SANDBOX.match(n)}
    return Clinic(
        environment={**defaults, **settings},
        data=data,
        logs=data / "run",
        web_port=web_port,
        sandbox_port=sandbox_port,
        is_sandboxed=not has_own_keys(settings),
    )


def _web_port(settings: Mapping[str, str]) -> int:
    asked = int(settings.get("PORT", WEB_PORT))
    port = free_port(asked)
    if port != asked:
        print(f"Port {asked} is taken; the clinic uses {port} instead.", flush=True)
    return port


def _run(children: Children, data: Path) -> None:
    clinic = prepared(children, data)
    if clinic.environment["CELERY_BROKER_URL"].startswith("filesystem"):
        empty_broker(Path(clinic.environment["CELERY_FOLDER"]))
    _bring_up_to_date(children, clinic)
    print("Starting the clinic ...", flush=True)
    started = _start_all(children, clinic)
    print(_summary(clinic), flush=True)
    _watch(children, started)


def _bring_up_to_date(children: Children, clinic: Clinic) -> None:
    print("Bringing the database up to date ...", flush=True)
    log = clinic.logs / "migrate.log"
    migrated = children.run(
        "migrate", _manage("migrate", "--no-input"), environment=clinic.environment, log=log
    )
    if not migrated.succeeded:
        raise CannotStart(f"The clinic cannot start: {_reason(migrated)}\nMore in {log}.")
    if not clinic.is_sandboxed:
        return  # made-up clients have no place beside real keys
    print("Looking after the demo clinic ...", flush=True)
    if not children.run("demo", _manage("demo"), environment=clinic.environment).succeeded:
        raise CannotStart("The demo clinic could not be made; what went wrong stands above.")


def _reason(child: Child) -> str:
    """Return the part of a failed command's words that a person can use."""
    text = child.last_lines()
    errors = [line for line in text.splitlines() if EXCEPTION.match(line)]
    return errors[-1].partition(": ")[2] if errors else text


def _start_all(children: Children, clinic: Clinic) -> list[Child]:
    started = []
    if clinic.is_sandboxed:
        sandbox = _start(children, clinic, "sandbox", _python("sandbox", "serve"))
        started.append(sandbox)
    web = _start(children, clinic, "web", _web(clinic.web_port))
    started += [
        web,
        _start(children, clinic, "worker", _worker()),
        _start(children, clinic, "beat", _beat(clinic.data)),
    ]
    if clinic.is_sandboxed:
        _await(children, sandbox, clinic.sandbox_port, "/")
    _await(children, web, clinic.web_port, "/healthz")
    return started


def _start(children: Children, clinic: Clinic, name: str, command: list[str]) -> Child:
    log = clinic.logs / f"{name}.log"
    return children.start(name, command, environment=clinic.environment, log=log)


def _await(children: Children, child: Child, port: int, path: str) -> None:
    children.wait_until(
        lambda: _answer(port, path) < http.client.INTERNAL_SERVER_ERROR,
        child=child,
        seconds=READY_SECONDS,
    )


def _answer(port: int, path: str) -> int:
    """Return the status of the page; as if the server failed when there is no answer at all."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return http.client.SERVICE_UNAVAILABLE
    finally:
        connection.close()


def _python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _web(port: int) -> list[str]:
    return _python("gunicorn", "clinic.wsgi", "--bind", f"{HOST}:{port}", "--graceful-timeout", "5")


def _worker() -> list[str]:
    return _python("celery", "-q", "-A", "clinic", "worker", "--concurrency", "2", "-l", "warning")


def _beat(data: Path) -> list[str]:
    schedule = str(data / "beat-schedule")
    return _python("celery", "-q", "-A", "clinic", "beat", "-l", "warning", "--schedule", schedule)


def _summary(clinic: Clinic) -> str:
    lines = [
        "",
        "The clinic is open.",
        f"  Booking        {clinic.url}/",
        f"  Desk           {clinic.url}/desk/",
        f"  Office         {clinic.url}/office/",
        f"  Admin          {clinic.url}/admin/",
    ]
    if clinic.is_sandboxed:
        lines += [
            f"  Phone, mailbox and clock   {clinic.sandbox_url}/",
            "",
            "Log in as balie (receptionist), noor (practitioner) or eigenaar (owner);",
            "the password of each is linde-demo.",
        ]
    return "\n".join([*lines, f"Logs are in {_short(clinic.logs)}. Ctrl-C stops everything.", ""])


def _short(path: Path) -> str:
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)


def _watch(children: Children, started: list[Child]) -> None:
    """Show what goes wrong, restart what may be restarted, until somebody stops us."""
    parent = os.getppid()
    while True:
        children.pause(0.5)
        for child in started:
            for line in child.new_lines():
                if WORTH_SHOWING.search(line):
                    print(f"[{child.name}] {line}", flush=True)
            if not child.is_alive():
                _revive(children, child)
        if "MAKELEVEL" in os.environ and os.getppid() != parent:
            raise Stopped  # make was killed, and nobody is left to press Ctrl-C


def _revive(children: Children, child: Child) -> None:
    if child.name in MAY_RESTART and child.restarts == 0:
        print(f"The {child.name} process stopped; starting it once more.", flush=True)
        children.restart(child)
        return
    raise CannotStart(
        f"The {child.name} process stopped (exit code {child.process.returncode}), so everything"
        f" stops. Its last lines:\n{child.last_lines()}"
    )
