"""What is done to several visits at once is told once, and touches no other visit's messages."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from bookings import operations as bookings
from bookings.models import Appointment, By, Client
from reminders.models import Step
from reminders.operations.composing import attachments_of, calendar_entry
from reminders.rules import On
from tests.bookings.courses import a_plan, read_out, to_move, weekly
from tests.factories import ClientFactory, a_search
from tests.reminders.verbs import bodies, tick
from tests.sandboxed import workday

MINUTE, DAY, UNDO = timedelta(minutes=1), timedelta(days=1), timedelta(minutes=3)


@pytest.fixture
def course(world, treatment):
    """Four weekly visits, booked at the desk just now."""
    now = world.now()
    plan = a_plan(treatment, client=ClientFactory(first_name="Sanne"))
    starts = dict(enumerate(weekly(workday(now, days=9)), start=1))
    search = a_search(treatment, now=now, by=By.CLINIC)
    return bookings.book_series(plan.pk, starts, search, accept=read_out)


@pytest.fixture
def told(course, world, sender):
    """The course, about which the client was told."""
    tick(sender, now=world.now())
    tick(sender, now=world.now() + UNDO)
    return course


def steps(on):
    """Return how the messages about what happened stand, by appointment."""
    found = Step.objects.filter(rule__on=on).order_by("appointment__starts_at", "pk")
    return list(found.values_list("appointment", "status"))


def reminders():
    """Return which reminders wait, by appointment."""
    waiting = Step.objects.filter(rule__on=On.BEFORE_START, status="waiting")
    return {
        pk: list(waiting.filter(appointment=pk).order_by("pk").values_list("pk", "due_at"))
        for pk in waiting.order_by().values_list("appointment", flat=True).distinct()
    }


def test_a_course_is_confirmed_once_and_every_visit_is_reminded_of(told, world):
    (text,) = bodies(world)
    (mail,) = world.mails()

    assert "10:00 uur en nog 3 erna bij Noor" in text
    assert f"/a/{told[0].token}/" in text
    assert len(mail["attachments"]) == 4
    assert steps(On.AGREED) == [(told[0].pk, "done")] * 2
    assert {pk: len(waiting) for pk, waiting in reminders().items()} == {one.pk: 2 for one in told}


def test_R16_cancelling_a_course_sends_one_message(told, world, sender):
    now = world.now() + DAY
    bookings.cancel_all(told[2].pk, by=By.CLINIC, now=now)
    for minutes in (0, 3, 4):
        tick(sender, now=now + minutes * MINUTE)

    (text,) = bodies(world)[1:]
    assert "10:00 uur en nog 3 erna is geannuleerd" in text
    assert steps(On.CANCELLED) == [(told[0].pk, "done")]
    assert reminders() == {}


@pytest.mark.parametrize(
    ("case", "verb", "which", "left"),
    [
        ("this one", bookings.cancel_session, 2, [0, 1, 3]),
        ("this and the following", bookings.cancel_following, 2, [0, 1]),
    ],
)
def test_S2_earlier_visits_keep_their_reminders(told, world, sender, case, verb, which, left):
    before = reminders()
    now = world.now() + DAY

    verb(told[which].pk, by=By.CLIENT, now=now)
    tick(sender, now=now)

    assert reminders() == {told[n].pk: before[told[n].pk] for n in left}


def test_S3_each_cancelled_visit_leaves_the_calendar_and_the_others_stay(told, world, sender):
    bookings.cancel_following(told[2].pk, by=By.CLIENT, now=world.now() + DAY)

    found = []
    for one in Appointment.objects.order_by("starts_at"):
        (event,) = Calendar.from_ical(calendar_entry(one, sender=sender, at=world.now())).events
        found.append((str(event["uid"]), str(event["status"]), event["sequence"]))
    uids = [f"{one.token}@linde" for one in told]
    assert found == [
        (uids[0], "CONFIRMED", 0),
        (uids[1], "CONFIRMED", 0),
        (uids[2], "CANCELLED", 1),
        (uids[3], "CANCELLED", 1),
    ]


def test_a_mail_takes_every_cancelled_visit_out_of_the_calendar(world, treatment, told, sender):
    Client.objects.update(reach_by="email")
    now = world.now() + DAY
    bookings.cancel_following(told[1].pk, by=By.CLINIC, now=now)
    tick(sender, now=now)
    tick(sender, now=now + UNDO)

    message = Step.objects.get(rule__on=On.CANCELLED).messages.get()
    files = attachments_of([message], sender=sender)[message.pk]

    assert [one.name for one in files] == ["afspraak.ics", "afspraak-1.ics", "afspraak-2.ics"]
    assert all(b"STATUS:CANCELLED" in one.content for one in files)


def test_the_fees_of_one_act_are_told_together(told, world, sender):
    now = told[0].starts_at - timedelta(hours=1)
    bookings.cancel_all(told[0].pk, by=By.CLIENT, now=now)
    tick(sender, now=now + UNDO)

    assert "De kosten zijn € 45,00." in bodies(world)[-1]


def test_moving_several_is_told_once(told, world, sender):
    now = world.now() + DAY
    search = to_move(told[1], now=now)
    bookings.move_following(
        told[1].pk, search, starts_at=told[1].starts_at + timedelta(hours=1), reason="ziek"
    )
    tick(sender, now=now)
    tick(sender, now=now + UNDO)

    (text,) = bodies(world)[1:]
    assert "11:00 uur en nog 2 erna" in text
    assert {pk: len(waiting) for pk, waiting in reminders().items()} == {one.pk: 2 for one in told}


def test_when_the_first_one_is_put_back_the_next_one_tells(told, world, sender):
    now = world.now() + DAY
    bookings.cancel_following(told[1].pk, by=By.CLINIC, now=now)
    tick(sender, now=now)
    bookings.undo_cancel(told[1].pk, within=UNDO, by=By.CLINIC, now=now + MINUTE)
    tick(sender, now=now + MINUTE)
    tick(sender, now=now + UNDO)

    (text,) = bodies(world)[1:]
    assert "en nog 1 erna is geannuleerd" in text
    assert f"/a/{told[2].token}/" in text
    assert steps(On.CANCELLED) == [(told[2].pk, "done")]


def test_what_was_told_is_not_told_again_when_the_first_one_falls_away(told, world, sender):
    now = world.now() + DAY
    bookings.cancel_session(told[0].pk, by=By.CLIENT, now=now)
    tick(sender, now=now)
    tick(sender, now=now + UNDO)

    assert ["geannuleerd" in text for text in bodies(world)] == [False, True]
    assert "erna" not in bodies(world)[1]
    assert len(world.mails()) == 1
    assert steps(On.AGREED) == [(told[0].pk, "done")] * 2


def test_a_course_withdrawn_before_it_was_told_is_told_as_cancelled_only(course, world, sender):
    tick(sender, now=world.now())
    bookings.cancel_all(course[0].pk, by=By.CLINIC, now=world.now())
    tick(sender, now=world.now() + UNDO + MINUTE)

    (text,) = bodies(world)
    assert "en nog 3 erna is geannuleerd" in text
