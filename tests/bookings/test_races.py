"""Rivals on the operations themselves: one winner each, never an overlap, never a deadlock."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Allocation, Appointment, By, Practitioner, Resource, TimeOff
from bookings.periods import Period
from tests.bookings.rivals import at_once, kinds, overlaps
from tests.factories import NOW, START, UserFactory, a_clinic, a_hold, a_search, an_appointment
from tests.when import at

Status = Appointment.Status
HOUR = timedelta(hours=1)
UNDO = timedelta(minutes=3)
pytestmark = pytest.mark.usefixtures("committed")


def holding(treatment, starts_at=START, **wishes):
    search = a_search(treatment, **wishes)
    return lambda: bookings.hold(search, starts_at=starts_at)


def moving(appointment, starts_at, *, by=By.CLIENT):
    search = a_search(appointment.treatment, ignoring=appointment.pk, by=by)
    return lambda: bookings.reschedule(
        appointment.pk, search, starts_at=starts_at, reason="eerder vrij"
    )


def test_one_time_has_one_winner():
    treatment = a_clinic()

    answers = at_once([holding(treatment)] * 12)

    assert kinds(answers) == {"Appointment": 1, "SlotTaken": 11}
    assert Appointment.objects.count() == 1
    assert Allocation.objects.count() == 2


@pytest.mark.parametrize("rivals", [8, 12])
def test_without_preference_all_who_are_free_are_found(rivals):
    treatment = a_clinic(practitioners=8, rooms=8)

    answers = at_once([holding(treatment)] * rivals)

    assert kinds(answers) == {"Appointment": 8} | ({"SlotTaken": rivals - 8} if rivals > 8 else {})
    treating = Appointment.objects.values_list("practitioner", flat=True)
    assert sorted(treating) == sorted(Practitioner.objects.values_list("pk", flat=True))
    assert overlaps() == []


def test_the_last_room_is_given_once():
    treatment = a_clinic(practitioners=5, rooms=1)
    people = Practitioner.objects.values_list("pk", flat=True)

    answers = at_once([holding(treatment, practitioner_id=who) for who in people])

    assert kinds(answers) == {"Appointment": 1, "SlotTaken": 4}
    assert Allocation.objects.filter(resource__kind=Resource.Kind.ROOM).count() == 1


def test_a_move_and_a_booking_want_one_time():
    treatment = a_clinic()
    appointment = an_appointment(treatment)
    wanted = START + 2 * HOUR

    answers = at_once([moving(appointment, wanted), holding(treatment, wanted)])

    assert kinds(answers) == {"Appointment": 1, "SlotTaken": 1}
    appointment.refresh_from_db()
    moved = appointment.starts_at == wanted
    assert (appointment.moves, Appointment.objects.count()) == ((1, 1) if moved else (0, 2))
    assert (Allocation.objects.count(), overlaps()) == (2 if moved else 4, [])


def test_a_booking_and_a_move_away_never_overlap():
    treatment = a_clinic()
    appointment = an_appointment(treatment)

    answers = at_once([moving(appointment, START + 2 * HOUR), *[holding(treatment)] * 3])

    assert kinds(answers[:1]) == {"Appointment": 1}
    assert kinds(answers[1:])["Appointment"] <= 1
    assert overlaps() == []


def test_two_moves_want_one_time():
    treatment = a_clinic()
    first, second = (an_appointment(treatment, starts_at=START + n * HOUR) for n in range(2))
    wanted = START + 4 * HOUR

    answers = at_once([moving(first, wanted), moving(second, wanted)])

    assert kinds(answers) == {"Appointment": 1, "SlotTaken": 1}
    assert sorted(Appointment.objects.values_list("moves", flat=True)) == [0, 1]
    assert (Allocation.objects.count(), overlaps()) == (4, [])


def test_two_appointments_cannot_swap_by_moving_and_do_not_deadlock():
    treatment = a_clinic(practitioners=2, rooms=2)
    first, second = (an_appointment(treatment, starts_at=START + n * HOUR) for n in range(2))

    answers = at_once(
        [moving(first, second.starts_at), moving(second, first.starts_at, by=By.CLINIC)]
    )

    assert set(kinds(answers)) <= {"Appointment", "SlotTaken"}
    assert (Allocation.objects.count(), overlaps()) == (4, [])


def test_one_appointment_is_moved_and_cancelled():
    treatment = a_clinic()
    appointment = an_appointment(treatment)

    answers = at_once(
        [
            moving(appointment, START + 2 * HOUR),
            lambda: bookings.cancel(appointment.pk, by=By.CLIENT, now=NOW),
        ]
    )

    assert kinds(answers) in ({"Appointment": 1, "int": 1}, {"NotMovable": 1, "int": 1})
    appointment.refresh_from_db()
    assert (appointment.status, Allocation.objects.count()) == (Status.CANCELLED, 0)


@pytest.mark.parametrize("whole_clinic", [False, True], ids=["she is ill", "the clinic closes"])
def test_nobody_is_booked_into_a_sick_day_unseen(whole_clinic):
    treatment = a_clinic(practitioners=1, rooms=1)
    who = None if whole_clinic else Practitioner.objects.get().pk
    day = Period(at("2026-03-11 00:00"), at("2026-03-12 00:00"))
    starts = [START + n * HOUR for n in range(5)]

    answers = at_once(
        [
            *(holding(treatment, start) for start in starts),
            lambda: bookings.add_time_off(who, day, reason="ziek"),
        ]
    )

    # Who was first is on the list to resolve; who was later got nothing.
    held = [answer.pk for answer in answers if isinstance(answer, Appointment)]
    hit = bookings.hit_by(TimeOff.objects.get(), now=NOW)
    assert sorted(hit.values_list("pk", flat=True)) == sorted(held)
    assert kinds(answers)["SlotTaken"] == 5 - len(held)
    with pytest.raises(bookings.SlotTaken):
        holding(treatment, START + 5 * HOUR)()


def test_thinking_again_and_a_booking_want_one_time():
    treatment = a_clinic()
    appointment = an_appointment(treatment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=NOW)

    answers = at_once(
        [
            lambda: bookings.undo_cancel(appointment.pk, within=UNDO, by=By.CLIENT, now=NOW),
            holding(treatment),
        ]
    )

    assert kinds(answers) in (
        {"Appointment": 1, "SlotTaken": 1},
        {"NotUndoable": 1, "Appointment": 1},
    )
    appointment.refresh_from_db()
    undone = isinstance(answers[0], Appointment)
    assert appointment.status == (Status.BOOKED if undone else Status.CANCELLED)
    assert (Allocation.objects.count(), overlaps()) == (2, [])


def test_late_money_and_a_booking_want_one_time():
    treatment = a_clinic()
    hold = a_hold(treatment)
    late = hold.held_until + UNDO
    bookings.expire_holds(now=late)

    answers = at_once([lambda: bookings.book_paid(hold.pk, now=late), holding(treatment, now=late)])

    assert kinds(answers) in (
        {"Appointment": 1, "SlotTaken": 1},
        {"HoldLapsed": 1, "Appointment": 1},
    )
    assert (Allocation.objects.count(), overlaps()) == (2, [])


def test_another_room_and_a_booking_want_one_room():
    treatment = a_clinic(practitioners=2, rooms=2)
    appointment = an_appointment(treatment)
    place = appointment.allocations.get(resource__kind=Resource.Kind.ROOM)
    (other,) = Resource.objects.filter(kind=Resource.Kind.ROOM).exclude(pk=place.resource_id)
    user = UserFactory()

    answers = at_once(
        [
            lambda: bookings.change_place(
                appointment.pk, allocation_id=place.pk, to=other.pk, now=NOW, user=user
            ),
            holding(treatment),
        ]
    )

    # The booking takes whichever room is left; the change may find its room taken.
    assert isinstance(answers[1], Appointment)
    assert kinds(answers[:1]) in ({"Appointment": 1}, {"SlotTaken": 1})
    assert (Allocation.objects.count(), overlaps()) == (4, [])
