"""Booking in one go, for a program that has asked the client everything beforehand."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bookings.asked import columns_of, terms_for
from bookings.board import Place
from bookings.models import Appointment, AppointmentEvent
from bookings.operations.agreeing import Acceptance
from bookings.operations.gate import refuse_ineligible
from bookings.operations.holding import extras_of, refuse_too_many, what_is_taken
from bookings.operations.people import ClientDetails, find_or_add_client
from bookings.operations.storing import Story
from bookings.operations.taking import take
from bookings.search import Search
from bookings.terms import asks_no_more

Kind = AppointmentEvent.Kind
Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants the time, and what she agreed to, by the reference data of that version."""

    details: ClientDetails
    note: str
    accept: Callable[[Appointment], Acceptance]  # says how she agreed to an appointment's own terms
    version: int | None
    address: str = ""  # a keyed hash of where the request came from; empty is not limited


class Outdated(Exception):
    """The clinic has just changed what it offers, so that something else was agreed to."""


def hold_or_book(search: Search, asked: Asked, *, starts_at: datetime) -> Appointment:
    """Book at once what asks no deposit; keep a time that does, until it is paid.

    A transaction in which this is called cannot go on after a refusal.

    :raises Outdated: if the clinic has changed what it offers since that version
    :raises TooManyHolds: if the address holds or has booked too much already
    :raises SlotTaken: if somebody else has the time
    :raises NotOffered: if the time is not on offer
    :raises NotEligible: if this client cannot have the treatment then
    """

    def make(place: Place) -> Story:
        if place.reference.version != asked.version:
            raise Outdated
        refuse_too_many(search, asked.address)
        client = find_or_add_client(asked.details, now=search.now)
        refuse_ineligible(
            client,
            [search.treatment, *search.extras],
            starts_at=place.slot.starts_at,
            zone=search.zone,
            by=search.by,
        )
        appointment = Appointment(
            client=client,
            note=asked.note,
            hold_address=asked.address,
            created_at=search.now,
            **what_is_taken(search, place, client),
        )
        _agree(appointment, place, asked, search)
        kind = Kind.BOOKED if appointment.status == Status.BOOKED else Kind.HELD
        return Story(appointment, kind, search.by, extras=extras_of(search, place))

    return take(search, starts_at, make, savepoint=False)


def _agree(appointment: Appointment, place: Place, asked: Asked, search: Search) -> None:
    """Fill in what she agreed to, and whether that books it or waits for a deposit.

    What she read was what a stranger is asked. Where she herself is asked more, a deposit is paid
    on a page that has her agree to it first; without one, what she read is what holds.
    """
    read = terms_for(search, prices=place.visit.prices)
    accepts = asks_no_more(appointment.terms, read)
    if not (accepts or appointment.deposit_cents):
        accepts = True
        for name, value in columns_of(replace(read, deposit_cents=0)).items():
            setattr(appointment, name, value)
    if accepts:
        accepted = asked.accept(appointment)
        appointment.terms_text, appointment.terms_version = accepted.text, accepted.version
        appointment.terms_accepted_at = search.now
        appointment.terms_address = accepted.address
        appointment.terms_device = accepted.device[:300]
    if appointment.deposit_cents:
        length = search.hold_length or search.clinic.hold_length
        appointment.status, appointment.held_until = Status.HELD, search.now + length
    else:
        appointment.status, appointment.booked_at = Status.BOOKED, search.now
