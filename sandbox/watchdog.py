"""The last one out: stops what the supervisor started, should the supervisor be killed.

It reads what there is to stop on its standard input. When that ends, nobody holds the other side
any more: the supervisor is gone, in good order or not.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable

from sandbox import postgres
from sandbox.places import CannotStart

GRACE_SECONDS = 5


def main() -> None:
    """Remember what runs until the supervisor is gone, then stop what is left."""
    groups: set[int] = set()
    servers: set[str] = set()
    for line in sys.stdin:
        word, what = line.split()
        match word:
            case "group":
                groups.add(int(what))
            case "ended":
                groups.discard(int(what))
            case "postgres":
                servers.add(what)
            case "stopped":
                servers.discard(what)
    stop_groups(groups, grace=GRACE_SECONDS)
    for name in servers:
        with contextlib.suppress(CannotStart):
            postgres.stop(name)


def stop_groups(
    groups: set[int], *, grace: float, reap: Callable[[], object] = lambda: None
) -> None:
    """Ask the leader of each group to end, and kill what is left after `grace` seconds."""
    for leader in groups:
        # The leader alone: a Celery that loses its pool in the middle of a task cannot finish it.
        _signal(os.kill, leader, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        reap()
        left = {group for group in groups if _signal(os.killpg, group, 0)}
        if not left:
            return
        for group in left:
            if not _signal(os.kill, group, 0):  # what its leader left behind
                _signal(os.killpg, group, signal.SIGTERM)
        time.sleep(0.05)
    for group in groups:
        _signal(os.killpg, group, signal.SIGKILL)


def _signal(send: Callable[[int, int], None], target: int, number: int) -> bool:
    """Send the signal; false if nothing is there to get it."""
    try:
        send(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
