"""Who books and who changes what there is to book take turns, whatever does the changing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from bookings import operations as bookings
from bookings.models import Clinic, Resource, SpecialHours, TimeOff, Treatment, WorkingHours
from tests.bookings.rivals import at_once, kinds
from tests.factories import NOW, START, a_clinic, a_search
from tests.when import at

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("committed")

CHANGES = {
    "hours end": lambda: WorkingHours.objects.all().delete(),
    "other hours on a date": lambda: SpecialHours.objects.create(
        practitioner_id=Resource.objects.get(kind="practitioner").pk,
        works_on=START.date(),
        opens="09:00",
        closes="10:00",
    ),
    "she leaves": lambda: Resource.objects.filter(kind="practitioner").update(is_active=False),
    "a dearer treatment": lambda: Treatment.objects.update(price_cents=99_900),
    "other rules": lambda: Clinic.objects.update(horizon_days=5),
    "she is ill": lambda: TimeOff.objects.create(
        resource=Resource.objects.get(kind="practitioner"),
        starts_at=at("2026-03-11 00:00"),
        ends_at=at("2026-03-12 00:00"),
    ),
    "the clinic closes": lambda: TimeOff.objects.create(
        starts_at=at("2026-03-11 00:00"), ends_at=at("2026-03-12 00:00")
    ),
    "the closing is put off": lambda: TimeOff.objects.update(ends_at=at("2026-03-21 00:00")),
}


def impatient(act):
    """Do something on a connection of its own that waits for nobody; tell whether it had to."""

    def alone():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                act()
        except OperationalError as error:
            return "waits" if "lock timeout" in str(error) else str(error)
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone).result()


@pytest.fixture
def search():
    """Return what a visitor of a small clinic looks for, which is closed on some other day."""
    wanted = a_search(a_clinic(rooms=2))
    TimeOff.objects.create(starts_at=at("2026-03-20 00:00"), ends_at=at("2026-03-20 12:00"))
    return wanted


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_by_any_hand_waits_for_who_is_booking(search, change):
    with transaction.atomic():
        bookings.hold(search, starts_at=START)

        assert impatient(change) == "waits"

    assert impatient(change) == "done"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_who_books_waits_for_a_change(search, change):
    with transaction.atomic():
        change()

        assert impatient(lambda: bookings.hold(search, starts_at=START)) == "waits"


def test_only_the_same_day_waits(search):
    with transaction.atomic():
        bookings.hold(search, starts_at=START)

        assert impatient(lambda: bookings.hold(search, starts_at=START + DAY)) == "done"
        assert impatient(lambda: bookings.hold(search, starts_at=START + DAY / 24)) == "waits"


def test_nobody_is_booked_into_hours_that_have_just_ended():
    search = a_search(a_clinic())
    days = [START + n * DAY for n in (0, 1, 2, 5, 6)]

    answers = at_once(
        [
            *(lambda start=start: bookings.hold(search, starts_at=start) for start in days),
            lambda: WorkingHours.objects.all().delete(),
        ]
    )

    told = kinds(answers)
    assert told["Appointment"] + told["NotOffered"] == len(days)
    with pytest.raises(bookings.NotOffered):
        bookings.hold(search, starts_at=START + 7 * DAY)
    assert bookings.expire_holds(now=NOW + DAY) == told["Appointment"]
