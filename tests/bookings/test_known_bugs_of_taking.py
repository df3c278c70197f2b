"""Double booking, time around a visit, and moves: known bugs D, I and S (`test_known_bugs.py`)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.availability import nearest_slots
from bookings.models import (
    Allocation,
    Appointment,
    By,
    Clinic,
    Need,
    Practitioner,
    Resource,
    WorkingHours,
)
from bookings.search import search_for
from tests.bookings.shown import on
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    PractitionerFactory,
    TreatmentFactory,
    a_clinic,
    a_hold,
    a_search,
    an_appointment,
)
from tests.when import ZONE, at

Status = Appointment.Status
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def test_d4_of_two_who_wait_for_one_time_only_who_keeps_it_is_booked(treatment):
    first = a_hold(treatment)
    late = first.held_until
    bookings.expire_holds(now=late)
    second = a_hold(treatment, now=late)

    bookings.book(second.pk, now=late)
    with pytest.raises(bookings.HoldLapsed):
        bookings.book(first.pk, now=late)

    statuses = Appointment.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == [Status.EXPIRED, Status.BOOKED]


def test_d7_a_reserved_time_is_not_bookable_by_others(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)

    for by in (By.CLIENT, By.CLINIC):
        with pytest.raises(bookings.SlotTaken):
            bookings.hold(a_search(treatment, by=by), starts_at=START)
    assert "Wed 10:00" not in on(a_search(treatment), START.date())
    assert Appointment.objects.get() == hold


def test_d10_the_same_client_books_the_same_time_again_after_cancelling(treatment):
    client = ClientFactory()
    for _ in range(3):
        appointment = an_appointment(treatment, client=client)
        bookings.cancel(appointment.pk, by=By.CLIENT, now=NOW)

    assert an_appointment(treatment, client=client).status == Status.BOOKED
    assert Allocation.objects.count() == 2


def test_d11_another_treatment_of_the_same_person_or_room_counts(treatment):
    other = TreatmentFactory(duration_minutes=30)
    other.practitioners.set([Practitioner.objects.get()])
    in_the_room_only = TreatmentFactory(duration_minutes=30)
    in_the_room_only.practitioners.set([PractitionerFactory()])
    an_appointment(treatment)

    for one in (other, in_the_room_only):
        with pytest.raises(bookings.SlotTaken):
            bookings.hold(a_search(one), starts_at=START)


def test_d12_the_desk_cannot_book_over_an_appointment_either(treatment):
    an_appointment(treatment)
    other = an_appointment(treatment, starts_at=START + 2 * HOUR)
    desk = a_search(treatment, by=By.CLINIC)

    with pytest.raises(bookings.SlotTaken):
        bookings.hold(desk, starts_at=START + 30 * MINUTE)
    with pytest.raises(bookings.SlotTaken):
        bookings.reschedule(
            other.pk, replace(desk, ignoring=other.pk), starts_at=START, reason="haast"
        )
    assert Appointment.objects.count() == 2


def _no_skill():
    Practitioner.objects.get().skills.all().delete()


def _no_room():
    Resource.objects.filter(kind=Resource.Kind.ROOM).update(is_active=False)


def _gone():
    Practitioner.objects.update(is_active=False)


def _no_hours():
    WorkingHours.objects.all().delete()


def _only_the_desk():
    Practitioner.objects.get().treatments.update(booked_by="nobody")


@pytest.mark.parametrize("change", [_no_skill, _no_room, _gone, _no_hours, _only_the_desk])
def test_d13_d15_a_time_seen_before_a_change_is_refused_after_it(treatment, change):
    assert "Wed 10:00" in on(a_search(treatment), START.date())
    change()
    treatment.refresh_from_db()

    with pytest.raises((bookings.NotOffered, bookings.SlotTaken)):
        bookings.hold(a_search(treatment), starts_at=START)
    assert not Appointment.objects.exists()


def test_d15_a_time_seen_before_somebody_took_it_is_refused_with_near_ones(treatment):
    search = a_search(treatment)
    assert "Wed 10:00" in on(search, START.date())
    an_appointment(treatment)

    with pytest.raises(bookings.SlotTaken):
        bookings.hold(search, starts_at=START)
    assert len(nearest_slots(search, around=START)) == 3


def test_d14_the_first_time_of_a_day_takes_only_what_overlaps(treatment):
    before = on(a_search(treatment), START.date())

    bookings.hold(a_search(treatment), starts_at=at("2026-03-11 09:00"))

    # The room is clean again at 9:55.
    gone = ["Wed 09:00", "Wed 09:15", "Wed 09:30", "Wed 09:45"]
    assert on(a_search(treatment), START.date()) == [one for one in before if one not in gone]


@pytest.mark.parametrize(
    ("case", "needs", "last_before", "first_after"),
    [
        # Of an appointment from 12:00 to 12:45, seen from one of the same treatment.
        ("none", (0, 45), "11:15", "12:45"),
        ("before", (-15, 45), "11:00", "13:00"),
        ("after", (0, 60), "11:00", "13:00"),
        ("both, each on its own side", (-30, 60), "10:30", "13:30"),
        ("no gap that is counted twice", (-15, 60), "10:45", "13:15"),
    ],
)
def test_i1_time_around_a_visit_lies_on_its_own_side_and_once(
    treatment, case, needs, last_before, first_after
):
    Need.objects.filter(kind=Resource.Kind.ROOM).delete()
    Need.objects.update(from_minute=needs[0], until_minute=needs[1])
    bookings.hold(a_search(treatment), starts_at=at("2026-03-11 12:00"))

    times = [one[4:] for one in on(a_search(treatment), START.date())]

    assert max(one for one in times if one < "12:00") == last_before
    assert min(one for one in times if one > "12:00") == first_after


def test_i1_a_device_that_cools_down_keeps_others_waiting_and_not_the_people(db):
    treatment = a_clinic(practitioners=2, rooms=2)
    Need.objects.create(treatment=treatment, kind="device", group="laser", until_minute=120)
    Resource.objects.create(kind="device", group="laser", name="Laser")
    without = TreatmentFactory(duration_minutes=45)
    without.practitioners.set(Practitioner.objects.all())
    bookings.hold(a_search(treatment), starts_at=START)

    with pytest.raises(bookings.SlotTaken):
        bookings.hold(a_search(treatment), starts_at=START + 105 * MINUTE)
    assert bookings.hold(a_search(without), starts_at=START)
    assert bookings.hold(a_search(treatment), starts_at=START + 120 * MINUTE)


@pytest.mark.parametrize("shift", [15 * MINUTE, 2 * HOUR, DAY])
@pytest.mark.parametrize("by", [By.CLIENT, By.CLINIC])
def test_s4_what_moves_does_not_count_against_itself(treatment, shift, by):
    """Neither its time, nor the days that must lie between two of the same treatment."""
    treatment.least_days_between = 14
    treatment.save()
    appointment = an_appointment(treatment)
    search = search_for(appointment, Clinic.objects.get(), zone=ZONE, now=NOW, by=by)

    moved = bookings.reschedule(
        appointment.pk, search, starts_at=START + shift, reason="op verzoek"
    )

    assert (moved.pk, moved.starts_at) == (appointment.pk, START + shift)


def test_s4_another_of_the_same_treatment_does_count(treatment):
    treatment.least_days_between = 14
    treatment.save()
    appointment = an_appointment(treatment)
    far = an_appointment(treatment, starts_at=START + 14 * DAY, client=appointment.client)
    search = search_for(far, Clinic.objects.get(), zone=ZONE, now=NOW)

    with pytest.raises(bookings.NotEligible):
        bookings.reschedule(far.pk, search, starts_at=START + 13 * DAY)

    far.refresh_from_db()
    assert (far.starts_at, far.moves) == (START + 14 * DAY, 0)
