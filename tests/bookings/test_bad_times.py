"""Times nobody should ask for, and times written on another clock: refused, or the same instant."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ObjectDoesNotExist

from bookings import operations as bookings
from bookings.availability import days_on, first_slot, nearest_slots
from bookings.models import Allocation, Appointment, AppointmentEvent, By, Treatment, WorkingHours
from tests.factories import (
    NOW,
    START,
    UserFactory,
    a_clinic,
    a_hold,
    a_search,
    an_appointment,
)
from tests.when import ZONE, at

FOREVER = datetime.max.replace(tzinfo=UTC)
DAWN = datetime.min.replace(tzinfo=UTC)


def everything():
    """Return all that a refusal must leave as it was."""
    tables = (Appointment, Allocation, AppointmentEvent)
    return [list(table.objects.order_by("pk").values()) for table in tables]


NEVER = [
    ("a second too late", START + timedelta(seconds=1)),
    ("a microsecond too late", START + timedelta(microseconds=1)),
    ("a minute beside the grid", START + timedelta(minutes=1)),
    ("past", NOW - timedelta(days=1)),
    ("now", NOW),
    ("the first day there is", DAWN),
    ("the last day there is", FOREVER),
    ("a hundred years on", at("2126-03-11 10:00")),
]


@pytest.mark.parametrize(
    ("case", "starts_at", "by"),
    [
        ("a day too far", at("2026-05-04 10:00"), By.CLIENT),
        *((case, starts_at, by) for case, starts_at in NEVER for by in (By.CLIENT, By.CLINIC)),
    ],
)
def test_a_time_that_is_never_offered(treatment, case, starts_at, by):
    before = everything()

    with pytest.raises(bookings.NotOffered):
        bookings.hold(a_search(treatment, by=by), starts_at=starts_at)

    assert everything() == before


@pytest.mark.parametrize(("case", "starts_at"), NEVER)
def test_a_hold_and_an_appointment_never_move_there(treatment, case, starts_at):
    hold = a_hold(treatment, starts_at=START + timedelta(hours=2))
    appointment = an_appointment(treatment)
    before = everything()

    with pytest.raises(bookings.NotOffered):
        bookings.move_hold(hold.pk, a_search(treatment, ignoring=hold.pk), starts_at=starts_at)
    with pytest.raises(bookings.NotOffered):
        bookings.reschedule(
            appointment.pk, a_search(treatment, ignoring=appointment.pk), starts_at=starts_at
        )

    assert everything() == before


def test_a_naive_time_is_refused(treatment):
    before = everything()

    with pytest.raises(TypeError):
        bookings.hold(a_search(treatment), starts_at=START.replace(tzinfo=None))

    assert everything() == before


@pytest.mark.parametrize(
    "zone",
    [ZONE, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), timezone(timedelta(hours=9))],
)
def test_the_same_instant_on_another_clock_is_the_same_time(treatment, zone):
    hold = bookings.hold(a_search(treatment), starts_at=START.astimezone(zone))

    assert (hold.starts_at, hold.starts_at.tzinfo) == (START, UTC)
    with pytest.raises(bookings.SlotTaken):
        bookings.hold(a_search(treatment), starts_at=START)


@pytest.mark.parametrize("fold", [0, 1])
def test_both_times_of_an_hour_that_happens_twice(db, fold):
    """Written on the clinic's own clock, and with a visit that lasts past the change."""
    treatment = a_clinic(duration_minutes=90)
    WorkingHours.objects.filter(weekday=0).update(weekday=6, opens=time(1), closes=time(6))
    local = datetime(2026, 10, 25, 2, 30, tzinfo=ZONE, fold=fold)

    hold = bookings.hold(a_search(treatment, now=at("2026-10-20 08:00")), starts_at=local)

    instant = datetime(2026, 10, 25, 0 + fold, 30, tzinfo=UTC)
    assert (hold.starts_at, hold.ends_at) == (instant, instant + timedelta(minutes=90))
    assert {one.period.upper - one.period.lower for one in hold.allocations.all()} == {
        timedelta(minutes=90),
        timedelta(minutes=100),
    }


def test_unknown_ids_are_refused(treatment):
    user, before = UserFactory(), everything()
    search = a_search(treatment, ignoring=999)

    for act in (
        lambda: bookings.move_hold(999, search, starts_at=START),
        lambda: bookings.reschedule(999, search, starts_at=START),
        lambda: bookings.book(999, now=NOW),
        lambda: bookings.cancel(999, by=By.CLIENT, now=NOW),
        lambda: bookings.undo_cancel(999, within=timedelta(hours=1), by=By.CLIENT, now=NOW),
        lambda: bookings.change_place(999, allocation_id=1, to=1, now=NOW, user=user),
    ):
        with pytest.raises(ObjectDoesNotExist):
            act()

    assert everything() == before


@pytest.mark.parametrize("practitioner_id", [0, -1, 999, 2**31, 2**63 - 1])
def test_an_unknown_practitioner_gives_nothing(treatment, practitioner_id):
    search = a_search(treatment, practitioner_id=practitioner_id)

    assert first_slot(search) is None
    with pytest.raises(bookings.NotOffered):
        bookings.hold(search, starts_at=START)


def test_a_treatment_that_was_never_saved_gives_nothing(treatment):
    search = a_search(Treatment(pk=999, duration_minutes=5))

    assert first_slot(search) is None
    assert days_on(search, days=[START.date()])[START.date()].slots == []


@pytest.mark.parametrize(
    ("case", "days"),
    [
        ("all days there are", range(1, date.max.toordinal(), 7)),
        ("the same day many times", [START.date().toordinal()] * 100_000),
    ],
)
def test_an_absurd_range_is_cut_to_what_can_be_booked(
    treatment, django_assert_num_queries, case, days
):
    search = a_search(treatment)
    first_slot(search)

    with django_assert_num_queries(1):
        found = days_on(search, days=(date.fromordinal(one) for one in days))

    assert 1 <= len(found) <= 9
    assert all(search.today <= day <= search.last_day for day in found)


@pytest.mark.parametrize("around", [DAWN + timedelta(days=1), FOREVER - timedelta(days=1)])
def test_near_a_time_that_cannot_be_is_near_what_can_be_booked(treatment, around):
    found = nearest_slots(a_search(treatment), around=around)

    assert len(found) == 3
