"""When somebody works: in words, and changed from a day on."""

from datetime import date, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, SpecialHours, WorkingHours
from tests.clinic.desk.presses import HOUR
from tests.factories import START, an_appointment
from tests.when import at

WEDNESDAY, SATURDAY = 2, 5
FROM = "2026-04-01"


@pytest.fixture
def practitioner(treatment):
    return treatment.practitioners.get()


def page_of(practitioner) -> str:
    return f"/desk/uren/{practitioner.pk}/"


def shown(desk, practitioner) -> str:
    return " ".join(desk.get(page_of(practitioner)).content.decode().split())


def days_of(practitioner) -> list[tuple[object, ...]]:
    rows = WorkingHours.objects.filter(practitioner=practitioner).order_by("pk")
    return [
        (row.weekday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}", row.weeks, row.from_on)
        for row in rows
    ]


SATURDAYS = {
    "weekdays": [SATURDAY],
    "opens_1": "09:00",
    "closes_1": "12:30",
    "opens_2": "13:00",
    "closes_2": "16:00",
    "weeks": "1",
    "from_on": FROM,
}


def test_a_week_is_said_in_words(desk, practitioner):
    desk.post(f"{page_of(practitioner)}dagen/", SATURDAYS)

    page = shown(desk, practitioner)

    for words in (
        "This week: B week.",
        "From Wednesday 1 April 2026",
        'Saturday <span class="pill">A weeks</span>',
        "09:00–12:30, 13:00–16:00",
        "break 12:30–13:00",
    ):
        assert words in page
    assert desk.get("/desk/uren/")["Location"] == page_of(practitioner)


def test_hours_are_added_for_several_days_at_once(desk, practitioner):
    WorkingHours.objects.all().delete()

    answer = desk.post(f"{page_of(practitioner)}dagen/", {**SATURDAYS, "weekdays": [0, 5]})

    assert answer["Location"] == page_of(practitioner)
    first = date(2026, 4, 1)
    assert days_of(practitioner) == [
        (0, "09:00", "12:30", 1, first),
        (0, "13:00", "16:00", 1, first),
        (5, "09:00", "12:30", 1, first),
        (5, "13:00", "16:00", 1, first),
    ]


@pytest.mark.parametrize(
    ("case", "fields", "words"),
    [
        ("no day", {"weekdays": []}, "Choose a day."),
        ("no weekday", {"weekdays": [7]}, "Select a valid choice"),
        ("no hours", {"opens_1": "", "closes_1": ""}, "Fill in from when until when."),
        ("half of them", {"closes_2": ""}, "Fill in from when until when."),
        ("turned around", {"closes_1": "08:00"}, "They end before they begin."),
        ("over each other", {"opens_2": "12:00"}, "These hours overlap each other."),
        ("over others", {"weekdays": [WEDNESDAY]}, "These hours overlap others of the same day."),
        ("in the past", {"from_on": "2026-03-10"}, "Choose today or a later day."),
        ("the end of time", {"from_on": "9999-12-31"}, "Choose today or a later day."),
        ("until before from", {"until_on": "2026-03-31"}, "They end before they begin."),
        ("no weeks", {"weeks": "3"}, "Select a valid choice"),
    ],
)
def test_hours_are_refused_in_words(desk, practitioner, case, fields, words):
    before = days_of(practitioner)

    answer = desk.post(f"{page_of(practitioner)}dagen/", {**SATURDAYS, **fields})

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert days_of(practitioner) == before


def wednesday_of(practitioner) -> str:
    row = practitioner.working_hours.get(weekday=WEDNESDAY)
    return f"{page_of(practitioner)}dagen/{row.pk}/"


def test_changing_hours_cancels_nothing_and_lists_what_falls_outside(desk, treatment, practitioner):
    one = an_appointment(treatment)
    later = {
        **SATURDAYS,
        "weekdays": [WEDNESDAY],
        "opens_1": "10:15",
        "weeks": "0",
        "from_on": "2026-03-11",
    }
    address = wednesday_of(practitioner)
    assert 'value="09:00"' in desk.get(address).content.decode()

    assert desk.post(address, later)["Location"] == page_of(practitioner)

    page = shown(desk, practitioner)
    assert "1 appointment lies outside these hours" in page
    assert f"Wednesday 11 March at 10:00: {one.client.full_name}" in page
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize(
    ("case", "typed", "last"),
    [
        ("from a day on", FROM, date(2026, 3, 31)),
        ("no day", "straks", date(2026, 3, 10)),
        ("a day in the past", "2020-01-01", date(2026, 3, 10)),
        ("no such day", "2026-02-31", date(2026, 3, 10)),
    ],
)
def test_a_day_is_worked_no_longer(desk, practitioner, case, typed, last):
    desk.post(wednesday_of(practitioner), {"do": "end", "from_on": typed})

    assert practitioner.working_hours.get(weekday=WEDNESDAY).until_on == last


def test_a_date_gets_hours_of_its_own_and_loses_them(desk, practitioner):
    day = {"works_on": "2026-03-28", "opens_1": "10:00", "closes_1": "14:00"}
    address = f"{page_of(practitioner)}datum/"

    assert desk.post(address, {**day, "closes_1": "09:00"}).status_code == 400
    assert desk.post(address, {**day, "works_on": ""}).status_code == 400
    assert not SpecialHours.objects.exists()
    assert desk.post(address, day).status_code == 302
    assert "Saturday 28 March 2026" in shown(desk, practitioner)
    assert desk.post(f"{address}2026-03-28/").status_code == 302
    assert not SpecialHours.objects.exists()


@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow_with_the_rows(
    desk, treatment, practitioner, many, django_assert_num_queries
):
    for number in range(many):
        an_appointment(treatment, starts_at=START + number * HOUR)
        works_on = at("2026-04-01 12:00").date() + timedelta(days=number)
        hours = [(at("2026-04-01 09:00").time(), at("2026-04-01 12:00").time())]
        bookings.set_special_hours(practitioner.pk, works_on=works_on, hours=hours)
    desk.post(wednesday_of(practitioner), {"do": "end"})
    shown(desk, practitioner)

    with django_assert_num_queries(10):
        assert len(desk.get(page_of(practitioner)).context["outside"]) == many


def test_who_treats_sees_hours_and_does_not_change_them(therapist, practitioner):
    before = days_of(practitioner)

    assert "Add hours" not in shown(therapist, practitioner)
    assert therapist.post(f"{page_of(practitioner)}dagen/", SATURDAYS).status_code == 403
    assert therapist.post(wednesday_of(practitioner), {"do": "end"}).status_code == 403
    assert therapist.post(f"{page_of(practitioner)}datum/2026-03-28/").status_code == 403
    assert days_of(practitioner) == before


@pytest.mark.parametrize("address", ["/desk/uren/999999/", "/desk/uren/999999/dagen/1/"])
def test_nobody_has_no_hours(desk, address):
    assert desk.get(address).status_code == 404


def test_the_hours_of_somebody_else_are_not_found_with_hers(desk, practitioner):
    assert desk.get(f"{page_of(practitioner)}dagen/999999/").status_code == 404
