"""`make lint` and `make test`: the linters, and the tests with the real servers they need."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox import browser, redis
from sandbox.environment import FILE_BROKER, empty_broker, environment
from sandbox.places import CHECKOUT, data_folder, own_folder
from sandbox.ports import free_port
from sandbox.processes import Children, Stopped
from sandbox.run import only_one

LINTERS: dict[str, list[str]] = {
    "ruff": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy", "."],
    "import-linter": [
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])",
    ],
    "djlint": ["-m", "djlint", "templates", "sandbox/templates", "--lint", "--check"],
}
# Two processes, each with whole modules of tests, in the order of `tests/conftest.py`: the long
# ones first, so that neither process is left with one at the end.
IN_PARALLEL = ["--numprocesses", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
COVERAGE = ["--cov", "--cov-report", "term:skip-covered"]
# Set by whoever starts the tests, and never wanted inside them.
NOT_FOR_TESTS = ("DJANGO_SETTINGS_MODULE", "PORT", "LOG_LEVEL")


def lint() -> int:
    """Run every linter, also after one has found something."""
    failed = [name for name, command in LINTERS.items() if _complains(name, command)]
    if failed:
        print(f"Not in order: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def test(arguments: Sequence[str]) -> int:
    """Start what the tests need, run them, and return pytest's exit code."""
    return _with_servers(["pytest", *(arguments or IN_PARALLEL)])


def coverage() -> int:
    """Run every test and tell which lines and branches none of them takes; twice as slow."""
    return _with_servers(["pytest", *IN_PARALLEL, *COVERAGE])


def bench(arguments: Sequence[str]) -> int:
    """Run the measurements with the same servers."""
    return _with_servers(["bench", *arguments])


def faults(arguments: Sequence[str]) -> int:
    """Let many things go wrong while messages go out, and see that none is lost or sent twice."""
    return _with_servers(["tests.end_to_end.faults", *arguments])


def _with_servers(module: Sequence[str]) -> int:
    data = data_folder()
    with (
        only_one(data / "test.lock", "The tests of this folder already run"),
        Children() as children,
    ):
        try:
            env = {**_inherited(), **_settings(children, data / "test")}
        except Stopped:
            return 130
        return _foreground(children, [sys.executable, "-m", *module], env)


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}


def _complains(name: str, command: list[str]) -> bool:
    print(f"{name} ...", flush=True)
    # The types of Django's settings are read from the settings, and those want an environment.
    extra = {"SECRET_KEY": "lint", "DATABASE_URL": "postgres://lint@127.0.0.1/lint"}
    answer = subprocess.run(
        [sys.executable, *command], cwd=CHECKOUT, env={**os.environ, **extra}, check=False
    )
    return answer.returncode != 0


def _settings(children: Children, data: Path) -> dict[str, str]:
    """Start the servers and return the environment that leads to them."""
    chromium = browser.find()
    print("Starting PostgreSQL and Redis for the tests ...", flush=True)
    own_folder(data, mode=0o700)
    for left in ("clock", "sandbox.sqlite3"):
        (data / left).unlink(missing_ok=True)
    empty_broker(data / "broker")
    settings = environment(
        web_port=free_port(),
        sandbox_port=free_port(),
        smtp_port=free_port(),
        data=data,
        database_url=children.start_postgres("test"),
        broker_url=FILE_BROKER,
    )
    redis_url = redis.start(children, folder=data / "redis")
    return {**settings, "TEST_REDIS_URL": redis_url, "CHROMIUM": chromium}


def _foreground(children: Children, command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run the command on our terminal, where Ctrl-C and a debugger reach it."""
    process = subprocess.Popen(command, cwd=CHECKOUT, env=env)
    told = False
    while True:
        try:
            return process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            # Ctrl-C reached pytest itself; any other signal came to us alone.
            if children.stopped_by not in (None, signal.SIGINT) and not told:
                process.send_signal(signal.SIGINT)
                told = True
