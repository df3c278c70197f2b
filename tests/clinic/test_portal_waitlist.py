"""The client's pages about the waitlist and an offer, over HTTP."""

import pytest
from django.urls import reverse

from bookings import clock, formats
from bookings import operations as bookings
from bookings.models import Appointment, By, Client, Clinic, Offer, Treatment, WaitlistEntry
from bookings.waitlist import Wish
from payments.models import Payment
from payments.standing import standing_of
from tests.bookings import waiting
from tests.bookings.waiting import DAY, HOUR, kinds, offers, state
from tests.clinic.steps import DETAILS, appointment_page, start
from tests.factories import ClientFactory, PractitionerFactory, an_appointment
from tests.when import ZONE

Status = Appointment.Status


@pytest.fixture(autouse=True)
def awake(treatment):
    """A clinic that is never quiet: these tests run at any hour."""
    Clinic.objects.update(quiet_from="08:00", quiet_until="08:00")


def wish():
    today = clock.now().astimezone(ZONE).date()
    return Wish(today, today + 30 * DAY)


def offered(treatment, *, has=None, deposit_cents=0, **client):
    """Return an offer of the usual start, to somebody who has another one or none."""
    at, who = clock.now(), ClientFactory(**client)
    if has:
        waiting.waits_with(treatment, starts_at=has, now=at, wish=wish(), client=who)
    else:
        waiting.waits(treatment, now=at, wish=wish(), client=who)
    freed = an_appointment(treatment, starts_at=start(), now=at)
    bookings.cancel(freed.pk, by=By.CLIENT, now=at - HOUR)
    Treatment.objects.update(deposit_cents=deposit_cents)
    waiting.tick(at)
    return Offer.objects.select_related("hold", "entry__appointment").get()


def page_of(offer):
    return reverse("portal:offer", args=[offer.token])


def answer(client, offer, said, **more):
    return client.post(page_of(offer), {"answer": said, **more})


def status_of(row):
    return type(row).objects.get(pk=row.pk).status


# Joining and leaving.


def join(client, treatment, **changes):
    return client.post(
        reverse("portal:join", args=[treatment.slug]),
        {**DETAILS, "until": (wish().from_on + 20 * DAY).isoformat(), **changes},
    )


def test_who_finds_no_time_can_wait_for_one(client, treatment):
    times = client.get(reverse("portal:time", args=[treatment.slug])).content.decode()
    url = reverse("portal:join", args=[treatment.slug])
    assert url in times
    assert client.get(url).status_code == 200

    answer = join(
        client,
        treatment,
        weekdays=["0", "4"],
        parts=["morning"],
        reach_by="whatsapp",
        whatsapp_consent="on",
    )

    entry = WaitlistEntry.objects.select_related("client").get()
    assert answer.url == reverse("portal:wish", args=[entry.token])
    assert (entry.weekdays, entry.parts, entry.practitioner) == ([0, 4], ["morning"], None)
    assert (entry.from_on, entry.until_on) == (wish().from_on, wish().from_on + 20 * DAY)
    assert (entry.client.first_name, entry.client.reach_by) == ("Zoë", "whatsapp")
    assert entry.client.whatsapp_opt_in_text != ""
    assert client.get(answer.url).context["waits"]


def test_whom_she_wants_is_asked_where_there_is_a_choice(client, treatment):
    page = client.get(reverse("portal:join", args=[treatment.slug]))
    assert "practitioner" not in page.context["form"].fields
    other = PractitionerFactory()
    other.treatments.add(treatment)

    join(client, treatment, practitioner=str(other.pk))

    assert WaitlistEntry.objects.get().practitioner == other


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": ""}, "until"),
        ({"until": "ooit"}, "until"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2199-01-01"}, "until"),
        ({"weekdays": ["7"]}, "weekdays"),
        ({"weekdays": ["²"]}, "weekdays"),
        ({"parts": ["night"]}, "parts"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_what_is_wrong_with_her_wish_is_told(client, treatment, changes, field):
    answer = join(client, treatment, **changes)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (WaitlistEntry.objects.count(), Client.objects.count()) == (0, 0)


def test_who_cannot_have_it_is_told_so(client, treatment):
    Treatment.objects.update(booked_by="existing")

    answer = join(client, treatment)

    assert (answer.status_code, WaitlistEntry.objects.count()) == (422, 0)
    assert Client.objects.count() == 0


@pytest.mark.parametrize(("most", "last"), [(2, 429), (3, 302), (0, 302)])
def test_one_address_notes_so_many_wishes_a_day(client, treatment, most, last):
    Clinic.objects.update(bookings_per_address=most)
    names = ("Zoë", "Mila", "Noor")

    answers = [join(client, treatment, first_name=name) for name in names]

    assert [answer.status_code for answer in answers] == [302, 302, last]
    if last == 429:  # what she filled in is still there
        assert 'value="Noor"' in answers[-1].content.decode()
    assert Client.objects.count() == WaitlistEntry.objects.count() == 3 - (last == 429)
    WaitlistEntry.objects.update(created_at=clock.now() - DAY)
    assert join(client, treatment, first_name="Eva").status_code == 302


def test_what_only_the_desk_books_has_no_waitlist_here(client, treatment):
    Treatment.objects.update(booked_by="nobody")

    assert join(client, treatment).status_code == 409
    assert not WaitlistEntry.objects.exists()


def test_leaving_takes_a_button(client, treatment):
    entry = waiting.waits(treatment, now=clock.now(), wish=wish())
    url = reverse("portal:wish", args=[entry.token])
    client.get(url)
    client.head(url)
    assert status_of(entry) == "waiting"

    assert client.post(url).url == url

    assert status_of(entry) == "withdrawn"
    assert not client.get(url).context["waits"]


def test_an_earlier_time_is_asked_and_no_longer_asked_on_her_own_page(client, treatment):
    appointment = an_appointment(treatment, starts_at=start(12), now=clock.now())
    earlier = appointment_page(appointment, "earlier")
    assert earlier in client.get(appointment_page(appointment)).content.decode()
    client.get(earlier)
    assert not WaitlistEntry.objects.exists()

    until = start(10).astimezone(ZONE).date().isoformat()
    answer = client.post(earlier, {"until": until, "parts": ["morning"]})

    entry = WaitlistEntry.objects.get()
    assert answer.url == appointment_page(appointment)
    assert (entry.appointment, entry.client) == (appointment, appointment.client)
    page = client.get(appointment_page(appointment))
    assert page.context["waiting"].token == entry.token
    left = client.post(reverse("portal:wish", args=[entry.token]))
    assert (left.url, status_of(entry)) == (appointment_page(appointment), "withdrawn")
    assert state(appointment) == (Status.BOOKED, start(12), 2)


def test_an_earlier_time_is_never_later(client, treatment):
    appointment = an_appointment(treatment, starts_at=start(12), now=clock.now())
    later = (start(12) + DAY).date().isoformat()

    answer = client.post(appointment_page(appointment, "earlier"), {"until": later})

    assert (answer.status_code, WaitlistEntry.objects.count()) == (422, 0)


def test_a_cancelled_appointment_cannot_come_earlier(client, treatment):
    appointment = an_appointment(treatment, starts_at=start(12), now=clock.now())
    bookings.cancel(appointment.pk, by=By.CLIENT, now=clock.now())

    until = start(10).astimezone(ZONE).date().isoformat()
    answer = client.post(appointment_page(appointment, "earlier"), {"until": until})

    assert (answer.url, WaitlistEntry.objects.count()) == (appointment_page(appointment), 0)


# An offer.


def test_opening_an_offer_answers_nothing(client, treatment):
    offer = offered(treatment, has=start(12))
    before = offers(), state(offer.hold), kinds(offer.hold)
    for method in (client.get, client.head):
        assert method(page_of(offer)).status_code == 200

    assert (offers(), state(offer.hold), kinds(offer.hold)) == before


def test_the_offer_says_what_she_has_and_until_when(client, treatment):
    offer = offered(treatment, has=start(12))

    page = client.get(page_of(offer))

    assert page.context["has"].starts_at == start(12)
    assert page.context["appointment"].starts_at == start()
    assert formats.clock(offer.expires_at, "nl", zone=ZONE) in page.context["until"]
    assert page.context["form"] is None
    own = client.get(appointment_page(offer.entry.appointment))
    assert page_of(offer) in own.content.decode()


def test_yes_moves_her_appointment(client, treatment):
    offer = offered(treatment, has=start(12))
    mine = offer.entry.appointment

    said = answer(client, offer, "yes")

    assert said.url == appointment_page(mine)
    assert state(mine) == (Status.BOOKED, start(), 2)
    again = answer(client, offer, "yes")
    assert again.url == client.get(page_of(offer)).url == appointment_page(mine)
    assert kinds(mine).count("moved") == 1


def test_her_deposit_moves_along_and_nothing_is_asked_again(client, treatment):
    offer = offered(treatment, has=start(12))
    mine = offer.entry.appointment
    paid = {"status": "paid", "created_at": clock.now(), "paid_at": clock.now()}
    Payment.objects.create(appointment=mine, kind="deposit", amount_cents=2500, **paid)
    answer(client, offer, "yes")

    standing = standing_of(mine.pk)
    assert (standing.deposit_paid_cents, standing.fee_cents) == (2500, 0)
    assert Payment.objects.count() == 1


def test_no_keeps_what_she_has(client, treatment):
    offer = offered(treatment, has=start(12))

    said = client.get(answer(client, offer, "no").url)

    assert said.status_code == 200
    assert (status_of(offer), state(offer.entry.appointment)[1]) == ("declined", start(12))
    assert answer(client, offer, "yes").status_code == 200
    assert state(offer.entry.appointment)[1] == start(12)


def test_yes_books_at_once_where_no_deposit_is_asked(client, treatment):
    offer = offered(treatment)
    assert answer(client, offer, "yes").status_code == 422
    assert status_of(offer) == "open"
    read = client.get(page_of(offer)).context["form"]["read"].value()

    said = answer(client, offer, "yes", accept="on", read=read)

    offer.hold.refresh_from_db()
    assert said.url == appointment_page(offer.hold)
    assert (offer.hold.status, offer.hold.terms_text != "") == (Status.BOOKED, True)


def test_yes_goes_on_to_the_deposit_where_one_is_asked(client, treatment):
    offer = offered(treatment, deposit_cents=2500)

    assert answer(client, offer, "yes").url == reverse("portal:plan")

    assert client.get(reverse("portal:plan")).status_code == 200
    assert client.get(reverse("portal:terms")).context["summary"].deposit_cents == 2500
    assert client.get(page_of(offer)).status_code == 200
    assert answer(client, offer, "yes").url == reverse("portal:plan")
    assert status_of(offer) == "accepted"


@pytest.mark.parametrize(("has", "back"), [(12, "move"), (None, "time")])
def test_an_offer_that_is_over_is_told_kindly_with_near_times(client, treatment, has, back):
    offer = offered(treatment, has=start(has) if has else None)
    Offer.objects.update(expires_at=clock.now())
    Appointment.objects.filter(pk=offer.hold_id).update(held_until=clock.now())
    waiting.tick(clock.now())

    for page in (client.get(page_of(offer)), answer(client, offer, "yes")):
        assert page.status_code == 410
        assert len(page.context["nearby"]) == 3
        assert f"/{'verzetten' if back == 'move' else 'tijd'}/" in page.context["address"]
        assert page.context["waits"]
    assert status_of(offer) == "lapsed"


def test_who_may_no_longer_have_it_is_told(client, treatment):
    offer = offered(treatment, has=start(12))
    an_appointment(treatment, starts_at=start(14), now=clock.now(), client=offer.entry.client)
    Treatment.objects.update(least_days_between=28)

    said = answer(client, offer, "yes")

    assert (said.status_code, status_of(offer)) == (422, "open")
    assert state(offer.entry.appointment)[1] == start(12)


@pytest.mark.parametrize("path", ["aanbod", "wachtlijst"])
@pytest.mark.parametrize("token", ["x", "A" * 16])
def test_tokens_of_others(client, treatment, path, token):
    assert client.get(f"/{path}/{token}/").status_code == 404
    assert client.post(f"/{path}/{token}/", {"answer": "yes"}).status_code == 404
