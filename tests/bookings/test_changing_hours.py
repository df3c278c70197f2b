"""Hours that change from a day on, hours on one date, and what falls outside them."""

from datetime import date, time, timedelta

import pytest

from bookings import operations as bookings
from bookings.hours import WEEK_A, WEEK_B, Shift
from bookings.models import Practitioner, SpecialHours, WorkingHours
from tests.factories import NOW, START, an_appointment
from tests.when import ZONE

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
FROM = date(2026, 4, 1)
WEDNESDAY = 2


def shift(hours: str, weekday: int = WEDNESDAY, **more) -> Shift:
    opens, closes = (time.fromisoformat(part) for part in hours.split("-"))
    return Shift(weekday, opens, closes, **more)


@pytest.fixture
def practitioner(treatment):
    return treatment.practitioners.get()


def rows(practitioner) -> list[str]:
    of_wednesday = WorkingHours.objects.filter(practitioner=practitioner, weekday=WEDNESDAY)
    return [
        f"{row.opens:%H:%M}-{row.closes:%H:%M} {row.from_on or ''}..{row.until_on or ''}"
        for row in of_wednesday.order_by("from_on", "opens")
    ]


def change(practitioner, *shifts, from_on=FROM):
    ending = list(practitioner.working_hours.filter(weekday=WEDNESDAY).values_list("pk", flat=True))
    bookings.change_hours(practitioner.pk, ending=ending, shifts=shifts, from_on=from_on)


def test_other_hours_from_a_day_on_leave_what_was_before(practitioner):
    change(practitioner, shift("10:00-12:30"), shift("13:00-18:00"))

    assert rows(practitioner) == [
        "10:00-12:30 2026-04-01..",
        "13:00-18:00 2026-04-01..",
        "09:00-17:00 ..2026-03-31",
    ]


def test_what_was_still_to_come_is_replaced(practitioner):
    change(practitioner, shift("10:00-18:00"), from_on=FROM + timedelta(days=7))
    change(practitioner, shift("11:00-18:00"))

    assert rows(practitioner) == ["11:00-18:00 2026-04-01..", "09:00-17:00 ..2026-03-31"]


def test_working_no_longer(practitioner):
    change(practitioner)
    assert rows(practitioner) == ["09:00-17:00 ..2026-03-31"]


@pytest.mark.parametrize(
    ("case", "one", "other", "meets"),
    [
        ("the same", shift("09:00-12:00"), shift("09:00-12:00"), True),
        ("a minute shared", shift("09:00-12:00"), shift("11:59-14:00"), True),
        ("touching", shift("09:00-12:00"), shift("12:00-14:00"), False),
        ("another day", shift("09:00-12:00"), shift("09:00-12:00", 3), False),
        ("every week and A", shift("09:00-12:00"), shift("09:00-12:00", weeks=WEEK_A), True),
        (
            "A and B",
            shift("09:00-12:00", weeks=WEEK_B),
            shift("09:00-12:00", weeks=WEEK_A),
            False,
        ),
        (
            "one after the other",
            shift("09:00-12:00", until_on=FROM - timedelta(days=1)),
            shift("09:00-12:00", from_on=FROM),
            False,
        ),
        (
            "a day shared",
            shift("09:00-12:00", until_on=FROM),
            shift("09:00-12:00", from_on=FROM),
            True,
        ),
    ],
)
def test_the_rule_and_the_database_agree_on_what_overlaps(practitioner, case, one, other, meets):
    WorkingHours.objects.all().delete()
    _write(practitioner, one)

    assert (one.meets(other), other.meets(one)) == (meets, meets)
    if not meets:
        _write(practitioner, other)
        return
    with pytest.raises(bookings.HoursOverlap):
        bookings.change_hours(
            practitioner.pk, ending=(), shifts=[other], from_on=other.from_on or FIRST
        )
    assert WorkingHours.objects.count() == 1


def _write(practitioner, shift):
    bookings.change_hours(
        practitioner.pk, ending=(), shifts=[shift], from_on=shift.from_on or FIRST
    )


def test_overlapping_hours_change_nothing(practitioner):
    before = rows(practitioner)

    with pytest.raises(bookings.HoursOverlap):
        change(practitioner, shift("09:00-13:00"), shift("12:00-17:00"))

    assert rows(practitioner) == before


def test_hours_on_one_date_are_set_and_forgotten(practitioner):
    hours = [(time(10), time(12)), (time(13), time(15))]
    for wanted in (hours[:1], hours, []):
        bookings.set_special_hours(practitioner.pk, works_on=FROM, hours=wanted)
        found = SpecialHours.objects.values_list("opens", "closes")
        assert list(found) == wanted
    with pytest.raises(bookings.HoursOverlap):
        bookings.set_special_hours(
            practitioner.pk, works_on=FROM, hours=[(time(10), time(12)), (time(11), time(13))]
        )
    assert not SpecialHours.objects.exists()


@pytest.mark.parametrize(
    ("case", "hours", "is_outside"),
    [
        ("as it was", "09:00-17:00", False),
        ("it just fits", "10:00-10:45", False),
        ("a minute short", "10:00-10:44", True),
        ("two stretches that touch", "09:00-10:15 10:15-12:00", False),
        ("a break in it", "09:00-10:15 10:30-12:00", True),
        ("no longer at all", "", True),
    ],
)
def test_what_falls_outside_new_hours_stays_and_is_listed(
    practitioner, treatment, case, hours, is_outside
):
    one = an_appointment(treatment)

    change(practitioner, *(shift(part) for part in hours.split()), from_on=START.date())

    one.refresh_from_db()
    found = bookings.outside_hours(Practitioner.objects.get(), zone=ZONE, now=NOW)
    assert (found, one.status) == ([one] if is_outside else [], "booked")
    assert bookings.outside_hours(Practitioner.objects.get(), zone=ZONE, now=one.ends_at) == []
