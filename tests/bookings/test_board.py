"""Who takes a start, and what is hidden: cases that random clinics have found."""

from datetime import time, timedelta

from bookings import operations as bookings
from bookings.availability import first_slot, first_slots, slots_on
from bookings.models import Clinic, Practitioner, Resource, Skill, WorkingHours
from bookings.periods import Period
from tests.factories import START, a_clinic, a_search
from tests.when import ZONE, at

DAY = START.astimezone(ZONE).date()
DAY_LATER = timedelta(days=1)


def clocks(slots):
    return [f"{slot.starts_at.astimezone(ZONE):%H:%M}" for slot in slots]


def test_who_finds_no_room_leaves_the_start_to_who_does(db):
    """Two rooms at once, one of them only until 9:35: who needs half an hour can start at 9."""
    treatment = a_clinic(practitioners=2, rooms=2)
    treatment.needs.create(
        kind=Resource.Kind.ROOM, group="behandelkamer", from_minute=0, until_minute=45
    )
    slow, quick = Practitioner.objects.all()
    Skill.objects.filter(practitioner=quick).update(minutes=30)
    room = Resource.objects.filter(kind=Resource.Kind.ROOM).last()
    bookings.add_time_off(room.pk, Period(at("2026-03-11 09:35"), at("2026-03-11 18:00")))

    slots = slots_on(a_search(treatment), days=[DAY])[DAY]

    assert [(slot.practitioner_id, *clocks([slot])) for slot in slots] == [(quick.pk, "09:00")]
    assert slow.pk not in {slot.practitioner_id for slot in slots}


def test_the_first_slot_is_one_that_is_shown(treatment):
    """At ten past seven it is too late for 9:00; from 9:15 on, only 10:00 leaves no gap at all."""
    Clinic.objects.update(gap_care=Clinic.GapCare.HIDE, smallest_gap=timedelta(minutes=45))
    WorkingHours.objects.update(opens=time(9), closes=time(10, 45))
    search = a_search(treatment, now=at("2026-03-11 07:10"))

    (shown,) = slots_on(search, days=[DAY])[DAY]

    assert clocks([shown]) == ["10:00"]
    assert first_slot(search) == shown
    assert first_slots(search) == {shown.practitioner_id: shown}
    assert bookings.hold(search, starts_at=shown.starts_at)


def test_a_day_that_can_only_leave_gaps_hides_nobody(db):
    """Each is free for an hour, at another time: three quarters of it always leave some minutes."""
    treatment = a_clinic(practitioners=2, rooms=2)
    Clinic.objects.update(gap_care=Clinic.GapCare.HIDE, smallest_gap=timedelta(minutes=45))
    for who, opens in zip(Practitioner.objects.all(), (9, 13), strict=True):
        who.working_hours.update(opens=time(opens), closes=time(opens + 1))

    slots = slots_on(a_search(treatment), days=[DAY])[DAY]

    assert clocks(slots) == ["09:00", "09:15", "13:00", "13:15"]


def test_a_fixed_start_time_may_be_the_last_that_fits(treatment):
    treatment.start_times = [time(9), time(12, 7), time(16, 15), time(16, 16), time(18)]

    assert clocks(slots_on(a_search(treatment), days=[DAY])[DAY]) == ["09:00", "12:07", "16:15"]


def test_a_long_span_knows_what_changed_since_it_was_read(treatment):
    room = Resource.objects.get(kind=Resource.Kind.ROOM)
    search = a_search(treatment)
    days = [DAY + timedelta(days=n) for n in range(-5, 40)]
    away = Period(START, START + timedelta(hours=3))

    def change_nothing():
        pass

    held = []
    for change in (
        change_nothing,
        lambda: held.append(bookings.hold(search, starts_at=START)),
        lambda: held.append(bookings.hold(search, starts_at=START + timedelta(days=20))),
        lambda: bookings.move_hold(
            held[0].pk, a_search(treatment, ignoring=held[0].pk), starts_at=START + DAY_LATER
        ),
        lambda: bookings.expire(held[0].pk, now=START),
        lambda: bookings.add_time_off(room.pk, away),
        lambda: WorkingHours.objects.filter(weekday=3).delete(),
        lambda: bookings.expire(held[1].pk, now=START),
    ):
        before = slots_on(search, days=days)
        change()
        after = slots_on(search, days=days)

        assert (after == before) == (change is change_nothing)
        assert after == {
            day: slots for one in days for day, slots in slots_on(search, days=[one]).items()
        }
