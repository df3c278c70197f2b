from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.terms import Terms, free_until
from clinic.office import figures
from clinic.office.dates import Days, before, last_months, run_of_months, this_month
from clinic.office.outcomes import Outcome, Visit, is_due, judge, outcome_of
from clinic.office.statistics import Proportion

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DEADLINE = NOON - 24 * HOUR


def visit(**changes):
    start = changes.pop("starts_at", NOON)
    facts = {
        "appointment_id": 1,
        "treatment_id": 1,
        "practitioner_id": 1,
        "starts_at": start,
        "ends_at": start + changes.pop("length", HOUR),
        "booked_at": start - 10 * 24 * HOUR,
        "taken_at": start - 10 * 24 * HOUR,
        "free_until": start - 24 * HOUR,
        "price_cents": 8000,
        "status": "completed",
    }
    return Visit(**(facts | changes))


def cancelled(at, *, by="client", **changes):
    return visit(status="cancelled", released_at=at, released_by=by, **changes)


@pytest.mark.parametrize(
    ("case", "one", "expected"),
    [
        ("came", visit(arrived_at=NOON), Outcome.CAME),
        ("came, nobody noted when", visit(), Outcome.CAME),
        ("is being treated", visit(status="arrived", arrived_at=NOON), Outcome.CAME),
        ("15 minutes", visit(arrived_at=NOON + 15 * MINUTE), Outcome.CAME),
        (
            "a second more",
            visit(arrived_at=NOON + 15 * MINUTE + SECOND),
            Outcome.CAME_LATE,
        ),
        ("did not come", visit(status="no_show"), Outcome.NO_SHOW),
        ("nobody noted", visit(status="booked"), None),
        ("cancelled in time", cancelled(DEADLINE - HOUR), Outcome.CANCELLED_EARLY),
        ("at the deadline", cancelled(DEADLINE), Outcome.CANCELLED_EARLY),
        ("a second after it", cancelled(DEADLINE + SECOND), Outcome.CANCELLED_LATE),
        (
            "moved in time, and came another day",
            visit(status="", released_at=DEADLINE, released_by="client", was_moved=True),
            Outcome.CANCELLED_EARLY,
        ),
        (
            "moved too late",
            visit(status="", released_at=DEADLINE + SECOND, released_by="client", was_moved=True),
            Outcome.CANCELLED_LATE,
        ),
    ],
)
def test_each_due_visit_has_one_outcome(case, one, expected):
    assert is_due(one)
    assert outcome_of(one) == expected


@pytest.mark.parametrize("by", ["clinic", "system"])
def test_what_the_clinic_takes_away_is_not_due(by):
    assert not is_due(cancelled(DEADLINE, by=by))
    assert judge([cancelled(DEADLINE, by=by)]) == []


def test_the_deadline_is_elapsed_time_across_the_clock_change():
    start = datetime(2026, 3, 29, 10, tzinfo=AMSTERDAM)  # the clock skipped an hour that night
    terms = Terms(0, 0, 0, free_notice=timedelta(hours=24))
    shown = free_until(terms, starts_at=start.astimezone(UTC))
    assert shown == datetime(2026, 3, 28, 9, tzinfo=AMSTERDAM)
    late = datetime(2026, 3, 28, 9, 30, tzinfo=AMSTERDAM).astimezone(UTC)

    one = cancelled(late, starts_at=start.astimezone(UTC), free_until=shown)

    assert outcome_of(one) is Outcome.CANCELLED_LATE


LEFT_AT = NOON - 3 * HOUR


def filler(**changes):
    """Somebody who took the place after it came free."""
    facts = {"appointment_id": 2, "taken_at": LEFT_AT, "booked_at": LEFT_AT}
    return visit(**(facts | changes))


@pytest.mark.parametrize(
    ("case", "others", "lost"),
    [
        ("nobody else", [], True),
        ("the whole place", [filler()], False),
        ("half of it", [filler(length=30 * MINUTE)], False),
        ("less than half", [filler(length=29 * MINUTE)], True),
        ("begins before it", [filler(starts_at=NOON - 30 * MINUTE)], False),
        ("ends as it begins", [filler(starts_at=NOON - HOUR)], True),
        ("begins as it ends", [filler(starts_at=NOON + HOUR)], True),
        (
            "two quarters",
            [
                filler(length=15 * MINUTE),
                filler(starts_at=NOON + 30 * MINUTE, length=15 * MINUTE, appointment_id=3),
            ],
            False,
        ),
        ("the same half twice", [filler(length=29 * MINUTE), filler(length=29 * MINUTE)], True),
        ("another practitioner", [filler(practitioner_id=2)], True),
        ("was there before", [filler(taken_at=LEFT_AT - SECOND)], True),
        ("nobody noted yet", [filler(status="booked")], False),
        ("taken away by the clinic", [filler(released_at=LEFT_AT, released_by="clinic")], True),
        (
            "moved away in time",
            [filler(released_at=LEFT_AT, released_by="client", free_until=NOON)],
            True,
        ),
    ],
)
def test_a_late_cancelled_place_may_be_filled(case, others, lost):
    left = cancelled(LEFT_AT)

    judged = next(one for one in judge([left, *others]) if one.visit is left)

    assert judged.outcome is Outcome.CANCELLED_LATE
    assert judged.is_lost == lost


def test_a_place_left_twice_is_lost_once():
    first, second = cancelled(LEFT_AT), filler(status="cancelled", released_at=NOON - HOUR)
    second = replace(second, released_by="client")

    judged = judge([first, second])

    assert [one.is_lost for one in judged] == [False, True]
    assert figures.lost(judged) == Proportion(1, 2)


def test_a_no_show_is_a_lost_place_even_beside_somebody_else():
    missed = visit(status="no_show")

    judged = judge([missed, filler()])

    assert [one.is_lost for one in judged if one.visit is missed] == [True]


def some_visits():
    """Ten due visits: 4 came, 1 late, 2 left early, 2 late (1 filled), 1 missed; 1 not noted."""
    day = 24 * HOUR
    came = [visit(starts_at=NOON + n * day, appointment_id=10 + n) for n in range(3)]
    late_left = cancelled(NOON + 4 * day - HOUR, starts_at=NOON + 4 * day, appointment_id=20)
    return [
        *came,
        visit(starts_at=NOON + 3 * day, arrived_at=NOON + 3 * day + 20 * MINUTE),
        late_left,
        visit(starts_at=NOON + 4 * day, taken_at=NOON + 4 * day - HOUR, appointment_id=21),
        cancelled(NOON + 5 * day - HOUR, starts_at=NOON + 5 * day, price_cents=9900),
        cancelled(NOON, starts_at=NOON + 6 * day, reason="ill"),
        cancelled(NOON, starts_at=NOON + 7 * day, was_moved=True),
        visit(starts_at=NOON + 8 * day, status="no_show", price_cents=4500),
        visit(starts_at=NOON + 9 * day, status="booked"),
        cancelled(NOON, starts_at=NOON + 10 * day, by="clinic"),
    ]


def test_the_rates_and_their_denominators():
    judged = judge(some_visits())

    found = figures.rates(judged)

    assert found.counts == {
        Outcome.CAME: 4,
        Outcome.CAME_LATE: 1,
        Outcome.CANCELLED_EARLY: 2,
        Outcome.CANCELLED_LATE: 2,
        Outcome.NO_SHOW: 1,
    }
    assert (found.due, found.not_noted, found.moved) == (10, 1, 1)
    assert found.lost == Proportion(2, 8)
    assert found.no_show == Proportion(1, 10)
    assert found.late == Proportion(2, 10)
    assert found.refilled == Proportion(1, 2)
    assert figures.reasons(judged) == {"ill": 1, "": 2}


def test_the_confirmed_are_out_of_those_asked():
    asked = [visit(was_asked=True, said_yes=True), visit(was_asked=True), visit(said_yes=True)]

    assert figures.rates(judge(asked)).confirmed == Proportion(1, 2)


def test_the_value_of_lost_places_has_bounds_only_with_enough_visits():
    few = judge(some_visits())
    many = judge(
        [visit(starts_at=NOON + n * 24 * HOUR) for n in range(20)]
        + [visit(starts_at=NOON - n * 24 * HOUR, status="no_show") for n in range(1, 6)]
    )

    assert figures.lost_value(few) == figures.Value(14400, None)
    # 5 of 25 is 8.8605 to 39.1310 % by Wilson; times 25 visits of 80 euro.
    assert figures.lost_value(many) == figures.Value(40000, (17721, 78262))


def test_lost_places_by_month_on_the_clinics_clock():
    last_of_may = datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
    judged = judge(
        [visit(starts_at=last_of_may), visit(starts_at=last_of_may + MINUTE, status="no_show")]
    )
    months = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]

    assert figures.lost_by_month(judged, months, zone=AMSTERDAM) == [
        (months[0], Proportion(0, 0)),
        (months[1], Proportion(0, 1)),
        (months[2], Proportion(1, 1)),
    ]


def test_the_middle_of_the_months_that_say_enough():
    enough = [Proportion(k, 100) for k in (4, 9, 5)]
    months = [(date(2026, n, 1), p) for n, p in enumerate([*enough, Proportion(9, 10)], start=1)]

    assert figures.middle_share(months) == 0.05
    assert figures.middle_share(months[:2]) is None


def test_days_ahead_are_days_of_the_calendar():
    leads = [0] * 5 + [1] * 5 + [7] * 5 + [70] * 5
    judged = judge(
        [visit(starts_at=NOON, booked_at=NOON - lead * 24 * HOUR - HOUR) for lead in leads]
    )

    found = figures.days_ahead(judged, zone=AMSTERDAM)

    assert (found.n, found.middle, found.three_quarters) == (20, 4.0, 22.75)
    assert [n for _first, _last, n in found.stretches] == [5, 5, 0, 0, 5, 0, 0, 0, 5]


def test_days_ahead_of_too_few_have_no_middle():
    found = figures.days_ahead(judge([visit()]), zone=AMSTERDAM)

    assert (found.n, found.middle, found.three_quarters) == (1, None, None)


MAY = Days(date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("case", "found", "expected"),
    [
        ("this month", this_month(date(2026, 5, 13)), MAY),
        (
            "in December",
            this_month(date(2026, 12, 31)),
            Days(date(2026, 12, 1), date(2026, 12, 31)),
        ),
        (
            "last three, over the new year",
            last_months(date(2026, 2, 28), 3),
            Days(date(2025, 11, 1), date(2026, 1, 31)),
        ),
        ("the month before", before(MAY), Days(date(2026, 4, 1), date(2026, 4, 30))),
        (
            "three months before",
            before(Days(date(2026, 1, 1), date(2026, 3, 31))),
            Days(date(2025, 10, 1), date(2025, 12, 31)),
        ),
        (
            "as many days before",
            before(Days(date(2026, 5, 11), date(2026, 5, 13))),
            Days(date(2026, 5, 8), date(2026, 5, 10)),
        ),
    ],
)
def test_days(case, found, expected):
    assert found == expected


def test_a_run_is_as_long_as_asked_or_longer():
    assert run_of_months(MAY, least=3) == [date(2026, n, 1) for n in (3, 4, 5)]
    assert run_of_months(Days(date(2026, 1, 9), date(2026, 4, 2)), least=3) == [
        date(2026, n, 1) for n in (1, 2, 3, 4)
    ]


def test_days_begin_and_end_on_the_clinics_midnight():
    found = Days(date(2026, 3, 29), date(2026, 3, 29)).period(AMSTERDAM)

    assert found.end - found.start == 23 * HOUR
    assert found.start == datetime(2026, 3, 28, 23, tzinfo=UTC)
