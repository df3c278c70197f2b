from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import operations as bookings
from bookings.availability import nearest_slots, slots_on
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Client,
    Clinic,
    Practitioner,
    Resource,
    TimeOff,
)
from tests.factories import NOW, START, a_clinic, a_hold, a_search, an_appointment
from tests.when import ZONE, at

Status = Appointment.Status


def kinds(appointment):
    return list(appointment.events.values_list("kind", flat=True))


def test_a_hold_takes_every_resource_for_as_long_as_the_needs_say(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)

    taken = {
        a.resource.kind: (a.period.lower, a.period.upper)
        for a in hold.allocations.select_related("resource")
    }
    assert taken == {
        Resource.Kind.PRACTITIONER: (START, START + timedelta(minutes=45)),
        Resource.Kind.ROOM: (START, START + timedelta(minutes=55)),
    }
    assert (hold.status, hold.client, hold.held_until) == (
        Status.HELD,
        None,
        NOW + timedelta(minutes=15),
    )
    assert kinds(hold) == ["held"]


def test_the_terms_are_copied_when_the_time_is_held(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)
    agreed = hold.terms
    treatment.late_fee_cents = 9000
    treatment.save()

    hold.refresh_from_db()
    assert hold.terms == agreed
    assert agreed.late_fee_cents == 4500


@pytest.mark.parametrize(
    ("case", "starts_at"),
    [
        ("in the past", "2026-03-02 07:00"),
        ("within the minimum notice", "2026-03-02 09:45"),
        ("off the grid", "2026-03-11 10:07"),
        ("before opening", "2026-03-11 08:45"),
        ("ends after closing", "2026-03-11 16:30"),
        ("in the weekend", "2026-03-14 10:00"),
        ("beyond the horizon", "2026-06-01 10:00"),
    ],
)
def test_a_time_that_is_not_offered_is_refused(treatment, case, starts_at):
    with pytest.raises(bookings.NotOffered):
        bookings.hold(a_search(treatment), starts_at=at(starts_at))

    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("case", "starts_at", "is_free"),
    [
        ("the same time", "2026-03-11 10:00", False),
        ("while she treats", "2026-03-11 10:30", False),
        # She is free at 10:45, but the room is cleaned until 10:55.
        ("while the room is cleaned", "2026-03-11 10:45", False),
        ("just after", "2026-03-11 11:00", True),
        ("ends while hers begins", "2026-03-11 09:15", False),
        ("just before", "2026-03-11 09:00", True),
    ],
)
def test_a_taken_time(treatment, case, starts_at, is_free):
    bookings.hold(a_search(treatment), starts_at=START)

    if is_free:
        assert bookings.hold(a_search(treatment), starts_at=at(starts_at))
    else:
        with pytest.raises(bookings.SlotTaken):
            bookings.hold(a_search(treatment), starts_at=at(starts_at))
        assert Appointment.objects.count() == 1


def test_time_off_is_not_offered(treatment):
    noor = Practitioner.objects.get()
    TimeOff.objects.create(resource=noor, starts_at=START, ends_at=START + timedelta(hours=1))

    with pytest.raises(bookings.SlotTaken):
        bookings.hold(a_search(treatment), starts_at=START)


def test_without_preference_the_least_busy_is_chosen(db):
    treatment = a_clinic(practitioners=2, rooms=2)
    first = bookings.hold(a_search(treatment), starts_at=START)
    second = bookings.hold(a_search(treatment), starts_at=START + timedelta(hours=2))

    assert first.practitioner_id != second.practitioner_id
    assert (first.any_practitioner, second.any_practitioner) == (True, True)


def test_two_people_and_two_rooms_take_two_clients_at_once_and_not_three(db):
    treatment = a_clinic(practitioners=2, rooms=2)
    for _ in range(2):
        bookings.hold(a_search(treatment), starts_at=START)

    with pytest.raises(bookings.SlotTaken):
        bookings.hold(a_search(treatment), starts_at=START)


def test_the_database_itself_refuses_an_overlap(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)
    taken = hold.allocations.first()

    with pytest.raises(IntegrityError, match="resource_never_double_booked"), transaction.atomic():
        Allocation.objects.create(appointment=hold, resource=taken.resource, period=taken.period)


def test_an_address_holds_only_so_much(treatment):
    for hour in range(5):
        bookings.hold(a_search(treatment), starts_at=START + timedelta(hours=hour), address="one")

    with pytest.raises(bookings.TooManyHolds):
        bookings.hold(a_search(treatment), starts_at=START + timedelta(hours=5), address="one")
    assert bookings.hold(a_search(treatment), starts_at=START + timedelta(hours=5), address="two")


def test_moving_a_hold_by_less_than_its_own_length(treatment):
    hold = a_hold(treatment)
    search = a_search(treatment, ignoring=hold.pk)

    moved = bookings.move_hold(hold.pk, search, starts_at=START + timedelta(minutes=15))

    assert (moved.pk, moved.starts_at) == (hold.pk, START + timedelta(minutes=15))
    assert moved.client == hold.client
    assert moved.terms_accepted_at is None  # she agreed about another time
    assert hold.allocations.count() == 2
    assert kinds(hold) == ["held", "hold_moved"]


def test_a_hold_that_cannot_move_keeps_its_time(treatment):
    other = a_hold(treatment, starts_at=START + timedelta(hours=2))
    hold = a_hold(treatment)

    with pytest.raises(bookings.SlotTaken):
        bookings.move_hold(
            hold.pk, a_search(treatment, ignoring=hold.pk), starts_at=other.starts_at
        )

    hold.refresh_from_db()
    assert (hold.starts_at, hold.allocations.count()) == (START, 2)


def test_more_time_ten_times_and_no_more(treatment):
    hold, clinic = bookings.hold(a_search(treatment), starts_at=START), Clinic.objects.get()
    moment = NOW
    for n in range(1, 11):
        moment += timedelta(minutes=10)
        longer = bookings.extend_hold(hold.pk, clinic, now=moment)
        assert (longer.hold_extensions, longer.held_until) == (n, moment + clinic.hold_length)

    with pytest.raises(bookings.NoMoreTime):
        bookings.extend_hold(hold.pk, clinic, now=moment)


def test_more_time_never_makes_a_hold_longer_than_the_clinic_allows_in_all(treatment):
    hold, clinic = bookings.hold(a_search(treatment), starts_at=START), Clinic.objects.get()
    clinic.hold_longest = timedelta(minutes=20)

    assert bookings.extend_hold(hold.pk, clinic, now=NOW + timedelta(minutes=10)).held_until == (
        NOW + timedelta(minutes=20)
    )
    with pytest.raises(bookings.NoMoreTime):
        bookings.extend_hold(hold.pk, clinic, now=NOW + timedelta(minutes=19))


@pytest.mark.parametrize(
    ("case", "seconds", "expired"),
    [("one second early", -1, 0), ("exactly", 0, 1), ("one second late", 1, 1)],
)
def test_a_hold_lapses(treatment, case, seconds, expired):
    hold = bookings.hold(a_search(treatment), starts_at=START)
    moment = hold.held_until + timedelta(seconds=seconds)

    assert bookings.expire_holds(now=moment) == expired

    hold.refresh_from_db()
    assert hold.status == (Status.EXPIRED if expired else Status.HELD)
    assert hold.allocations.exists() != bool(expired)


def test_a_hold_being_paid_is_not_let_go_by_the_clock_alone(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)
    until = NOW + timedelta(minutes=41)
    bookings.keep_for_payment(hold.pk, until=until, now=NOW)

    assert bookings.expire_holds(now=until + timedelta(days=1)) == 0


def test_slots_of_a_day(treatment):
    an_appointment(treatment, starts_at=at("2026-03-11 12:00"))
    day = START.astimezone(ZONE).date()

    slots = slots_on(a_search(treatment), days=[day])[day]

    free = [f"{slot.starts_at.astimezone(ZONE):%H:%M}" for slot in slots]
    assert (
        free
        == (
            "09:00 09:15 09:30 09:45 10:00 10:15 10:30 10:45 11:00 "
            "13:00 13:15 13:30 13:45 14:00 14:15 14:30 14:45 15:00 15:15 15:30 15:45 16:00 16:15"
        ).split()
    )


def test_the_nearest_free_times(treatment):
    an_appointment(treatment)

    nearest = nearest_slots(a_search(treatment), around=START)

    assert [f"{s.starts_at.astimezone(ZONE):%H:%M}" for s in nearest] == ["09:00", "11:00", "11:15"]


@pytest.mark.parametrize("days", [1, 7])
def test_slots_take_the_same_queries_for_a_day_and_a_week(
    treatment, django_assert_num_queries, days
):
    wanted = [(START + timedelta(days=n)).date() for n in range(days)]

    search = a_search(treatment)
    slots_on(search, days=wanted)  # reads the reference data, which are kept

    with django_assert_num_queries(1):
        slots_on(search, days=wanted)


def test_details_given_twice_are_one_client(treatment):
    details = bookings.ClientDetails(
        first_name="Zoë",
        last_name="de Vries",
        phone="+31612345678",
        email="zoe@example.nl",
        reach_by=Client.ReachBy.SMS,
    )
    hold = bookings.hold(a_search(treatment), starts_at=START)
    first = bookings.give_details(hold.pk, details, note="", zone=ZONE, now=NOW).client
    second = bookings.give_details(hold.pk, details, note="", zone=ZONE, now=NOW).client

    assert first == second


def test_booking_twice_is_told_and_changes_nothing(treatment):
    appointment = an_appointment(treatment)

    with pytest.raises(bookings.AlreadyBooked):
        bookings.book(appointment.pk, now=NOW)

    assert kinds(appointment) == ["held", "booked"]


def test_a_lapsed_hold_cannot_be_booked_without_money(treatment):
    hold = a_hold(treatment)

    with pytest.raises(bookings.HoldLapsed):
        bookings.book(hold.pk, now=hold.held_until)


def test_a_deposit_cannot_be_walked_around(db):
    treatment = a_clinic(deposit_cents=2500)
    hold = a_hold(treatment)

    with pytest.raises(bookings.DetailsMissing):
        bookings.book(hold.pk, now=NOW)


def test_late_money_takes_the_time_back_if_it_is_free(treatment):
    hold = a_hold(treatment)
    bookings.expire_holds(now=hold.held_until)

    appointment = bookings.book_paid(hold.pk, now=hold.held_until + timedelta(minutes=5))

    assert appointment.status == Status.BOOKED
    assert appointment.allocations.count() == 2
    assert AppointmentEvent.objects.filter(kind="booked").count() == 1


def test_late_money_does_not_push_anybody_out(treatment):
    hold = a_hold(treatment)
    late = hold.held_until + timedelta(minutes=5)
    bookings.expire_holds(now=hold.held_until)
    other = an_appointment(treatment, now=late)

    with pytest.raises(bookings.HoldLapsed):
        bookings.book_paid(hold.pk, now=late)

    assert Appointment.objects.get(status=Status.BOOKED) == other


def test_a_treatment_that_claims_nobody_is_not_offered(treatment):
    treatment.needs.filter(kind=Resource.Kind.PRACTITIONER).delete()

    with pytest.raises(bookings.NotOffered):
        bookings.hold(a_search(treatment), starts_at=START)


def test_leaving_the_payment_page_cannot_keep_a_hold_for_ever(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)
    for _ in range(3):
        bookings.keep_for_payment(hold.pk, until=NOW + timedelta(hours=1), now=NOW)
        bookings.stop_paying(hold.pk, until=NOW + timedelta(minutes=15), most=3)

    with pytest.raises(bookings.NoMoreTime):
        bookings.stop_paying(hold.pk, until=NOW + timedelta(minutes=15), most=3)
