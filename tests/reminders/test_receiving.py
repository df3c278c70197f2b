"""What comes in: reports we do not know, stops at any moment, machines that answer machines."""

from datetime import timedelta

import pytest
from twilio.request_validator import RequestValidator

from bookings.models import Client
from reminders import operations as reminders
from reminders.models import Message, Step
from reminders.twilio_gateway import is_from_twilio
from tests.reminders.verbs import DAY, HOUR, asked, bodies, booked, reply, tick

MINUTE = timedelta(minutes=1)


def test_a_status_we_do_not_know_is_answered_and_changes_nothing(client, world, treatment, sender):
    booked(world, treatment)
    tick(sender, now=world.now())
    message = Message.objects.get(channel="sms")
    path = f"/hooks/twilio/status/{message.key}/"
    told = {"MessageSid": message.sid, "MessageStatus": "partially_delivered"}
    signature = RequestValidator(world.settings["TWILIO_AUTH_TOKEN"]).compute_signature(
        world.settings["PUBLIC_BASE_URL"] + path, told
    )

    answer = client.post(path, told, headers={"X-Twilio-Signature": signature})

    message.refresh_from_db()
    assert (answer.status_code, message.status) == (200, "accepted")


@pytest.mark.parametrize("token", ["", "sleutel"])
def test_nobody_signs_with_an_empty_key(settings, token):
    settings.TWILIO_AUTH_TOKEN = token
    signature = RequestValidator(token).compute_signature("https://kliniek.example/", {"a": "b"})

    signed = is_from_twilio(
        url="https://kliniek.example/", parameters={"a": "b"}, signature=signature
    )

    assert signed is bool(token)


def test_a_stop_after_a_yes_stops_the_waiting_answer(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    before = bodies(world)
    reply(world, appointment, "JA", now=now)
    reply(world, appointment, "STOP", now=now, sid="SM2")
    tick(sender, now=now)

    appointment.refresh_from_db()
    assert (appointment.confirmed_at, bodies(world)) == (now, before)
    assert Step.objects.get(reply_to__sid="SM1").status == "dropped"


def test_machines_do_not_talk_for_ever(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    before = len(bodies(world))
    for number in range(6):
        at = now + number * MINUTE
        reply(world, appointment, "Ik ben er even niet", now=at, sid=f"SM{number}")
        tick(sender, now=at)
    assert len(bodies(world)) == before + 3

    other = booked(world, treatment, days=12)
    reply(world, other, "Hoe laat?", now=now + HOUR, sid="SM10")
    tick(sender, now=now + HOUR)
    assert len(bodies(world)) == before + 5  # and its confirmation

    reply(world, appointment, "Toch even vragen", now=now + DAY, sid="SM11")
    tick(sender, now=now + DAY)
    assert len([b for b in bodies(world) if b.startswith("Dank voor je bericht")]) == 5


@pytest.mark.parametrize(
    ("case", "stopped", "channels"),
    [("stopped", True, {"email"}), ("failed", False, {"whatsapp", "sms"})],
)
def test_a_stop_on_whatsapp_goes_to_mail_and_a_failure_to_sms(
    world, treatment, sender, case, stopped, channels
):
    now = world.now()
    appointment = booked(
        world, treatment, reach_by=Client.ReachBy.WHATSAPP, whatsapp_opted_in_at=now
    )
    tick(sender, now=world.now())
    if stopped:
        reply(world, appointment, "STOP", now=now, channel="whatsapp")
    due = appointment.starts_at - 3 * DAY
    tick(sender, now=due)
    question = Step.objects.get(asks=True)
    if not stopped:
        failed = question.messages.get()
        reminders.receive_status(
            key=str(failed.key), sid=failed.sid, status="failed", error_code=63024, now=due
        )
        question.refresh_from_db()
        assert question.reason == "whatsapp failed: number_dead (63024)"
        tick(sender, now=due)

    assert set(question.messages.values_list("channel", flat=True)) == channels, case
