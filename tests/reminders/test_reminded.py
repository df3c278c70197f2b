"""What an appointment remembers of its reminders: fees ask for it later."""

from datetime import timedelta

from bookings.forgiving import Reminded
from bookings.freed import was_reminded
from reminders import operations as reminders
from reminders.models import Message
from tests.reminders.verbs import DAY, asked, booked, tick

KINDS = ("reminder_sent", "reminded", "not_reminded")


def told(appointment):
    events = appointment.events.filter(kind__in=KINDS).order_by("pk")
    assert {one.facts["start"] for one in events} <= {appointment.starts_at.isoformat()}
    return [one.kind for one in events]


def reached(appointment):
    """Tell whether one reached her, once there was time enough to hear of it."""
    return was_reminded(appointment, now=appointment.starts_at + DAY) is Reminded.YES


def report(message, status, *, now, code=None):
    reminders.receive_status(
        key=str(message.key), sid=str(message.sid), status=status, error_code=code, now=now
    )


def question():
    return Message.objects.get(step__wording="confirm_question")


def test_a_text_reminds_once_it_is_delivered(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    assert told(appointment) == ["reminder_sent"]
    assert was_reminded(appointment, now=now) is Reminded.PERHAPS
    assert was_reminded(appointment, now=now + timedelta(minutes=59)) is Reminded.PERHAPS
    assert was_reminded(appointment, now=now + timedelta(hours=1)) is Reminded.NO

    for status in ("sent", "delivered", "delivered", "read"):
        report(question(), status, now=now)

    assert told(appointment) == ["reminder_sent", "reminded"]
    assert reached(appointment)


def test_a_mail_reminds_when_the_mail_server_took_it(world, treatment, sender):
    appointment, _ = asked(world, treatment, sender, reach_by="email")
    assert told(appointment) == ["reminded"]


def test_a_confirmation_is_no_reminder(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    assert told(appointment) == []
    assert reached(appointment)  # none was due


def test_a_text_that_failed_finds_another_way(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    report(question(), "undelivered", now=now, code=30005)
    tick(sender, now=now)
    assert told(appointment) == ["reminder_sent", "reminded"]


def test_a_text_that_failed_when_it_was_too_late_for_another_way(world, treatment, sender):
    appointment, _ = asked(world, treatment, sender)
    report(question(), "undelivered", now=appointment.starts_at, code=30005)
    assert told(appointment) == ["reminder_sent", "not_reminded"]
    assert not reached(appointment)


def test_what_was_never_sent_in_time_does_not_count_as_a_reminder(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    reminders.send_due(sender, now=appointment.starts_at + timedelta(minutes=1))
    assert set(told(appointment)) == {"not_reminded"}
    assert not reached(appointment)


def test_a_move_asks_for_reminders_of_the_new_time(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    report(question(), "delivered", now=now)
    type(appointment).objects.filter(pk=appointment.pk).update(
        starts_at=appointment.starts_at + 7 * DAY, ends_at=appointment.ends_at + 7 * DAY
    )
    appointment.refresh_from_db()
    assert reached(appointment)  # none of the new time was due yet
    appointment.events.create(
        kind="not_reminded",
        at=now,
        by="system",
        facts={"start": appointment.starts_at.isoformat()},
    )
    assert not reached(appointment)
