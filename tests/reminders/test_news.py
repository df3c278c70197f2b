"""Tips and news go to who allowed them, by the ways she allowed, and say how to stop."""

from datetime import time

import pytest

from bookings import operations as bookings
from bookings.models import Consent
from reminders.again import NoLongerTrue, text_again
from reminders.models import Rule, Step
from tests.clinic.ended import an_ended
from tests.factories import ClientFactory
from tests.reminders.verbs import HOUR, follow_changed_rules, tick

STOP = "Liever geen tips en nieuws meer? "


@pytest.fixture
def rule(treatment):
    """Return a rule that sends news the day after a visit."""
    rule = Rule.objects.get(wording="after_visit")
    rule.purpose, rule.is_active = Consent.Purpose.NEWS, True
    rule.at_time = time(10)
    rule.save()
    return rule


def came(world, treatment, **client):
    """Return a visit that ended an hour ago."""
    visit = an_ended(treatment, "2026-03-02 10:00", client=ClientFactory(**client))
    visit.ends_at = world.now() - HOUR
    visit.starts_at, visit.completed_at = visit.ends_at - HOUR, visit.ends_at
    visit.save()
    return visit


def sent(world, sender):
    """Send what is due in the days after, and return the channels."""
    now = world.now()
    follow_changed_rules(sender, now=now)
    for step in Step.objects.all():
        tick(sender, now=step.due_at)
    texts = [(one["channel"], one["body"]) for one in world.texts()]
    return texts + [("email", one["text"]) for one in world.mails()]


@pytest.mark.parametrize(
    ("case", "allowed", "ways"),
    [
        ("nothing", (), []),
        ("by mail", ("news_by_email_at",), ["email"]),
        ("by text", ("news_by_text_at",), ["sms"]),
        ("both: the text", ("news_by_email_at", "news_by_text_at"), ["sms"]),
    ],
)
def test_by_the_ways_she_allowed_and_no_others(world, treatment, sender, rule, case, allowed, ways):
    came(world, treatment, **dict.fromkeys(allowed, world.now()))

    found = sent(world, sender)

    assert [way for way, _ in found] == ways
    assert all(STOP in text and "/berichten/" in text for _, text in found)
    assert Step.objects.count() == len(ways)


@pytest.mark.parametrize("allowed", ["news_by_text_at", "news_by_email_at"])
def test_who_takes_it_back_before_gets_none(world, treatment, sender, rule, allowed):
    visit = came(world, treatment, **{allowed: world.now()})
    follow_changed_rules(sender, now=world.now())
    step = Step.objects.get()

    choice = bookings.MessageChoice(reach_by="sms")
    bookings.choose_messages(visit.client_id, choice, now=world.now())
    tick(sender, now=step.due_at)

    step.refresh_from_db()
    assert (step.status, step.reason) == ("dropped", "no longer wanted")
    assert (world.texts(), world.mails()) == ([], [])


def test_a_text_that_cannot_go_is_no_mail_that_she_never_asked_for(world, treatment, sender, rule):
    visit = came(world, treatment, news_by_text_at=world.now())
    follow_changed_rules(sender, now=world.now())
    bookings.number_dead(phone=visit.client.phone.as_e164, channel="sms", now=world.now())

    tick(sender, now=Step.objects.get().due_at)

    assert world.mails() == []


@pytest.mark.parametrize(
    ("case", "reach", "ways"),
    [("by text only", "text", ["sms"]), ("by mail only", "email", ["email"])],
)
def test_by_the_way_of_the_rule(world, treatment, sender, rule, case, reach, ways):
    Rule.objects.update(reach=reach)
    came(world, treatment, news_by_email_at=world.now(), news_by_text_at=world.now())

    assert [way for way, _ in sent(world, sender)] == ways


def test_news_is_not_sent_again_by_hand(world, treatment, sender, rule):
    came(world, treatment, news_by_email_at=world.now())
    sent(world, sender)

    with pytest.raises(NoLongerTrue):
        text_again(Step.objects.get().pk, sender=sender, now=world.now())


def test_what_is_about_her_visit_needs_no_permission(world, treatment, sender, rule):
    Rule.objects.update(purpose=Consent.Purpose.SERVICE)
    came(world, treatment)

    ((way, text),) = sent(world, sender)

    assert way == "sms"
    assert STOP not in text
