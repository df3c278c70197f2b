"""Messages against the sandbox, with the real SDK and a real mail server."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Client
from reminders import operations as reminders
from reminders.models import InboundMessage, Message, Rule, Step
from tests.factories import a_search
from tests.reminders.verbs import (
    DAY,
    HOUR,
    asked,
    bodies,
    booked,
    follow_changed_rules,
    reply,
    settle,
    tick,
    with_plan,
)
from tests.sandboxed import workday
from tests.when import LONG_AGO


def test_a_confirmation_by_text_and_by_mail_with_her_own_sentence(world, treatment, sender):
    appointment = booked(world, treatment, first_name="Sanne")
    with_plan(appointment, now=world.now())
    for _ in range(3):
        tick(sender, now=world.now())

    (text,), (mail,) = bodies(world), world.mails()
    assert text.startswith("Hoi Sanne, je afspraak bij Linde staat vast: ")
    assert "dan ga ik met de fiets naar de kliniek." in text
    assert f"/a/{appointment.token}/?b=" in text
    assert "Acne" not in text
    assert [one["name"] for one in mail["attachments"]] == ["afspraak.ics"]
    assert "dan ga ik met de fiets" in mail["text"]
    assert set(Step.objects.values_list("status", flat=True)) == {"done", "waiting"}


def test_whatsapp_by_an_approved_template(world, treatment, sender):
    now = world.now()
    appointment = booked(
        world, treatment, reach_by=Client.ReachBy.WHATSAPP, whatsapp_opted_in_at=now
    )
    with_plan(appointment, now=now)
    tick(sender, now=world.now())

    (text,) = world.texts()
    assert (text["channel"], text["content_sid"]) == (
        "whatsapp",
        world.settings["TWILIO_CONTENT_CONFIRMATION"],
    )
    assert "Jouw plan: Als het" in text["body"]


def test_without_whatsapp_consent_she_gets_an_sms(world, treatment, sender):
    booked(world, treatment, reach_by=Client.ReachBy.WHATSAPP)
    tick(sender, now=world.now())

    assert [text["channel"] for text in world.texts()] == ["sms"]


def test_who_wants_mail_gets_no_text(world, treatment, sender):
    asked(world, treatment, sender, reach_by=Client.ReachBy.EMAIL)

    assert world.texts() == []
    assert len(world.mails()) == 2
    assert not Step.objects.filter(status="done", rule__reach="text").exists()


def test_the_question_and_the_reminder_come_on_time(world, treatment, sender):
    appointment, _ = asked(world, treatment, sender)
    start = appointment.starts_at
    tick(sender, now=start - DAY - HOUR - timedelta(seconds=1))
    assert len(world.texts()) == 2

    tick(sender, now=start - DAY - HOUR)

    question, reminder = bodies(world)[1:]
    assert "Antwoord JA, of kijk op" in question
    assert "we hebben tijd voor je gereserveerd, tot morgen om 10:00 uur!" in reminder


def test_yes_confirms_and_is_answered(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    for _ in range(2):  # delivered twice
        reply(world, appointment, "Ja!", now=now + HOUR)
    tick(sender, now=now + HOUR)

    appointment.refresh_from_db()
    assert appointment.confirmed_at == now + HOUR
    assert bodies(world)[-1].startswith("Fijn, Sanne. We zien je ")
    assert InboundMessage.objects.count() == 1


def test_the_button_says_which_appointment(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    second = booked(world, treatment, days=10, phone=appointment.client.phone)
    tick(sender, now=world.now())
    tick(sender, now=second.starts_at - 3 * DAY)
    mark = Message.objects.get(appointment=second, step__asks=True).mark

    reply(world, second, "JA", now=now + DAY, button=f"confirm:{mark}")

    second.refresh_from_db()
    appointment.refresh_from_db()
    assert (appointment.confirmed_at, second.confirmed_at) == (None, now + DAY)


def test_a_yes_that_could_be_about_two_confirms_none(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    second = booked(world, treatment, days=10, phone=appointment.client.phone)
    tick(sender, now=world.now())
    tick(sender, now=second.starts_at - 3 * DAY)
    before = len(world.texts())

    reply(world, second, "JA", now=now + DAY)
    tick(sender, now=now + DAY)

    second.refresh_from_db()
    appointment.refresh_from_db()
    assert (appointment.confirmed_at, second.confirmed_at) == (None, None)
    assert f"/a/{appointment.token}/" in bodies(world)[before]


@pytest.mark.parametrize("body", ["NEE", "ja maar liever later", "wie is dit?"])
def test_anything_else_gets_the_link_and_changes_nothing(world, treatment, sender, body):
    appointment, now = asked(world, treatment, sender)
    reply(world, appointment, body, now=now)
    tick(sender, now=now)

    appointment.refresh_from_db()
    assert (appointment.status, appointment.confirmed_at) == ("booked", None)
    assert "Bevestigen, verzetten of annuleren kan hier" in bodies(world)[-1]


def test_a_yes_after_a_move_is_not_about_the_new_time(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    search = a_search(treatment, now=now, ignoring=appointment.pk)
    bookings.reschedule(appointment.pk, search, starts_at=workday(now, days=10))

    reply(world, appointment, "JA", now=now + HOUR)

    appointment.refresh_from_db()
    assert appointment.confirmed_at is None


@pytest.mark.parametrize("word", ["STOP", "Afmelden."])
def test_stop_stops_texts_at_once_and_mail_goes_on(world, treatment, sender, word):
    appointment, now = asked(world, treatment, sender)
    reply(world, appointment, word, now=now)
    texts, mails = len(world.texts()), len(world.mails())
    tick(sender, now=appointment.starts_at - DAY)

    appointment.client.refresh_from_db()
    assert appointment.client.sms_opted_out_at == now
    assert (len(world.texts()), len(world.mails())) == (texts, mails + 1)


def test_a_stop_between_claim_and_send_is_honoured(world, treatment, sender):
    appointment = booked(world, treatment)
    reminders.requeue_changed(sender)
    reply(world, appointment, "STOP", now=world.now())
    reminders.send_due(sender, now=world.now())

    assert world.texts() == []


def test_moving_tells_the_new_time_and_the_steps_follow(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    now = world.now() + HOUR
    search = a_search(treatment, now=now, ignoring=appointment.pk)
    moved = bookings.reschedule(appointment.pk, search, starts_at=workday(now, days=12))
    tick(sender, now=now)

    assert len(world.texts()) == 2
    waiting = Step.objects.filter(status="waiting", appointment=moved)
    assert {step.anchor_at for step in waiting} == {moved.starts_at}


def test_a_change_by_the_clinic_undone_in_time_is_never_told(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    now = world.now() + HOUR
    bookings.cancel(appointment.pk, by=By.CLINIC, now=now)
    tick(sender, now=now)
    bookings.undo_cancel(
        appointment.pk, within=timedelta(minutes=3), by=By.CLINIC, now=now + timedelta(minutes=2)
    )
    tick(sender, now=now + HOUR)

    assert len(world.texts()) == 1
    assert Step.objects.filter(status="waiting").count() == 2


def test_cancelling_lets_the_reminders_go_and_says_so(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    bookings.cancel(appointment.pk, by=By.CLIENT, now=world.now())
    tick(sender, now=world.now() + timedelta(minutes=4))

    assert "is geannuleerd" in bodies(world)[-1]
    assert not Step.objects.filter(status="waiting").exists()


def test_what_comes_too_late_is_missed_and_not_sent(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    tick(sender, now=appointment.starts_at - timedelta(minutes=30))

    assert len(world.texts()) == 1
    assert Step.objects.filter(status="missed").count() == 2


def test_whatsapp_that_fails_becomes_an_sms(world, treatment, sender):
    now = world.now()
    booked(
        world,
        treatment,
        phone="+31610063016",
        reach_by=Client.ReachBy.WHATSAPP,
        whatsapp_opted_in_at=now,
    )
    now = world.now()
    tick(sender, now=now)
    failed = Message.objects.get(channel="whatsapp")
    reminders.receive_status(
        key=str(failed.key), sid=failed.sid, status="failed", error_code=63016, now=now
    )
    tick(sender, now=now)

    assert [text["channel"] for text in world.texts()] == ["whatsapp", "sms"]
    failed.refresh_from_db()
    assert (failed.status, failed.step.status) == ("failed", "done")


def test_a_number_that_stopped_at_the_telephone_company(world, treatment, sender):
    appointment, _ = asked(world, treatment, sender)
    world.post(
        "/control/phone/reply",
        number=appointment.client.phone.as_e164,
        body="STOP",
        channel="sms",
    )
    tick(sender, now=appointment.starts_at - DAY)

    appointment.client.refresh_from_db()
    assert appointment.client.sms_opted_out_at is not None
    assert Message.objects.filter(channel="sms", error_code=21610).count() == 1
    reminders.send_due(sender, now=appointment.starts_at - DAY)
    assert len(world.mails()) == 2


def test_reports_in_any_order_only_move_forward(world, treatment, sender):
    booked(world, treatment)
    tick(sender, now=world.now())
    message = Message.objects.get(channel="sms")
    for status in ("delivered", "sent", "queued", "delivered", "failed"):
        reminders.receive_status(
            key=str(message.key), sid=message.sid, status=status, error_code=None, now=world.now()
        )

    message.refresh_from_db()
    assert message.status == "delivered"


def test_no_answer_after_the_work_is_found_and_not_sent_again(world, treatment, sender):
    booked(world, treatment)
    world.fault("lost_answer", path="Messages.json")
    tick(sender, now=world.now())
    message = Message.objects.get(channel="sms")
    assert (message.status, message.step.status) == ("unknown", "claimed")

    settle(world, sender, times=3)

    message.refresh_from_db()
    assert message.sid == world.texts()[0]["sid"]
    assert (len(world.texts()), message.step.status) == (1, "done")


def test_no_answer_and_no_work_is_sent_again_after_asking_twice(world, treatment, sender):
    booked(world, treatment)
    world.fault("error_500", path="Messages.json")
    tick(sender, now=world.now())
    counts = []
    for _ in range(3):
        settle(world, sender)
        counts.append(len(world.texts()))

    assert counts == [0, 1, 1]
    assert Message.objects.get(channel="sms").step.status == "done"


def test_too_busy_is_tried_again_a_minute_later(world, treatment, sender):
    booked(world, treatment)
    world.fault("error_429", path="Messages.json")
    now = world.now()
    tick(sender, now=now)
    assert world.texts() == []
    tick(sender, now=now + timedelta(seconds=59))
    assert world.texts() == []
    tick(sender, now=now + timedelta(minutes=1, seconds=1))

    assert len(world.texts()) == 1


def test_a_worker_that_died_before_it_wrote_a_message(world, treatment, sender):
    booked(world, treatment)
    reminders.requeue_changed(sender)
    Step.objects.filter(due_at__lte=world.now()).update(status="claimed", leased_until=LONG_AGO)
    reminders.settle_doubts(sender, now=world.now())
    reminders.send_due(sender, now=world.now())

    assert (len(world.texts()), len(world.mails())) == (1, 1)


def test_one_poisonous_step_does_not_stop_the_others(world, treatment, sender):
    poisoned = booked(world, treatment, days=9)
    booked(world, treatment, days=10)
    reminders.requeue_changed(sender)
    Step.objects.filter(appointment=poisoned).update(wording="no such text")
    reminders.send_due(sender, now=world.now())

    assert len(world.texts()) == 1
    failed = Step.objects.filter(status="failed")
    assert set(failed.values_list("reason", flat=True)) == {"KeyError"}


def test_demo_clients_are_reached_in_the_sandbox_only(world, treatment, sender):
    booked(world, treatment, is_demo=True)
    tick(replace(sender, reaches_demo_clients=False), now=world.now())

    assert (world.texts(), world.mails()) == ([], [])


def test_an_edited_rule_moves_what_is_waiting(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    Rule.objects.filter(wording="reminder").update(days=2)
    follow_changed_rules(sender, now=world.now())

    reminder = Step.objects.get(wording="reminder")
    assert reminder.due_at == appointment.starts_at - 2 * DAY - HOUR
