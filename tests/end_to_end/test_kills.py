"""The worker killed in the middle of its work: nothing is lost, and nothing is done twice."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end import faults
from tests.world.databases import connect
from tests.world.world import Plan, World

WORKERS = 4
APPOINTMENTS = 50  # a text and a letter for each: more than four workers take at once
# Where the workers are at the moment they die. Each of the four dies at each point. The letter
# comes early: while texts are held, the letters of those who died are settled and sent.
POINTS = (
    "before the message is written",
    "letter, after the mail server has it",
    "text, before Twilio has it",
    "text, after Twilio has it",
    "text, after Twilio has it",
)
MARKS = "select mark from reminders_message where channel <> 'email'"
#: Who inserts keeps the appointments of its batch, so the others wait there or for one of those.
STANDING_STILL = (
    "select count(*) filter (where query like 'INSERT INTO \"reminders_message\"%%') > 0"
    " and count(*) = %s from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)
# Claimed or being sent again, and not recorded.
IN_HAND = (
    "select count(*) from reminders_step s where status = 'claimed' or exists (select from"
    " reminders_message m where m.step_id = s.id and m.status in ('sending', 'unknown'))"
)


def one_handed(*, broker: str = "filesystem") -> Plan:
    """Return a plan in which one kill is one piece of work broken off; no worker runs yet."""
    return Plan(
        broker=broker,
        workers=0,
        concurrency=1,
        threads=1,
        tick_seconds=0.5,
        doubt_seconds=2,
        wired=True,
    )


@contextmanager
def _held_at(world: World, point: str) -> Iterator[None]:
    """Start workers that all stand still at a point of their work, until the block is left."""
    if point == "before the message is written":
        with connect(world.database_url) as other, other.transaction():
            other.execute("lock table reminders_message in share mode")
            world.start_workers(WORKERS)
            world.wait(lambda: world.value(STANDING_STILL, [WORKERS]))
            yield
        return
    what, _, side = point.partition(", ")
    wire = world.wires["mail" if what == "letter" else "text"]
    wire.hold(side.split()[0])
    world.start_workers(WORKERS)
    world.wait(lambda: wire.holding == WORKERS)
    yield
    wire.open()


@pytest.mark.parametrize(
    ("broker", "points"),
    [("redis", POINTS), ("filesystem", POINTS[-2:])],
    ids=["redis, twenty kills", "filesystem, eight kills"],
)
def test_kills_lose_no_message_and_send_none_twice(
    broker: str, points: Sequence[str], tmp_path: Path
) -> None:
    with World(tmp_path, one_handed(broker=broker)) as world:
        # Nobody hears from Twilio by itself, or every doubt would be gone at once.
        fault = {"fault": "lost_webhook", "times": 999, "path": "/twilio/status/"}
        world.sandbox.post("/control/faults", **fault)
        world.rows("appointments", count=APPOINTMENTS)
        killed = 0

        for point in points:
            with _held_at(world, point):
                for worker in world.workers:
                    worker.kill()
                    killed += 1
                assert world.value(IN_HAND) > 0

        assert killed == WORKERS * len(points)
        world.start_workers(2)
        world.wait(lambda: _confirmations(world) == {"done": 2 * APPOINTMENTS}, within=60)
        _every_message_came_once(world)


def _confirmations(world: World) -> dict[str, int]:
    """Count the steps that confirm an appointment, by how they stand."""
    rows = world.query(
        "select status, count(*) from reminders_step where wording = 'confirmation' group by status"
    )
    return dict(rows)


def _every_message_came_once(world: World) -> None:
    texts = world.sandbox.get("/control/messages")["messages"]
    marks = [mark for (mark,) in world.query(MARKS)]
    came = Counter(mark for mark in marks for text in texts if f"?b={mark}" in text["body"])
    assert came == dict.fromkeys(marks, 1)
    assert len(texts) == len(marks) == APPOINTMENTS
    # A mail server keeps no list to ask: the same letter may come again, as the same letter.
    letters = {one["message_id"] for one in world.sandbox.get("/control/emails")["emails"]}
    assert len(letters) == APPOINTMENTS


def test_two_workers_two_beats_and_a_forgetful_broker_send_each_message_once(
    tmp_path: Path,
) -> None:
    with World(tmp_path, Plan(workers=2, beats=2, tick_seconds=0.5)) as world:
        world.rows("appointments", count=APPOINTMENTS)
        for _ in range(5):
            world.forget_tasks()
            world.wait(world.waiting_tasks)
        world.wait(lambda: _confirmations(world) == {"done": 2 * APPOINTMENTS})
        _every_message_came_once(world)


def test_a_small_storm_of_faults_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    with World(tmp_path, faults.PLAN) as world:
        storm = faults.Storm(world, random.Random(5))
        storm.round(10, bookings=5)

        assert (storm.struck.total(), storm.settle() + storm.wrong()) == (10, [])


def test_kills_while_talking_to_stripe_move_no_money_twice(tmp_path: Path) -> None:
    with World(tmp_path, one_handed()) as world:
        late = [_cancelled(world, number, query="") for number in (1, 2)]
        day = world.local_date(days=3)
        in_time = [_cancelled(world, number, query=f"?day={day}") for number in (3, 4)]
        world.forward(minutes=4)  # the time to think again is over
        fault = {"fault": "lost_webhook", "times": 999, "path": "/hooks/stripe/"}
        world.sandbox.post("/control/faults", **fault)

        _kill_two(world, "after")  # two fees are charged, and nobody knows
        _kill_two(world, "after")  # two refunds are given, and nobody knows
        _let_leases_run_out(world)
        _kill_two(world, "before")  # the fees are about to be charged again
        _let_leases_run_out(world)
        world.start_workers(1)

        world.wait(lambda: _settled(world) == {"succeeded": 4})
        bank = world.sandbox.get("/control/stripe")
        assert sorted(one["amount"] for one in bank["refunds"]) == [2500, 2500]
        assert {one["payment_intent"] for one in bank["refunds"]} == _intents(
            world, "deposit", in_time
        )
        fees = [one for one in bank["payment_intents"] if one["amount"] == 2000]
        assert [one["status"] for one in fees] == ["succeeded", "succeeded"]
        assert {one["id"] for one in fees} == _intents(world, "fee", late)


def _cancelled(world: World, number: int, *, query: str) -> str:
    """Book with a deposit and cancel; return the appointment's token."""
    with world.visitor() as visitor:
        visitor.prepare(
            "laser", query=query, first_name=f"Sanne {number}", phone=f"06 1234 000{number}"
        )
        page = visitor.accept(follow=False).headers["Location"]
        paid = world.pay(page)
        token = visitor.return_to(paid)
        visitor.cancel(token)
        return token


def _kill_two(world: World, side: str) -> None:
    wire = world.wires["money"]
    wire.hold(side)
    world.start_workers(2)
    world.wait(lambda: wire.holding == 2)
    for worker in world.workers:
        worker.kill()
    wire.open()


def _let_leases_run_out(world: World) -> None:
    """Do as if the two minutes had passed in which one worker alone may ask."""
    for table in ("payments_attempt", "payments_refund"):
        world.database.execute(
            f"update {table} set leased_until = now() where leased_until is not null"
        )


def _settled(world: World) -> dict[str, int]:
    """Count the charges and the refunds, by how they stand."""
    rows = world.query(
        "select status, count(*) from (select status from payments_refund union all"
        " select status from payments_attempt where way = 'off_session') every group by status"
    )
    return dict(rows)


def _intents(world: World, kind: str, tokens: list[str]) -> set[str]:
    rows = world.query(
        "select p.intent_id from payments_payment p join bookings_appointment a"
        " on a.id = p.appointment_id where p.kind = %s and p.status = 'paid' and a.token = any(%s)",
        [kind, tokens],
    )
    return {intent for (intent,) in rows}
