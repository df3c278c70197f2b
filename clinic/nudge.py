"""A nudge to the worker, so that a client need not wait for the next tick."""

import logging
import time
from collections import deque
from functools import partial

from django.db import transaction

from clinic.celery import app

log = logging.getLogger(__name__)
LIFE_SECONDS = 60
# A broker that is down takes seconds to say so: nobody waits for it twice in a minute.
REST_SECONDS = 60
_resting_until = [0.0]  # on the process's own clock
# In a rush of bookings each nudge would cost more than it brings (a fifth of a booking's own time):
# the next tick does them all.
MOST_A_SECOND = 2
_sent: deque[float] = deque([0.0] * MOST_A_SECOND, maxlen=MOST_A_SECOND)


def nudge(*tasks: str) -> None:
    """Ask for these ticks now, once the current transaction is in.

    Never more than a nudge: without a broker the next tick does the same work.
    """
    transaction.on_commit(partial(_send, tasks))


def _send(tasks: tuple[str, ...]) -> None:
    at = time.monotonic()
    if at < _resting_until[0] or at - _sent[0] < 1:
        return
    _sent.append(at)
    try:
        for task in tasks:
            app.send_task(task, expires=LIFE_SECONDS, retry=False, ignore_result=True)
    except Exception as error:
        _resting_until[0] = time.monotonic() + REST_SECONDS
        log.warning("the broker could not be reached: %s", type(error).__name__)
