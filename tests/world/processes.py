"""The processes of a world: each in a group of its own, none left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.places import CHECKOUT


class Process:
    """One process with its log, and all that it starts."""

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], log: Path
    ) -> None:
        """Start it."""
        self.command, self.environment, self.log = command, environment, log
        self.start()

    def start(self) -> None:
        """Start it, in a group of its own."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def group(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it and all that it started, as `kill -9` does: without a last word."""
        assert self.is_alive(), f"It was dead already:\n{self.tail()}"
        os.killpg(self.group, signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """Let it and all that it started stand still until it is told to go on."""
        os.killpg(self.group, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again where it stood."""
        os.killpg(self.group, signal.SIGCONT)

    def tail(self, lines: int = 40) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Processes:
    """All processes of one world. A watchdog ends them should the tests themselves be killed."""

    def __init__(self, logs: Path) -> None:
        """Start with nothing but the watchdog."""
        self.logs = logs
        self.all: list[Process] = []
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "sandbox.watchdog"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start(self, name: str, *arguments: str, environment: Mapping[str, str]) -> Process:
        """Start a module of Python's; a second process of that name writes in the same log."""
        process = Process(
            [sys.executable, "-m", *arguments],
            environment=environment,
            log=self.logs / f"{name}.log",
        )
        self.all.append(process)
        self._tell(process)
        return process

    def start_again(self, process: Process) -> None:
        """Start once more what has ended, in the same log."""
        assert not process.is_alive()
        process.start()
        self._tell(process)

    def _tell(self, process: Process) -> None:
        assert self._watchdog.stdin is not None
        self._watchdog.stdin.write(f"group {process.group}\n")
        self._watchdog.stdin.flush()

    def stop(self) -> None:
        """End all of them at once; nobody will ask this world for anything again."""
        for process in self.all:
            if process.is_alive():
                process.kill()
        self._watchdog.kill()  # there is nothing left for it to end
        self._watchdog.communicate()

    def tails(self) -> str:
        """Return the end of every log."""
        logs = {process.log: process for process in self.all}
        return "\n\n".join(f"--- {log.name}\n{one.tail()}" for log, one in logs.items())
