"""`python -m bench.queue APPOINTMENTS PORT PORT`: measure the queue of messages of the settings.

The ports are those of a vendor that answers at once and of one that is far away.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, repeat
from multiprocessing import get_context
from threading import local
from typing import TYPE_CHECKING

import django
import requests

from sandbox.places import CHECKOUT

if TYPE_CHECKING:  # Django is not set up yet
    from reminders.operations import Sender

THREADS = 8
DAY = timedelta(days=1)
ROUNDS = 5
A_TURN = timedelta(seconds=5)  # shorter than a worker's, so that there are rounds to compare
FAR_AWAY = 600  # messages for each of two workers
BACKLOG, SPREADS = 2_500, 3
GROUPS = (1, 2, 4)
LIMIT_SECONDS = 120


def main(count: int, at_once: int, far_away: int) -> None:
    """Fill the tables, and print what was measured."""
    os.environ["TWILIO_API_BASE"] = f"http://127.0.0.1:{at_once}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()

    from bench.due_clinic import fill
    from bookings.clock import now
    from reminders.models import Rule
    from reminders.tasks import clinic_sender

    at = now()
    Rule.objects.exclude(wording="confirmation", reach="text").update(is_active=False)
    fill(count, now=at)
    sender = replace(clinic_sender(), threads=THREADS)
    print(f"\nMessages, {count:,} appointments, {THREADS} threads")
    _planning(sender, count, at)
    _claiming(sender, count, at)
    _sending(sender, at_once, "vendor answers at once", at)
    _two_processes(sender, at_once)
    _sending(sender, far_away, "vendor answers after 0.1 s", at)
    _groups(far_away)


def _planning(sender: "Sender", count: int, at: datetime) -> None:
    """Let the waiting steps of every appointment follow changed rules, in batches."""
    from reminders import operations as reminders
    from reminders.models import RuleChange, Step
    from reminders.operations.queueing import AT_ONCE as BATCH

    for what in ("first planning", "nothing to change"):
        reminders.change_rules(now=at)
        times: list[float] = []
        while _timed(lambda: reminders.follow_rules(sender, now=at, turn=timedelta()), times):
            pass
        change = RuleChange.objects.latest("pk")
        assert (change.done, Step.objects.count()) == (count, count)
        rate = count / sum(times)
        print(
            f"  {what:28}{rate:8.0f}/s in batches of {BATCH}: median"
            f" {statistics.median(times) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms"
        )


def _timed(act: Callable[[], int], times: list[float]) -> int:
    begin = time.perf_counter()
    did = act()
    if did:
        times.append(time.perf_counter() - begin)
    return did


def _claiming(sender: "Sender", count: int, at: datetime) -> None:
    """Take a batch out of a backlog, long and short."""
    from django.db import connection, transaction

    from reminders.models import Step
    from reminders.operations import sending

    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze reminders_step")
    short = Step.objects.order_by("due_at").values("pk")[:1_000]
    medians = {}
    for backlog in (count, 1_000):
        with transaction.atomic():
            if backlog != count:
                Step.objects.exclude(pk__in=short).update(status=Step.Status.DROPPED)
            times: list[float] = []
            for _ in range(ROUNDS):
                _timed(lambda: bool(sending.claim(sender, now=at)), times)
            medians[backlog] = statistics.median(times) * 1000
            transaction.set_rollback(True)
    ratio = medians[count] / medians[1_000]
    print(
        f"  {'claiming 64':28}{medians[count]:8.1f} ms with {count:,} due,"
        f" {medians[1_000]:.1f} ms with 1,000: {ratio:.2f}x"
    )


def _sending(sender: "Sender", port: int, name: str, at: datetime) -> None:
    """Send due messages for a turn, as a worker does, and then as many bare requests."""
    from django.conf import settings

    from reminders.models import Message
    from reminders.operations import sending

    settings.TWILIO_API_BASE = f"http://127.0.0.1:{port}"
    body = _a_body(sender)
    ours, bare = [], []
    for number in range(ROUNDS + 1):
        before = Message.objects.filter(status="accepted").count()
        begin = time.perf_counter()
        sent = sending.send_due(sender, now=at, turn=A_TURN)
        seconds = time.perf_counter() - begin
        assert Message.objects.filter(status="accepted").count() - before == sent
        rate = _bare(port, body, sent)
        if number:  # the first round warms up
            ours.append(sent / seconds)
            bare.append(rate)
    ratios = [own / floor for own, floor in zip(ours, bare, strict=True)]
    print(
        f"  {name:28}{statistics.median(ours):8.0f}/s beside"
        f" {statistics.median(bare):.0f} bare POSTs/s: {statistics.median(ratios):.2f}x"
    )


def _a_body(sender: "Sender") -> dict[str, str]:
    """Return what is posted for one message."""
    from django.conf import settings

    return {
        "To": "+31610000000",
        "Body": "Hoi Sanne, je afspraak bij Clinic staat vast: " + "x" * 120,
        "MessagingServiceSid": settings.TWILIO_MESSAGING_SERVICE_SID,
        "StatusCallback": sender.status_url("0" * 36),
        "ValidityPeriod": "36000",
    }


def _bare_in_two(port: int, body: dict[str, str], count: int) -> float:
    """Return how many bare posts a second two processes make, which share the threads."""
    some = partial(_bare, port, body, threads=THREADS // 2)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as both:
        list(both.map(some, (THREADS, THREADS)))  # until both are there
        return sum(both.map(some, (count // 2, count // 2)))


def _bare(port: int, body: dict[str, str], count: int, *, threads: int = THREADS) -> float:
    """Return how many bare posts a second as many threads make, each on its kept connection."""
    from django.conf import settings

    mine = local()
    auth = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{auth[0]}/Messages.json"

    def post(_: None) -> str:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        answer = mine.session.post(url, data=body, auth=auth, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["sid"])

    with ThreadPoolExecutor(threads) as hands:
        begin = time.perf_counter()
        assert len(set(hands.map(post, islice(repeat(None), count)))) == count
        return count / (time.perf_counter() - begin)


def _two_processes(sender: "Sender", port: int) -> None:
    """Let a worker of two processes share the threads, as it does where there are two cores.

    Beside bare posts from as many threads in one process, and in two as well.
    """
    rates, one, two = [], [], []
    for _ in range(SPREADS):
        one.append(_bare(port, _a_body(sender), BACKLOG))
        two.append(_bare_in_two(port, _a_body(sender), BACKLOG))
        rates.append(_sent_by(1, port, processes=2, threads=THREADS // 2, backlog=BACKLOG))
    print(f"  {'the same, two processes':28}{statistics.median(rates):8.0f}/s")
    for name, floors in (("one", one), ("two", two)):
        ratios = [own / floor for own, floor in zip(rates, floors, strict=True)]
        print(
            f"  {'':28}beside {statistics.median(floors):.0f} bare POSTs/s of {name}:"
            f" {statistics.median(ratios):.2f}x"
        )


def _groups(port: int) -> None:
    """Let groups of Celery workers send a backlog together."""
    first = 0.0
    for groups in GROUPS:
        rate = _sent_by(groups, port, processes=1, threads=THREADS, backlog=FAR_AWAY * 2)
        first = first or rate
        name = f"{groups} worker{'s' if groups > 1 else ''}"
        print(f"  {name:28}{rate:8.0f}/s: {rate / first:.2f}x one worker")


def _sent_by(groups: int, port: int, *, processes: int, threads: int, backlog: int) -> float:
    """Return how many messages a second Celery workers send; one task is what sets them going."""
    from clinic.celery import app
    from reminders.models import Message, Step

    environment = {
        **os.environ,
        "TWILIO_API_BASE": f"http://127.0.0.1:{port}",
        "SENDING_THREADS": str(threads),
    }
    app.control.purge()
    left = Step.objects.filter(status="waiting").order_by("-due_at").values("pk")
    aside = Step.objects.filter(pk__in=left[backlog:])
    aside.update(status=Step.Status.DROPPED)
    before = Message.objects.filter(status="accepted").count()
    workers = [_worker(name, processes, environment) for name in range(groups)]
    try:
        _wait(partial(_are_up, groups))
        begin = time.perf_counter()
        app.send_task("reminders.tasks.send_due_steps")
        _wait(lambda: not Step.objects.exclude(status__in=("done", "dropped")).exists())
        seconds = time.perf_counter() - begin
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
    sent = Message.objects.filter(status="accepted").count() - before
    Step.objects.filter(status=Step.Status.DROPPED).update(status=Step.Status.WAITING)
    return sent / seconds


def _are_up(groups: int) -> bool:
    from clinic.celery import app

    return len(app.control.ping(timeout=0.5) or ()) == groups


def _worker(number: int, processes: int, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    arguments = ("-A", "clinic", "worker", "--concurrency", str(processes), "-l", "error")
    return subprocess.Popen(
        [sys.executable, "-m", "celery", *arguments, "-n", f"bench{number}@%h"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise SystemExit("the workers are not done in time")
        time.sleep(0.05)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
