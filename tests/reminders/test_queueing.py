"""The queue follows the facts, whatever comes in between."""

from collections import defaultdict
from datetime import timedelta
from threading import Thread
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import operations as bookings
from bookings.models import Appointment, By
from reminders import operations as reminders
from reminders.models import Rule, RuleChange, Step
from tests.bookings.rivals import wait_until_somebody_waits
from tests.clinic.exchange.folders import a_folder, take_over
from tests.factories import NOW, START, a_clinic, an_appointment
from tests.reminders.verbs import DAY, HOUR, a_sender, bodies, booked, follow_changed_rules, tick

SECOND = timedelta(seconds=1)
#: Two appointments, and then the turn is over.
A_BATCH: dict[str, Any] = {"turn": timedelta(), "at_once": 2}


def test_a_question_dropped_by_a_cancellation_that_was_undone_is_asked(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    due = appointment.starts_at - 3 * DAY
    bookings.cancel(appointment.pk, by=By.CLIENT, now=due - SECOND)
    reminders.send_due(sender, now=due)
    assert list(Step.objects.filter(asks=True).values_list("status", flat=True)) == ["dropped"]

    undone_at = due + timedelta(minutes=1)
    bookings.undo_cancel(appointment.pk, within=timedelta(minutes=3), by=By.CLIENT, now=undone_at)
    tick(sender, now=undone_at)

    assert Step.objects.get(asks=True).status == "done"
    assert len([body for body in bodies(world) if "Antwoord JA" in body]) == 1


def test_a_rule_that_is_used_again_sends_again(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    due = appointment.starts_at - 3 * DAY
    Rule.objects.filter(asks=True).update(is_active=False)
    reminders.send_due(sender, now=due)
    Rule.objects.filter(asks=True).update(is_active=True)
    follow_changed_rules(sender, now=due)
    reminders.send_due(sender, now=due + HOUR)

    assert Step.objects.get(asks=True).status == "done"


def test_what_was_imported_is_reminded_of_and_never_confirmed_again(sender, tmp_path):
    take_over(a_folder(tmp_path))  # some of it is over, and two appointments are to come
    reminders.requeue_changed(sender)

    before_it = ["confirm_question", "reminder"]
    assert _waiting() == {"a4": before_it, "a5": before_it}

    a4, a5 = Appointment.objects.filter(import_key__in=["a4", "a5"]).order_by("pk")
    bookings.cancel(a4.pk, by=By.CLIENT, now=NOW)
    bookings.undo_cancel(a4.pk, within=timedelta(minutes=3), by=By.CLIENT, now=NOW)
    bookings.cancel(a5.pk, by=By.CLIENT, now=NOW)
    reminders.requeue_changed(sender)

    assert _waiting() == {"a4": before_it, "a5": ["cancelled"]}


def test_changed_rules_are_followed_in_batches_and_from_where_a_worker_stopped(
    world, treatment, sender
):
    visits = [booked(world, treatment, days=9 + number) for number in range(5)]
    now = world.now()
    reminders.requeue_changed(sender)
    Rule.objects.filter(wording="reminder").update(days=2)
    reminders.change_rules(now=now)

    turns = [reminders.follow_rules(sender, now=now, **A_BATCH) for _ in range(3)]
    change = RuleChange.objects.get()
    assert (turns, change.done, change.total, change.finished_at) == ([2, 2, 1], 5, 5, now)
    moved = Step.objects.filter(wording="reminder").values_list("due_at", flat=True)
    assert sorted(moved) == [one.starts_at - 2 * DAY - HOUR for one in visits]


def test_a_newer_change_of_the_rules_begins_anew(world, treatment, sender):
    for number in range(3):
        booked(world, treatment, days=9 + number)
    now = world.now()
    reminders.change_rules(now=now)
    reminders.follow_rules(sender, now=now, **A_BATCH)
    Rule.objects.filter(wording="reminder").update(is_active=False)
    reminders.change_rules(now=now + HOUR)
    reminders.follow_rules(sender, now=now + HOUR)

    first, second = RuleChange.objects.order_by("pk")
    assert (first.done, first.finished_at) == (2, now + HOUR)
    assert (second.done, second.finished_at) == (3, now + HOUR)
    assert not Step.objects.filter(wording="reminder").exists()


def test_requeueing_many_asks_as_much_of_the_database_as_one(world, treatment, sender):
    visits = [booked(world, treatment, days=9 + number) for number in range(5)]
    counts = []
    for some in (visits[:1], visits[1:]):
        with CaptureQueriesContext(connection) as asked:
            reminders.requeue([one.pk for one in some], sender=sender)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert Step.objects.count() == 4 * len(visits)


def _waiting():
    waiting = defaultdict(list)
    for step in Step.objects.select_related("appointment").order_by("due_at"):
        waiting[step.appointment.import_key].append(step.wording)
    return waiting


def requeue_in_a_thread(appointment_id):
    sender = a_sender()

    def act():
        try:
            reminders.requeue([appointment_id], sender=sender)
        finally:
            connection.close()

    thread = Thread(target=act)
    thread.start()
    return thread


def test_a_step_claimed_while_it_became_stale_is_left_to_its_worker(committed):
    appointment = an_appointment(a_clinic(), starts_at=START, now=NOW)
    rule = Rule.objects.get(wording="reminder")
    stale = Step.objects.create(
        appointment=appointment,
        rule=rule,
        wording=rule.wording,
        reach=rule.reach,
        anchor_at=START - DAY,
        due_at=START - 2 * DAY,
        useless_at=START,
    )
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as worker:
        worker.execute("update reminders_step set status = 'claimed' where id = %s", [stale.pk])
        thread = requeue_in_a_thread(appointment.pk)
        wait_until_somebody_waits()
    thread.join(timeout=10)

    stale.refresh_from_db()
    assert stale.status == "claimed"
