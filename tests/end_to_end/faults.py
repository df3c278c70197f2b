"""`make faults`: a thousand things go wrong while messages go out; none is lost or sent twice.

A small clinic runs with two workers, two beats, Redis and the real SDKs. In every round clients
book, and while their texts and letters go out, faults of every kind strike at random moments.
Then everything must settle: each message arrived once, or is shown as one nobody is sure of.

    make faults                                a thousand faults, some five minutes
    make faults ARGS="--faults 50 --seed 7"    fewer, in the order of an earlier run
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import requests
from redis import Redis

from sandbox import postgres
from tests.world.databases import connect
from tests.world.processes import Process
from tests.world.world import Plan, World

BOOKINGS, FAULTS = 60, 200  # in one round
LONGEST_PAUSE = 0.25  # seconds between two faults
SETTLED_WITHIN = 300
PLAN = Plan(broker="redis", workers=2, beats=2, threads=4, tick_seconds=0.5, doubt_seconds=3)
STEPS = "select status, count(*) from reminders_step where wording = 'confirmation' group by status"
TEXTS = "select mark, status from reminders_message where channel <> 'email'"
FAILED = "select id, reason from reminders_step where status = 'failed'"
IN_DOUBT = "not sure it was sent"  # the one reason for which a step may end without its message
UNHEARD = (
    "select count(*) from bookings_appointmentevent as event where not exists (select from"
    " bookings_eventreceipt where event_id = event.id and reader = 'reminders')"
)
#: Of the vendor's own faults: its name here, where it strikes, and how often at once.
AT_THE_VENDOR = {
    "lost_answer": ("/Messages.json", 3),
    "error_500": ("/Messages.json", 3),
    "error_500_after_work": ("/Messages.json", 3),
    "error_429": ("/Messages.json", 2),
    "slow": ("/Messages.json", 2),
    "late_webhook": ("/twilio/status/", 5),
    "lost_webhook": ("/twilio/status/", 5),
    "duplicate_webhook": ("/twilio/status/", 5),
    "reordered_webhooks": ("/twilio/status/", 5),
}


@dataclass
class Storm:
    """A world in which things go wrong, and the count of what did."""

    world: World
    draw: random.Random
    has_its_own_servers: bool = False  # which nobody else is using
    struck: Counter[str] = field(default_factory=Counter)
    booked: int = 0
    ended_by_itself: int = 0

    @property
    def kinds(self) -> list[tuple[str, Callable[[], None], int]]:
        """What may go wrong: its name, how to do it, and how often among the others."""
        own: list[tuple[str, Callable[[], None], int]] = [
            ("a worker's process is killed", self.kill_a_child, 6),
            ("a worker is killed whole", self.kill_a_worker, 3),
            ("the broker forgets everything", self.flush_the_broker, 3),
            ("the database cuts its connections", self.cut_the_database, 3),
        ]
        if self.has_its_own_servers:
            own += [
                ("the broker cuts its connections", self.cut_the_broker, 2),
                ("the database restarts", self.restart_the_database, 1),
            ]
        return own + [(name, partial(self.misbehave, name), 2) for name in AT_THE_VENDOR]

    def round(self, faults: int, *, bookings: int = BOOKINGS) -> None:
        """Let clients book, and so many things go wrong while they are told of it."""
        self.world.rows("appointments", count=bookings, first=self.booked)
        self.booked += bookings
        kinds = self.kinds
        for name, strike, _ in self.draw.choices(kinds, [often for *_, often in kinds], k=faults):
            time.sleep(self.draw.uniform(0, LONGEST_PAUSE))
            # Killed while it starts, a child takes its worker along.
            self.ended_by_itself += self.world.revive()
            strike()
            self.struck[name] += 1

    def kill_a_child(self) -> None:
        """Kill one of the processes that do a worker's tasks, without a last word."""
        if children := _children(self.draw.choice(self.world.workers)):
            _kill(self.draw.choice(children))

    def kill_a_worker(self) -> None:
        """Kill a worker with all its processes, and start another."""
        self.draw.choice(self.world.workers).kill()
        self.world.revive()

    def flush_the_broker(self) -> None:
        with Redis.from_url(self.world.broker_url) as redis:
            redis.flushdb()

    def cut_the_broker(self) -> None:
        with Redis.from_url(self.world.broker_url) as redis:
            redis.client_kill_filter(_type="normal", skipme=True)

    def cut_the_database(self) -> None:
        self.ask(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    def restart_the_database(self) -> None:
        postgres.stop("test")
        postgres.start("test")

    def misbehave(self, name: str) -> None:
        """Let the vendor do something wrong a few times."""
        path, most = AT_THE_VENDOR[name]
        more = {"seconds": 0.3} if name == "slow" else {}
        times = self.draw.randint(1, most)
        self.world.sandbox.post("/control/faults", fault=name, times=times, path=path, **more)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, on a connection of its own: no other one may be left."""
        with connect(self.world.database_url) as database:
            return database.execute(sql.encode()).fetchall()

    def read(self, path: str) -> Any:
        """Return what the stand-ins have of this whole storm: a long list, by the end."""
        return requests.get(f"{self.world.sandbox.url}{path}", timeout=120).json()

    def settle(self) -> list[str]:
        """Wait until nothing is on its way any more, and return what is wrong."""
        end = time.monotonic() + SETTLED_WITHIN
        while not (self.is_settled() or time.monotonic() > end):
            self.ended_by_itself += self.world.revive()
            time.sleep(0.5)
        return [] if self.is_settled() else [f"not settled: {self.ask(STEPS)}"]

    def is_settled(self) -> bool:
        """Tell whether every step has ended and every message is decided."""
        try:
            steps = dict(self.ask(STEPS))
            statuses = Counter(status for _, status in self.ask(TEXTS))
            unheard = self.ask(UNHEARD)[0][0]
        except psycopg.OperationalError:
            return False
        ended = steps.get("done", 0) + steps.get("failed", 0)
        undecided = statuses["sending"] + statuses["unknown"] + statuses["new"]
        return not unheard and ended == 2 * self.booked == sum(steps.values()) and not undecided

    def wrong(self) -> list[str]:
        """Return every promise that does not hold: sent twice, lost, or doubtful and not shown."""
        found: list[str] = []
        texts = self.read("/control/messages")["messages"]
        came = Counter(_mark(text["body"]) for text in texts)
        known = dict(self.ask(TEXTS))
        for mark, status in known.items():
            if came[mark] > 1:
                found.append(f"text {mark} came {came[mark]} times")
            if came[mark] == 0 and status != "failed":
                found.append(f"text {mark} never came, and is {status}")
        strangers = set(came) - set(known)
        found += [f"text {mark} is of no message we know" for mark in strangers]
        letters = Counter(one["message_id"] for one in self.read("/control/emails")["emails"])
        if len(letters) != self.booked:
            found.append(f"{len(letters)} letters for {self.booked} bookings")
        failed = self.ask(FAILED)
        found += [f"step {pk} failed: {reason}" for pk, reason in failed if reason != IN_DOUBT]
        return found

    def counts(self) -> str:
        """Return in words what was sent, and how much of it is shown as doubtful."""
        texts = self.read("/control/messages")["messages"]
        letters = self.read("/control/emails")["emails"]
        again = len(letters) - len({one["message_id"] for one in letters})
        failed = dict(self.ask(STEPS)).get("failed", 0)
        return (
            f"{len(texts)} texts and {self.booked} letters for {self.booked} bookings;"
            f" {again} letters were offered again under the same Message-ID;"
            f" {failed} steps are shown as failed;"
            f" {self.ended_by_itself} processes ended by themselves and were started again"
        )


def _mark(body: str) -> str:
    """Return the mark that every one of our texts carries in its link."""
    return body.partition("?b=")[2].split()[0] if "?b=" in body else body


def _children(worker: Process) -> list[int]:
    """Return the processes that a worker started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # gone meanwhile
        if parent == worker.group:
            found.append(int(status.parent.name))
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(pid, signal.SIGKILL)


def main() -> int:
    """Run the storm, and tell what became of the messages."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    begun, left = time.monotonic(), options.faults
    with tempfile.TemporaryDirectory() as folder, World(Path(folder), PLAN) as world:
        storm = Storm(world, random.Random(options.seed), has_its_own_servers=True)
        print(f"{options.faults} faults, seed {options.seed}", flush=True)
        while left > 0:
            storm.round(min(left, FAULTS))
            left -= FAULTS
            if trouble := storm.settle() + storm.wrong():
                print("\n".join(trouble), file=sys.stderr)
                print(world.processes.tails(), file=sys.stderr)
                return 1
            done = storm.struck.total()
            print(f"  {done} faults, {storm.booked} bookings: every message once", flush=True)
        for name, times in storm.struck.most_common():
            print(f"  {times:5} times {name}")
        print(f"{storm.counts()}. Nothing lost, nothing twice.")
    print(f"It took {time.monotonic() - begun:.0f} seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
