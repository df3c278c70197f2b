"""Gunicorn as in production, for one system at a time; only what was started here is ended."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sandbox.places import CHECKOUT
from sandbox.ports import HOST, answers, free_port
from sandbox.watchdog import stop_groups

PROCESSES, THREADS = 5, 4
START_SECONDS, STOP_SECONDS = 60, 10


class NotServing(Exception):
    """A server did not come up; the message ends with what it said last."""


@contextlib.contextmanager
def serving(
    application: str, *, python: Path, environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Serve a WSGI application on a free port of this machine, and yield the port.

    :raises NotServing: if it does not answer
    """
    port = free_port()
    with _running([python, "-m", "gunicorn", *_options(port), application], environment, log) as it:
        _wait(it, port, log)
        yield port


@contextlib.contextmanager
def _running(
    command: Sequence[str | Path], environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in a group of its own, which a watchdog ends should we be killed."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us, who stop it
        )
    watchdog = subprocess.Popen(
        [sys.executable, "-m", "sandbox.watchdog"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert watchdog.stdin
        watchdog.stdin.write(f"group {server.pid}\n")
        watchdog.stdin.flush()
        yield server
    finally:
        stop_groups({server.pid}, grace=STOP_SECONDS, reap=server.poll)
        server.wait()
        watchdog.communicate(f"ended {server.pid}\n")


def _options(port: int) -> list[str]:
    return [
        *("--bind", f"{HOST}:{port}"),
        *("--workers", str(PROCESSES)),
        *("--threads", str(THREADS)),
        # No process takes more of a rush than it can soon answer, while others have nothing to do.
        *("--worker-connections", str(2 * THREADS)),
        *("--keep-alive", "30"),  # a kept connection outlives the other systems' slow turns
        *("--timeout", "120"),
        "--no-control-socket",
    ]


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(HOST, port):
        if server.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").rstrip().splitlines()[-3:]
            raise NotServing("\n".join(["The server does not start:", *last]))
        time.sleep(0.1)
