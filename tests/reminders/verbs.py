"""What happens in a test of messages, in a word each."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bookings.models import Clinic
from reminders import operations as reminders
from reminders.models import Message
from reminders.operations import Design, Inbound, OtherWords, PlanText, Sender
from tests.factories import ClientFactory, an_appointment
from tests.sandboxed import workday
from tests.when import LONG_AGO, ZONE

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_sender(**more):
    """Return who sends, one text after the other; without a base address links lead nowhere."""
    usual: dict[str, Any] = {
        "clinic": Clinic.objects.get(),
        "zone": ZONE,
        "base_url": "http://127.0.0.1",
        "two_way": True,
        "reaches_demo_clients": True,
        "threads": 1,
        "doubt": timedelta(minutes=3),
    }
    return Sender(**usual | more)


def booked(world, treatment, *, days=9, **client):
    now = world.now()
    return an_appointment(
        treatment,
        starts_at=workday(now, days=days),
        now=now,
        client=ClientFactory(**client),
    )


def with_plan(appointment, *, now):
    local = appointment.starts_at.astimezone(ZONE)
    text = PlanText(
        written_when="zoals het is",
        cue_on=local.date(),
        cue_at=(local - HOUR).time(),
        action="ga ik met de fiets naar de kliniek",
    )
    reminders.write_plan(appointment.pk, text, now=now)


def design(text, **more):
    """Return an experiment with another question to confirm, in Dutch."""
    usual: dict[str, Any] = {
        "name": "Lege plek",
        "of": "text",
        "wording": "confirm_question",
        "outcome": "said_yes",
        "usual_percent": Decimal(60),
        "other_percent": Decimal(70),
        "per_arm": 356,
        "texts": [OtherWords(language="nl", subject="Kom je?", text=text)],
    }
    return Design(**usual | more)


def tick(sender, *, now):
    reminders.requeue_changed(sender)
    reminders.send_due(sender, now=now)


def follow_changed_rules(sender, *, now):
    reminders.change_rules(now=now)
    return reminders.follow_rules(sender, now=now)


def bodies(world):
    return [text["body"] for text in world.texts()]


def asked(world, treatment, sender, **client):
    """Return an appointment that has just been asked about, and the moment."""
    appointment = booked(world, treatment, **client)
    tick(sender, now=world.now())
    now = appointment.starts_at - 3 * DAY
    tick(sender, now=now)
    return appointment, now


def reply(world, appointment, body, *, now, sid="SM1", **more):
    inbound = Inbound(sid=sid, channel="sms", phone=appointment.client.phone.as_e164, body=body)
    reminders.receive_reply(replace(inbound, **more), now=now)
    reminders.handle_replies(now=now)


def settle(world, sender, *, times=1):
    """Look at what is in doubt, as if the wait for an answer was over each time."""
    for _ in range(times):
        Message.objects.filter(sid=None, look_after__isnull=False).update(look_after=LONG_AGO)
        reminders.settle_doubts(sender, now=world.now())
