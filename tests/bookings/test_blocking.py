"""What stands in the way of a time that is gone, and when the next one is."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.blocking import Blocked, blocked_at, next_slot
from bookings.models import By, Resource
from bookings.periods import Period
from tests.factories import START, a_clinic, a_search, an_appointment
from tests.when import at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ids(kind: str) -> tuple[int, ...]:
    return tuple(Resource.objects.filter(kind=kind).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("case", "practitioners", "rooms", "kinds"),
    [
        ("the one practitioner", 1, 2, ["practitioner"]),
        ("the one room", 2, 1, ["room"]),
        ("both", 1, 1, ["practitioner", "room"]),
        ("neither", 2, 2, []),
    ],
)
def test_who_and_what_is_taken(case, practitioners, rooms, kinds):
    treatment = a_clinic(practitioners=practitioners, rooms=rooms)
    an_appointment(treatment)

    found = blocked_at(a_search(treatment, by=By.CLINIC), START)

    assert found == [Blocked(ids(kind), is_away=False) for kind in kinds]


def test_the_practitioner_who_was_asked_for_is_named_alone():
    treatment = a_clinic(practitioners=2, rooms=2)
    one = an_appointment(treatment)
    search = a_search(treatment, by=By.CLINIC, practitioner_id=one.practitioner_id)

    assert blocked_at(search, START) == [Blocked((one.practitioner_id,), is_away=False)]


def test_who_is_away_is_said_to_be_away(treatment):
    practitioner = treatment.practitioners.get()
    bookings.add_time_off(practitioner.pk, Period(START, START + HOUR))

    found = blocked_at(a_search(treatment, by=By.CLINIC), START)

    assert found == [Blocked((practitioner.pk,), is_away=True)]


@pytest.mark.parametrize(
    ("case", "after", "expected"),
    [
        ("right after what is taken", "2026-03-11 10:00", "2026-03-11 11:00"),
        ("a later start of the same day", "2026-03-11 11:00", "2026-03-11 11:15"),
        ("over the weekend", "2026-03-13 16:15", "2026-03-16 09:00"),
        ("not in four weeks", "2029-03-13 16:15", None),
    ],
)
def test_the_next_free_moment(treatment, case, after, expected):
    an_appointment(treatment)

    found = next_slot(a_search(treatment, by=By.CLINIC), after=at(after))

    assert (found and found.starts_at) == (expected and at(expected))
