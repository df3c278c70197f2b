"""Quiet hours on the clinic's clock, and no more texts a day than the clinic pays for."""

from datetime import time, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Clinic
from reminders.models import Rule, Step
from tests.reminders.verbs import DAY, HOUR, bodies, booked, tick, with_plan
from tests.when import ZONE

MINUTE = timedelta(minutes=1)


def clock(moment):
    return f"{moment.astimezone(ZONE):%d-%m %H:%M}"


@pytest.fixture
def early(world, treatment, sender):
    """Return the reminder, due before dawn, of a visit that is known to its client."""
    Rule.objects.filter(wording="reminder").update(days=None, at_time=None, hours=28)
    booked(world, treatment)
    tick(sender, now=world.now())
    return Step.objects.get(wording="reminder")


def test_what_falls_due_at_night_waits_for_the_morning(world, sender, early):
    before = len(bodies(world))
    assert clock(early.due_at).endswith("06:00")

    tick(sender, now=early.due_at)
    early.refresh_from_db()
    assert (early.status, clock(early.due_at)[-5:]) == ("waiting", "08:00")
    tick(sender, now=early.due_at - timedelta(seconds=1))
    assert len(bodies(world)) == before

    tick(sender, now=early.due_at)
    assert len(bodies(world)) == before + 1


def test_after_an_outage_nobody_is_woken(world, sender, early):
    before = len(bodies(world))
    midnight = early.due_at - 6 * HOUR  # of the reminder's own day
    Step.objects.filter(pk=early.pk).update(due_at=midnight - 5 * HOUR)

    tick(sender, now=midnight)

    early.refresh_from_db()
    assert (early.status, len(bodies(world))) == ("waiting", before)


def test_what_cannot_wait_so_long_goes_at_once(world, sender, early):
    before = len(bodies(world))
    Step.objects.filter(pk=early.pk).update(useless_at=early.due_at + HOUR)

    tick(sender, now=early.due_at + MINUTE)

    assert len(bodies(world)) == before + 1


def test_what_she_waits_for_herself_is_told_at_any_hour(world, treatment, sender):
    Clinic.objects.update(quiet_from=time(0), quiet_until=time(23, 59))
    sender.clinic.refresh_from_db()
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    assert "staat vast" in bodies(world)[-1]

    bookings.cancel(visit.pk, by=By.CLINIC, now=world.now(), reason="ziek")
    tick(sender, now=world.now() + sender.clinic.undo_time)
    assert "is geannuleerd" in bodies(world)[-1]


def test_her_own_plan_is_told_at_its_own_moment(world, treatment, sender):
    Clinic.objects.update(quiet_from=time(0), quiet_until=time(23, 59))
    sender.clinic.refresh_from_db()
    visit = booked(world, treatment)
    with_plan(visit, now=world.now())
    visit.if_then_plan.tells = True
    visit.if_then_plan.save()
    tick(sender, now=world.now())
    due = Step.objects.get(wording="cue").due_at

    tick(sender, now=due)

    assert "Jouw plan: dan" in bodies(world)[-1]


def test_above_what_the_clinic_sends_in_all_a_day_goes_by_mail(world, treatment, sender):
    Clinic.objects.update(texts_in_all=2)
    sender.clinic.refresh_from_db()
    visits = [booked(world, treatment, days=9 + number) for number in range(4)]
    now = world.now()
    tick(sender, now=now)
    assert (len(world.texts()), len(world.mails())) == (2, 4)  # each is confirmed by mail as well

    for visit in visits:  # four questions at once: two by text, two by mail
        Step.objects.filter(appointment=visit, asks=True).update(due_at=now + 2 * DAY)
    tick(sender, now=visits[0].starts_at - 3 * DAY)
    assert (len(world.texts()), len(world.mails())) == (4, 6)
    assert not Step.objects.filter(status="failed").exists()


def test_both_caps_hold_at_once(world, treatment, sender):
    Clinic.objects.update(texts_in_all=3, texts_per_day=1)
    sender.clinic.refresh_from_db()
    first = booked(world, treatment, days=9)
    for number in range(2):
        again = booked(world, treatment, days=12 + number)
        type(again).objects.filter(pk=again.pk).update(client=first.client)
    booked(world, treatment, days=16)

    tick(sender, now=world.now())

    sent = [one["to"] for one in world.texts()]
    assert len(sent) == len(set(sent)) == 2
