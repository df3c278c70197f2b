"""The agenda, what changes in it, and the day list."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from bookings import operations as bookings
from bookings.models import By, Clinic, TimeOff
from payments import operations as payments
from payments.models import Payment
from tests.clinic.desk.presses import DAY, HOUR, cancel, feed_of
from tests.factories import NOW, START, ClientFactory, UserFactory, a_search, an_appointment
from tests.when import at

PAGES = [
    "/desk/",
    f"/desk/agenda/{DAY}/",
    f"/desk/agenda/{DAY}.json",
    f"/desk/lijst/{DAY}/",
    "/desk/zoek/",
    "/desk/nieuw/",
    "/desk/afspraak/1/",
]


@pytest.mark.parametrize("address", PAGES)
def test_only_staff_come_in(clock, treatment, address):
    stranger = Browser()
    assert stranger.get(address)["Location"].startswith("/accounts/login/")

    stranger.force_login(
        UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert stranger.get(address).status_code == 403


@pytest.mark.parametrize(
    ("case", "address"),
    [
        ("no day", "/desk/agenda/2026-02-30/"),
        ("a day far away", "/desk/agenda/0001-01-01/"),
        ("no appointment", "/desk/afspraak/999999/"),
        ("no action", "/desk/afspraak/1/weggooien/"),
    ],
)
def test_what_is_not_there_is_not_found(desk, case, address):
    answer = desk.post(address) if "weggooien" in address else desk.get(address)
    assert answer.status_code == 404


def test_the_front_door_is_today(desk):
    assert desk.get("/desk/")["Location"] == f"/desk/agenda/{DAY}/"


def test_the_agenda_draws_an_appointment_in_its_columns(desk, treatment):
    one = an_appointment(treatment)
    feed = feed_of(desk)

    cards = [event for event in feed["events"] if event["id"][0] != "a"]
    practitioner, room = feed["team"][0]["id"], feed["places"][0]["id"]
    # The room takes ten minutes more than the practitioner: two cards of one appointment.
    assert [(card["resourceIds"], card["start"], card["end"]) for card in cards] == [
        ([practitioner], "2026-03-11T10:00", "2026-03-11T10:45"),
        ([room], "2026-03-11T10:00", "2026-03-11T10:55"),
    ]
    assert cards[0]["classNames"] == ["st-booked"]
    assert cards[0]["extendedProps"]["href"] == f"/desk/afspraak/{one.pk}/"


def test_breaks_and_time_off_lie_behind_the_cards(desk, treatment):
    TimeOff.objects.create(
        resource_id=feed_of(desk)["places"][0]["id"],
        starts_at=at("2026-03-11 12:00"),
        ends_at=at("2026-03-11 13:00"),
        reason="Filter vervangen",
    )
    away = [event for event in feed_of(desk)["events"] if event.get("display") == "background"]

    assert [(one["start"][11:], one["end"][11:], one["title"]) for one in away] == [
        ("12:00", "13:00", "Filter vervangen"),
        ("00:00", "09:00", ""),
        ("17:00", "23:59", ""),
    ]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_days_on_which_the_clock_changes_are_drawn_in_local_time(desk, treatment, day):
    practitioner = treatment.practitioners.get()
    practitioner.working_hours.create(weekday=6, opens="09:00", closes="17:00")

    away = [e for e in feed_of(desk, day)["events"] if e.get("display") == "background"]

    assert [(one["start"], one["end"]) for one in away] == [
        (f"{day}T00:00", f"{day}T09:00"),
        (f"{day}T17:00", f"{day}T23:59"),
    ]


def test_nothing_changed_is_304(desk, clock, treatment):
    one = an_appointment(treatment)
    first = desk.get(f"/desk/agenda/{DAY}.json")
    mark = {"If-None-Match": first["ETag"]}

    again = desk.get(f"/desk/agenda/{DAY}.json", headers=mark)
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-Clinic-Now"].startswith("2026-03-11T09:0")

    bookings.confirm(one.pk, by=By.CLIENT, now=NOW)
    assert desk.get(f"/desk/agenda/{DAY}.json", headers=mark).status_code == 200


def test_being_late_shows_by_itself(desk, clock, treatment):
    an_appointment(treatment)
    clock(START + timedelta(minutes=12))

    feed = feed_of(desk)

    assert feed["events"][0]["classNames"] == ["st-late"]
    assert "12 minutes late" in feed["rail"]


def booked(treatment, many: int) -> None:
    """Book so many clients who stopped texts, and leave as many of yesterday unfinished."""
    for number in range(many):
        client = ClientFactory(sms_opted_out_at=NOW)
        for first in (START, at("2026-03-10 10:00")):
            an_appointment(treatment, starts_at=first + HOUR * number, client=client)


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (f"/desk/agenda/{DAY}/", 28),
        (f"/desk/agenda/{DAY}/?periode=week", 28),
        (f"/desk/agenda/{DAY}.json", 28),
        (f"/desk/lijst/{DAY}/", 12),
        ("/desk/zoek/?q=sanne", 7),
    ],
)
def test_queries_do_not_grow_with_the_rows(
    desk, treatment, many, address, queries, django_assert_num_queries
):
    booked(treatment, many)
    desk.get("/desk/zoek/")  # the zone and the session are read

    with django_assert_num_queries(queries):
        assert desk.get(address).status_code == 200


def test_the_week_starts_on_monday(desk, treatment):
    an_appointment(treatment, starts_at=at("2026-03-09 10:00"))

    def cards(query):
        return [e for e in feed_of(desk, query=query)["events"] if not e.get("display")]

    assert (len(cards("")), len(cards("?periode=week"))) == (0, 2)


def test_a_time_held_in_a_browser_is_shown_without_a_name(desk, clock, treatment):
    clock(NOW)
    one = bookings.hold(a_search(treatment, now=NOW), starts_at=START)

    card = feed_of(desk)["events"][0]

    assert (card["title"], card["classNames"]) == ("New client", ["st-hold"])
    assert desk.get(f"/desk/afspraak/{one.pk}/").status_code == 200


def test_the_rail_names_who_stopped_texts_and_who_was_forgotten(desk, clock, treatment):
    stopped = ClientFactory(first_name="Stop", sms_opted_out_at=NOW)
    an_appointment(treatment, client=stopped)
    forgotten = ClientFactory(first_name="Gisteren")
    an_appointment(treatment, starts_at=at("2026-03-10 10:00"), client=forgotten)

    tasks = feed_of(desk)["rail"]

    assert "stopped our texts" in tasks
    assert "Gisteren" in tasks


def test_the_day_list_shows_who_cancelled_too(desk, treatment):
    one = an_appointment(treatment)
    cancel(desk, one, by="clinic", quoted=0)

    page = desk.get(f"/desk/lijst/{DAY}/").content.decode()

    assert one.client.full_name in page
    assert "Cancelled" in page


def test_a_fee_that_was_asked_often_enough_is_a_task_until_it_is_settled(desk, treatment):
    one = an_appointment(treatment)
    bookings.cancel(one.pk, by=By.CLIENT, now=START - 20 * HOUR)
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=START - 2 * HOUR)
    long_ago = START - timedelta(days=9)
    Payment.objects.filter(kind="fee").update(asked_times=3, asked_at=long_ago)
    task = "€45.00 is open, and was asked 3 times. Please call, or waive it."
    assert task in desk.get(f"/desk/agenda/{DAY}/").content.decode()

    payments.waive(one.pk, reason="ziek", user=UserFactory(), clinic=clinic, now=START - HOUR)

    assert task not in desk.get(f"/desk/agenda/{DAY}/").content.decode()
