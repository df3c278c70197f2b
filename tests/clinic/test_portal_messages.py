"""The page on which a client chooses which messages she gets."""

import pytest
from django.urls import reverse

from bookings import clock
from bookings import operations as bookings
from bookings.models import Client, Consent
from bookings.operations import Said
from tests.clinic.desk.conftest import logged_in
from tests.clinic.steps import appointment_page, start
from tests.clinic.test_course_page import text_of
from tests.factories import an_appointment


@pytest.fixture
def visit(treatment):
    return an_appointment(treatment, starts_at=start(9), now=clock.now())


@pytest.fixture
def page(visit):
    return appointment_page(visit, "messages")


def test_she_finds_it_at_her_appointment_as_it_is_now(client, visit, page):
    assert page in client.get(appointment_page(visit)).content.decode()
    form = client.get(page).context["form"]

    assert {name: form[name].value() for name in form.fields} == {
        "reach_by": "sms",
        "whatsapp_consent": False,
        "news_by_email": False,
        "news_by_text": False,
    }


def test_what_she_chooses_holds_and_the_desk_sees_it(client, visit, page):
    said = {"reach_by": "whatsapp", "whatsapp_consent": "on", "news_by_email": "on"}

    answer = client.post(page, said)

    assert answer.url == appointment_page(visit)
    hers = Client.objects.get()
    assert (hers.reach_by, hers.news_by_text_at) == ("whatsapp", None)
    news = Consent.objects.get(purpose="news")
    assert (news.channel, news.is_given, news.source) == ("email", True, "page")
    assert "Tips en nieuws per e-mail" in news.wording
    desk = text_of(logged_in("receptionist").get(reverse("desk:contact", args=[hers.pk])))
    assert "What she allowed and stopped" in desk
    assert "WhatsApp, about her own appointments: allowed" in desk


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("no way", {}),
        ("another way", {"reach_by": "pigeon"}),
        ("WhatsApp without a tick", {"reach_by": "whatsapp"}),
    ],
)
def test_what_makes_no_sense_changes_nothing(client, page, case, said):
    before = Client.objects.values().get()

    assert client.post(page, said | {"news_by_email": "on"}).status_code == 422
    assert Client.objects.values().get() == before
    assert not Consent.objects.exists()


def test_a_stop_is_told_and_stays(client, visit, page):
    phone = visit.client.phone.as_e164
    said = Said(Consent.Source.REPLY, clock.now(), "STOP")
    bookings.opt_out(phone=phone, channel="sms", said=said)

    assert "Tot je START stuurt" in text_of(client.get(page))
    client.post(page, {"reach_by": "sms"})

    assert Client.objects.get().sms_opted_out_at is not None


def test_only_by_the_link(client, visit):
    assert client.get(f"/a/{'x' * 16}/berichten/").status_code == 404
