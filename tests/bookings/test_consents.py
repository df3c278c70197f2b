"""What clients allow and stop: at once, and kept with its time and its words."""

import pytest

from bookings import operations as bookings
from bookings.models import Client, Consent
from bookings.operations import ClientDetails, MessageChoice, Said
from tests.factories import NOW, ClientFactory
from tests.when import at

pytestmark = pytest.mark.django_db
LATER = at("2026-03-03 09:00")
BY_REPLY = Said(Consent.Source.REPLY, LATER, "stop")


def kept(client):
    rows = client.consents.order_by("pk")
    return [(one.purpose, one.channel, one.is_given, one.source, one.at) for one in rows]


def details(**more):
    usual = {
        "first_name": "Sanne",
        "last_name": "Bakker",
        "phone": "+31612345678",
        "email": "sanne@example.nl",
        "reach_by": Client.ReachBy.WHATSAPP,
        "whatsapp_consent": "Je mag me appen.",
    }
    return ClientDetails(**usual | more)


def test_whatsapp_is_allowed_once_with_the_words_she_read():
    for moment in (NOW, LATER):
        client = bookings.find_or_add_client(details(), now=moment)
    assert kept(client) == [("service", "whatsapp", True, "page", NOW)]
    assert client.consents.get().wording == "Je mag me appen."

    bookings.find_or_add_client(details(whatsapp_consent="Andere woorden."), now=LATER)
    assert len(kept(client)) == 2


def test_a_stop_is_for_everybody_with_that_number_and_ends_news_by_text():
    mother = ClientFactory(phone="+31612345678", news_by_text_at=NOW, news_by_email_at=NOW)
    daughter = ClientFactory(phone="+31612345678")
    other = ClientFactory()

    assert bookings.opt_out(phone="+31612345678", channel="sms", said=BY_REPLY) == 2
    assert bookings.opt_out(phone="+31612345678", channel="sms", said=BY_REPLY) == 0

    mother.refresh_from_db()
    assert (mother.sms_opted_out_at, mother.news_by_text_at) == (LATER, None)
    assert mother.news_by_email_at == NOW
    assert kept(mother) == [
        ("service", "sms", False, "reply", LATER),
        ("news", "sms", False, "reply", LATER),
    ]
    assert kept(daughter) == [("service", "sms", False, "reply", LATER)]
    assert kept(other) == []


def test_a_stop_on_another_channel_ends_news_by_text_as_well():
    client = ClientFactory(sms_opted_out_at=NOW, news_by_text_at=NOW)

    bookings.opt_out(phone=client.phone.as_e164, channel="sms", said=BY_REPLY)

    assert kept(client) == [("news", "sms", False, "reply", LATER)]


def test_start_allows_texts_again_but_no_news():
    client = ClientFactory(sms_opted_out_at=NOW)

    for _ in range(2):
        bookings.opt_in(phone=client.phone.as_e164, channel="sms", said=BY_REPLY)

    client.refresh_from_db()
    assert (client.sms_opted_out_at, client.news_by_text_at) == (None, None)
    assert kept(client) == [("service", "sms", True, "reply", LATER)]


@pytest.mark.parametrize(
    ("case", "reach_by", "ticked", "reached", "rows"),
    [
        ("as it was", "sms", {}, "sms", []),
        ("news by mail", "sms", {"news_by_email": True}, "sms", [("news", "email", True)]),
        ("news by text", "sms", {"news_by_text": True}, "sms", [("news", "sms", True)]),
        (
            "WhatsApp, and news there",
            "whatsapp",
            {"whatsapp_consent": "Ja", "news_by_text": True},
            "whatsapp",
            [("service", "whatsapp", True), ("news", "whatsapp", True)],
        ),
        ("WhatsApp without a word", "whatsapp", {}, "sms", []),
        ("e-mail", "email", {"news_by_text": True}, "email", [("news", "sms", True)]),
    ],
)
def test_what_she_chooses_is_kept(case, reach_by, ticked, reached, rows):
    client = ClientFactory()
    choice = MessageChoice(reach_by=reach_by, news_wording="Af en toe.", **ticked)

    for _ in range(2):  # a second time says nothing new
        bookings.choose_messages(client.pk, choice, now=LATER)

    client.refresh_from_db()
    assert client.reach_by == reached
    assert [row[:3] for row in kept(client)] == rows
    assert client.wants_news is any("news" in row for row in rows)


def test_whatsapp_is_taken_back_where_it_was_allowed():
    client = bookings.find_or_add_client(details(), now=NOW)

    bookings.choose_messages(client.pk, MessageChoice(reach_by="sms"), now=LATER)

    client.refresh_from_db()
    assert (client.whatsapp_opted_in_at, client.reach_by) == (None, "sms")
    assert kept(client)[1:] == [("service", "whatsapp", False, "page", LATER)]


def test_the_first_moment_is_kept_when_she_says_the_same_again():
    for moment in (NOW, LATER):
        client = bookings.find_or_add_client(details(), now=moment)

    assert client.whatsapp_opted_in_at == NOW


def test_what_she_takes_back_is_kept_too():
    client = ClientFactory(news_by_email_at=NOW, news_by_text_at=NOW)

    bookings.choose_messages(client.pk, MessageChoice(reach_by="sms"), now=LATER)

    client.refresh_from_db()
    assert not client.wants_news
    assert kept(client) == [
        ("news", "email", False, "page", LATER),
        ("news", "sms", False, "page", LATER),
    ]


def test_another_number_takes_what_was_allowed_for_the_old_one():
    client = ClientFactory(
        reach_by="whatsapp", whatsapp_opted_in_at=NOW, news_by_text_at=NOW, news_by_email_at=NOW
    )

    bookings.change_contact(
        client.pk,
        phone="+31612345699",
        email=client.email,
        reach_by=Client.ReachBy.WHATSAPP,
        now=LATER,
    )

    client.refresh_from_db()
    assert (client.reach_by, client.news_by_text_at, client.news_by_email_at) == ("sms", None, NOW)
    assert kept(client) == [
        ("service", "whatsapp", False, "desk", LATER),
        ("news", "sms", False, "desk", LATER),
    ]
