"""Many answers at once, on connections of their own: one winner, and nothing half done."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from bookings import operations as bookings
from bookings.models import Allocation, Appointment, By, Clinic, Offer, WaitlistEntry
from tests.bookings.waiting import (
    FREE,
    HOUR,
    MINUTE,
    accept,
    frees,
    offers,
    openings,
    state,
    tick,
    waits,
    waits_with,
)
from tests.factories import START, a_clinic, a_search
from tests.when import ZONE

RIVALS = 8
Status = Appointment.Status
REFUSED = (bookings.OfferGone, bookings.SlotTaken, bookings.NotMovable, bookings.NotCancellable)


def at_once(acts):
    """Do all of them at the same moment; return what each returned, or why it was refused."""
    barrier = Barrier(len(acts))

    def when_all_are_ready(act):
        barrier.wait(timeout=30)
        try:
            return act()
        except REFUSED as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(when_all_are_ready, acts))


def offered(treatment):
    """Return an offer to somebody who would move."""
    waits_with(treatment, starts_at=START + 2 * HOUR)
    frees(treatment)
    tick()
    return Offer.objects.get()


def nothing_overlaps_and_nothing_hangs():
    """Tell whether what takes resources are exactly the appointments that should."""
    taking = Appointment.objects.filter(status__in=Appointment.TAKING)
    owners = set(Allocation.objects.values_list("appointment", flat=True))
    return owners == set(taking.values_list("pk", flat=True))


def test_one_yes_of_many_moves_her_once(committed):
    offer = offered(a_clinic())

    answers = at_once([lambda: accept(offer)] * RIVALS)

    assert answers.count(bookings.OfferGone) == RIVALS - 1
    appointment = offer.entry.appointment
    assert state(appointment) == (Status.BOOKED, START, 2)
    assert appointment.events.filter(kind="moved").count() == 1
    assert nothing_overlaps_and_nothing_hangs()


def test_yes_and_no_at_once_have_one_winner(committed):
    offer = offered(a_clinic())

    def declined():
        bookings.decline_offer(offer.pk, now=FREE + MINUTE)

    answers = at_once([lambda: accept(offer), declined] * (RIVALS // 2))

    assert answers.count(bookings.OfferGone) == RIVALS - 1
    offer.refresh_from_db()
    yes = offer.status == Offer.Status.ACCEPTED
    assert state(offer.entry.appointment)[1] == (START if yes else START + 2 * HOUR)
    assert openings() == [(START, "filled" if yes else "open")]
    assert nothing_overlaps_and_nothing_hangs()


def test_an_offer_lapses_or_is_accepted_and_never_both(committed):
    treatment = a_clinic()
    offer = offered(treatment)
    waits(treatment)

    def lapse():
        tick(offer.expires_at)

    answers = at_once([lambda: accept(offer, now=offer.expires_at - MINUTE), lapse])

    offer.refresh_from_db()
    moved = state(offer.entry.appointment)[1] == START
    assert moved == (answers[0] is not bookings.OfferGone)
    assert offer.status == (Offer.Status.ACCEPTED if moved else Offer.Status.LAPSED)
    assert nothing_overlaps_and_nothing_hangs()


def test_a_tick_that_comes_twice_makes_one_offer(treatment):
    waits(treatment)
    frees(treatment)
    tick(), tick()

    assert [status for _, _, status in offers()] == ["open"]


@pytest.mark.parametrize("workers", [2, RIVALS])
def test_many_workers_make_one_offer(committed, workers):
    treatment = a_clinic()
    for _ in range(3):
        waits(treatment)
    frees(treatment)

    at_once([tick] * workers)

    assert [status for _, _, status in offers()] == ["open"]
    assert nothing_overlaps_and_nothing_hangs()


def test_one_person_is_never_asked_twice_at_once_by_two_workers(committed):
    treatment = a_clinic()
    waits(treatment)
    frees(treatment)
    frees(treatment, starts_at=START + 2 * HOUR)

    at_once([tick] * RIVALS)

    assert len(offers()) == 1


def test_an_offer_and_a_booking_want_one_time_and_one_gets_it(committed):
    treatment = a_clinic()
    waits(treatment)
    frees(treatment)

    def visitor():
        return bookings.hold(a_search(treatment, now=FREE), starts_at=START)

    answers = at_once([tick, *[visitor] * (RIVALS - 1)])

    held = Appointment.objects.filter(status=Status.HELD, starts_at=START)
    assert held.count() == 1
    won = [one for one in answers if isinstance(one, Appointment)]
    assert len(won) + len(offers()) == 1
    assert nothing_overlaps_and_nothing_hangs()


def test_nobody_comes_in_between_while_an_appointment_moves_to_what_was_offered(committed):
    treatment = a_clinic()
    offer = offered(treatment)

    def visitor():
        return bookings.hold(a_search(treatment, now=FREE + MINUTE), starts_at=START)

    answers = at_once([lambda: accept(offer), *[visitor] * (RIVALS - 1)])

    assert answers[1:] == [bookings.SlotTaken] * (RIVALS - 1)
    assert state(offer.entry.appointment) == (Status.BOOKED, START, 2)


def test_cancelling_and_accepting_at_once_lose_nothing(committed):
    offer = offered(a_clinic())
    pk = offer.entry.appointment_id

    def cancelled():
        return bookings.cancel(pk, by=By.CLIENT, now=FREE + MINUTE)

    at_once([lambda: accept(offer), cancelled])

    assert Appointment.objects.get(pk=pk).status == Status.CANCELLED
    assert nothing_overlaps_and_nothing_hangs()


def test_asking_twice_at_once_is_one_wish(committed):
    treatment = a_clinic()
    client = waits(treatment).client
    WaitlistEntry.objects.all().delete()

    at_once([lambda: waits(treatment, client=client)] * RIVALS)

    assert WaitlistEntry.objects.count() == 1


def test_moving_it_herself_and_accepting_at_once_keep_one_place(committed):
    treatment = a_clinic()
    offer = offered(treatment)
    pk = offer.entry.appointment_id
    search = a_search(treatment, now=FREE + MINUTE, ignoring=pk)

    def moved():
        return bookings.reschedule(pk, search, starts_at=START + 4 * HOUR)

    at_once([lambda: accept(offer), moved])

    assert Appointment.objects.get(pk=pk).allocations.count() == 2
    assert nothing_overlaps_and_nothing_hangs()
    bookings.fill_openings(clinic=Clinic.objects.get(), zone=ZONE, now=FREE + 2 * MINUTE)
    assert nothing_overlaps_and_nothing_hangs()
