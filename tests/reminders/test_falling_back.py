"""A WhatsApp message that does not arrive: by the next way in time, and once."""

from datetime import time, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Client, Clinic
from reminders import operations as reminders
from reminders.models import Message, Step
from reminders.operations.outcomes import try_another_way
from tests.reminders.verbs import DAY, HOUR, booked, reply, tick
from tests.sandboxed import eventually

NEVER_ARRIVES = "+31610000001"  # the stand-in says “sent” and nothing more
SECOND = timedelta(seconds=1)


def channels(world):
    return [text["channel"] for text in world.texts()]


@pytest.fixture
def question(world, treatment, sender):
    """Return the message that asks on WhatsApp, on its way to a telephone that is off."""
    visit = booked(
        world,
        treatment,
        phone=NEVER_ARRIVES,
        reach_by=Client.ReachBy.WHATSAPP,
        whatsapp_opted_in_at=world.now(),
    )
    tick(sender, now=world.now())
    tick(sender, now=visit.starts_at - 3 * DAY)
    return Message.objects.get(step__asks=True)


def fall_back(sender, *, now):
    count = reminders.fall_back_in_time(sender, now=now)
    tick(sender, now=now)
    return count


def test_after_two_hours_it_goes_by_sms_once(world, sender, question):
    before, until = len(channels(world)), question.sent_at + 2 * HOUR

    assert fall_back(sender, now=until - SECOND) == 0
    assert fall_back(sender, now=until) == 1
    assert channels(world)[before:] == ["sms"]
    step = Step.objects.get(pk=question.step_id)
    assert (step.status, step.reason) == ("done", "whatsapp has not arrived in time")
    assert [fall_back(sender, now=until + hours * HOUR) for hours in (1, 3, 30)] == [0, 0, 0]
    assert Message.objects.filter(step=step).count() == 2


def test_what_arrived_meanwhile_goes_no_other_way(world, sender, question):
    reminders.receive_status(
        key=str(question.key),
        sid=question.sid,
        status="delivered",
        error_code=None,
        now=question.sent_at + HOUR,
    )

    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 0


def test_twilio_is_asked_before(world, treatment, sender):
    """The report of the delivery was lost; the message was not."""
    visit = booked(
        world,
        treatment,
        reach_by=Client.ReachBy.WHATSAPP,
        whatsapp_opted_in_at=world.now(),
    )
    tick(sender, now=world.now())
    tick(sender, now=visit.starts_at - 3 * DAY)
    question = Message.objects.get(step__asks=True)
    eventually(lambda: world.texts()[-1]["status"] == "delivered")

    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 0
    question.refresh_from_db()
    assert question.status == "delivered"


def test_who_wrote_since_has_her_telephone_on(world, sender, question):
    reply(world, question.appointment, "Hallo?", now=question.sent_at + HOUR, channel="whatsapp")

    assert reminders.fall_back_in_time(sender, now=question.sent_at + 2 * HOUR) == 0


def test_without_another_way_it_stays_as_it_is(world, sender, question):
    Client.objects.update(sms_opted_out_at=world.now())
    Step.objects.filter(pk=question.step_id).update(reach="text")

    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 0
    assert Step.objects.get(pk=question.step_id).status == "done"


def test_while_twilio_cannot_be_asked_it_waits(world, sender, question):
    world.fault("error_500", path=f"/Messages/{question.sid}", method="GET")

    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 0
    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 1


def told(question, status, *, now, code=None):
    reminders.receive_status(
        key=str(question.key), sid=question.sid, status=status, error_code=code, now=now
    )


def test_what_is_known_to_fail_later_brings_no_third_message(world, sender, question):
    until = question.sent_at + 2 * HOUR
    fall_back(sender, now=until)
    before = len(channels(world)), len(world.mails())

    told(question, "undelivered", code=63024, now=until + HOUR)
    tick(sender, now=until + HOUR)

    assert (len(channels(world)), len(world.mails())) == before
    assert Step.objects.get(pk=question.step_id).status == "done"
    assert Client.objects.get().whatsapp_dead_at == until + HOUR


def test_of_two_workers_one_lets_it_go_another_way(world, sender, question):
    until = question.sent_at + 2 * HOUR

    assert fall_back(sender, now=until) == 1
    assert not try_another_way(question.pk)  # the other one has just read the same list


def test_what_arrives_while_it_waits_for_another_way_is_enough(world, sender, question):
    until = question.sent_at + 2 * HOUR
    before = len(channels(world))
    reminders.fall_back_in_time(sender, now=until)

    told(question, "delivered", now=until)
    tick(sender, now=until)

    assert Step.objects.get(pk=question.step_id).status == "done"
    assert len(channels(world)) == before


def test_who_said_yes_meanwhile_is_not_asked_again(world, sender, question):
    bookings.confirm(question.appointment_id, by=By.CLIENT, now=question.sent_at + HOUR)

    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 0
    assert Step.objects.get(pk=question.step_id).status == "done"


def test_nobody_is_told_another_way_at_night(world, sender, question):
    Clinic.objects.update(quiet_from=time(0), quiet_until=time(23, 59))
    sender.clinic.refresh_from_db()

    assert fall_back(sender, now=question.sent_at + 2 * HOUR) == 0


def test_what_was_tried_is_not_queued_anew_while_it_waits(world, sender, question):
    """Something happens to the visit in between; it is the same message that waits."""
    reminders.fall_back_in_time(sender, now=question.sent_at + 2 * HOUR)
    Step.objects.filter(pk=question.step_id).update(due_at=question.sent_at + 9 * HOUR)

    reminders.requeue([question.appointment_id], sender=sender)

    step = Step.objects.get(asks=True)
    assert (step.pk, step.status) == (question.step_id, "waiting")
    assert step.messages.get() == question


def test_what_was_tried_stays_to_be_seen_when_the_visit_is_off(world, sender, question):
    reminders.fall_back_in_time(sender, now=question.sent_at + 2 * HOUR)
    bookings.cancel(question.appointment_id, by=By.CLIENT, now=question.sent_at + 2 * HOUR)

    reminders.requeue([question.appointment_id], sender=sender)

    step = Step.objects.get(asks=True)
    assert (step.status, step.messages.count()) == ("dropped", 1)


def test_a_confirmation_has_its_mail(world, sender, question):
    confirmation = Message.objects.get(channel="whatsapp", step__wording="confirmation")

    reminders.fall_back_in_time(sender, now=confirmation.sent_at + 12 * HOUR)

    assert Step.objects.get(pk=confirmation.step_id).status == "done"
