"""The engine against the slow reference, over random small clinics; no database."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bookings.models import Clinic
from tests.bookings.reference_slots import (
    DAY,
    MINUTE,
    Start,
    Taken,
    claims_of,
    free_minutes,
    grid,
    starts_on,
    ways,
)
from tests.bookings.small_clinics import board_of, is_looked_at, small_clinics


def offered(small, day):
    """Return what the engine puts on offer, as the reference says it."""
    if not is_looked_at(small, day):
        return []
    return [
        Start(slot.starts_at, slot.practitioner_id, slot.is_neat)
        for slot in board_of(small, day, day).slots(day)
    ]


@settings(max_examples=settings().max_examples * 5)
@given(small_clinics())
def test_what_is_shown_is_what_the_reference_says(made):
    small, day = made

    assert offered(small, day) == starts_on(small, day)


@given(small_clinics())
def test_a_day_looks_the_same_alone_and_among_others(made):
    small, day = made

    assert board_of(small, day - DAY, day + DAY).slots(day) == board_of(small, day, day).slots(day)


@given(small_clinics(), st.data())
def test_what_a_start_takes_is_free_and_fits(made, data):
    small, day = made
    board = board_of(small, day, day)
    slots = board.slots(day)
    assume(slots)
    slot = data.draw(st.sampled_from(slots))
    people = {one.pk: one for one in small.people}

    place = board.place(slot.starts_at)

    assert place.slot == slot
    with_her = people[slot.practitioner_id]
    free = free_minutes(small, day)
    assert place.resource_ids in ways(small, with_her, slot.starts_at, free)
    assert place.visit.claims == claims_of(small, with_her)


@given(small_clinics(), st.integers(0, 24 * 60))
def test_a_start_that_is_not_shown_has_no_place(made, minute):
    small, day = made
    board = board_of(small, day, day)
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=small.zone)
    moment = (midnight + MINUTE * minute).astimezone(small.now.tzinfo)
    assume(moment.astimezone(small.zone).date() == day)
    shown = [slot.starts_at for slot in board.slots(day)]

    assert (board.place(moment) is not None) == (moment in shown)
    assert board.place(moment + timedelta(seconds=30)) is None


@given(small_clinics(), st.data())
def test_booking_one_start_takes_away_only_what_overlaps_with_it(made, data):
    small, day = made
    small.clinic.gap_care = Clinic.GapCare.NONE
    board = board_of(small, day, day)
    before = board.slots(day)
    assume(before)
    slot = data.draw(st.sampled_from(before))
    claims = board.place(slot.starts_at).claims()
    taken = [Taken(who, period.start, period.end) for who, period in claims]
    after_it = replace(small, taken=[*small.taken, *taken])

    after = {one.starts_at for one in board_of(after_it, day, day).slots(day)}

    assert after <= {one.starts_at for one in before}
    free = free_minutes(small, day)
    for start in before:
        if start.starts_at not in after:
            assert all(
                _wants_any_of(claims_of(small, one), way, start.starts_at, taken)
                for one in small.people
                if start.starts_at in grid(small, one, day)
                for way in ways(small, one, start.starts_at, free)
            )


def _wants_any_of(claims, way, starts_at, taken):
    """Tell whether one way to start then takes a resource while it is taken."""
    return any(
        one.resource_id == who
        and one.starts_at < starts_at + MINUTE * claim.ends
        and starts_at + MINUTE * claim.begins < one.ends_at
        for claim, who in zip(claims, way, strict=True)
        for one in taken
    )


@given(small_clinics())
def test_the_first_slot_is_the_first_that_is_shown(made):
    small, day = made
    for who in (None, *(one.pk for one in small.people)):
        hers = replace(small, practitioner_id=who, prefers_id=None)
        board = board_of(hers, day, day + DAY)
        shown = [slot.starts_at for near in (day, day + DAY) for slot in board.slots(near)]
        first = board.first_slot(board.able)

        assert (first and first.starts_at) == min(shown, default=None)
