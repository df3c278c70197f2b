"""What is shown is exactly what is accepted: random small clinics, written to the database."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings import operations as bookings
from bookings.availability import slots_on
from bookings.models import Allocation, Appointment, AppointmentEvent, By, Resource
from tests.bookings.reference_slots import MINUTE, SmallClinic, Start, Taken, starts_on
from tests.bookings.small_clinics import search_in, small_clinics

pytestmark = pytest.mark.django_db
# Rows take longer than arithmetic.
few = settings(max_examples=max(settings().max_examples // 4, 10))


def save(small: SmallClinic) -> None:
    """Write the rows of a small clinic."""
    small.clinic.save()
    for row in (*small.wanted, *small.people, *small.others):
        row.save(force_insert=True)
    for row in (*small.needs, *small.skills, *small.hours, *small.special, *small.time_off):
        row.save()
    for one in small.taken:
        _an_appointment(small, one)


def _an_appointment(small: SmallClinic, one: Taken) -> None:
    appointment = Appointment.objects.create(
        treatment=small.wanted[0],
        practitioner=small.people[0],
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        held_until=small.now + timedelta(days=1),
        price_cents=0,
        free_notice=timedelta(),
        created_at=small.now,
    )
    Allocation.objects.create(
        appointment=appointment,
        resource_id=one.resource_id,
        period=(one.starts_at, one.ends_at),
    )


def counts() -> list[int]:
    return [table.objects.count() for table in (Appointment, Allocation, AppointmentEvent)]


def shown(small: SmallClinic, day: date) -> list[Start]:
    return [
        Start(slot.starts_at, slot.practitioner_id, slot.is_neat)
        for slot in slots_on(search_in(small), days=[day]).get(day, [])
    ]


@few
@given(small_clinics(), st.data())
def test_each_start_shown_is_held_and_no_other_is(made, data):
    small, day = made
    with transaction.atomic():
        save(small)
        starts = shown(small, day)
        assert starts == starts_on(small, day)
        for start in data.draw(st.lists(st.sampled_from(starts), max_size=2)) if starts else []:
            _is_held(small, start)
        for moment in data.draw(st.lists(_minutes_of(small, day), max_size=4)):
            if moment not in [start.starts_at for start in starts]:
                _is_refused(small, moment)
        transaction.set_rollback(True)


def _minutes_of(small: SmallClinic, day: date) -> st.SearchStrategy[datetime]:
    """Return moments of the day, mostly on a grid that somebody might have."""
    midnight = datetime.combine(day, time(), tzinfo=small.zone).astimezone(small.now.tzinfo)
    quarters = st.integers(0, 23 * 4 - 1).map(lambda n: midnight + MINUTE * 15 * n)
    return st.one_of(quarters, st.integers(0, 23 * 60 - 1).map(lambda n: midnight + MINUTE * n))


def _is_held(small: SmallClinic, start: Start) -> None:
    with transaction.atomic():
        hold = bookings.hold(search_in(small), starts_at=start.starts_at)
        assert (hold.starts_at, hold.practitioner_id) == (start.starts_at, start.practitioner_id)
        taken = hold.allocations.values_list("resource", "resource__kind")
        assert {who for who, kind in taken if kind == Resource.Kind.PRACTITIONER} == {
            start.practitioner_id
        }
        transaction.set_rollback(True)


def _is_refused(small: SmallClinic, moment: datetime) -> None:
    before = counts()
    with pytest.raises((bookings.SlotTaken, bookings.NotOffered)):
        bookings.hold(search_in(small), starts_at=moment)
    assert counts() == before


@few
@given(small_clinics(), st.data())
def test_booking_the_day_full_never_meets_what_is_taken(made, data):
    """Each start that is shown can be held, after all that were held before it."""
    small, day = made
    small = replace(small, by=By.CLINIC)
    with transaction.atomic():
        save(small)
        for _ in range(6):
            starts = shown(small, day)
            if not starts:
                break
            start = data.draw(st.sampled_from(starts))
            assert bookings.hold(search_in(small), starts_at=start.starts_at)
        transaction.set_rollback(True)
