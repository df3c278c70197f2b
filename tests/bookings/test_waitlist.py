"""The waitlist: what came free, who is asked, and what she may answer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import (
    Allocation,
    Appointment,
    By,
    Offer,
    Opening,
    Practitioner,
    TimeOff,
    WaitlistEntry,
)
from bookings.periods import Period
from bookings.waitlist import Wish
from tests.bookings.courses import a_course
from tests.bookings.waiting import (
    DAY,
    FREE,
    HOUR,
    MARCH,
    MINUTE,
    accept,
    change_clinic,
    frees,
    kinds,
    offers,
    openings,
    state,
    tick,
    waits,
    waits_with,
)
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    PractitionerFactory,
    a_clinic,
    a_search,
    an_appointment,
)
from tests.when import ZONE, at

Status = Appointment.Status
SECOND = timedelta(seconds=1)


def status_of(entry):
    return WaitlistEntry.objects.get(pk=entry.pk).status


# What came free.


def test_a_cancelled_time_is_noted_once_and_after_the_time_to_think_again(treatment):
    frees(treatment)
    tick(FREE - SECOND)
    assert openings() == []

    for _ in range(3):
        tick(FREE)

    assert openings() == [(START, "open")]


def test_a_cancellation_taken_back_frees_nothing(treatment):
    appointment = frees(treatment)
    bookings.undo_cancel(appointment.pk, within=3 * MINUTE, by=By.CLIENT, now=NOW + MINUTE)
    tick(FREE)

    assert openings() == []


def test_a_move_frees_the_old_time_at_once(treatment):
    appointment = an_appointment(treatment)
    search = a_search(treatment, ignoring=appointment.pk)
    bookings.reschedule(appointment.pk, search, starts_at=START + DAY)
    tick(NOW)

    assert openings() == [(START, "open")]


def test_a_move_by_the_clinic_waits_until_it_can_no_longer_be_a_mistake(treatment):
    appointment = an_appointment(treatment)
    search = a_search(treatment, ignoring=appointment.pk, by=By.CLINIC)
    bookings.reschedule(appointment.pk, search, starts_at=START + DAY, reason="vergissing")
    tick(FREE - SECOND)
    assert openings() == []

    tick(FREE)

    assert openings() == [(START, "open")]


def test_of_a_move_by_less_than_its_own_length_only_what_is_free_counts(treatment):
    change_clinic(smallest_gap=15 * MINUTE)
    appointment = an_appointment(treatment)
    search = a_search(treatment, ignoring=appointment.pk)
    bookings.reschedule(appointment.pk, search, starts_at=START + 15 * MINUTE)
    tick()

    opening = Opening.objects.get()
    assert (opening.starts_at, opening.ends_at) == (START, START + 15 * MINUTE)


@pytest.mark.parametrize(
    ("case", "happens"),
    [
        (
            "somebody is ill",
            lambda treatment: TimeOff.objects.create(
                resource=Practitioner.objects.get(), starts_at=START - DAY, ends_at=START + DAY
            ),
        ),
        ("it is taken again", lambda treatment: an_appointment(treatment, now=NOW + MINUTE)),
        (
            "what is left is too short",
            lambda treatment: an_appointment(
                treatment, starts_at=START + 15 * MINUTE, now=NOW + MINUTE
            ),
        ),
    ],
)
def test_what_nobody_could_have_is_no_opening(treatment, case, happens):
    frees(treatment)
    happens(treatment)
    tick()

    assert openings() == []


def test_what_lies_in_the_past_is_not_noted(treatment):
    frees(treatment)
    tick(START + DAY)

    assert openings() == []


# Who is asked.


def test_the_first_whom_it_suits_is_asked_and_the_time_is_held_for_her(treatment):
    late = waits(treatment, wish=replace(MARCH, parts=frozenset({"evening"})))
    first, second = waits(treatment), waits(treatment)
    frees(treatment)
    tick()

    offer = Offer.objects.get()
    assert offers() == [(first.pk, START, "open")]
    assert (offer.offered_at, offer.expires_at) == (FREE, FREE + 2 * HOUR)
    hold = offer.hold
    assert (hold.status, hold.hold_kind, hold.held_until, hold.client) == (
        Status.HELD,
        "offer",
        offer.expires_at,
        first.client,
    )
    assert hold.allocations.count() == 2
    assert kinds(hold) == ["held", "offered"]
    assert [status_of(one) for one in (late, first, second)] == ["waiting"] * 3


def test_nobody_is_asked_twice_and_one_at_a_time(treatment):
    first, second = waits(treatment), waits(treatment)
    frees(treatment)
    for moment in (FREE, FREE, FREE + 2 * HOUR, FREE + 4 * HOUR, FREE + 5 * HOUR):
        tick(moment)

    assert offers() == [(first.pk, START, "lapsed"), (second.pk, START, "lapsed")]
    assert openings() == [(START, "open")]
    assert not Allocation.objects.exists()
    assert [status_of(one) for one in (first, second)] == ["waiting"] * 2


@pytest.mark.parametrize(
    ("case", "order", "expected"), [("first come", "first", 30), ("best fit", "best", 45)]
)
def test_the_owner_chooses_who_comes_first(treatment, case, order, expected):
    change_clinic(offer_order=order)
    short = a_clinic(practitioners=0, rooms=0, duration_minutes=30)
    Practitioner.objects.get().treatments.add(short)
    waits(short), waits(treatment)
    frees(treatment)
    tick()

    hold = Offer.objects.get().hold
    assert hold.ends_at - hold.starts_at == expected * MINUTE


def test_a_shorter_treatment_is_put_where_it_leaves_no_gap(db):
    long = a_clinic(rooms=3, duration_minutes=75)
    middle, hour = (
        a_clinic(practitioners=0, rooms=0, duration_minutes=minutes) for minutes in (45, 60)
    )
    for one in (middle, hour):
        Practitioner.objects.get().treatments.add(one)
    for starts_at in (START - HOUR, START + 75 * MINUTE):
        an_appointment(middle, starts_at=starts_at)  # so 9:45 to 11:15 is free
    waits(hour)
    frees(long)
    tick()

    assert [starts_at for _, starts_at, _ in offers()] == [START + 15 * MINUTE]


@pytest.mark.parametrize(
    ("case", "values", "now", "asked"),
    [
        ("before the quiet hours end", {}, "2026-03-03 07:59:59", 0),
        ("as they end", {}, "2026-03-03 08:00", 1),
        ("as they begin", {}, "2026-03-03 21:00", 0),
        ("after midnight", {}, "2026-03-04 03:00", 0),
        ("not so near", {}, "2026-03-11 06:50", 0),
        ("past the cut-off", {"quiet_from": "08:00"}, "2026-03-11 07:45:01", 0),
        ("just before the cut-off", {"quiet_from": "08:00"}, "2026-03-11 06:50", 1),
    ],
)
def test_when_nobody_is_asked(treatment, case, values, now, asked):
    change_clinic(**values)
    waits(treatment)
    frees(treatment)
    tick(at(now))

    assert len(offers()) == asked


def test_a_time_too_near_to_offer_is_closed(treatment):
    frees(treatment)
    tick(FREE)
    tick(START + 45 * MINUTE - 3 * HOUR)

    assert openings() == [(START, "closed")]


def test_so_many_are_asked_for_one_time_and_no_more(treatment):
    change_clinic(offers_per_slot=2)
    for _ in range(3):
        waits(treatment)
    frees(treatment)
    for hours in (0, 2, 4):
        tick(FREE + hours * HOUR)

    assert [status for _, _, status in offers()] == ["lapsed", "lapsed"]
    assert openings() == [(START, "closed")]


def test_one_person_is_asked_so_often_a_day(treatment):
    entry = waits(treatment)
    for hours in (0, 2, 4):
        frees(treatment, starts_at=START + hours * HOUR)
    for hours in (0, 2, 4, 6):
        tick(FREE + hours * HOUR)
    assert [status for _, _, status in offers()] == ["lapsed", "lapsed"]

    tick(FREE + DAY)

    assert [who for who, _, _ in offers()] == [entry.pk] * 3


def test_nobody_gets_two_offers_at_the_same_time(treatment):
    waits(treatment)
    frees(treatment)
    frees(treatment, starts_at=START + 2 * HOUR)
    tick()

    assert len(offers()) == 1


@pytest.mark.parametrize(
    ("case", "values", "asked"),
    [
        ("to prepare for", {"prepare_nl": "Blijf uit de zon."}, False),
        ("that wants a week", {"offer_notice": 10 * DAY}, False),
        (
            "to prepare for, but not for long",
            {"prepare_nl": "Kom vroeg.", "offer_notice": HOUR},
            True,
        ),
        ("like any other", {}, True),
    ],
)
def test_a_long_prepared_treatment_is_not_offered_at_short_notice(case, values, asked, db):
    treatment = a_clinic(**values)
    waits(treatment)
    frees(treatment)
    tick(START - 20 * HOUR)

    assert bool(offers()) is asked


def test_who_cannot_have_it_is_passed_over(treatment):
    treatment.least_days_between = 28
    treatment.save()
    had, never = ClientFactory(), ClientFactory()
    waits(treatment, client=had), waits(treatment, client=never)
    an_appointment(treatment, starts_at=START - DAY, client=had)
    WaitlistEntry.objects.filter(client=had).update(created_at=NOW + MINUTE)
    frees(treatment)
    tick()

    assert [Offer.objects.get().entry.client] == [never]


def test_only_who_can_give_it_is_offered(db):
    treatment = a_clinic(practitioners=1)
    other = a_clinic(practitioners=1, rooms=0)
    waits(other)
    frees(treatment)
    tick()

    assert offers() == []


@pytest.mark.parametrize(("case", "asked"), [("hers", True), ("somebody else", False)])
def test_who_asks_for_one_practitioner_is_offered_no_other(treatment, case, asked):
    other = PractitionerFactory()
    other.treatments.add(treatment)
    whose = frees(treatment).practitioner_id
    wanted = (
        Practitioner.objects.get(pk=whose) if asked else Practitioner.objects.exclude(pk=whose)[0]
    )
    waits(treatment, wish=replace(MARCH, practitioner_id=wanted.pk))
    tick()

    assert bool(offers()) is asked


# What she answers.


def test_yes_moves_the_appointment_she_has_and_frees_its_time_for_the_next(treatment):
    later = START + 2 * DAY
    first = waits_with(treatment, starts_at=later)
    second = waits(treatment)
    appointment = Appointment.objects.get(pk=first.appointment_id)
    frees(treatment)
    tick()
    offer = Offer.objects.get()

    kept = accept(offer)

    assert (kept.pk, kept.token, kept.price_cents) == (
        appointment.pk,
        appointment.token,
        appointment.price_cents,
    )
    assert state(appointment) == (Status.BOOKED, START, 2)
    assert (kept.moves, kept.moves_by_client) == (1, 0)
    assert state(offer.hold) == (Status.EXPIRED, START, 0)
    assert kinds(appointment) == ["held", "booked", "moved"]
    assert kinds(offer.hold) == ["held", "offered", "offer_taken"]
    assert status_of(first) == "helped"

    tick(FREE + MINUTE)

    assert openings() == [(START, "filled"), (later, "open")]
    assert offers() == [(first.pk, START, "accepted"), (second.pk, later, "open")]


def test_yes_without_an_appointment_makes_the_hold_her_own(treatment):
    entry = waits(treatment)
    frees(treatment)
    tick()
    offer = Offer.objects.get()
    late = offer.expires_at - MINUTE

    mine = accept(offer, now=late)

    assert (mine.pk, mine.status, mine.client) == (offer.hold_id, Status.HELD, entry.client)
    assert mine.held_until == late + 15 * MINUTE
    assert openings() == [(START, "filled")]


def test_a_yes_that_is_not_finished_lets_the_time_go_to_the_next(treatment):
    first, second = waits(treatment), waits(treatment)
    frees(treatment)
    tick()
    mine = accept(Offer.objects.get(), now=FREE + 2 * HOUR - MINUTE)
    tick(mine.held_until)

    assert offers() == [(first.pk, START, "lapsed"), (second.pk, START, "open")]
    assert openings() == [(START, "open")]
    assert status_of(first) == "waiting"


def test_a_hold_of_hers_that_goes_to_another_time_gives_the_offered_one_back(treatment):
    waits(treatment)
    frees(treatment)
    tick()
    mine = accept(Offer.objects.get())
    bookings.move_hold(
        mine.pk, a_search(treatment, now=FREE + MINUTE, ignoring=mine.pk), starts_at=START + DAY
    )
    tick(FREE + 2 * MINUTE)

    assert openings() == [(START, "open")]


def test_no_lets_the_time_go_and_she_waits_on(treatment):
    first, second = waits(treatment), waits(treatment)
    frees(treatment)
    tick()
    bookings.decline_offer(Offer.objects.get().pk, now=FREE + MINUTE)
    tick(FREE + MINUTE)

    assert offers() == [(first.pk, START, "declined"), (second.pk, START, "open")]
    assert status_of(first) == "waiting"


@pytest.mark.parametrize(
    ("case", "seconds", "works"), [("a second early", -1, True), ("exactly then", 0, False)]
)
def test_an_offer_stands_until_it_expires(treatment, case, seconds, works):
    waits(treatment)
    frees(treatment)
    tick()
    offer = Offer.objects.get()
    moment = offer.expires_at + timedelta(seconds=seconds)

    if works:
        assert accept(offer, now=moment)
    else:
        before = offers(), openings(), state(offer.hold)
        with pytest.raises(bookings.OfferGone):
            accept(offer, now=moment)
        assert (offers(), openings(), state(offer.hold)) == before


def declined(offer):
    bookings.decline_offer(offer.pk, now=FREE + MINUTE)


@pytest.mark.parametrize(
    "first", [accept, declined, lambda offer: tick(offer.expires_at)], ids=["yes", "no", "nothing"]
)
@pytest.mark.parametrize("then", [accept, declined], ids=["yes", "no"])
def test_only_the_first_answer_counts(treatment, first, then):
    entry = waits_with(treatment, starts_at=START + DAY)
    frees(treatment)
    tick()
    offer = Offer.objects.get()
    first(offer)
    appointment = Appointment.objects.get(pk=entry.appointment_id)
    before = offers(), state(appointment), kinds(appointment)

    with pytest.raises(bookings.OfferGone):
        then(offer)

    assert (offers(), state(appointment), kinds(appointment)) == before


def test_who_may_no_longer_have_it_is_told_and_nothing_changes(treatment):
    entry = waits_with(treatment, starts_at=START + 30 * DAY)
    client = Appointment.objects.get(pk=entry.appointment_id).client
    frees(treatment)
    tick()
    treatment.least_days_between = 28
    treatment.save()
    an_appointment(treatment, starts_at=START - DAY, client=client)
    before = offers(), openings(), state(entry.appointment)

    with pytest.raises(bookings.NotEligible):
        accept(Offer.objects.get())

    assert (offers(), openings(), state(entry.appointment)) == before


def test_a_practitioner_who_fell_ill_meanwhile_is_nobodys_earlier_time(treatment):
    entry = waits_with(treatment, starts_at=START + DAY)
    frees(treatment)
    tick()
    noor = Practitioner.objects.get()
    bookings.add_time_off(noor.pk, Period(START - HOUR, START + HOUR), reason="ziek")
    before = offers(), openings(), state(entry.appointment)

    with pytest.raises(bookings.OfferGone):
        accept(Offer.objects.get())

    assert (offers(), openings(), state(entry.appointment)) == before


def test_an_appointment_cancelled_meanwhile_does_not_move(treatment):
    entry = waits_with(treatment, starts_at=START + DAY)
    frees(treatment)
    tick()
    offer = Offer.objects.get()
    bookings.cancel(entry.appointment_id, by=By.CLIENT, now=FREE)

    mine = accept(offer)

    assert (mine.pk, mine.status) == (offer.hold_id, Status.HELD)
    assert Appointment.objects.get(pk=entry.appointment_id).status == Status.CANCELLED


def test_who_has_to_wait_between_two_may_still_come_earlier(treatment):
    treatment.least_days_between = 28
    treatment.save()
    entry = waits_with(treatment, starts_at=START + 9 * DAY)
    frees(treatment)
    tick()
    accept(Offer.objects.get())

    assert state(entry.appointment) == (Status.BOOKED, START, 2)


# Coming and going.


def test_asking_again_changes_the_wish_and_not_the_place_in_the_line(treatment):
    entry = waits(treatment)
    again = waits(
        treatment,
        client=entry.client,
        now=NOW + DAY,
        wish=Wish(date(2026, 3, 9), date(2026, 3, 13), weekdays=frozenset({4, 0})),
    )

    assert (again.pk, again.created_at, again.weekdays) == (entry.pk, NOW, [0, 4])
    assert WaitlistEntry.objects.count() == 1


def test_who_cannot_have_it_on_any_day_is_told_so_when_she_asks(treatment):
    treatment.booked_by = "existing"
    treatment.save()

    with pytest.raises(bookings.NotEligible):
        waits(treatment)

    assert not WaitlistEntry.objects.exists()


def test_only_an_appointment_to_come_can_become_earlier(treatment):
    appointment = an_appointment(treatment)

    with pytest.raises(bookings.NothingToMove):
        bookings.ask_earlier(appointment.pk, MARCH, zone=ZONE, now=START)

    assert not WaitlistEntry.objects.exists()


def test_leaving_gives_back_what_was_being_offered(treatment):
    first, second = waits(treatment), waits(treatment)
    frees(treatment)
    tick()
    assert bookings.leave_waitlist(first.pk, now=FREE)
    assert not bookings.leave_waitlist(first.pk, now=FREE)
    tick()

    assert status_of(first) == "withdrawn"
    assert offers() == [(first.pk, START, "declined"), (second.pk, START, "open")]


@pytest.mark.parametrize(
    ("case", "now", "status"),
    [
        ("on her last day", "2026-03-31 23:59", "waiting"),
        ("the day after", "2026-04-01 00:00", "passed"),
    ],
)
def test_nobody_waits_for_a_day_that_is_over(treatment, case, now, status):
    entry = waits(treatment)
    tick(at(now))

    assert status_of(entry) == status


def test_nobody_waits_for_an_appointment_that_is_over(treatment):
    entry = waits_with(treatment, starts_at=START)
    bookings.cancel(entry.appointment_id, by=By.CLIENT, now=NOW)
    tick(NOW)

    assert status_of(entry) == "passed"


def test_nobody_waits_for_what_she_has_booked_herself(treatment):
    entry = waits(treatment)
    an_appointment(treatment, client=entry.client, now=NOW + HOUR)
    tick(NOW + HOUR)

    assert status_of(entry) == "helped"


@pytest.mark.parametrize(
    ("case", "days_after_the_first", "asked"),
    [
        ("too near to the session before", 5, 0),
        ("on the first day of its interval", 6, 1),
    ],
)
def test_a_session_of_a_course_is_offered_a_time_inside_its_interval(
    treatment, case, days_after_the_first, asked
):
    second = a_course(treatment)[1]
    entry = bookings.ask_earlier(second.pk, MARCH, zone=ZONE, now=NOW)
    earlier = second.starts_at - 7 * DAY + days_after_the_first * DAY + HOUR
    frees(treatment, starts_at=earlier)
    tick()

    assert [who for who, *_ in offers()] == [entry.pk] * asked
