"""What clients write, and what people write back, through the real SDK."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Client
from reminders import operations as reminders
from reminders.models import InboundMessage, Message, Step
from tests.factories import ClientFactory, UserFactory, an_appointment
from tests.reminders.verbs import HOUR, bodies, booked, reply, tick
from tests.sandboxed import workday

MINUTE = timedelta(minutes=1)


def wrote(world, appointment, body="Mag ik met make-up op komen?", **more):
    now = more.pop("now", None) or world.now()
    reply(world, appointment, body, now=now, **more)
    return InboundMessage.objects.latest("pk")


def answer(inbound, text="Hoi, liever zonder.", *, client, now):
    user = UserFactory()
    reminders.answer(inbound.pk, text, client_id=client.pk, user=user, now=now)
    return user


@pytest.mark.parametrize(
    ("body", "waits"),
    [
        ("JA", False),
        ("nee", False),
        ("STOP", False),
        ("Mag ik iemand meenemen?", True),
        ("ja maar kan het ook later?", True),
        ("👍", True),
        ("", True),
        ("هل يمكنني تغيير الموعد؟", True),
        ("x" * 10_000, True),
    ],
)
def test_what_no_rule_can_answer_is_for_the_desk(world, treatment, sender, body, waits):
    appointment = booked(world, treatment)

    inbound = wrote(world, appointment, body)

    assert (inbound.for_desk, inbound.answered_at) == (waits, None)


def test_a_yes_of_nobody_we_know_is_for_the_desk(world, treatment, sender):
    stranger = booked(world, treatment)
    bookings.cancel(stranger.pk, by=By.CLIENT, now=world.now())

    assert wrote(world, stranger, "JA").for_desk


def test_an_answer_goes_where_she_wrote_and_is_seen_on_the_appointment(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    first = wrote(world, appointment, sid="SM1")
    last = wrote(world, appointment, "O, en nog iets.", sid="SM2")
    now = world.now() + HOUR
    user = answer(last, client=appointment.client, now=now)
    tick(sender, now=now)

    assert "Hoi, liever zonder." in bodies(world)  # beside the link that went by itself
    for one in (first, last):
        one.refresh_from_db()
        assert (one.answered_at, one.answered_by, one.needed_answer) == (now, user, True)
    message = Message.objects.get(step__wording="by_hand")
    assert (message.appointment, message.channel) == (appointment, "sms")


def test_one_answer_whoever_is_first(world, treatment, sender):
    appointment = booked(world, treatment)
    inbound = wrote(world, appointment)
    now = world.now()
    answer(inbound, client=appointment.client, now=now)

    with pytest.raises(reminders.AlreadyAnswered):
        answer(inbound, "Nog een keer", client=appointment.client, now=now)
    with pytest.raises(reminders.AlreadyAnswered):
        reminders.needs_no_answer(inbound.pk, user=UserFactory(), now=now)
    assert Step.objects.filter(wording="by_hand").count() == 1


def test_what_came_after_it_was_read_still_waits(world, treatment, sender):
    appointment = booked(world, treatment)
    now = world.now()
    read = wrote(world, appointment, sid="SM1", now=now)
    later = wrote(world, appointment, "En nog wat", sid="SM2", now=now + MINUTE)
    answer(read, client=appointment.client, now=now + HOUR)

    later.refresh_from_db()
    assert later.answered_at is None


def test_nobody_but_who_shares_the_number_gets_it(world, treatment, sender):
    appointment = booked(world, treatment)
    other = booked(world, treatment, days=10).client
    inbound = wrote(world, appointment)

    with pytest.raises(reminders.NobodyThere):
        answer(inbound, client=other, now=world.now())
    inbound.refresh_from_db()
    assert inbound.answered_at is None


@pytest.mark.parametrize(
    ("case", "hours", "channel"), [("the same day", 23, "whatsapp"), ("a day later", 25, "sms")]
)
def test_free_text_on_whatsapp_only_so_long_after_she_wrote(
    world, treatment, sender, case, hours, channel
):
    appointment = booked(
        world, treatment, reach_by=Client.ReachBy.WHATSAPP, whatsapp_opted_in_at=world.now()
    )
    now = world.now()
    inbound = wrote(world, appointment, channel="whatsapp")
    later = now + hours * HOUR
    answer(inbound, client=appointment.client, now=later)
    reminders.send_due(sender, now=later)

    assert Message.objects.get(step__wording="by_hand").channel == channel


def test_who_stopped_texts_is_answered_by_mail(world, treatment, sender):
    appointment = booked(world, treatment)
    inbound = wrote(world, appointment, sid="SM1")
    wrote(world, appointment, "STOP", sid="SM2")
    answer(inbound, client=appointment.client, now=world.now())
    tick(sender, now=world.now())

    (mail,) = [one for one in world.mails() if "liever zonder" in one["text"]]
    assert mail["subject"] == "Bericht van Linde"


def test_a_message_by_hand_is_never_merged_capped_or_dropped(world, treatment, sender):
    sender.clinic.texts_per_day = 1
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    bookings.cancel(appointment.pk, by=By.CLIENT, now=world.now())
    for text in ("Een", "Twee"):
        reminders.write_by_hand(appointment.pk, text, user=UserFactory(), now=world.now())
    reminders.requeue_changed(sender)
    reminders.send_due(sender, now=world.now())

    assert sorted(bodies(world)[-2:]) == ["Een", "Twee"]


def test_it_is_about_the_next_visit_else_the_last(world, treatment, sender):
    now = world.now()
    client = ClientFactory()
    later = an_appointment(treatment, starts_at=workday(now, days=12), now=now, client=client)
    sooner = an_appointment(treatment, starts_at=workday(now, days=9), now=now, client=client)
    inbound = wrote(world, sooner)
    answer(inbound, client=client, now=now)
    assert Step.objects.get(wording="by_hand").appointment == sooner

    for one in (sooner, later):
        bookings.cancel(one.pk, by=By.CLIENT, now=now)
    again = wrote(world, sooner, sid="SM2")
    answer(again, client=client, now=now)
    assert Step.objects.filter(wording="by_hand").latest("pk").appointment == later
