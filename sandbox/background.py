"""What happens by itself: calls to the clinic, sessions that lapse, refunds that settle."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from sandbox import mailbox, webhooks
from sandbox.models import Delivery
from sandbox.stripe_api import events, idempotency, refunds, sessions
from sandbox.twilio_api import content, journey

log = logging.getLogger(__name__)
LONGEST_SLEEP = 1.0
CALL_LEASE = 40.0


def prepare() -> None:
    """Put in place what must be there before the first request."""
    content.put_in_place()
    idempotency.forget_unfinished()


class Background:
    """The SMTP server, the thread that looks what is due, and the few that make the calls."""

    def __init__(self) -> None:
        """Make it ready; `start` it after the server has forked."""
        self._stop = threading.Event()
        self._calls = ThreadPoolExecutor(4, thread_name_prefix="call")
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)

    def start(self, *, smtp_port: int) -> None:
        """Open the mailbox and begin to look."""
        self._mailbox = mailbox.receiver(smtp_port)
        self._mailbox.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; calls that are being made are left to finish."""
        self._stop.set()
        webhooks.wake.set()
        self._mailbox.stop()
        self._calls.shutdown(wait=False, cancel_futures=True)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            webhooks.wake.clear()
            try:
                sweep()
                self._hand_out()
            except Exception:
                log.exception("The sandbox's background work failed")
            webhooks.wake.wait(_sleep())
        connection.close()

    def _hand_out(self) -> None:
        """Give every due call to a thread; its lease keeps a second thread away."""
        moment = time.time()
        due = Delivery.objects.filter(finished=False, due__lte=moment).order_by("due", "pk")
        for pk in list(due.values_list("pk", flat=True)[:50]):
            if Delivery.objects.filter(pk=pk).update(due=moment + CALL_LEASE):
                self._calls.submit(_call, pk)


def sweep() -> None:
    """Let the clock have its effect."""
    events.cause.set((None, None))
    for work in (sessions.expire_lapsed, refunds.settle_pending, journey.send_scheduled):
        with transaction.atomic():
            work()


def _call(pk: int) -> None:
    webhooks.in_flight.add(pk)
    try:
        with transaction.atomic():
            delivery = Delivery.objects.filter(pk=pk, finished=False).first()
            if delivery is None:
                return
            wanted = bool(delivery.attempts or not delivery.status_change)
            if not wanted and not journey.apply(delivery):
                delivery.delete()
                return
        webhooks.attempt(delivery)
        webhooks.wake.set()
    except Exception:
        log.exception("The sandbox could not make call %s", pk)
    finally:
        webhooks.in_flight.discard(pk)


def _sleep() -> float:
    first = Delivery.objects.filter(finished=False).order_by("due").values_list("due", flat=True)
    due = first.first()
    wait = LONGEST_SLEEP if due is None else due - time.time()
    return min(LONGEST_SLEEP, max(0.02, wait))
