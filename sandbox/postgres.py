"""Embedded PostgreSQL, started and stopped by ourselves: one for `run`, one for the tests."""

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sandbox.places import CannotStart, data_folder, mark, own_folder
from sandbox.postgres_programs import find, running_as, say, unprivileged_user

NAMES = ("run", "test")
DATABASE = "kliniek"
START_SECONDS = 60
PROC = Path("/proc")
OPTIONS = ("max_connections=200", "log_min_messages=warning")
# A test database may be lost with the machine: nothing in it is worth waiting for a disk.
TEST_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server: its binaries, its folder, its socket and the user it runs as."""

    name: str
    binaries: Path
    home: Path
    sockets: Path
    user: int | None  # an unprivileged user's id when we are root, else None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        """The address as django-environ reads it: the path of a socket after an empty host."""
        return f"postgres://{DATABASE}@/{self.sockets}/{DATABASE}"


def main(arguments: Sequence[str]) -> None:
    """Start, stop or name one of the servers, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox postgres")
    parser.add_argument("action", choices=["start", "stop", "url"])
    parser.add_argument("--name", choices=NAMES, default="run")
    options = parser.parse_args(arguments)
    if options.action == "stop":
        stop(options.name)
    else:
        print(start(options.name) if options.action == "start" else url(options.name))


def start(name: str) -> str:
    """Start the server of this name, unless it runs already, and return its DATABASE_URL.

    :raises CannotStart: if this machine cannot run it
    """
    server = _server(name)
    with _alone(server):
        if not _is_running(server):
            _initialise(server)
            _start(server)
        _ensure_database(server)
    return server.url


def stop(name: str) -> None:
    """Stop the server of this name, if it runs."""
    server = _server(name)
    with _alone(server):
        if not _is_running(server):
            return
        for mode in ("fast", "immediate"):
            if _pg_ctl(server, "stop", "-m", mode, "-w", "-t", "20").returncode == 0:
                return
    raise CannotStart(f"The embedded PostgreSQL “{name}” does not stop; see {server.home}/log.")


def is_running(name: str) -> bool:
    """Tell whether the server of this name runs."""
    return _is_running(_server(name))


def url(name: str) -> str:
    """Return the DATABASE_URL of the server of this name, running or not."""
    return _server(name).url


def remove_all() -> None:
    """Stop the servers and delete all that they keep."""
    for name in NAMES:
        server = _server(name)
        stop(name)
        shutil.rmtree(server.home)
        shutil.rmtree(server.sockets)
    if server.user is not None:
        shutil.rmtree(server.home.parent)


def _server(name: str) -> Postgres:
    if name not in NAMES:
        raise CannotStart(f"There is no database called “{name}”, only {' and '.join(NAMES)}.")
    user = unprivileged_user() if os.geteuid() == 0 else None
    parent = data_folder() if user is None else Path("/var/tmp") / f"kliniek-{mark()}"
    own_folder(parent, mode=0o700 if user is None else 0o755)
    server = Postgres(
        name=name,
        binaries=find(parent, user),
        home=parent / f"postgres-{name}",
        sockets=Path("/tmp") / f"kliniek-{os.geteuid() if user is None else user}-{mark()}-{name}",
        user=user,
    )
    own_folder(server.home, mode=0o700, owner=user)
    # Short on purpose: the path of a Unix socket may not be longer than some hundred bytes.
    own_folder(server.sockets, mode=0o700, owner=user)
    return server


@contextlib.contextmanager
def _alone(server: Postgres) -> Iterator[None]:
    """Let one process at a time start or stop this server."""
    with (server.home.parent / f"{server.home.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _initialise(server: Postgres) -> None:
    """Make the data folder: whole or, after an interruption, not at all."""
    if server.data.is_dir():
        return
    say(f"Making the embedded database “{server.name}” ...")
    half = server.home / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    # macOS has no C.UTF-8.
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    answer = _run(
        server,
        "initdb",
        *("--pgdata", half.name, "--username", DATABASE, "--auth", "trust"),
        *("--encoding", "UTF8", "--locale", locale, "--no-instructions", "--no-sync"),
    )
    if answer.returncode:
        raise CannotStart(f"The embedded database cannot be made: {_last_line(answer.stderr)}")
    half.rename(server.data)


def _start(server: Postgres) -> None:
    _forget_dead_server(server)
    settings = OPTIONS + (TEST_OPTIONS if server.name == "test" else ())
    options = " ".join(
        ["-h ''", f"-k '{server.sockets}'", *(f"-c {setting}" for setting in settings)]
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        # The log and the data are named from within their own folder: what stands above it,
        # spaces and all, never reaches the shell that pg_ctl uses.
        answer = _pg_ctl(
            server, "start", "-w", "-t", str(START_SECONDS), "-l", "log", "-o", options
        )
        if answer.returncode == 0:
            return
        reason = _last_lines_of(server.home / "log")
        # After a kill -9 the old server's own children need a moment to notice and leave.
        if "still in use" not in reason or time.monotonic() > deadline:
            raise CannotStart(f"The embedded PostgreSQL does not start:\n{reason}")
        time.sleep(0.2)


def _forget_dead_server(server: Postgres) -> None:
    """Clear away what a killed server left behind: its children first, then its lock files.

    PostgreSQL believes a lock file as long as its number is anybody's, even a zombie's.
    """
    if not PROC.is_dir():  # macOS: PostgreSQL's own check has to do
        return
    deadline = time.monotonic() + START_SECONDS
    while (orphans := _working_in(server.data)) and time.monotonic() < deadline:
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        time.sleep(0.1)
    for left in [server.data / "postmaster.pid", *server.sockets.iterdir()]:
        left.unlink(missing_ok=True)


def _working_in(folder: Path) -> list[int]:
    """Return the processes whose working folder this is, as a server's and its children's is."""
    found = []
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or another user's
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


def _pid(server: Postgres) -> int | None:
    try:
        return int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_running(server: Postgres) -> bool:
    pid = _pid(server)
    if pid is None or (PROC.is_dir() and pid not in _working_in(server.data)):
        return False  # nothing left a number, or the number now belongs to another program
    return _pg_ctl(server, "status").returncode == 0


def _ensure_database(server: Postgres) -> None:
    with psycopg.connect(
        host=str(server.sockets), user=DATABASE, dbname="postgres", autocommit=True
    ) as connection:
        found = connection.execute(
            "select from pg_database where datname = %s", [DATABASE]
        ).fetchone()
        if found is None:
            connection.execute(f"create database {DATABASE}")


def _pg_ctl(server: Postgres, action: str, *options: str) -> subprocess.CompletedProcess[str]:
    return _run(server, "pg_ctl", action, "-D", "data", *options)


def _run(server: Postgres, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [server.binaries / program, *arguments],
        cwd=server.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        start_new_session=True,  # Ctrl-C is for the supervisor, who stops things in order
        **running_as(server.user),
    )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


def _last_lines_of(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    except OSError:
        return "no reason given"
