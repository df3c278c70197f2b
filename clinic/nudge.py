"""A nudge to the worker, so that a client need not wait for the next tick."""

import logging
from functools import partial

from django.db import transaction

from clinic.celery import app

log = logging.getLogger(__name__)
LIFE_SECONDS = 60


def nudge(*tasks: str) -> None:
    """Ask for these ticks now, once the current transaction is in.

    Never more than a nudge: without a broker the next tick does the same work.
    """
    transaction.on_commit(partial(_send, tasks))


def _send(tasks: tuple[str, ...]) -> None:
    try:
        for task in tasks:
            app.send_task(task, expires=LIFE_SECONDS, retry=False, ignore_result=True)
    except Exception as error:
        log.warning("the broker could not be reached: %s", type(error).__name__)
