"""Twilio's subset, through Twilio's own SDK: what it does and what it refuses."""

import json
from datetime import UTC, datetime

import phonenumbers
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from tests.sandbox.sandbox_telephone import ANNA, QUESTION, ask, params_of, send, statuses
from tests.sandbox.sandbox_world import CONTENT, SERVICE, TOKEN, eventually


def test_sms_is_sent_and_delivered(twilio, clinic):
    message = twilio.messages.create(to=ANNA, messaging_service_sid=SERVICE, body="Hoi patiënt")

    assert (message.status, message.num_segments, message.from_) == ("accepted", "0", None)
    delivered = eventually(lambda: (now := message.fetch()).status == "delivered" and now)
    assert (delivered.num_segments, delivered.body) == ("1", "Hoi patiënt")
    assert delivered.from_ == "+3197010253700"


def test_statuses_are_told_with_a_signature(twilio, clinic):
    sid = send(twilio, clinic)

    eventually(lambda: len(statuses(clinic)) == 2)
    assert statuses(clinic) == [("sent", None), ("delivered", None)]
    last = params_of(clinic.calls[-1], clinic)
    assert (last["MessageSid"], last["To"], last["MessagingServiceSid"]) == (sid, ANNA, SERVICE)


def test_whatsapp_shows_the_template_filled_in(sandbox, twilio, clinic):
    sid = ask(twilio, clinic)

    message = twilio.messages(sid).fetch()
    assert message.body == (
        "Hoi Anna, kom je woensdag 15 mei om 9:15 naar Huidkliniek Linde? Jouw plan: ik ga met de "
        "fiets. Antwoord JA of kijk op http://127.0.0.1:1/a/abc/ Tot gauw."
    )
    shown = sandbox.get("/control/messages")["messages"]
    assert [(one["channel"], one["buttons"][0]["id"]) for one in shown] == [
        ("whatsapp", "confirm:token-1")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"6": ""},
        {"6": "a\nb"},
        {"6": "a\tb"},
        {"6": 6},
        {"7": "too many"},
    ],
)
def test_template_variables_are_checked(sandbox, twilio, clinic, changes):
    variables = json.dumps({**QUESTION, **changes})

    with pytest.raises(TwilioRestException) as refusal:
        send(
            twilio,
            clinic,
            to=f"whatsapp:{ANNA}",
            content_sid=CONTENT["CONFIRM_QUESTION"],
            content_variables=variables,
        )

    assert (refusal.value.status, refusal.value.code) == (400, 21656)
    assert sandbox.get("/control/messages")["messages"] == []


@pytest.mark.parametrize(
    ("case", "given", "code"),
    [
        ("no number", {"to": "0612345678"}, 21211),
        ("landline", {"to": "+31201234567"}, 21614),
        ("nothing to say", {"body": ""}, 21619),
        ("too long", {"body": "x" * 1601}, 21617),
        ("unknown template", {"content_sid": "HX" + "0" * 32}, 21655),
        ("variables without a template", {"content_variables": "{}"}, 21654),
        ("other sender", {"from_": "+3197010000000"}, 21712),
        ("period", {"validity_period": 40000}, 20001),
        ("unknown parameter", {"max_price": 1}, 20001),
    ],
)
def test_message_is_refused(sandbox, twilio, clinic, case, given, code):
    with pytest.raises(TwilioRestException) as refusal:
        send(twilio, clinic, **given)

    assert refusal.value.code == code
    assert sandbox.get("/control/messages")["messages"] == []


def test_wrong_account_is_refused(sandbox, twilio):
    stranger = Client("AC" + "9" * 32, TOKEN, http_client=twilio.http_client)

    with pytest.raises(TwilioRestException) as refusal:
        stranger.messages.create(to=ANNA, messaging_service_sid=SERVICE, body="Hoi")

    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_free_text_on_whatsapp_needs_an_open_window(sandbox, twilio, clinic):
    send(twilio, clinic, to=f"whatsapp:{ANNA}")
    eventually(lambda: statuses(clinic) == [("failed", "63016")])
    sandbox.post("/control/phone/reply", number=ANNA, body="Hoi", channel="whatsapp")
    clinic.calls.clear()

    send(twilio, clinic, to=f"whatsapp:{ANNA}")
    eventually(lambda: len(statuses(clinic)) == 2)
    assert statuses(clinic)[-1] == ("delivered", None)

    sandbox.post("/control/clock", seconds=86401)
    clinic.calls.clear()
    send(twilio, clinic, to=f"whatsapp:{ANNA}")
    eventually(lambda: statuses(clinic) == [("failed", "63016")])


@pytest.mark.parametrize("code", [20003, 20429, 21211, 21610, 21614])
def test_magic_number_is_refused_at_once(sandbox, twilio, clinic, code):
    number = f"+316100{code}"
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))

    with pytest.raises(TwilioRestException) as refusal:
        send(twilio, clinic, to=number)

    assert refusal.value.code == code
    assert sandbox.get("/control/messages")["messages"] == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+31610030003", [("sent", None), ("undelivered", "30003")]),
        ("+31610030007", [("sent", None), ("undelivered", "30007")]),
        ("+31610030001", [("failed", "30001")]),
        ("+31610063003", [("sent", None), ("delivered", None)]),
    ],
)
def test_magic_number_fails_later_on_sms(twilio, clinic, number, expected):
    send(twilio, clinic, to=number)

    eventually(lambda: len(statuses(clinic)) == len(expected))
    assert statuses(clinic) == expected


def test_magic_number_fails_later_on_whatsapp(twilio, clinic):
    ask(twilio, clinic, "+31610063024")

    eventually(lambda: statuses(clinic) == [("failed", "63024")])


def test_message_that_is_never_delivered(twilio, clinic):
    sid = send(twilio, clinic, to="+31610000001")

    eventually(lambda: statuses(clinic) == [("sent", None)])
    assert twilio.messages(sid).fetch().status == "sent"


def test_one_message_is_lost_on_demand(sandbox, twilio, clinic):
    sandbox.post("/control/faults", fault="undelivered_message", code=30005)

    send(twilio, clinic)

    eventually(lambda: len(statuses(clinic)) == 2)
    assert statuses(clinic)[-1] == ("undelivered", "30005")


def test_list_is_newest_first_and_paged(sandbox, twilio, clinic):
    sids = [send(twilio, clinic, body=f"Nummer {number}") for number in range(5)]
    send(twilio, clinic, to="+31687654321")

    listed = twilio.messages.list(to=ANNA, page_size=2)

    assert [message.sid for message in listed] == sids[::-1]
    assert listed[0].direction == "outbound-api"
    assert abs(listed[0].date_created.timestamp() - sandbox.now()) < 10


def test_message_is_removed_once_it_is_finished(twilio, clinic):
    sid = send(twilio, clinic)
    eventually(lambda: len(statuses(clinic)) == 2)

    assert twilio.messages(sid).delete()

    with pytest.raises(TwilioRestException) as refusal:
        twilio.messages(sid).fetch()
    assert refusal.value.status == 404


def test_scheduled_message_is_withdrawn_or_sent_by_the_clock(sandbox, twilio, clinic):
    at = f"{_iso(sandbox.now() + 3600)}Z"
    first = send(twilio, clinic, schedule_type="fixed", send_at=at)
    second = send(twilio, clinic, schedule_type="fixed", send_at=at)
    assert twilio.messages(first).fetch().status == "scheduled"

    twilio.messages(first).update(status="canceled")
    sandbox.post("/control/clock", seconds=3601)

    eventually(lambda: twilio.messages(second).fetch().status == "delivered")
    assert twilio.messages(first).fetch().status == "canceled"


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def test_reply_reaches_the_clinic_signed(sandbox, clinic):
    sandbox.post("/control/phone/reply", number=ANNA, body="Ja graag", channel="sms")

    eventually(lambda: clinic.told("/hooks/twilio/inbound/"))
    params = params_of(clinic.calls[0], clinic)
    assert (params["From"], params["To"], params["Body"]) == (ANNA, "+3197010253700", "Ja graag")
    assert "OptOutType" not in params


def test_button_sends_its_payload(sandbox, twilio, clinic):
    sid = ask(twilio, clinic)

    sandbox.post(
        "/control/phone/reply",
        number=ANNA,
        body="JA",
        channel="whatsapp",
        payload="confirm:token-1",
    )

    eventually(lambda: clinic.told("/hooks/twilio/inbound/"))
    params = params_of(clinic.told("/hooks/twilio/inbound/")[0], clinic)
    assert params["From"] == f"whatsapp:{ANNA}"
    assert (params["ButtonPayload"], params["ButtonText"]) == ("confirm:token-1", "JA")
    assert (params["OriginalRepliedMessageSid"], params["WaId"]) == (sid, ANNA[1:])


@pytest.mark.parametrize("word", ["STOP", " stop ", "Cancel", "END"])
def test_stop_word_closes_sms_and_start_opens_it(sandbox, twilio, clinic, word):
    sandbox.post("/control/phone/reply", number=ANNA, body=word, channel="sms")
    eventually(lambda: clinic.told("/hooks/twilio/inbound/"))
    assert params_of(clinic.calls[0], clinic)["OptOutType"] == "STOP"

    with pytest.raises(TwilioRestException) as refusal:
        send(twilio, clinic)
    assert refusal.value.code == 21610

    sandbox.post("/control/phone/reply", number=ANNA, body="START", channel="sms")
    assert send(twilio, clinic)


def test_callback_is_repeated_after_a_500(twilio, clinic):
    clinic.statuses[:] = [500]

    send(twilio, clinic, to="+31610000001")

    eventually(lambda: len(statuses(clinic)) == 2)
    tokens = {call.headers["I-Twilio-Idempotency-Token"] for call in clinic.calls}
    assert (statuses(clinic), len(tokens)) == ([("sent", None), ("sent", None)], 1)


def test_the_clinics_templates_are_approved(twilio):
    listed = twilio.content.v1.contents.list()

    assert {content.sid for content in listed} == set(CONTENT.values())
    for sid in CONTENT.values():
        approval = twilio.content.v1.contents(sid).approval_fetch().fetch().whatsapp
        assert (approval["status"], approval["category"]) == ("approved", "UTILITY")
    question = twilio.content.v1.contents(CONTENT["CONFIRM_QUESTION"]).fetch()
    assert list(question.types) == ["twilio/quick-reply"]


def test_new_template_asks_for_approval(twilio):
    made = twilio.content.v1.contents.create(
        ContentList.ContentCreateRequest(
            {
                "friendly_name": "new",
                "language": "nl",
                "variables": {"1": "Anna"},
                "types": ContentList.Types({"twilio/text": {"body": "Hoi {{1}}, dag."}}),
            }
        )
    )
    twilio.content.v1.contents(made.sid).approval_create.create(
        ApprovalCreateList.ContentApprovalRequest({"name": "new_one", "category": "UTILITY"})
    )

    approval = twilio.content.v1.contents(made.sid).approval_fetch().fetch().whatsapp
    assert approval["status"] == "approved"
