"""The text of an offer: sent once, with its own link, and only as long as it is of use."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Client, Clinic, Offer
from bookings.waitlist import Wish
from reminders import operations as reminders
from reminders.models import Step
from tests.factories import ClientFactory, an_appointment
from tests.reminders.verbs import DAY, HOUR, bodies, reply, tick
from tests.sandboxed import workday
from tests.when import ZONE

MINUTE = timedelta(minutes=1)


@pytest.fixture
def morning(world):
    """A moment at ten on a working day, when nobody minds to be asked."""
    return workday(world.now(), days=1)


def offered(treatment, *, now, **client):
    """Let a time come free that somebody waits for, and return the offer."""
    starts_at = workday(now, days=9)
    freed = an_appointment(treatment, starts_at=starts_at, now=now)
    bookings.cancel(freed.pk, by=By.CLINIC, now=now - HOUR)
    wish = Wish(now.date(), (now + 30 * DAY).date())
    bookings.join_waitlist(ClientFactory(**client), treatment, wish, zone=ZONE, now=now)
    bookings.fill_openings(clinic=Clinic.objects.get(), zone=ZONE, now=now)
    return Offer.objects.select_related("hold").get()


def told(world):
    return [body for body in bodies(world) if "/aanbod/" in body]


def test_an_offer_is_told_once_with_its_day_its_end_and_its_link(world, treatment, sender, morning):
    offer = offered(treatment, now=morning, first_name="Sanne")
    for _ in range(3):
        tick(sender, now=morning)

    (text,) = told(world)
    assert text.startswith("Hoi Sanne, bij Linde is een tijd vrij: ")
    assert "om 10:00 uur. We houden hem voor je vast tot vandaag om 12:00 uur." in text
    assert f"/aanbod/{offer.token}/?b=" in text
    assert "Acne" not in text


@pytest.mark.parametrize(
    ("case", "clinic", "client", "said"),
    [
        ("formally", {"form_of_address": "u"}, {}, "We houden hem voor u vast tot"),
        ("in English", {}, {"language": "en"}, "We hold it for you until today at 12:00."),
    ],
)
def test_how_an_offer_is_worded(world, treatment, sender, morning, case, clinic, client, said):
    Clinic.objects.update(**clinic)
    offered(treatment, now=morning, **client)
    tick(replace(sender, clinic=Clinic.objects.get()), now=morning)

    (text,) = told(world)
    assert said in text


def test_an_offer_by_whatsapp_uses_the_approved_template(world, treatment, sender, morning):
    offered(treatment, now=morning, reach_by=Client.ReachBy.WHATSAPP, whatsapp_opted_in_at=morning)
    tick(sender, now=morning)

    (text,) = [one for one in world.texts() if "/aanbod/" in one["body"]]
    assert (text["channel"], text["content_sid"]) == (
        "whatsapp",
        world.settings["TWILIO_CONTENT_OFFER"],
    )


def test_an_offer_that_does_not_arrive_by_whatsapp_goes_by_sms_soon(
    world, treatment, sender, morning
):
    way = {"reach_by": Client.ReachBy.WHATSAPP, "whatsapp_opted_in_at": morning}
    offered(treatment, now=morning, phone="+31610000001", **way)
    tick(sender, now=morning)
    for minutes in (9, 10, 20):
        reminders.fall_back_in_time(sender, now=morning + minutes * MINUTE)
        tick(sender, now=morning + minutes * MINUTE)

    ways = [one["channel"] for one in world.texts() if "/aanbod/" in one["body"]]
    assert ways == ["whatsapp", "sms"]


def test_an_offer_by_mail(world, treatment, sender, morning):
    offer = offered(treatment, now=morning, reach_by=Client.ReachBy.EMAIL)
    tick(sender, now=morning)

    (mail,) = [one for one in world.mails() if offer.token in one["text"]]
    assert mail["subject"].startswith("Er is een tijd vrij: ")


@pytest.mark.parametrize(
    "ended",
    [
        lambda offer, now: bookings.decline_offer(offer.pk, now=now),
        lambda offer, now: bookings.accept_offer(
            offer.pk, clinic=Clinic.objects.get(), zone=ZONE, now=now
        ),
        lambda offer, now: bookings.expire_holds(now=offer.expires_at),
    ],
    ids=["declined", "accepted", "lapsed"],
)
def test_an_offer_that_is_over_is_not_told(world, treatment, sender, morning, ended):
    offer = offered(treatment, now=morning)
    ended(offer, morning)
    tick(sender, now=morning)

    assert told(world) == []
    assert not Step.objects.filter(wording="offer", status="waiting").exists()


def test_a_yes_by_text_gets_the_link_of_the_offer_and_confirms_nothing_else(
    world, treatment, sender, morning
):
    client = ClientFactory(phone="+31612345678")
    asked = an_appointment(
        treatment, starts_at=workday(morning, days=4, clock="14:00"), now=morning, client=client
    )
    for moment in (morning, asked.starts_at - 3 * DAY):
        tick(sender, now=moment)
    assert any("Antwoord JA" in body for body in bodies(world))
    now = workday(asked.starts_at - 3 * DAY, days=0) + 5 * HOUR
    offer = offered(treatment, now=now, phone="+31612345678")
    reply(world, asked, "JA", now=now)
    tick(sender, now=now)

    asked.refresh_from_db()
    assert asked.confirmed_at is None
    assert len([body for body in told(world) if offer.token in body]) == 2


def test_an_offer_is_never_told_in_quiet_hours(world, treatment, sender, morning):
    Clinic.objects.update(quiet_from=time(11))
    sender = replace(sender, clinic=Clinic.objects.get())
    offered(treatment, now=morning)
    tick(sender, now=morning + HOUR + MINUTE)

    assert told(world) == []
    assert list(Step.objects.filter(wording="offer").values_list("status", flat=True)) == ["missed"]


def test_who_comes_earlier_is_told_her_new_time(world, treatment, sender, morning):
    later = an_appointment(
        treatment, starts_at=workday(morning, days=12), now=morning, client=ClientFactory()
    )
    tick(sender, now=morning)
    starts_at = workday(morning, days=9)
    freed = an_appointment(treatment, starts_at=starts_at, now=morning)
    bookings.cancel(freed.pk, by=By.CLINIC, now=morning)
    now = morning + HOUR
    wish = Wish(now.date(), (now + 30 * DAY).date())
    bookings.ask_earlier(later.pk, wish, zone=ZONE, now=now)
    bookings.fill_openings(clinic=Clinic.objects.get(), zone=ZONE, now=now)
    bookings.accept_offer(Offer.objects.get().pk, clinic=Clinic.objects.get(), zone=ZONE, now=now)
    tick(sender, now=now)

    mine = [one["body"] for one in world.texts() if f"/a/{later.token}/" in one["body"]]
    assert len(mine) == 2
    waiting = Step.objects.filter(status="waiting", appointment=later)
    assert {step.anchor_at for step in waiting} == {starts_at}
