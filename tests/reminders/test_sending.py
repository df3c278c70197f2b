"""How a worker spends its turn: in batches, each step one worker's own."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from reminders import operations as reminders
from reminders.models import Message, Step
from reminders.operations import sending, writing
from tests.factories import NOW, START, a_clinic, an_appointment
from tests.reminders.verbs import a_sender, booked
from tests.when import LONG_AGO


def waiting(world, treatment, sender, *, visits, after=9):
    """Book so many visits, and let their messages wait."""
    for number in range(visits):
        booked(world, treatment, days=after + number)
    reminders.requeue_changed(sender)


def test_a_worker_stops_when_its_turn_is_over(world, treatment, sender):
    slow = replace(sender, at_once=8)
    waiting(world, treatment, sender, visits=5)

    first = reminders.send_due(slow, now=world.now(), turn=timedelta())
    second = reminders.send_due(slow, now=world.now())

    assert (first, second) == (8, 2)
    assert Step.objects.filter(status="done").count() == 10


def test_a_batch_asks_as_much_of_the_database_as_one(world, treatment, sender):
    waiting(world, treatment, sender, visits=1)
    one = _queries(world, sender)
    waiting(world, treatment, sender, visits=4, after=12)
    many = _queries(world, sender)

    assert Step.objects.filter(status="done").count() == 10
    assert len(many) == len(one)


def _queries(world, sender):
    with CaptureQueriesContext(connection) as asked:
        reminders.send_due(sender, now=world.now(), turn=timedelta())
    return asked


def test_what_another_worker_holds_is_passed_by(committed):
    treatment = a_clinic()
    sender = a_sender()
    appointment = an_appointment(treatment, starts_at=START, now=NOW)
    reminders.requeue([appointment.pk], sender=sender)
    due = Step.objects.filter(due_at__lte=NOW).order_by("due_at", "pk")
    first, second = due.values_list("pk", flat=True)
    params = connection.get_connection_params() | {"cursor_factory": None}
    with closing(psycopg.connect(**params)) as other:
        other.execute("select from reminders_step where id = %s for update", [first])
        mine = sending.claim(sender, now=NOW)
    assert mine is not None
    assert mine.step_ids == [second]


def test_who_lost_the_lease_writes_nothing(world, treatment, sender):
    waiting(world, treatment, sender, visits=1)
    lost = sending.claim(sender, now=world.now())
    Step.objects.filter(status="claimed").update(leased_until=LONG_AGO)
    reminders.settle_doubts(sender, now=world.now())  # they wait again
    mine = sending.claim(sender, now=world.now())

    assert writing.write(lost.step_ids, sender, until=lost.until, now=world.now()) == []
    assert Message.objects.count() == 0
    assert len(writing.write(mine.step_ids, sender, until=mine.until, now=world.now())) == 2


def test_what_cannot_begin_in_time_waits_again(world, treatment, sender):
    waiting(world, treatment, sender, visits=3)
    world.fault("slow", path="/Messages.json", seconds=1)
    hurried = replace(sender, threads=1, doubt=timedelta(seconds=1))
    reminders.send_due(hurried, now=world.now(), turn=timedelta())
    assert len(world.texts()) + len(world.mails()) < 6

    reminders.send_due(sender, now=world.now())
    assert (len(world.texts()), len(world.mails())) == (3, 3)


def test_an_outage_of_the_database_is_no_fault_of_a_step(world, treatment, sender):
    waiting(world, treatment, sender, visits=2)

    def outage(execute, sql, *rest):
        if sql.startswith('INSERT INTO "reminders_message"'):
            raise OperationalError("the connection was closed")
        return execute(sql, *rest)

    with connection.execute_wrapper(outage), pytest.raises(OperationalError):
        reminders.send_due(sender, now=world.now())
    assert set(Step.objects.filter(due_at__lte=world.now()).values_list("status", flat=True)) == {
        "claimed"
    }

    Step.objects.filter(status="claimed").update(leased_until=LONG_AGO)
    reminders.settle_doubts(sender, now=world.now())
    reminders.send_due(sender, now=world.now())
    assert (len(world.texts()), len(world.mails())) == (2, 2)


def test_a_claim_reads_no_more_of_a_long_backlog_than_it_takes(db):
    appointment = an_appointment(a_clinic(), starts_at=START, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG, [appointment.pk, NOW, BACKLOG_STEPS])
        cursor.execute("analyze reminders_step")
    due = sending.due_steps(now=NOW).values_list("pk")[:TAKEN]
    (top,) = json.loads(due.explain(format="json", analyze=True, timing=False))
    nodes = list(_nodes(top["Plan"]))

    assert Step.objects.filter(status="waiting", due_at__lte=NOW).count() == BACKLOG_STEPS
    assert [node["Node Type"] for node in nodes] == ["Limit", "LockRows", "Index Scan"]
    assert (nodes[-1]["Index Name"], nodes[-1]["Actual Rows"]) == ("step_waiting", TAKEN)


TAKEN, BACKLOG_STEPS = 64, 100_000
BACKLOG = """
    insert into reminders_step (appointment_id, rule_id, wording, reach, asks, anchor_at, due_at,
        useless_at, status, reason, text, first_by)
    select %s, rule.id, 'reminder', 'chosen', false, due_at, due_at, due_at + interval '1 day',
        'waiting', '', '', ''
    from (select min(id) as id from reminders_rule) as rule,
        (select %s - n * interval '1 second' as due_at from generate_series(0, %s - 1) n) as moment
"""


def _nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
