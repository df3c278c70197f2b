"""WhatsApp's approval of our templates: asked for through the real SDK, and looked at."""

import pytest
from django.conf import settings
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bookings.models import Client
from reminders import operations as reminders
from reminders import twilio_gateway
from reminders.models import TemplateApproval
from reminders.operations.templates import not_approved
from tests.reminders.verbs import DAY, booked, tick


@pytest.fixture
def rejected(world):
    """A template for the confirmation that WhatsApp rejects: it ends with a variable."""
    api = twilio_gateway._client().content.v1.contents
    made = api.create(
        ContentList.ContentCreateRequest(
            {
                "friendly_name": "bad",
                "language": "nl",
                "variables": {"1": "Anna"},
                "types": ContentList.Types({"twilio/text": {"body": "Hoi {{1}}"}}),
            }
        )
    )
    api(made.sid).approval_create.create(
        ApprovalCreateList.ContentApprovalRequest({"name": "bad", "category": "UTILITY"})
    )
    settings.TWILIO_CONTENT["confirmation"] = made.sid
    return made.sid


def statuses():
    return dict(TemplateApproval.objects.values_list("wording", "status"))


def on_whatsapp(world, treatment):
    return booked(
        world, treatment, reach_by=Client.ReachBy.WHATSAPP, whatsapp_opted_in_at=world.now()
    )


def channels(world):
    return [text["channel"] for text in world.texts()]


def test_every_template_is_asked_about(world, treatment):
    assert reminders.check_templates(now=world.now()) == 0

    assert set(statuses().values()) == {"approved"}
    assert set(statuses()) == set(settings.TWILIO_CONTENT)


def test_a_rejected_one_goes_by_sms_and_says_why(world, treatment, sender, rejected):
    assert reminders.check_templates(now=world.now()) == 1
    on_whatsapp(world, treatment)
    tick(sender, now=world.now())

    assert channels(world) == ["sms"]
    row = TemplateApproval.objects.get(wording="confirmation")
    assert (row.status, row.reason) == ("rejected", "Variables can't be at the start or end.")


def test_one_that_twilio_does_not_know_is_told_as_missing(world, treatment):
    settings.TWILIO_CONTENT["reminder"] = f"HX{'0' * 32}"

    assert reminders.check_templates(now=world.now()) == 1
    assert statuses()["reminder"] == "missing"


def test_an_approved_one_and_one_never_asked_about_go_by_whatsapp(world, treatment, sender):
    on_whatsapp(world, treatment)
    tick(sender, now=world.now())
    reminders.check_templates(now=world.now())
    on_whatsapp_again = booked(
        world,
        treatment,
        days=10,
        reach_by=Client.ReachBy.WHATSAPP,
        whatsapp_opted_in_at=world.now(),
    )
    tick(sender, now=world.now())

    assert on_whatsapp_again.client.reach_by == "whatsapp"
    assert channels(world) == ["whatsapp", "whatsapp"]


def test_another_template_is_not_judged_by_the_old_one(world, treatment, rejected):
    reminders.check_templates(now=world.now())
    assert not_approved() == {"confirmation"}

    settings.TWILIO_CONTENT["confirmation"] = f"HX{'1' * 32}"
    assert not_approved() == set()


def test_when_twilio_does_not_answer_what_it_said_last_holds(world, treatment, rejected):
    asked_at = world.now()
    reminders.check_templates(now=asked_at)
    for fault in ("error_429", "lost_answer"):
        world.fault(fault, times=20, path="/ApprovalRequests", method="GET")
        reminders.check_templates(now=world.now() + DAY)
        world.post("/control/reset")

    row = TemplateApproval.objects.get(wording="confirmation")
    assert (row.status, row.checked_at) == ("rejected", asked_at)
