"""The processes that the supervisor starts: each in a group of its own, all ended with it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

from sandbox import postgres
from sandbox.places import CHECKOUT, CannotStart
from sandbox.watchdog import stop_groups

GRACE_SECONDS = 8


class Stopped(Exception):
    """Somebody asked us to stop."""


@dataclass(slots=True)
class Child:
    """One process with its own log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None  # None: it speaks on our own terminal
    process: "subprocess.Popen[bytes]"
    read_until: int = 0
    restarts: int = field(default=0)

    @property
    def succeeded(self) -> bool:
        return self.process.returncode == 0

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def new_lines(self) -> list[str]:
        """Return the whole lines added to the log since the last look."""
        if self.log is None:
            return []
        with self.log.open("rb") as log:
            log.seek(self.read_until)
            text = log.read()
        text = text[: text.rfind(b"\n") + 1]
        self.read_until += len(text)
        return text.decode(errors="replace").splitlines()

    def last_lines(self, count: int = 12) -> str:
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(errors="replace").rstrip().splitlines()[-count:])


class Children:
    """All that was started. Leaving the `with` block stops it, the first started last."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._servers: list[str] = []
        self._watchdog: subprocess.Popen[str]
        self._handlers: dict[signal.Signals, Any] = {}
        self.stopped_by: int | None = None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._note_signal)
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "sandbox.watchdog"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is not meant for it
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            # What was started first serves the others, and so it goes after them.
            self.stop(*self._children[1:])
            self.stop(*self._children)
            for name in reversed(self._servers):
                postgres.stop(name)
                self._tell(f"stopped {name}")
        finally:
            self._watchdog.communicate()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        # Only noted: raised from here, it could come between starting a process and noting that.
        self.stopped_by = number

    def pause(self, seconds: float) -> None:
        """Wait a moment.

        :raises Stopped: if somebody asked us to stop
        """
        if self.stopped_by is None:
            time.sleep(seconds)
        if self.stopped_by is not None:
            raise Stopped

    def start_postgres(self, name: str) -> str:
        """Start the embedded server for as long as we live; one that runs already is left alone."""
        if postgres.is_running(name):
            return postgres.url(name)
        print("Starting the embedded database ...", flush=True)
        self._tell(f"postgres {name}")
        self._servers.append(name)
        return postgres.start(name)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path | None = None,
    ) -> Child:
        """Start a process of ours, writing to the log or to our own terminal."""
        if log:
            log.write_bytes(b"")
        child = Child(name, command, environment, log, _started(command, environment, log))
        self._children.append(child)
        self._tell(f"group {child.process.pid}")
        return child

    def restart(self, child: Child) -> None:
        """Start a process again that has ended, in the same log."""
        self._end(child)
        child.restarts += 1
        child.process = _started(child.command, child.environment, child.log)
        self._tell(f"group {child.process.pid}")

    def run(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path | None = None,
    ) -> Child:
        """Run one command to its end, writing to the log or to our own terminal."""
        child = self.start(name, command, environment=environment, log=log)
        while child.is_alive():
            self.pause(0.05)
        self._end(child)
        self._children.remove(child)
        return child

    def wait_until(self, ready: Callable[[], bool], *, child: Child, seconds: float) -> None:
        """Wait until what the process offers is ready.

        :raises CannotStart: if the process ends first, or the time is up
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not child.is_alive():
                trouble = "stopped at once"
            elif time.monotonic() > deadline:
                trouble = f"does not answer after {seconds:.0f} seconds"
            else:
                self.pause(0.1)
                continue
            raise CannotStart(f"The {child.name} process {trouble}:\n{child.last_lines()}")

    def stop(self, *children: Child) -> None:
        """Stop these and all that they started: kindly first, after a time not kindly."""
        stop_groups(
            {child.process.pid for child in children},
            grace=GRACE_SECONDS,
            reap=lambda: [child.process.poll() for child in children],
        )
        for child in children:
            child.process.wait()
            self._tell(f"ended {child.process.pid}")
            self._children.remove(child)

    def _end(self, child: Child) -> None:
        """End what a process that is gone itself may have left in its group."""
        stop_groups({child.process.pid}, grace=1)
        self._tell(f"ended {child.process.pid}")

    def _tell(self, line: str) -> None:
        assert self._watchdog.stdin is not None
        self._watchdog.stdin.write(f"{line}\n")
        self._watchdog.stdin.flush()


def _started(
    command: Sequence[str], environment: Mapping[str, str], log: Path | None
) -> "subprocess.Popen[bytes]":
    output: IO[bytes] | None = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,  # a group of its own, so that all of it can be ended
        )
    except OSError as error:
        raise CannotStart(f"{command[0]} cannot be started: {error.strerror}.") from error
    finally:
        if output:
            output.close()
