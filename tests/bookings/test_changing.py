from dataclasses import replace
from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, By
from tests.factories import NOW, START, UserFactory, a_search, an_appointment

Status = Appointment.Status
DAY = timedelta(hours=24)
UNDO = timedelta(minutes=3)


@pytest.fixture
def appointment(treatment):
    return an_appointment(treatment)


def test_confirming_twice_is_one_event(appointment):
    bookings.confirm(appointment.pk, by=By.CLIENT, now=NOW)
    later = bookings.confirm(appointment.pk, by=By.CLIENT, now=NOW + timedelta(hours=1))

    assert later.confirmed_at == NOW
    assert appointment.events.filter(kind="confirmed").count() == 1


@pytest.mark.parametrize(
    ("case", "by", "before_start", "fee"),
    [
        ("in time", By.CLIENT, DAY, 0),
        ("a second late", By.CLIENT, DAY - timedelta(seconds=1), 4500),
        ("by the clinic", By.CLINIC, timedelta(hours=1), 0),
    ],
)
def test_cancelling(appointment, case, by, before_start, fee):
    assert bookings.cancel(appointment.pk, by=by, now=START - before_start) == fee

    appointment.refresh_from_db()
    assert (appointment.status, appointment.fee_cents) == (Status.CANCELLED, fee)
    assert not appointment.allocations.exists()


def test_the_first_cancellation_counts(appointment):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=NOW)

    with pytest.raises(bookings.NotCancellable):
        bookings.cancel(appointment.pk, by=By.CLIENT, now=START - timedelta(hours=1))

    appointment.refresh_from_db()
    assert appointment.fee_cents == 0


def test_an_appointment_that_began_cannot_be_cancelled(appointment):
    with pytest.raises(bookings.NotCancellable):
        bookings.cancel(appointment.pk, by=By.CLIENT, now=START)


@pytest.mark.parametrize(
    ("case", "after", "works"),
    [("in time", UNDO - timedelta(seconds=1), True), ("too late", UNDO, False)],
)
def test_thinking_again(appointment, case, after, works):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=NOW)
    moment = NOW + after
    if works:
        again = bookings.undo_cancel(appointment.pk, within=UNDO, by=By.CLIENT, now=moment)
        assert (again.status, again.cancelled_at, again.fee_cents) == (Status.BOOKED, None, 0)
        assert again.allocations.count() == 2
    else:
        with pytest.raises(bookings.NotUndoable):
            bookings.undo_cancel(appointment.pk, within=UNDO, by=By.CLIENT, now=moment)
        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED


def test_thinking_again_when_somebody_has_the_time(appointment, treatment):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=NOW)
    an_appointment(treatment)

    with pytest.raises(bookings.NotUndoable):
        bookings.undo_cancel(appointment.pk, within=UNDO, by=By.CLIENT, now=NOW)

    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_moving_keeps_the_appointment_and_forgets_the_yes(appointment, treatment):
    bookings.confirm(appointment.pk, by=By.CLIENT, now=NOW)
    search = a_search(treatment, ignoring=appointment.pk)

    moved = bookings.reschedule(appointment.pk, search, starts_at=START + timedelta(minutes=15))

    assert (moved.pk, moved.moves, moved.confirmed_at) == (appointment.pk, 1, None)
    assert moved.allocations.count() == 2


def test_moving_when_it_is_no_longer_free(appointment, treatment):
    late = START - timedelta(hours=3)
    search = a_search(treatment, now=late, ignoring=appointment.pk)

    with pytest.raises(bookings.NotMovable):
        bookings.reschedule(appointment.pk, search, starts_at=START + DAY)

    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.moves) == (START, 0)
    desk = replace(search, by=By.CLINIC)
    with pytest.raises(bookings.ReasonMissing):
        bookings.reschedule(appointment.pk, desk, starts_at=START + DAY, reason=" ")
    moved = bookings.reschedule(appointment.pk, desk, starts_at=START + DAY, reason="ziek")
    assert moved.starts_at == START + DAY


def test_a_no_show_rests_and_can_be_undone(appointment):
    user = UserFactory()
    rest = timedelta(hours=24)
    with pytest.raises(bookings.WrongMoment):
        bookings.mark_no_show(appointment.pk, now=START - timedelta(seconds=1), user=user)

    missed = bookings.mark_no_show(appointment.pk, now=START, user=user)
    assert (missed.status, missed.fee_cents) == (Status.NO_SHOW, 9500)

    back = bookings.undo_no_show(
        appointment.pk, within=rest, now=START + rest - timedelta(seconds=1), user=user
    )
    assert (back.status, back.fee_cents, back.no_show_at) == (Status.BOOKED, 0, None)


def test_a_no_show_that_has_rested_stays(appointment):
    user = UserFactory()
    bookings.mark_no_show(appointment.pk, now=START, user=user)

    with pytest.raises(bookings.WrongMoment):
        bookings.undo_no_show(appointment.pk, within=DAY, now=START + DAY, user=user)


def test_a_visit_from_arrival_to_done(appointment):
    user = UserFactory()
    bookings.arrive(appointment.pk, now=START, user=user)
    with pytest.raises(bookings.WrongMoment):
        bookings.mark_no_show(appointment.pk, now=START, user=user)
    bookings.undo_arrival(appointment.pk, now=START, user=user)
    bookings.arrive(appointment.pk, now=START, user=user)
    done = bookings.complete(appointment.pk, now=START + timedelta(hours=1), user=user)

    assert done.status == Status.COMPLETED
    assert list(appointment.events.values_list("kind", flat=True))[2:] == [
        "arrived",
        "arrival_undone",
        "arrived",
        "completed",
    ]


def test_the_clinic_s_own_cancelling_is_not_hers_to_undo(appointment):
    bookings.cancel(appointment.pk, by=By.CLINIC, now=NOW)

    with pytest.raises(bookings.NotUndoable):
        bookings.undo_cancel(appointment.pk, within=UNDO, by=By.CLIENT, now=NOW)


@pytest.mark.parametrize(
    ("case", "moved_before", "declined_after", "fee"),
    [
        ("far ahead, the agreed notice stands", DAY * 5, timedelta(hours=1), 0),
        ("close by, she has a day to decline", timedelta(hours=30), timedelta(hours=23), 0),
        ("and not a second more", timedelta(hours=30), DAY + timedelta(seconds=1), 4500),
        ("within a day it stays free", timedelta(hours=6), timedelta(hours=5), 0),
    ],
)
def test_a_move_by_the_clinic_never_costs_her_money(
    appointment, treatment, case, moved_before, declined_after, fee
):
    new_start = START + timedelta(hours=2)
    moved_at = new_start - moved_before
    search = a_search(treatment, now=moved_at, ignoring=appointment.pk, by=By.CLINIC)
    bookings.reschedule(appointment.pk, search, starts_at=new_start, reason="ziek")

    moment = moved_at + declined_after
    assert bookings.cancel(appointment.pk, by=By.CLIENT, now=moment) == fee
