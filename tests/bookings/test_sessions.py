"""Cancelling and moving sessions of a course: this one, this and the following, or all."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from bookings import operations as bookings
from bookings.models import Allocation, Appointment, AppointmentEvent, By, TimeOff, TreatmentPlan
from tests.bookings.courses import (
    WEEK,
    a_course,
    a_plan,
    at_the_desk,
    book,
    read_out,
    standing,
    to_move,
    weekly,
)
from tests.factories import NOW, START, ClientFactory, a_clinic, a_hold, an_appointment
from tests.when import at

Status = Appointment.Status
BOOKED, CANCELLED, COMPLETED = Status.BOOKED, Status.CANCELLED, Status.COMPLETED
HOUR, DAY, UNDO = timedelta(hours=1), timedelta(days=1), timedelta(minutes=3)


def statuses():
    return [status for _, status, _ in standing()]


def starts():
    return [starts_at for *_, starts_at in standing()]


def events(kind):
    found = AppointmentEvent.objects.filter(kind=kind).order_by("appointment__starts_at")
    return [(event.appointment_id, event.facts.get("batch")) for event in found]


@pytest.mark.parametrize(
    ("case", "verb", "which", "expected"),
    [
        ("one", bookings.cancel_session, 1, [BOOKED, CANCELLED, BOOKED, BOOKED]),
        ("following", bookings.cancel_following, 1, [BOOKED, CANCELLED, CANCELLED, CANCELLED]),
        ("following the first", bookings.cancel_following, 0, [CANCELLED] * 4),
        ("following the last", bookings.cancel_following, 3, [BOOKED, BOOKED, BOOKED, CANCELLED]),
        ("all, from the middle", bookings.cancel_all, 2, [CANCELLED] * 4),
    ],
)
def test_S1_one_following_or_all_are_cancelled(treatment, case, verb, which, expected):
    booked = a_course(treatment)
    other = a_course(treatment, starts=weekly(START + 3 * HOUR))

    touched = verb(booked[which].pk, by=By.CLIENT, now=NOW, reason="verhuisd")

    gone = [one.pk for one, status in zip(booked, expected, strict=True) if status == CANCELLED]
    assert [one.pk for one in touched] == gone
    assert statuses() == [*expected, *[BOOKED] * 4]
    assert Appointment.objects.filter(status=CANCELLED, cancel_reason="verhuisd").count() == len(
        gone
    )
    assert Allocation.objects.count() == 2 * (8 - len(gone))
    assert events("cancelled") == [(pk, gone if len(gone) > 1 else None) for pk in gone]
    assert {one.status for one in other} == {BOOKED}


def test_what_is_over_or_withdrawn_is_not_touched(treatment):
    _, second, third, fourth = a_course(treatment)
    bookings.cancel_session(third.pk, by=By.CLINIC, now=NOW)
    during = second.starts_at

    with pytest.raises(bookings.NotCancellable):
        bookings.cancel_following(second.pk, by=By.CLIENT, now=during)
    assert statuses() == [BOOKED, BOOKED, CANCELLED, BOOKED]

    assert bookings.cancel_all(second.pk, by=By.CLIENT, now=during)[0].pk == fourth.pk
    third.refresh_from_db()
    assert (third.cancelled_at, third.cancelled_by) == (NOW, By.CLINIC)
    with pytest.raises(bookings.NotCancellable):
        bookings.cancel_all(second.pk, by=By.CLIENT, now=during)
    assert statuses() == [BOOKED, BOOKED, CANCELLED, CANCELLED]


def test_only_what_is_cancelled_late_costs_its_fee(treatment):
    first = a_course(treatment)[0]

    touched = bookings.cancel_all(first.pk, by=By.CLIENT, now=START - HOUR)

    assert [one.fee_cents for one in touched] == [4500, 0, 0, 0]


def test_an_appointment_without_a_course_is_not_cancelled_as_one(treatment):
    alone = an_appointment(treatment)

    for verb in (bookings.cancel_session, bookings.cancel_following, bookings.cancel_all):
        with pytest.raises(bookings.NotInCourse):
            verb(alone.pk, by=By.CLIENT, now=NOW)

    alone.refresh_from_db()
    assert alone.status == BOOKED


@pytest.mark.parametrize(
    ("case", "taken", "after", "works"),
    [
        ("in time", False, UNDO / 2, True),
        ("too late", False, UNDO, False),
        ("one of the times is taken", True, UNDO / 2, False),
    ],
)
def test_thinking_again_about_several(treatment, case, taken, after, works):
    booked = a_course(treatment)
    bookings.cancel_session(booked[0].pk, by=By.CLINIC, now=NOW - DAY)
    bookings.cancel_following(booked[1].pk, by=By.CLINIC, now=NOW)
    if taken:
        an_appointment(treatment, starts_at=booked[3].starts_at)

    if works:
        bookings.undo_cancel_together(booked[2].pk, within=UNDO, by=By.CLINIC, now=NOW + after)
    else:
        with pytest.raises(bookings.NotUndoable):
            bookings.undo_cancel_together(booked[2].pk, within=UNDO, by=By.CLINIC, now=NOW + after)

    assert statuses() == [CANCELLED, *[BOOKED if works else CANCELLED] * 3]


@pytest.mark.parametrize(
    ("case", "which", "by", "works"),
    [
        ("within the day", 1, HOUR, True),
        ("first day of the band", 1, -DAY, True),
        ("outside the band", 1, -2 * DAY, False),
        ("out of the band of the next one", 0, 2 * DAY, False),
        ("the last one has nobody behind it", 3, DAY, True),
        ("a time that is not offered", 1, timedelta(minutes=7), False),
    ],
)
def test_moving_one_session(treatment, case, which, by, works):
    one = a_course(treatment)[which]
    search, to = to_move(one), one.starts_at + by

    if works:
        moved = bookings.move_session(one.pk, search, starts_at=to, reason="trein")
        assert (moved.pk, moved.token, moved.moves) == (one.pk, one.token, 1)
        assert starts() == [*weekly()[:which], to, *weekly()[which + 1 :]]
    else:
        with pytest.raises(bookings.SeriesImpossible) as refused:
            bookings.move_session(one.pk, search, starts_at=to, reason="trein")
        (problem,) = refused.value.problems
        assert (problem.position, problem.starts_at) == (which + 1, to)
        assert len(problem.nearest) == 3
        assert starts() == weekly()
        assert not AppointmentEvent.objects.filter(kind="moved").exists()


@pytest.mark.parametrize(
    ("case", "which", "by", "works"),
    [
        ("inside the band", 1, -DAY, True),
        ("outside the band", 1, -2 * DAY, False),
        ("out of the band of the next one", 0, 2 * DAY, False),
    ],
)
def test_a_client_moves_a_session_inside_its_band(treatment, case, which, by, works):
    one = a_course(treatment)[which]
    search = to_move(one, by=By.CLIENT)

    if works:
        assert bookings.reschedule(one.pk, search, starts_at=one.starts_at + by).moves == 1
    else:
        with pytest.raises(bookings.NotOffered):
            bookings.reschedule(one.pk, search, starts_at=one.starts_at + by)
        assert starts() == weekly()


def test_S4_a_session_moves_over_itself(treatment):
    one = a_course(treatment)[1]

    moved = bookings.move_session(
        one.pk, to_move(one), starts_at=one.starts_at + HOUR / 4, reason="trein"
    )

    assert moved.starts_at == weekly()[1] + HOUR / 4


@pytest.mark.parametrize(
    ("case", "which", "by"),
    [
        ("a day later", 0, DAY),
        ("a week later, where the next ones were", 0, WEEK),
        ("a day earlier", 1, -DAY),
        ("the same day", 2, HOUR),
    ],
)
def test_this_and_the_following_move_together(treatment, case, which, by):
    booked = a_course(treatment)
    one = booked[which]

    moved = bookings.move_following(
        one.pk, to_move(one), starts_at=one.starts_at + by, reason="vakantie"
    )

    days = by if by % DAY == timedelta() else timedelta()
    expected = [*weekly()[: which + 1], *(start + days for start in weekly()[which + 1 :])]
    expected[which] = weekly()[which] + by
    assert starts() == expected
    assert [start.tzinfo and start.astimezone(expected[0].tzinfo).hour for start in starts()][
        which + 1 :
    ] == [10] * (3 - which)
    ids = [appointment.pk for appointment in booked[which:]]
    assert [appointment.pk for appointment in moved] == ids
    assert events("moved") == [(pk, ids) for pk in ids]
    assert Allocation.objects.count() == 8


def test_the_following_keep_their_wall_clock_over_a_clock_change(treatment):
    one = a_course(treatment, starts=weekly(at("2026-03-20 10:00")))[0]

    bookings.move_following(one.pk, to_move(one), starts_at=at("2026-03-23 14:00"), reason="ziek")

    assert starts() == [
        at("2026-03-23 14:00"),
        at("2026-03-30 10:00"),  # after the change, and still ten o'clock
        at("2026-04-06 10:00"),
        at("2026-04-13 10:00"),
    ]


def test_all_move_or_none_does(treatment):
    first = a_course(treatment)[0]
    third, fourth = weekly()[2] + DAY, weekly()[3] + DAY
    an_appointment(treatment, starts_at=third)
    TimeOff.objects.create(starts_at=fourth - HOUR, ends_at=fourth + HOUR)
    before = list(AppointmentEvent.objects.values_list("pk", flat=True))

    with pytest.raises(bookings.SeriesImpossible) as refused:
        bookings.move_following(first.pk, to_move(first), starts_at=START + DAY, reason="ziek")

    assert [(one.position, one.starts_at) for one in refused.value.problems] == [
        (3, third),
        (4, fourth),
    ]
    assert all(len(one.nearest) == 3 for one in refused.value.problems)
    assert starts() == weekly()
    assert list(AppointmentEvent.objects.values_list("pk", flat=True)) == before
    assert set(Appointment.objects.values_list("moves", flat=True)) == {0}


def test_the_following_keep_the_practitioner_she_chose(db):
    treatment = a_clinic(practitioners=2, rooms=2)
    other = treatment.practitioners.last()
    plan = a_plan(treatment)
    search = at_the_desk(treatment, practitioner_id=other.pk)
    booked = bookings.book_series(
        plan.pk, dict(enumerate(weekly(), start=1)), search, accept=read_out
    )

    moved = bookings.move_following(
        booked[0].pk, to_move(booked[0]), starts_at=START + DAY, reason="ziek"
    )

    assert {one.practitioner_id for one in moved[1:]} == {other.pk}


@pytest.mark.parametrize(
    ("case", "moment", "error"),
    [
        ("it began", START, bookings.NotMovable),
        ("without a word", NOW, bookings.ReasonMissing),
    ],
)
def test_what_the_clinic_may_not_do(treatment, case, moment, error):
    one = a_course(treatment)[0]
    search = to_move(one, now=moment)
    reason = "" if error is bookings.ReasonMissing else "ziek"

    for verb in (bookings.move_session, bookings.move_following):
        with pytest.raises(error):
            verb(one.pk, search, starts_at=START + DAY, reason=reason)

    assert starts() == weekly()


def test_S6_the_one_that_was_cancelled_is_the_one_that_is_gone(treatment):
    booked = a_course(treatment)

    bookings.cancel_session(booked[2].pk, by=By.CLIENT, now=NOW)

    gone = [(position, start) for position, status, start in standing() if status == CANCELLED]
    assert gone == [(3, weekly()[2])]
    left = [start for _, status, start in standing() if status == BOOKED]
    assert left == [weekly()[0], weekly()[1], weekly()[3]]
    assert sorted(set(Allocation.objects.values_list("appointment__starts_at", flat=True))) == left


@pytest.mark.parametrize("year", [1, 1970, 2040, 9999])
def test_absurd_moments_are_not_on_offer(treatment, year):
    one = a_course(treatment)[0]
    absurd = START.replace(year=year)

    for verb in (bookings.move_session, bookings.move_following):
        with pytest.raises(bookings.NotOffered):
            verb(one.pk, to_move(one), starts_at=absurd, reason="ziek")
    with pytest.raises(bookings.NotOffered):
        book(a_plan(treatment, count=2), [START, absurd], treatment)

    assert starts() == weekly()


def at_once(*acts):
    """Do all of them at the same moment; return what became of each."""
    barrier, outcomes = Barrier(len(acts)), [object()] * len(acts)

    def run(number, act):
        try:
            barrier.wait(timeout=10)
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = type(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.parametrize("turn", range(3))
def test_series_against_book(committed, turn):
    treatment = a_clinic()
    plan, client = a_plan(treatment), ClientFactory()

    series, single = at_once(
        lambda: book(plan, weekly(), treatment),
        lambda: a_hold(treatment, starts_at=weekly()[2], client=client),
    )

    won = isinstance(series, list)
    assert won != isinstance(single, Appointment)
    assert single is bookings.SlotTaken if won else series is bookings.SeriesImpossible
    assert Appointment.objects.count() == (4 if won else 1)
    assert Allocation.objects.count() == (8 if won else 2)


def test_two_series_that_cross_never_deadlock(committed):
    treatment = a_clinic(practitioners=2, rooms=2)
    plans = [a_plan(treatment) for _ in range(4)]
    who = [one.pk for one in treatment.practitioners.all()]

    def act(number):
        search = at_the_desk(treatment, practitioner_id=who[number % 2])
        numbered = dict(enumerate(weekly(START + number // 2 * HOUR), start=1))
        return bookings.book_series(plans[number].pk, numbered, search, accept=read_out)

    outcomes = at_once(*[lambda n=n: act(n) for n in range(4)])

    assert [len(one) for one in outcomes] == [4, 4, 4, 4]


def test_two_clicks_book_one_course(committed):
    treatment = a_clinic(practitioners=2, rooms=2)
    plan = a_plan(treatment)

    outcomes = at_once(*[lambda: book(plan, weekly(), treatment)] * 2)

    assert sorted(isinstance(one, list) for one in outcomes) == [False, True]
    assert bookings.AlreadyBooked in outcomes
    assert Appointment.objects.count() == 4
    assert TreatmentPlan.objects.count() == 1
