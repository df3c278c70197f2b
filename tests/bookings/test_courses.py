"""Proposing, planning and booking a course of sessions."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import operations as bookings
from bookings.courses import Planned, Reach, course_of, evenly, read_course, spaced
from bookings.eligibility import Why
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    By,
    PlannedSession,
    TimeOff,
    TreatmentPlan,
)
from bookings.series import Band, Preference
from tests.bookings.courses import (
    WEEK,
    a_course,
    a_plan,
    at_the_desk,
    book,
    proposed,
    read_out,
    standing,
    to_move,
    weekly,
)
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    TreatmentFactory,
    a_clinic,
    an_appointment,
)
from tests.when import ZONE, at

Status = Appointment.Status
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def walls(offers):
    """Return when sessions are proposed, as the clinic's clock shows it."""
    return [
        f"{one.slot.starts_at.astimezone(ZONE):%m-%d %H:%M}" if one.slot else "-" for one in offers
    ]


@pytest.mark.parametrize(
    ("case", "least_days", "days", "bands"),
    [
        ("a quarter to spare", None, 28, [Band(0, 28, 0), Band(21, 35, 28)]),
        ("never less than the treatment asks", 28, 28, [Band(0, 28, 0), Band(28, 35, 28)]),
        ("nor when less is wished for", 21, 7, [Band(0, 28, 0), Band(21, 21, 21)]),
        ("never twice on a day", None, 1, [Band(0, 28, 0), Band(1, 1, 1)]),
    ],
)
def test_sessions_are_planned_evenly(db, case, least_days, days, bands):
    treatment = a_clinic(least_days_between=least_days)

    assert [one.band for one in evenly(treatment, 2, days=days)] == bands


def test_what_treatments_ask_counts_from_any_earlier_session(db):
    test = TreatmentFactory()
    laser = TreatmentFactory(least_days_between=28, prerequisite=test, prerequisite_days_before=2)
    soon = Band(1, 10, 5)

    planned = spaced([Planned(one, soon) for one in (test, laser, test, laser)])

    assert [one.band for one in planned] == [
        soon,
        Band(2, 10, 5),
        soon,
        Band(27, 27, 27),
    ]


def test_a_proposal_keeps_the_weekday_and_the_time_of_day_over_a_clock_change(treatment):
    offers = proposed(treatment, chosen=[START])

    assert walls(offers) == ["03-11 10:00", "03-18 10:00", "03-25 10:00", "04-01 10:00"]
    assert [one.slot.starts_at for one in offers][2:] == [
        at("2026-03-25 10:00"),
        at("2026-04-01 10:00"),  # an hour less of UTC
    ]


def test_wishes_come_before_the_interval(treatment):
    offers = proposed(treatment, preference=Preference(weekdays=frozenset([3]), minute=14 * 60))

    assert walls(offers) == ["03-05 14:00", "03-12 14:00", "03-19 14:00", "03-26 14:00"]


def test_other_times_of_a_session_lie_in_its_band(treatment):
    second = proposed(treatment, count=2, chosen=[START])[1]

    assert (second.first, second.last) == (date(2026, 3, 17), date(2026, 3, 19))
    assert {one.starts_at.astimezone(ZONE).day for one in second.others} == {17, 18, 19}
    assert walls([second]) == ["03-18 10:00"]


def test_a_session_that_is_impossible_shows_what_was_tried_and_what_is_near(treatment):
    TimeOff.objects.create(starts_at=at("2026-03-16 00:00"), ends_at=at("2026-03-21 00:00"))

    offers = proposed(treatment, chosen=[START])

    assert walls(offers) == ["03-11 10:00", "-", "-", "-"]
    assert [one.is_impossible for one in offers] == [False, True, False, False]
    assert (offers[1].first, offers[1].last) == (date(2026, 3, 17), date(2026, 3, 19))
    assert [one.starts_at for one in offers[1].others] == [
        at("2026-03-12 09:00"),
        at("2026-03-13 09:00"),
        at("2026-03-23 09:00"),
    ]


def test_days_too_near_another_visit_of_hers_are_not_proposed(db):
    treatment = a_clinic(least_days_between=7)
    client = ClientFactory()
    an_appointment(treatment, client=client, starts_at=at("2026-03-18 09:00"))

    first, second = proposed(treatment, count=2, client=client)

    assert walls([first, second]) == ["03-02 09:00", "03-09 09:00"]
    assert {one.starts_at.astimezone(ZONE).day for one in first.others} == {
        *(2, 3, 4, 5, 6, 9, 10, 11),  # until a week before her other visit
        *(25, 26, 27, 30),  # and from a week after it
    }


@pytest.mark.parametrize(("case", "count"), [("one session", 1), ("many", 12)])
def test_a_proposal_takes_a_query_for_the_treatment_and_one_for_the_client(
    treatment, django_assert_num_queries, case, count
):
    client, search = ClientFactory(), at_the_desk(treatment)
    proposed(treatment)  # the reference data are known from here on

    with django_assert_num_queries(2):
        offers = proposed(treatment, count=count, client=client, search=search)
    assert all(one.slot for one in offers)


def test_a_course_is_booked_on_every_treatments_own_terms(db):
    treatment = a_clinic(deposit_cents=2500)

    booked = a_course(treatment)

    assert [(one.status, one.starts_at, one.deposit_cents) for one in booked] == [
        (Status.BOOKED, start, 0) for start in weekly()
    ]
    assert {(one.late_fee_cents, one.no_show_fee_cents) for one in booked} == {(4500, 9500)}
    assert {one.terms_text for one in booked} == {"zoals gelezen"}
    ids = [one.pk for one in booked]
    events = AppointmentEvent.objects.filter(kind="booked")
    assert [event.facts for event in events] == [{"batch": ids}] * 4


def test_S5_each_visit_of_a_course_is_its_own_row(treatment):
    first, second, *_ = booked = a_course(treatment)

    assert len({one.pk for one in booked}) == len({one.token for one in booked}) == 4
    assert Allocation.objects.count() == 8
    bookings.confirm(first.pk, by=By.CLIENT, now=NOW)
    first.note = "anders"
    first.save(update_fields=["note"])

    second.refresh_from_db()
    assert (second.confirmed_at, second.note) == (None, "")


def everything():
    """Return all that a booking could leave behind."""
    return (
        Appointment.objects.count(),
        Allocation.objects.count(),
        AppointmentEvent.objects.count(),
        list(PlannedSession.objects.values_list("appointment", flat=True)),
    )


def test_all_or_nothing_when_a_time_was_taken_in_between(treatment):
    plan = a_plan(treatment)
    third = weekly()[2]
    an_appointment(treatment, starts_at=third)
    before = everything()

    with pytest.raises(bookings.SeriesImpossible) as refused:
        book(plan, weekly(), treatment)

    assert everything() == before
    (problem,) = refused.value.problems
    assert (problem.position, problem.starts_at) == (3, third)
    assert isinstance(problem.error, bookings.SlotTaken)
    assert problem.nearest == (third - HOUR, third + HOUR, third + HOUR + HOUR / 4)


@pytest.mark.parametrize(
    ("case", "days", "impossible"),
    [
        ("as planned", [9, 16, 23, 30], []),
        ("a day to spare", [9, 17, 23, 31], []),
        ("too soon", [9, 14, 21, 28], [2]),
        ("too late", [9, 16, 23, 32], [4]),
        ("the wrong order", [9, 16, 10, 17], [3]),
        ("in a weekend", [12, 19, 26, 33], [1, 2, 3, 4]),
        ("the first too late", [30, 37, 44, 51], [1]),
    ],
)
def test_each_session_is_held_to_its_band(treatment, case, days, impossible):
    starts = [NOW + 2 * HOUR + n * DAY for n in days]
    plan = a_plan(treatment)
    before = everything()

    if impossible:
        with pytest.raises(bookings.SeriesImpossible) as refused:
            book(plan, starts, treatment)
        assert [one.position for one in refused.value.problems] == impossible
        assert everything() == before
    else:
        assert len(book(plan, starts, treatment)) == 4


def test_the_desk_leaves_a_band_with_a_reason(treatment):
    starts = [NOW + 2 * HOUR + n * DAY for n in (9, 14, 21, 28)]

    booked = book(a_plan(treatment), starts, treatment, override="vakantie")

    assert [one.starts_at for one in booked] == starts


@pytest.mark.parametrize(
    ("case", "positions"),
    [("one is missing", [1, 2, 3]), ("one too many", [1, 2, 3, 4, 5]), ("nothing", [])],
)
def test_only_all_open_sessions_at_once(treatment, case, positions):
    plan = a_plan(treatment)
    starts = {position: START + position * WEEK for position in positions}

    with pytest.raises(bookings.AlreadyBooked):
        bookings.book_series(plan.pk, starts, at_the_desk(treatment), accept=read_out)

    assert not Appointment.objects.exists()


def test_a_course_that_is_booked_is_not_booked_again(treatment):
    a_course(treatment)

    with pytest.raises(bookings.AlreadyBooked):
        book(TreatmentPlan.objects.get(), weekly(START + HOUR), treatment)

    assert Appointment.objects.count() == 4


def test_a_cancelled_session_is_planned_again_between_the_others(treatment):
    second = a_course(treatment)[1]
    bookings.cancel_session(second.pk, by=By.CLIENT, now=NOW)
    plan = TreatmentPlan.objects.get()
    search = at_the_desk(treatment)

    for start, works in ((second.starts_at + 2 * DAY, False), (second.starts_at + HOUR, True)):
        if works:
            (again,) = bookings.book_series(plan.pk, {2: start}, search, accept=read_out)
        else:
            with pytest.raises(bookings.SeriesImpossible):
                bookings.book_series(plan.pk, {2: start}, search, accept=read_out)

    assert standing()[1] == (2, Status.BOOKED, second.starts_at + HOUR)
    assert again.pk != second.pk


@pytest.fixture
def tested(db):
    """A treatment that asks for a patch test two days before, and the test."""
    laser = a_clinic(least_days_between=7)
    test = TreatmentFactory()
    laser.practitioners.get().treatments.add(test)
    laser.prerequisite, laser.prerequisite_days_before = test, 2
    laser.save()
    return test, laser


def test_what_comes_earlier_in_the_course_counts_as_done(tested):
    test, laser = tested
    client = ClientFactory()
    sessions = [Planned(test, Band(0, 28, 0)), *[Planned(laser, Band(0, 14, 7))] * 2]
    plan = bookings.plan_course(client, sessions, now=NOW)
    booked = book(plan, [START, START + 2 * DAY, START + 2 * DAY + WEEK], laser)

    assert [one.treatment for one in booked] == [test, laser, laser]
    moved = bookings.move_session(
        booked[1].pk, to_move(booked[1]), starts_at=START + 2 * DAY + HOUR, reason="trein"
    )
    assert moved.starts_at == START + 2 * DAY + HOUR
    with pytest.raises(bookings.NotEligible) as refused:
        bookings.hold(at_the_desk(laser), starts_at=START + 3 * WEEK, client=client)
    assert refused.value.problem.why is Why.MISSING


def test_a_course_does_not_pass_the_gate_of_its_treatment(tested):
    _, laser = tested
    plan = a_plan(laser, count=2)
    before = everything()

    with pytest.raises(bookings.SeriesImpossible) as refused:
        book(plan, weekly(count=2), laser)

    errors = [
        one.error for one in refused.value.problems if isinstance(one.error, bookings.NotEligible)
    ]
    assert [one.problem.why for one in errors] == [Why.MISSING] * 2
    assert [one.nearest for one in refused.value.problems] == [(), ()]
    assert everything() == before


def test_the_queries_of_a_booking_grow_with_its_sessions_only(treatment):
    book(a_plan(treatment, count=1), weekly(count=1), treatment)
    counts = []
    for hour, count in ((11, 2), (13, 4), (15, 6)):
        plan = a_plan(treatment, count=count)
        with CaptureQueriesContext(connection) as queries:
            book(plan, weekly(at(f"2026-03-11 {hour}:00"), count=count), treatment)
        counts.append(len(queries))

    assert counts[2] - counts[1] == counts[1] - counts[0]
    assert counts[0] < 70


def test_how_a_course_stands(treatment):
    _, second, third, fourth = a_course(treatment)
    bookings.cancel_session(third.pk, by=By.CLIENT, now=NOW)

    course = course_of(second, zone=ZONE)

    assert [one.is_inside for one in course.sittings] == [None, True, None, False]
    assert (course.repeats, course.repeats_in_time, course.done) == (2, 1, 0)
    assert course.sittings[2].window == (date(2026, 3, 24), date(2026, 3, 26))
    assert course.number_of(fourth.pk) == 4
    assert course.coming(second.pk, Reach.FOLLOWING, now=NOW) == [second, fourth]
    assert course_of(an_appointment(treatment, starts_at=START + HOUR), zone=ZONE) is None


def test_moving_several_sessions_at_once_is_one_move_of_the_course(treatment):
    first = a_course(treatment)[0]
    bookings.move_following(first.pk, to_move(first), starts_at=START + DAY, reason="ziek")
    first.refresh_from_db()
    own = to_move(first, by=By.CLIENT)
    bookings.move_session(first.pk, own, starts_at=START + DAY + HOUR)

    course = read_course(TreatmentPlan.objects.get().pk, zone=ZONE)

    assert (course.moves, course.moves_by_client) == (2, 1)
    moves = Appointment.objects.order_by("starts_at").values_list("moves", "moves_by_client")
    assert list(moves) == [(2, 1), (1, 0), (1, 0), (1, 0)]


def test_reading_a_course_takes_three_queries(treatment, django_assert_num_queries):
    a_course(treatment)
    plan_id = TreatmentPlan.objects.get().pk

    with django_assert_num_queries(3):
        read_course(plan_id, zone=ZONE)
