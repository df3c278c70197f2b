"""The queue follows the facts, whatever comes in between."""

import time
from datetime import timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection

from bookings import operations as bookings
from bookings.models import By, Clinic
from reminders import operations as reminders
from reminders.models import Rule, Step
from reminders.operations import Sender
from tests.factories import NOW, START, a_clinic, an_appointment
from tests.reminders.verbs import DAY, HOUR, bodies, booked, tick

SECOND = timedelta(seconds=1)


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
    reminders.requeue_coming(sender=sender, now=due)
    reminders.send_due(sender, now=due + HOUR)

    assert Step.objects.get(asks=True).status == "done"


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Rows that other connections see; what migrations made stays."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "truncate bookings_clinic, bookings_client, bookings_treatment,"
                    " bookings_resource cascade"
                )
            connection.close()


def requeue_in_a_thread(appointment_id):
    sender = Sender(
        clinic=Clinic.objects.get(),
        zone=ZoneInfo("Europe/Amsterdam"),
        base_url="http://127.0.0.1",
        two_way=True,
        reaches_demo_clients=True,
        doubt=timedelta(minutes=3),
    )

    def act():
        try:
            reminders.requeue(appointment_id, sender=sender)
        finally:
            connection.close()

    thread = Thread(target=act)
    thread.start()
    return thread


def wait_until_somebody_waits_for_a_lock():
    end = time.monotonic() + 10
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select count(*) from pg_locks where not granted")
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < end, "nobody waits"
            time.sleep(0.02)


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
        wait_until_somebody_waits_for_a_lock()
    thread.join(timeout=10)

    stale.refresh_from_db()
    assert stale.status == "claimed"
