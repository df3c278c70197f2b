"""The shared inbox at the desk: who waits, the talk, the answer, a message by hand."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import operations as bookings
from bookings.models import By, Client
from reminders import operations as reminders
from reminders.models import InboundMessage, Step
from reminders.operations import Inbound
from reminders.tasks import clinic_sender
from tests.clinic.desk.conftest import logged_in
from tests.clinic.desk.presses import HOUR
from tests.clinic.desk.test_courses import text_of
from tests.factories import NOW, START, ClientFactory, UserFactory, an_appointment
from tests.when import at

MINUTE = timedelta(minutes=1)
INBOX = "/desk/berichten/"


def wrote(client, body="Mag ik met make-up komen?", *, ago=MINUTE, sid="SM1"):
    phone = client.phone if isinstance(client, Client) else client
    inbound = Inbound(sid=sid, channel="sms", phone=str(phone), body=body)
    reminders.receive_reply(inbound, now=START - HOUR - ago)
    return InboundMessage.objects.get(sid=sid)


def a_visit(treatment, *, hours=0, **client):
    """A visit of somebody, so many hours after that of the others."""
    client = client.pop("client", None) or ClientFactory(**client)
    return an_appointment(treatment, starts_at=START + hours * HOUR, client=client)


def talk_of(inbound):
    return reverse("desk:talk", args=[inbound.pk])


def answer(desk, inbound, text="Liever zonder.", **more):
    form = desk.get(talk_of(inbound)).context["form"]
    values = {"text": text, "waits": form["waits"].value() or "", "client": ""}
    field = form["client"].value() or form.fields["client"].initial
    values["client"] = getattr(field, "pk", field) or ""
    return desk.post(talk_of(inbound), values | more)


def test_who_waits_longest_comes_first_with_how_long(desk, treatment):
    quick, slow = a_visit(treatment, first_name="Anna"), a_visit(treatment, hours=1)
    wrote(quick.client, sid="SM1")
    wrote(slow.client, "En mijn hond?", ago=26 * HOUR, sid="SM2")
    wrote(slow.client, "Hallo?", ago=2 * HOUR, sid="SM3")

    page = desk.get(INBOX)

    first, second = page.context["waiting"]
    assert (first.clients, first.count, first.wait.pace) == ([slow.client], 2, "alarm")
    assert (second.clients, second.count, second.wait.pace) == ([quick.client], 1, "in_time")
    assert "Hallo?" in text_of(page)
    assert "longer than a day" in text_of(page)


@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow_with_the_rows(desk, treatment, many, django_assert_num_queries):
    for number in range(many):
        visit = a_visit(treatment, hours=number)
        wrote(visit.client, sid=f"SM{number}")
        wrote(visit.client, "Nog iets", sid=f"SN{number}")
        reminders.ask(visit.pk, f"Vraag {number}", now=NOW)
    inbound = InboundMessage.objects.latest("pk")
    desk.get("/desk/zoek/")  # the zone and the session are read

    with django_assert_num_queries(11):
        assert desk.get(INBOX).status_code == 200
    with django_assert_num_queries(9):
        assert desk.get(talk_of(inbound)).status_code == 200


def test_an_answer_is_queued_and_it_waits_no_longer(desk, treatment):
    visit = a_visit(treatment)
    inbound = wrote(visit.client)

    said = answer(desk, inbound)

    assert said.url == INBOX
    step = Step.objects.get(wording="by_hand")
    assert (step.appointment, step.text, step.first_by) == (visit, "Liever zonder.", "sms")
    page = desk.get(INBOX)
    assert page.context["waiting"] == []
    assert "Your message to" in text_of(page)
    assert "Bo Balie" in text_of(page)


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001, "nul \x00 nul"])
def test_what_cannot_be_sent_is_refused_and_kept(desk, treatment, text):
    inbound = wrote(a_visit(treatment).client)

    said = answer(desk, inbound, text)

    inbound.refresh_from_db()
    assert (said.status_code, inbound.answered_at) == (422, None)
    assert not Step.objects.filter(wording="by_hand").exists()


def test_two_at_the_desk_send_one_answer_and_lose_no_word(desk, treatment):
    visit = a_visit(treatment)
    inbound = wrote(visit.client)
    other = logged_in("owner")
    form = {"text": "Van mij.", "waits": inbound.pk, "client": visit.client.pk}
    answer(other, inbound, "Van de ander.")

    said = desk.post(talk_of(inbound), form)

    assert said.status_code == 409
    assert "Somebody has just answered this" in text_of(said)
    assert said.context["form"]["text"].value() == "Van mij."
    assert not said.context["form"]["waits"].value()
    assert [step.text for step in Step.objects.filter(wording="by_hand")] == ["Van de ander."]

    again = desk.post(talk_of(inbound), form | {"waits": ""})
    assert again.status_code == 302
    assert Step.objects.filter(wording="by_hand").count() == 2


def test_of_those_who_share_a_number_somebody_is_chosen(desk, treatment):
    mother = a_visit(treatment, first_name="Anna", phone="+31612345678")
    daughter = a_visit(treatment, hours=1, first_name="Bo", phone="+31612345678")
    inbound = wrote(mother.client)
    assert "Anna Bakker" in text_of(desk.get(talk_of(inbound)))

    unchosen = answer(desk, inbound, client="")
    chosen = answer(desk, inbound, client=daughter.client.pk)

    assert (unchosen.status_code, chosen.status_code) == (422, 302)
    assert Step.objects.get(wording="by_hand").appointment == daughter


def test_nothing_goes_to_somebody_else_nor_closes_another_talk(desk, treatment):
    one, other = a_visit(treatment), a_visit(treatment, hours=1)
    mine, theirs = wrote(one.client, sid="SM1"), wrote(other.client, sid="SM2")

    elsewhere = answer(desk, mine, client=other.client.pk)
    crossed = answer(desk, mine, waits=theirs.pk)

    theirs.refresh_from_db()
    assert (elsewhere.status_code, crossed.status_code) == (422, 422)
    assert theirs.answered_at is None
    assert not Step.objects.filter(wording="by_hand").exists()


def test_an_unknown_number_can_only_be_called(desk, treatment):
    inbound = wrote("+31699999999", "Wie is dit?")

    page = text_of(desk.get(talk_of(inbound)))
    said = desk.post(reverse("desk:no_answer", args=[inbound.pk]))

    inbound.refresh_from_db()
    assert "We do not know this number" in page
    assert (said.url, inbound.needed_answer, inbound.answered_at is None) == (INBOX, False, False)
    again = desk.post(reverse("desk:no_answer", args=[inbound.pk]), follow=True)
    assert "just dealt with" in text_of(again)


def test_strange_words_are_shown_as_words(desk, treatment):
    client = a_visit(treatment).client
    wrote(client, "<script>alert(1)</script> \u202etxet", sid="SM1")
    inbound = wrote(client, "👩🏽‍⚕️ مرحبا", sid="SM2")

    page = desk.get(talk_of(inbound)).content.decode()

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert 'dir="auto"' in page


def test_the_rail_shows_who_waits(desk, treatment):
    visit = a_visit(treatment)
    wrote(visit.client, ago=7 * HOUR + 30 * MINUTE)

    said = text_of(desk.get(f"/desk/agenda/{START.date()}/"))

    assert "Waits for an answer: “Mag ik met make-up komen?”" in said


def test_a_message_by_hand_is_on_the_appointment(desk, treatment):
    visit = a_visit(treatment)
    address = reverse("desk:write", args=[visit.pk])
    assert desk.get(address).context["form"]["text"].value() == "Hoi Sanne, "

    empty = desk.post(address, {"text": " "})
    sent = desk.post(address, {"text": "Hoi Sanne, de deur is om de hoek."})

    assert (empty.status_code, sent.url) == (422, reverse("desk:appointment", args=[visit.pk]))
    assert "Message by hand" in text_of(desk.get(sent.url))


def begun_with(desk, visit, step_id):
    """Return what the form to write begins with, when a message is sent again."""
    page = desk.get(reverse("desk:write", args=[visit.pk]), {"again": step_id})
    return page.context["form"]["text"].value()


def test_a_message_is_sent_again_in_words_that_are_true_now(desk, treatment):
    visit = a_visit(treatment)
    reminders.requeue([visit.pk], sender=clinic_sender())
    step = Step.objects.get(wording="reminder")
    Step.objects.filter(pk=step.pk).update(status="missed")
    card = desk.get(reverse("desk:appointment", args=[visit.pk])).content.decode()
    assert f"?again={step.pk}&amp;" in card

    text = begun_with(desk, visit, step.pk)
    assert text.startswith("Hoi Sanne, we hebben tijd voor je gereserveerd, tot ")
    desk.post(reverse("desk:write", args=[visit.pk]), {"text": text})

    assert Step.objects.get(wording="by_hand").text == text.strip()


def test_what_would_not_be_true_any_more_is_not_sent_again(desk, treatment):
    visit = a_visit(treatment)
    other = an_appointment(treatment, starts_at=START + timedelta(hours=2), now=NOW)
    reminders.requeue([visit.pk, other.pk], sender=clinic_sender())
    step = Step.objects.get(wording="reminder", appointment=visit)
    bookings.cancel(visit.pk, by=By.CLIENT, now=NOW + timedelta(hours=1))

    for wrong in (step.pk, Step.objects.filter(appointment=other)[0].pk, "x", 2**63, "-1", ""):
        assert begun_with(desk, visit, wrong) == "Hoi Sanne, "


def test_what_was_written_by_hand_is_sent_again_as_it_was(desk, treatment):
    visit = a_visit(treatment)
    desk.post(reverse("desk:write", args=[visit.pk]), {"text": "De deur is om de hoek."})

    step = Step.objects.get(wording="by_hand")
    assert begun_with(desk, visit, step.pk) == "De deur is om de hoek."


def test_who_is_not_staff_sees_nothing(client, desk, treatment):
    inbound = wrote(a_visit(treatment).client)
    for address in (INBOX, talk_of(inbound)):
        assert client.get(address).status_code == 302
    assert desk.get(reverse("desk:talk", args=[inbound.pk + 1])).status_code == 404
    assert desk.get(reverse("desk:talk", args=[2**63])).status_code == 404


def test_an_answer_after_the_last_visit_was_cancelled_is_about_that_one(desk, treatment):
    visit = a_visit(treatment)
    inbound = wrote(visit.client)
    bookings.cancel(visit.pk, by=By.CLIENT, now=at("2026-03-10 10:00"), user=UserFactory())

    answer(desk, inbound)

    assert Step.objects.get(wording="by_hand").appointment == visit
