"""What a client can wish: extras, a practitioner's own price, rules, a neat time, her own again."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from bookings import clock
from bookings.models import (
    Appointment,
    Clinic,
    Practitioner,
    Skill,
    TimeOff,
    Treatment,
    WorkingHours,
)
from bookings.search import treatment_ids_of
from clinic.portal.costs import Costs
from tests.clinic.steps import DETAILS, agree, appointment_page, choose, start, times
from tests.factories import (
    PractitionerFactory,
    TreatmentFactory,
    a_clinic,
    a_search,
    an_appointment,
)

Status = Appointment.Status


def page_of(treatment, query=""):
    return reverse("portal:practitioner", args=[treatment.slug]) + query


def text_of(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def mask(treatment):
    """A mask that can follow the treatment, by everybody who gives that."""
    extra = TreatmentFactory(
        slug="masker",
        name_nl="Masker",
        name_en="Mask",
        duration_minutes=15,
        price_cents=2500,
        deposit_cents=0,
        late_fee_cents=500,
        no_show_fee_cents=500,
        only_as_extra=True,
    )
    treatment.extras.add(extra)
    extra.practitioners.set(Practitioner.objects.all())
    return extra


def test_an_extra_is_carried_from_the_first_page_to_the_booking(client, treatment, mask):
    page = client.get(page_of(treatment, "?extra=masker"))
    (noor,) = page.context["choices"]
    assert noor.costs == Costs(12000, 12000, 60, 60)

    answer = client.post(noor.url, {"starts_at": start().isoformat()})
    held = Appointment.objects.get()
    assert answer.url == reverse("portal:details")
    assert (held.price_cents, held.ends_at - held.starts_at) == (12000, timedelta(minutes=60))
    assert treatment_ids_of(held) == (treatment.pk, mask.pk)
    assert (held.late_fee_cents, held.no_show_fee_cents) == (5000, 10000)

    client.post(reverse("portal:details"), DETAILS)
    terms = text_of(client.get(reverse("portal:terms")))
    for said in ("Acnebehandeling", "Masker", "60 minuten", "€ 25,00", "€ 120,00", "€ 50,00"):
        assert said.replace("€ ", "€\xa0") in terms or said in terms
    agree(client)
    mine = text_of(client.get(appointment_page(held)))
    assert all(said in mine for said in ("Acnebehandeling", "Masker", "60 minuten"))
    assert client.get(appointment_page(held, "move")).context["wish"].extras == (mask,)


def test_another_time_keeps_the_extra_and_leaving_it_out_drops_it(client, treatment, mask):
    client.post(times(treatment) + "?extra=masker", {"starts_at": start().isoformat()})
    held = Appointment.objects.get()
    link = client.get(reverse("portal:details")).context["wish"].time_url

    client.post(link, {"starts_at": start(12).isoformat()})
    assert treatment_ids_of(held) == (treatment.pk, mask.pk)
    choose(client, treatment, start(12))  # the same time, without it

    held.refresh_from_db()
    assert (held.starts_at, held.price_cents) == (start(12), 9500)
    assert treatment_ids_of(held) == (treatment.pk,)


def test_a_lapsed_visit_offers_the_whole_visit_again(client, treatment, mask):
    client.post(times(treatment) + "?extra=masker", {"starts_at": start().isoformat()})
    Appointment.objects.update(held_until=clock.now())
    page = client.get(reverse("portal:details"))

    assert (page.status_code, page.context["wish"].extras) == (410, (mask,))
    assert page.context["wish"].time_url in page.content.decode().replace("&amp;", "&")


@pytest.mark.parametrize(
    ("case", "query"),
    [
        ("unknown", "?extra=onbekend"),
        ("not one that follows it", "?extra=los"),
        ("one known and one not", "?extra=masker&extra=onbekend"),
        ("no longer given", "?extra=oud"),
        ("by telephone", "?extra=bellen"),
        ("not a name", "?extra=%00"),
    ],
)
def test_what_cannot_be_added_is_not_found(client, treatment, mask, case, query):
    TreatmentFactory(slug="los")
    treatment.extras.add(
        TreatmentFactory(slug="oud", is_active=False),
        TreatmentFactory(slug="bellen", booked_by="nobody"),
    )
    assert client.get(page_of(treatment, query)).status_code == 404
    answer = client.post(times(treatment) + query, {"starts_at": start().isoformat()})
    assert (answer.status_code, Appointment.objects.count()) == (404, 0)


def test_twice_the_same_extra_is_given_once(client, treatment, mask):
    page = client.get(page_of(treatment, "?extra=masker&extra=masker"))
    assert page.context["wish"].extras == (mask,)


def test_only_who_can_give_all_of_it_can_be_chosen(client, treatment, mask):
    other = PractitionerFactory(name="Daan Visser")
    other.treatments.add(treatment)

    alone = client.get(page_of(treatment)).context["choices"]
    together = client.get(page_of(treatment, "?extra=masker")).context["choices"]
    assert [one.name for one in alone][1:] == [Practitioner.objects.earliest("pk").name, other.name]
    assert [one.name for one in together] == [Practitioner.objects.earliest("pk").name]
    hers = f"{times(treatment)}?practitioner={other.pk}&extra=masker"
    assert client.get(hers).status_code == 404


def test_when_nobody_gives_them_together_it_is_said(client, treatment, mask):
    mask.skills.all().delete()
    page = client.get(page_of(treatment, "?extra=masker"))
    assert (page.status_code, page.context["choices"]) == (200, [])


def test_what_is_only_given_with_another_stands_on_no_menu(client, treatment, mask):
    assert client.get(page_of(mask)).status_code == 404
    assert client.get(times(mask)).status_code == 404
    ((_, members),) = client.get("/").context["categories"]
    assert [one.treatment for one in members] == [treatment]


@pytest.fixture
def senior(treatment):
    """Somebody who takes more time for it, and asks more."""
    person = PractitionerFactory(name="Daan Visser")
    Skill.objects.create(practitioner=person, treatment=treatment, minutes=60, price_cents=12000)
    return person


def test_prices_that_differ_are_told_beforehand(client, treatment, senior):
    assert "vanaf €\xa095,00" in client.get("/", headers={"accept-language": "nl"}).content.decode()
    choices = client.get(page_of(treatment)).context["choices"]
    assert [(one.costs.price_cents, one.costs.minutes) for one in choices] == [
        (9500, 45),
        (9500, 45),
        (12000, 60),
    ]
    hers = client.get(f"{times(treatment)}?practitioner={senior.pk}")
    assert hers.context["costs"] == Costs(12000, 12000, 60, 60)
    assert client.get(times(treatment)).context["costs"] == Costs(9500, 12000, 45, 60)


def test_the_summary_shows_the_price_of_who_treats_her(client, treatment, senior):
    client.post(f"{times(treatment)}?practitioner={senior.pk}", {"starts_at": start().isoformat()})
    summary = client.get(reverse("portal:details")).context["summary"]
    assert (summary.price_cents, summary.minutes) == (12000, 60)


def test_a_new_price_is_on_the_menu_at_once(client, treatment):
    client.get("/")
    Treatment.objects.update(price_cents=9900)
    assert "99,00" in client.get("/").content.decode()


def test_what_is_booked_by_telephone_has_no_times(client, treatment):
    Treatment.objects.update(booked_by=Treatment.BookedBy.NOBODY)
    menu = client.get("/").content.decode()
    assert (page_of(treatment) in menu, "tel:+31201234567" in menu) == (False, True)
    assert client.get(page_of(treatment)).context["choices"] == []
    assert client.get(times(treatment)).url == page_of(treatment)
    assert choose(client, treatment, start()).url == page_of(treatment)
    assert not Appointment.objects.exists()


def test_an_appointment_by_telephone_is_not_moved_online(client, treatment):
    appointment = an_appointment(treatment, starts_at=start(), now=clock.now())
    Treatment.objects.update(booked_by=Treatment.BookedBy.NOBODY)
    answer = client.post(
        appointment_page(appointment, "move"), {"starts_at": start(12).isoformat()}
    )

    appointment.refresh_from_db()
    assert (answer.status_code, appointment.starts_at) == (409, start())


@pytest.fixture
def test_first(treatment):
    """A patch test that must come before the treatment."""
    patch = TreatmentFactory(slug="testplekje", name_nl="Testplekje", name_en="Patch test")
    patch.practitioners.set(Practitioner.objects.all())
    Treatment.objects.filter(pk=treatment.pk).update(prerequisite=patch)
    return patch


def test_what_must_come_first_is_told_first_and_at_the_refusal(client, treatment, test_first):
    for address in ("/", page_of(treatment)):
        assert page_of(test_first) in client.get(address).content.decode()
    choose(client, treatment, start())
    answer = client.post(reverse("portal:details"), DETAILS)

    assert (answer.status_code, answer.context["refusal"].first) == (422, test_first)
    assert page_of(test_first) in answer.content.decode()
    assert 'value="Zoë"' in answer.content.decode()
    held = Appointment.objects.get()
    assert (held.status, held.client) == (Status.HELD, None)


def test_a_first_that_is_not_booked_online_has_no_button(client, treatment, test_first):
    Treatment.objects.filter(pk=test_first.pk).update(booked_by=Treatment.BookedBy.NOBODY)
    assert f'href="{page_of(test_first)}"' not in client.get(page_of(treatment)).content.decode()
    choose(client, treatment, start())
    assert client.post(reverse("portal:details"), DETAILS).context["refusal"].first is None


def test_too_soon_after_the_last_one_leads_to_a_later_day(client, treatment):
    Treatment.objects.update(least_days_between=14, advised_days_between=28)
    before = an_appointment(treatment, starts_at=start(5), now=clock.now())
    who = {
        "first_name": before.client.first_name,
        "last_name": before.client.last_name,
        "phone": before.client.phone.as_e164,
        "email": before.client.email,
        "reach_by": "sms",
    }
    page = text_of(client.get(times(treatment)))
    assert all(days in page for days in ("14", "28"))
    choose(client, treatment, start(9))
    answer = client.post(reverse("portal:details"), who)

    assert (answer.status_code, answer.context["refusal"].is_too_soon) == (422, True)
    later = answer.context["wish"].time_url
    assert later in answer.content.decode()
    client.post(later, {"starts_at": start(20).isoformat()})
    assert client.post(reverse("portal:details"), who).url == reverse("portal:plan")


def test_a_refusal_after_a_lapsed_hold_keeps_no_other_time(client, treatment, test_first):
    Treatment.objects.filter(pk=treatment.pk).update(prerequisite=None)
    choose(client, treatment, start())
    client.post(reverse("portal:details"), DETAILS)
    Appointment.objects.update(held_until=clock.now())
    Treatment.objects.filter(pk=treatment.pk).update(prerequisite=test_first)
    answer = choose(client, treatment, start(12))

    assert (answer.status_code, answer.context["refusal"].first) == (422, test_first)
    assert Appointment.objects.get().status == Status.EXPIRED


@pytest.mark.parametrize(
    ("care", "suggested"), [("last", ["09:00", "12:00"]), ("none", []), ("hide", [])]
)
def test_times_that_leave_no_gap_are_suggested_and_none_is_hidden(
    client, treatment, care, suggested
):
    Clinic.objects.update(gap_care=care)
    page = client.get(f"{times(treatment)}?day={start().date()}").context
    shown = [
        slot.starts_at
        for slots in (page["suggested"], *(slots for _, slots in page["parts"]))
        for slot in slots
    ]
    zone = a_search(treatment).zone
    assert [f"{one.starts_at.astimezone(zone):%H:%M}" for one in page["suggested"]] == suggested
    assert len(shown) == len(set(shown)) == next(d.count for d in page["week"] if d.selected)
    for _, slots in page["parts"]:
        assert [one.starts_at for one in slots] == sorted(one.starts_at for one in slots)


@pytest.mark.parametrize("end", [Status.CANCELLED, Status.COMPLETED])
def test_booking_again_puts_her_own_practitioner_first(client, treatment, mask, end):
    now = clock.now()
    for _ in range(2):
        PractitionerFactory().treatments.add(treatment, mask)
    own = Practitioner.objects.latest("pk")
    client.post(
        f"{times(treatment)}?practitioner={own.pk}&extra=masker",
        {"starts_at": start().isoformat()},
    )
    client.post(reverse("portal:details"), DETAILS)
    agree(client)
    appointment = Appointment.objects.get()
    cancelled_at = now - timedelta(hours=1) if end == Status.CANCELLED else None
    Appointment.objects.update(status=end, cancelled_at=cancelled_at)

    again = client.get(appointment_page(appointment)).context["again"].practitioner_url
    assert again == page_of(treatment, f"?extra=masker&opnieuw={appointment.token}")
    choices = client.get(again).context["choices"]
    assert (choices[0].name, [one.is_own for one in choices]) == (own.name, [True, *[False] * 3])
    assert choices[1].is_anybody
    held = client.post(choices[1].url, {"starts_at": start(12).isoformat()})
    assert held.status_code == 302
    assert Appointment.objects.latest("pk").practitioner_id == own.pk


@pytest.mark.parametrize("token", ["", "x", "A" * 16, "%00" * 16, "é" * 16])
def test_booking_again_with_a_secret_that_is_none(client, treatment, token):
    answer = client.get(page_of(treatment, f"?opnieuw={token}"))
    assert (answer.status_code, answer.context["wish"].own_practitioner_id) == (200, None)


def test_a_long_wait_is_told_with_who_has_time_sooner(client, treatment):
    busy = Practitioner.objects.get()
    other = PractitionerFactory(name="Daan Visser")
    other.treatments.add(treatment)
    hers = f"{times(treatment)}?practitioner={busy.pk}"
    assert "sooner" not in client.get(hers).context
    TimeOff.objects.create(resource=busy, starts_at=clock.now(), ends_at=start(30))

    page = client.get(hers)
    assert [(one.name, one.url) for one in page.context["sooner"]] == [
        ("Daan Visser", f"{times(treatment)}?practitioner={other.pk}")
    ]
    assert page.context["days_away"] > 14
    assert "sooner" not in client.get(times(treatment)).context
    WorkingHours.objects.filter(practitioner=busy).delete()
    assert len(client.get(hers).context["sooner"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_menu_and_the_choice_take_the_same_queries_for_one_and_three(
    client, db, django_assert_num_queries, count
):
    treatment = a_clinic(practitioners=count, rooms=count)
    patch = TreatmentFactory(slug="testplekje")
    for number in range(count):
        extra = TreatmentFactory(slug=f"extra-{number}", prerequisite=patch)
        treatment.extras.add(extra)
        extra.practitioners.set(Practitioner.objects.all())
    client.get("/")  # reads the reference data, which are kept

    with django_assert_num_queries(2):  # the version, and the clinic's name
        client.get("/")
    with django_assert_num_queries(4):  # and what can be added, and what is taken
        client.get(page_of(treatment))
    query = "&".join(f"extra=extra-{number}" for number in range(count))
    with django_assert_num_queries(5):
        client.get(f"{times(treatment)}?{query}")


def test_fixed_times_stand_in_their_part_of_the_day(client, treatment):
    Treatment.objects.update(start_times=[time(9), time(13)])
    parts = client.get(f"{times(treatment)}?day={start().date()}").context["parts"]
    assert [len(slots) for _, slots in parts] == [1, 1]
