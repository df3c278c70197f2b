"""The client's pages over HTTP, with the database and without a browser."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import clock
from bookings import operations as bookings
from bookings.models import Appointment, By
from clinic.portal.agreeing import DRAFT
from payments import operations as payments
from reminders.models import IfThenPlan
from tests.clinic.steps import DETAILS, agree, appointment_page, choose, start, times
from tests.factories import ClientFactory, UserFactory, a_clinic, a_hold, a_search, an_appointment
from tests.when import ZONE

Status = Appointment.Status


@pytest.fixture
def hold(client, treatment):
    """The visitor's own hold."""
    choose(client, treatment, start())
    return Appointment.objects.get()


def plan(appointment, **changes):
    local = appointment.starts_at.astimezone(ZONE)
    return {
        "written_when": f"{local:%d/%m %H:%M}",
        "cue_day": local.date().isoformat(),
        "cue_time": "09:00",
        "action": "ga ik met de fiets naar de kliniek",
        **changes,
    }


def test_from_choosing_to_booked_without_a_deposit(client, treatment, hold):
    steps = [
        client.post(reverse("portal:details"), DETAILS).url,
        client.post(reverse("portal:plan"), plan(hold)).url,
        client.post(reverse("portal:repeat"), {"action": "ga ik met de fiets naar de kliniek"}).url,
    ]
    assert steps == [reverse("portal:plan"), reverse("portal:repeat"), reverse("portal:terms")]
    page = client.get(reverse("portal:terms")).content.decode()
    answer = agree(client)

    hold.refresh_from_db()
    assert answer.url == reverse("portal:appointment", args=[hold.token])
    assert hold.status == Status.BOOKED
    assert hold.terms_text in page
    assert hold.client.phone.as_e164 == "+31612345678"
    written = IfThenPlan.objects.get()
    assert (written.repeated_at is not None, written.skipped_at) == (True, None)
    assert DRAFT not in client.session


def test_skipping_the_plan_is_recorded(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    client.get(reverse("portal:plan"))
    client.post(reverse("portal:plan"), {"skip": "1"})

    skipped = IfThenPlan.objects.get()
    assert (skipped.written_at, skipped.skipped_at is not None) == (None, True)


def test_without_the_box_nothing_is_booked(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    answer = client.post(reverse("portal:terms"), {})

    hold.refresh_from_db()
    assert (answer.status_code, hold.status) == (422, Status.HELD)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"email": "zoe"}, "email"),
        ({"first_name": " \u200b "}, "first_name"),
        ({"reach_by": "whatsapp"}, "whatsapp_consent"),
        ({"reach_by": "duif"}, "reach_by"),
    ],
)
def test_what_is_wrong_with_her_details_is_told_and_nothing_is_lost(
    client, treatment, hold, changes, field
):
    answer = client.post(reverse("portal:details"), {**DETAILS, **changes})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "de Vries" in answer.content.decode()
    hold.refresh_from_db()
    assert hold.client is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"written_when": "ooit"}, "written_when"),
        ({"cue_time": "23:00"}, "cue_time"),
        ({"cue_day": "2020-01-01"}, "cue_day"),
        ({"action": "own"}, "own_action"),
        ({"action": "vliegen"}, "action"),
        ({"obstacle": "het regent"}, "answer"),
    ],
)
def test_what_is_wrong_with_her_plan_is_told(client, treatment, hold, changes, field):
    client.post(reverse("portal:details"), DETAILS)
    answer = client.post(reverse("portal:plan"), plan(hold, **changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not IfThenPlan.objects.filter(written_at__isnull=False).exists()


def test_the_loser_of_a_race_sees_what_is_near_and_keeps_what_she_typed(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    other = an_appointment(treatment, starts_at=start(12), now=clock.now())

    answer = choose(client, treatment, other.starts_at)

    assert answer.status_code == 409
    assert len(answer.context["nearby"]) == 3
    hold.refresh_from_db()
    assert (hold.status, hold.client.first_name) == (Status.HELD, "Zoë")


def test_another_choice_moves_the_hold(client, treatment, hold):
    choose(client, treatment, start(12))

    assert Appointment.objects.count() == 1
    hold.refresh_from_db()
    assert hold.starts_at == start(12)


@pytest.mark.parametrize("name", ["details", "plan", "repeat", "terms"])
def test_a_step_without_a_hold_goes_to_the_beginning(client, treatment, name):
    assert client.get(reverse(f"portal:{name}")).url == "/"


def test_a_lapsed_hold_offers_what_is_near_and_asks_nothing_twice(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    Appointment.objects.update(held_until=clock.now())
    bookings.expire_holds(now=clock.now())

    answer = client.post(reverse("portal:terms"), {"accept": "on"})
    assert (answer.status_code, len(answer.context["nearby"])) == (410, 3)
    choose(client, treatment, start(10))

    again = Appointment.objects.get(status=Status.HELD)
    assert again.client.first_name == "Zoë"
    assert 'value="Zoë"' in client.get(reverse("portal:details")).content.decode()


def test_more_time(client, treatment, hold):
    before = hold.held_until
    answer = client.post(reverse("portal:extend"), {"next": "https://elders.example/"})

    hold.refresh_from_db()
    assert hold.held_until > before
    assert answer.url == reverse("portal:details")  # never to another site


@pytest.fixture
def appointment(treatment):
    return an_appointment(treatment, starts_at=start(), now=clock.now())


@pytest.mark.parametrize("name", ["appointment", "cancel", "move", "calendar"])
def test_opening_a_link_changes_nothing(client, appointment, name):
    before = appointment.events.count()
    for method in (client.get, client.head):
        assert method(appointment_page(appointment, name)).status_code == 200

    appointment.refresh_from_db()
    assert (appointment.status, appointment.events.count()) == (Status.BOOKED, before)


@pytest.mark.parametrize("name", ["confirm", "undo_cancel"])
def test_what_changes_something_takes_a_button(client, appointment, name):
    assert client.get(appointment_page(appointment, name)).status_code == 405


def test_confirming(client, appointment):
    client.post(appointment_page(appointment, "confirm"))

    appointment.refresh_from_db()
    assert appointment.confirmed_at is not None


def test_cancelling_costs_what_the_page_said(client, treatment):
    now = clock.now()
    late = a_clinic(free_notice=timedelta(days=30))
    appointment = an_appointment(late, starts_at=start(), now=now)

    page = client.get(appointment_page(appointment, "cancel"))
    assert page.context["quote"]["fee_cents"] == 4500
    wrong = client.post(appointment_page(appointment, "cancel"), {"quoted_cents": "0"})
    assert wrong.status_code == 409
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
    client.post(appointment_page(appointment, "cancel"), {"quoted_cents": "4500", "reason": "ill"})

    appointment.refresh_from_db()
    assert (appointment.status, appointment.fee_cents, appointment.cancel_reason) == (
        Status.CANCELLED,
        4500,
        "ill",
    )
    client.post(appointment_page(appointment, "undo_cancel"))
    appointment.refresh_from_db()
    assert (appointment.status, appointment.fee_cents) == (Status.BOOKED, 0)


def test_moving(client, appointment):
    client.post(appointment_page(appointment, "move"), {"starts_at": start(12).isoformat()})

    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.moves) == (start(12), 1)


def test_moving_when_it_is_no_longer_free(client, treatment):
    late = a_clinic(free_notice=timedelta(days=30))
    appointment = an_appointment(late, starts_at=start(), now=clock.now())
    answer = client.post(
        appointment_page(appointment, "move"), {"starts_at": start(12).isoformat()}
    )

    appointment.refresh_from_db()
    assert (answer.status_code, appointment.starts_at) == (409, start())


def test_the_calendar_file_names_no_treatment(client, appointment):
    answer = client.get(appointment_page(appointment, "calendar"))

    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Afspraak bij Linde huidkliniek" in text
    assert "Acne" not in text


@pytest.mark.parametrize("token", ["x", "A" * 16, "-" * 32])
@pytest.mark.parametrize("name", ["", "annuleren/", "verzetten/", "afspraak.ics"])
def test_other_peoples_tokens(client, treatment, name, token):
    assert client.get(f"/a/{token}/{name}").status_code == 404
    assert client.get(f"/betalen/{token}/").status_code == 404


def test_a_hold_without_a_name_has_no_page(client, treatment, hold):
    assert client.get(appointment_page(hold)).status_code == 404


def test_the_return_address_proves_nothing(client, treatment):
    deposit = a_clinic(deposit_cents=2500)
    appointment = a_hold(deposit, starts_at=start(), now=clock.now())
    debt = payments.deposit_of(appointment.pk, now=clock.now())
    answer = client.get(f"{reverse('portal:paid', args=[debt.reference])}?s=cs_test_anything")

    appointment.refresh_from_db()
    assert (answer.status_code, appointment.status) == (200, Status.HELD)
    assert appointment.token not in answer.content.decode()


def test_what_she_agrees_to_is_what_she_read(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    read = client.get(reverse("portal:terms")).context["form"]["read"].value()
    choose(client, treatment, start(12))  # in another tab

    answer = client.post(reverse("portal:terms"), {"accept": "on", "read": read})

    hold.refresh_from_db()
    assert (answer.status_code, hold.status, hold.terms_text) == (422, Status.HELD, "")
    assert agree(client).url == appointment_page(hold)


def test_her_own_hold_that_has_just_lapsed_is_not_in_her_way(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    Appointment.objects.update(held_until=clock.now())

    assert choose(client, treatment, hold.starts_at).url == reverse("portal:details")
    assert Appointment.objects.get(status=Status.HELD).client.first_name == "Zoë"


def test_details_stay_while_the_payment_page_is_open(client, treatment, hold):
    client.post(reverse("portal:details"), DETAILS)
    bookings.keep_for_payment(hold.pk, until=clock.now() + timedelta(hours=1), now=clock.now())
    client.post(reverse("portal:details"), {**DETAILS, "first_name": "Iemand"})

    hold.refresh_from_db()
    assert hold.client.first_name == "Zoë"


@pytest.mark.parametrize(
    "starts_at",
    ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "morgen", "", "2026-03-11"],
)
def test_a_start_that_is_none(client, treatment, starts_at):
    answer = client.post(times(treatment), {"starts_at": starts_at})

    assert (answer.status_code, Appointment.objects.count()) == (400, 0)


@pytest.mark.parametrize("query", ["practitioner=²", "practitioner=" + "9" * 40, "day=9999-99-99"])
def test_odd_questions(client, treatment, query):
    assert client.get(f"{times(treatment)}?{query}").status_code in (200, 404)


def test_an_address_with_nothing_in_it(client, treatment):
    assert client.get("/a/%00%00/").status_code == 404


def test_a_pay_link_asks_to_accept_first(client, world, treatment):
    deposit = a_clinic(deposit_cents=2500)
    appointment = bookings.hold(
        a_search(deposit, now=clock.now(), by=By.CLINIC),
        starts_at=start(),
        kind=Appointment.HoldKind.PAY_LINK,
        client=ClientFactory(),
    )
    debt = payments.ask_deposit(appointment.pk, user=UserFactory(), now=clock.now())
    url = reverse("portal:pay", args=[debt.token])

    assert client.post(url, {}).status_code == 422
    answer = agree(client, url)

    assert answer.url.startswith(f"{world.url}/checkout/")
    appointment.refresh_from_db()
    assert appointment.terms_accepted_at is not None
    assert appointment.payment_started_at is not None


def test_every_page_keeps_the_strict_policy_and_is_not_kept(client, treatment):
    answer = client.get("/")

    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("practitioners", [1, 3])
def test_the_times_page_takes_the_same_queries_for_one_and_three(
    client, db, django_assert_num_queries, practitioners
):
    treatment = a_clinic(practitioners=practitioners, rooms=practitioners)
    client.get(times(treatment))  # reads the reference data, which are kept

    with django_assert_num_queries(4):
        client.get(times(treatment))


def test_of_whom_a_deposit_is_asked_is_told_before_she_chooses_and_again_at_the_end(client, db):
    treatment = a_clinic(deposit_percent=20, deposit_from="new")
    told = "Een aanbetaling vragen we van wie hier nieuw is"
    for address in ("portal:practitioner", "portal:time"):
        page = client.get(reverse(address, args=[treatment.slug]))
        # In the panel beside the page, and in what stands above it on a telephone.
        assert page.content.decode().count(told) == 2
        assert page.context["deposit"].cents == 1900
    choose(client, treatment, start())
    client.post(reverse("portal:details"), DETAILS)

    page = client.get(reverse("portal:terms"))

    assert (told in page.content.decode(), page.context["summary"].deposit_cents) == (True, 1900)


def test_who_has_been_here_books_without_the_deposit_that_is_asked_of_others(client, db):
    treatment = a_clinic(deposit_percent=20, deposit_from="new")
    regular = ClientFactory(
        first_name=DETAILS["first_name"],
        last_name=DETAILS["last_name"],
        phone="+31612345678",
        email=DETAILS["email"],
    )
    seen = a_hold(treatment, client=regular)
    Appointment.objects.filter(pk=seen.pk).update(status="completed")
    choose(client, treatment, start(1))
    client.post(reverse("portal:details"), DETAILS)
    client.get(reverse("portal:plan"))
    client.post(reverse("portal:plan"), {"skip": "1"})

    agree(client)

    booked = Appointment.objects.exclude(pk=seen.pk).get()
    assert (booked.status, booked.client, booked.deposit_cents) == (Status.BOOKED, regular, 0)
