"""The admin: the owner changes settings and looks at the rest; each list is a few queries."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import (
    Appointment,
    AppointmentEvent,
    By,
    ClientGroup,
    Clinic,
    Practitioner,
    TimeOff,
    Treatment,
    User,
)
from clinic.demo.staff import add_staff
from payments.models import Attempt, Payment, Refund, StripeCustomer, StripeEvent, Waiver
from reminders.models import IfThenPlan, InboundMessage, Message, Rule, Step, Wording
from reminders.operations import follow_rules, requeue
from reminders.tasks import clinic_sender
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    DeviceFactory,
    UserFactory,
    a_clinic,
    an_appointment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Browser) -> Browser:
    """The owner's browser."""
    add_staff()
    client.force_login(User.objects.get(username="eigenaar"))
    return client


def rows(count: int) -> None:
    """Write so many rows of everything that has a list."""
    treatment = a_clinic(practitioners=count, rooms=count)
    for number in range(1, count):
        Treatment.objects.create(
            slug=f"nog-een-{number}", name_nl="Nog een", duration_minutes=30, price_cents=5000
        )
    for number in range(count):
        appointment = an_appointment(treatment, starts_at=START + timedelta(hours=number))
        _of(appointment, number)


def _of(appointment: Appointment, number: int) -> None:
    payment = Payment.objects.create(
        appointment=appointment, kind="deposit", amount_cents=2500, created_at=NOW
    )
    Attempt.objects.create(
        payment=payment, number=1, way="checkout", key=f"k{number}", request={}, created_at=NOW
    )
    Refund.objects.create(
        payment=payment, amount_cents=2500, purpose="late", key=f"r{number}", created_at=NOW
    )
    Waiver.objects.create(appointment=appointment, reason="Ziek", user=None, at=NOW)
    StripeCustomer.objects.create(client=appointment.client, customer_id=f"cus_{number}")
    StripeEvent.objects.create(event_id=f"evt_{number}", type="x", object_id="y", received_at=NOW)
    IfThenPlan.objects.create(appointment=appointment, offered_at=NOW)
    step = Step.objects.create(
        appointment=appointment,
        rule=Rule.objects.order_by("pk").first(),
        wording="confirmation",
        reach="text",
        anchor_at=NOW,
        due_at=NOW,
        useless_at=START,
    )
    Message.objects.create(
        step=step, appointment=appointment, channel="sms", to="+31612345678", created_at=NOW
    )
    InboundMessage.objects.create(
        sid=f"SM{number}", channel="sms", phone="+31612345678", received_at=NOW
    )
    TimeOff.objects.create(resource=appointment.practitioner, starts_at=NOW, ends_at=START)
    DeviceFactory()
    UserFactory()


LISTS = {
    "bookings/clinic": 10,
    "bookings/treatment": 10,
    "bookings/practitioner": 9,
    "bookings/room": 10,
    "bookings/device": 10,
    "bookings/timeoff": 9,
    "bookings/user": 10,
    "bookings/client": 10,
    "bookings/appointment": 9,
    "payments/payment": 9,
    "payments/attempt": 8,
    "payments/refund": 8,
    "payments/waiver": 8,
    "payments/stripecustomer": 8,
    "payments/stripeevent": 9,
    "reminders/rule": 9,
    "reminders/wording": 10,
    "reminders/step": 8,
    "reminders/message": 8,
    "reminders/inboundmessage": 9,
    "reminders/ifthenplan": 8,
}


@pytest.mark.parametrize("count", [1, 3])
def test_each_list_takes_the_same_queries_for_any_number_of_rows(
    owner: Browser, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    rows(count)
    owner.get("/healthz")  # reads the reference data, which are kept
    for address, queries in LISTS.items():
        with django_assert_num_queries(queries, info=address):
            assert owner.get(f"/admin/{address}/").status_code == 200


LOOK_ONLY = [
    "bookings/appointment",
    "payments/payment",
    "payments/refund",
    "payments/attempt",
    "reminders/step",
    "reminders/message",
]


def test_what_only_the_clinics_verbs_may_change_can_be_looked_at(owner: Browser) -> None:
    rows(1)
    for address in LOOK_ONLY:
        app, model = address.split("/")
        pk = apps.get_model(app, model)._default_manager.get().pk

        assert owner.get(f"/admin/{address}/{pk}/change/").status_code == 200
        assert owner.post(f"/admin/{address}/{pk}/change/", {"status": "x"}).status_code == 403
        assert owner.get(f"/admin/{address}/add/").status_code == 403
        assert owner.post(f"/admin/{address}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_there_is_one_clinic(owner: Browser) -> None:
    a_clinic()

    assert owner.get("/admin/bookings/clinic/1/change/").status_code == 200
    assert owner.get("/admin/bookings/clinic/add/").status_code == 403
    assert owner.post("/admin/bookings/clinic/1/delete/", {"post": "yes"}).status_code == 403
    assert Clinic.objects.count() == 1


def test_editing_a_rule_moves_the_waiting_messages(owner: Browser) -> None:
    moment = now()
    treatment = a_clinic()
    starts_at = (moment + timedelta(days=20)).replace(minute=0, second=0, microsecond=0)
    appointment = Appointment.objects.create(
        client=ClientFactory(),
        treatment=treatment,
        practitioner=Practitioner.objects.get(),
        starts_at=starts_at,
        ends_at=starts_at + treatment.duration,
        status="booked",
        price_cents=9500,
        free_notice=timedelta(hours=24),
        created_at=moment,
    )
    bookings.record(appointment, AppointmentEvent.Kind.BOOKED, at=moment, by=By.CLIENT)
    requeue([appointment.pk], sender=clinic_sender())
    rule = Rule.objects.get(wording="confirm_question")
    asking = Step.objects.filter(rule=rule).values_list("due_at", flat=True)
    assert list(asking.all()) == [starts_at - timedelta(hours=72)]

    saved = owner.post(
        f"/admin/reminders/rule/{rule.pk}/change/",
        {
            "name": rule.name,
            "on": "before_start",
            "hours": "72",
            "wording": "confirm_question",
            "reach": "chosen",
            "asks": "on",
            "purpose": "service",
            "least_notice": "4 00:00:00",
            # is_active is left out: the owner takes the rule out of use
        },
    )

    assert saved.status_code == 302
    assert follow_rules(clinic_sender(), now=moment) == 1
    assert list(asking.all()) == []
    assert Step.objects.filter(status="waiting").exists()


def test_a_text_with_an_unknown_placeholder_is_refused(owner: Browser) -> None:
    wording = Wording.objects.get(key="reminder", language="nl")
    address = f"/admin/reminders/wording/{wording.pk}/change/"
    values = {"key": "reminder", "language": "nl", "subject": "Tot morgen", "email_text": ""}

    refused = owner.post(address, {**values, "text": "Hoi {voornaam}"})

    assert refused.status_code == 200
    assert "{voornaam}" in refused.content.decode()
    assert "{first_name}" in owner.get(address).content.decode()
    assert owner.post(address, {**values, "text": "Hoi {first_name}"}).status_code == 302
    wording.refresh_from_db()
    assert wording.text == "Hoi {first_name}"


def test_the_owner_makes_no_superusers(owner: Browser) -> None:
    balie = User.objects.get(username="balie")
    boss = User.objects.create_superuser("beheer", "beheer@linde.example", "zeer-geheim-woord")
    values = {"username": "balie", "is_active": "on", "is_superuser": "on"}

    owner.post(f"/admin/bookings/user/{balie.pk}/change/", values)
    refused = owner.post(f"/admin/bookings/user/{boss.pk}/change/", {"username": "weg"})

    balie.refresh_from_db()
    assert not balie.is_superuser
    assert refused.status_code == 403


@pytest.mark.parametrize("username", ["balie", "noor"])
def test_the_desk_has_no_admin(client: Browser, username: str) -> None:
    add_staff()
    client.force_login(User.objects.get(username=username))

    assert client.get("/admin/bookings/treatment/").status_code == 302


def hours_form(practitioner, *hours):
    """Return what the admin's page of a practitioner sends, with these rows of hours."""
    values = {"name": practitioner.name, "role": practitioner.role, "position": 0}
    for name in ("skills", "working_hours", "special_hours"):
        rows = hours if name == "working_hours" else ()
        values |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
        for number, (weekday, opens, closes) in enumerate(rows):
            row = {"weekday": weekday, "opens": opens, "closes": closes, "weeks": 0}
            values |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return values


@pytest.mark.parametrize(
    ("case", "hours", "words"),
    [
        (
            "over each other",
            [(5, "9:00", "12:00"), (5, "11:00", "13:00")],
            "These hours overlap others of the same day.",
        ),
        ("turned around", [(5, "12:00", "9:00")], "They end before they begin."),
        ("over what is there", [(2, "12:00", "13:00")], "These hours overlap others"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(owner, case, hours, words):
    practitioner = a_clinic().practitioners.get()
    address = f"/admin/bookings/practitioner/{practitioner.pk}/change/"

    answer = owner.post(
        address,
        hours_form(practitioner, *hours),
        headers={"Accept-Language": "en"},
        follow=True,
    )

    assert words in answer.content.decode()
    assert practitioner.working_hours.count() == 5


def test_hours_are_added_in_the_admin(owner):
    practitioner = a_clinic().practitioners.get()
    hours = [(5, "9:00", "12:00"), (5, "12:00", "13:00")]

    owner.post(
        f"/admin/bookings/practitioner/{practitioner.pk}/change/", hours_form(practitioner, *hours)
    )

    assert practitioner.working_hours.filter(weekday=5).count() == 2


def test_the_owner_makes_a_group_and_puts_a_client_in_it(owner: Browser) -> None:
    client = ClientFactory()
    asked = {
        **dict.fromkeys(CENTS_AND_PERCENTS, 0),
        "name": "Vaste klanten",
        "late_fee_percent": 50,
        "deposit_from": "everyone",
        "free_notice": "1 00:00:00",
    }
    assert owner.post("/admin/bookings/clientgroup/add/", asked).status_code == 302
    group = ClientGroup.objects.get()

    named = {name: getattr(client, name) for name in ("first_name", "last_name", "email")}
    reached = {"phone": client.phone, "language": "nl", "reach_by": "sms", "group": group.pk}
    address = f"/admin/bookings/client/{client.pk}/change/"
    assert owner.post(address, named | reached).status_code == 302

    client.refresh_from_db()
    assert (client.group, group.conditions.late_fee.percent) == (group, 50)


CENTS_AND_PERCENTS = [
    f"{of}_{unit}"
    for of in ("deposit", "late_fee", "last_minute_fee", "no_show_fee")
    for unit in ("cents", "percent")
]
