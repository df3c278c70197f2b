"""The queue of messages on a database of its own, beside a vendor that stands on this machine."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.databases import new_database
from bench.preparing import PYTHON, Failed, command
from sandbox.places import CHECKOUT
from sandbox.ports import HOST, answers, free_port

APPOINTMENTS, SMALL = 100_000, 40_000
FAR_AWAY = 0.1  # seconds to an answer, as from a vendor on another continent
START_SECONDS = 10


def run(*, small: bool) -> None:
    """Measure planning, claiming and sending, and print each with what it is compared to.

    :raises Failed: if a part of it does not run
    """
    count = SMALL if small else APPOINTMENTS
    with (
        new_database("bench_messages") as database,
        _vendor(0) as at_once,
        _vendor(FAR_AWAY) as far_away,
    ):
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "CELERY_BROKER_URL": f"{os.environ['TEST_REDIS_URL']}/0",
            "LOG_LEVEL": "ERROR",
        }
        command(PYTHON, "manage.py", "migrate", environment=environment)
        command(PYTHON, "-m", "bench.clinic_row", environment=environment)
        ports = (str(at_once), str(far_away))
        queue = [str(PYTHON), "-m", "bench.queue", str(count), *ports]
        if subprocess.run(queue, cwd=CHECKOUT, env=environment, check=False).returncode:
            raise Failed("the queue could not be measured")


@contextlib.contextmanager
def _vendor(wait: float) -> Iterator[int]:
    """Run a vendor that answers after so many seconds, and yield its port."""
    port = free_port()
    arguments = [sys.executable, "-m", "bench.vendor", str(port), str(wait)]
    process = subprocess.Popen(arguments, cwd=CHECKOUT)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(HOST, port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed("the vendor does not start")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
