"""How much is asked of the database: the same for one as for many."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.availability import first_slot, first_slots, nearest_slots, slots_on
from bookings.models import Practitioner
from bookings.search import search_for
from tests.factories import NOW, START, a_clinic, a_hold, a_search, an_appointment
from tests.when import ZONE

HOUR = timedelta(hours=1)
MANY = pytest.mark.parametrize("many", [1, 3])


@pytest.fixture
def clinic_of(db):
    """Return a clinic of so many people and rooms, with as many appointments a day."""

    def make(many):
        treatment = a_clinic(practitioners=many, rooms=many)
        for hour in range(many):
            an_appointment(treatment, starts_at=START + 2 * HOUR + hour * HOUR)
        first_slot(a_search(treatment))  # reads the reference data, which are kept
        return treatment

    return make


@MANY
@pytest.mark.parametrize("days", [1, 60])
def test_slots(clinic_of, django_assert_num_queries, many, days):
    search = a_search(clinic_of(many))
    wanted = [search.today + timedelta(days=n) for n in range(days)]
    slots_on(search, days=wanted)  # what is taken in a long span is kept

    with django_assert_num_queries(1):
        assert slots_on(search, days=wanted)


@MANY
def test_many_days_after_a_booking(clinic_of, django_assert_num_queries, many):
    search = a_search(clinic_of(many))
    wanted = [search.today + timedelta(days=n) for n in range(60)]
    slots_on(search, days=wanted)
    bookings.hold(search, starts_at=START)

    # See that something changed, and read that.
    with django_assert_num_queries(2):
        slots_on(search, days=wanted)


@MANY
@pytest.mark.parametrize(
    "read",
    [first_slot, first_slots, lambda search: nearest_slots(search, around=START)],
    ids=["first slot", "first slots", "nearest slots"],
)
def test_other_reads(clinic_of, django_assert_num_queries, many, read):
    search = a_search(clinic_of(many))

    with django_assert_num_queries(1):
        assert read(search)


@MANY
def test_holding(clinic_of, django_assert_num_queries, many):
    search = a_search(clinic_of(many))

    # Savepoint, lock and find, three rows, done.
    with django_assert_num_queries(4):
        bookings.hold(search, starts_at=START)


@MANY
def test_refusing_what_is_taken(clinic_of, django_assert_num_queries, many):
    treatment = clinic_of(many)
    for _ in range(many):
        bookings.hold(a_search(treatment), starts_at=START)
    search = a_search(treatment)

    # Savepoint, find nothing, ask whether it was ever on offer, and back.
    with django_assert_num_queries(5), pytest.raises(bookings.SlotTaken):
        bookings.hold(search, starts_at=START)


@MANY
def test_booking(clinic_of, django_assert_num_queries, many):
    hold = a_hold(clinic_of(many))

    with django_assert_num_queries(5):
        bookings.book(hold.pk, now=NOW)


@MANY
def test_moving(clinic_of, django_assert_num_queries, many):
    treatment = clinic_of(many)
    appointment = an_appointment(treatment)
    search = search_for(appointment, a_search(treatment).clinic, zone=ZONE, now=NOW)
    assert Practitioner.objects.count() == many

    with django_assert_num_queries(10):
        bookings.reschedule(appointment.pk, search, starts_at=START + HOUR / 4)
