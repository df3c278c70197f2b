"""Who is not there: what that hits, and who could take it over."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bookings import operations as bookings
from bookings.availability import days_on
from bookings.handover import colleagues_for
from bookings.models import Appointment, By, Clinic, TimeOff
from bookings.periods import Period, day_period
from tests.factories import NOW, START, a_clinic, a_search, an_appointment
from tests.when import ZONE, at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def hits() -> list[int]:
    return [row.hits for row in bookings.to_resolve(now=NOW)]


@pytest.mark.parametrize(
    ("case", "since", "until", "number"),
    [
        ("over it", "10:00", "10:45", 1),
        ("before it, touching", "09:00", "10:00", 0),
        ("after it, touching", "10:45", "12:00", 0),
        ("its last second", "10:44", "12:00", 1),
    ],
)
def test_what_a_practitioner_s_absence_hits(treatment, case, since, until, number):
    one = an_appointment(treatment)
    period = Period(at(f"2026-03-11 {since}"), at(f"2026-03-11 {until}"))

    row = bookings.add_time_off(one.practitioner_id, period, reason="Ziek")

    assert list(bookings.hit_by(row, now=NOW)) == [one] * number
    assert hits() == [number]


def test_a_closed_clinic_hits_each_appointment_once():
    treatment = a_clinic(practitioners=2, rooms=2)
    first, second = an_appointment(treatment), an_appointment(treatment)

    bookings.add_time_off(None, day_period(date(2026, 3, 11), ZONE), reason="Verbouwing")

    assert (hits(), list(bookings.hit_by(TimeOff.objects.get(), now=NOW))) == ([2], [first, second])


def test_what_is_over_or_resolved_is_no_longer_to_be_resolved(treatment):
    one = an_appointment(treatment)
    bookings.add_time_off(one.practitioner_id, Period(START - HOUR, START + HOUR))

    assert [row.hits for row in bookings.to_resolve(now=START + HOUR)] == []
    bookings.cancel(one.pk, by=By.CLINIC, now=NOW)
    assert hits() == [0]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_off_is_the_whole_local_day_also_when_the_clock_changes(treatment, day, hours):
    practitioner = treatment.practitioners.get()
    practitioner.working_hours.create(weekday=6, opens="00:00", closes="23:59")
    search = replace(a_search(treatment), by=By.CLINIC)
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    before = days_on(search, days=days)

    row = bookings.add_time_off(practitioner.pk, day_period(day, ZONE))

    after = days_on(search, days=days)
    assert row.ends_at - row.starts_at == HOUR * hours
    assert (len(before[day].slots) > 80, after[day].slots) == (True, [])
    assert (after[days[0]], after[days[2]]) == (before[days[0]], before[days[2]])


def colleagues(*appointments) -> dict[int, list[int]]:
    found = colleagues_for(appointments, Clinic.objects.get(), zone=ZONE, now=NOW)
    return {pk: [one.pk for one in people] for pk, people in found.items()}


def test_who_is_free_and_skilled_can_take_it_over_in_the_same_room():
    treatment = a_clinic(practitioners=3)  # one room: the appointment's own
    one = an_appointment(treatment)
    able = list(treatment.practitioners.values_list("pk", flat=True))
    able.remove(one.practitioner_id)

    assert colleagues(one) == {one.pk: able}
    bookings.add_time_off(able[0], Period(START, START + HOUR))
    assert colleagues(one) == {one.pk: able[1:]}
    treatment.practitioners.remove(able[1])
    assert colleagues(one) == {one.pk: []}


def test_who_treats_somebody_else_then_cannot():
    treatment = a_clinic(practitioners=2, rooms=2)
    first, second = an_appointment(treatment), an_appointment(treatment)

    assert colleagues(first, second) == {first.pk: [], second.pk: []}


@pytest.mark.parametrize("many", [1, 3])
def test_asking_for_many_takes_as_many_queries(many, django_assert_num_queries):
    treatment = a_clinic(practitioners=2, rooms=2)
    for number in range(many):
        an_appointment(treatment, starts_at=START + number * HOUR)
    colleagues()

    with django_assert_num_queries(5):  # appointments, clinic, extras, allocations, what is taken
        rows = Appointment.objects.select_related("treatment")
        assert [len(who) for who in colleagues(*rows).values()] == [1] * many
