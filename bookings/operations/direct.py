"""Booking in one go, for a program that has asked the client everything beforehand."""

from dataclasses import dataclass
from datetime import datetime

from bookings.board import Place
from bookings.models import Appointment, AppointmentEvent
from bookings.operations.agreeing import Acceptance
from bookings.operations.events import record
from bookings.operations.gate import refuse_ineligible
from bookings.operations.holding import refuse_too_many, what_is_taken, write_extras
from bookings.operations.people import ClientDetails, find_or_add_client
from bookings.operations.taking import take
from bookings.search import Search

Kind = AppointmentEvent.Kind
Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants the time, and what she agreed to."""

    details: ClientDetails
    note: str
    acceptance: Acceptance
    address: str = ""  # a keyed hash of where the request came from; empty is not limited


def hold_or_book(search: Search, asked: Asked, *, starts_at: datetime) -> Appointment:
    """Book at once what asks no deposit; keep a time that does, until it is paid.

    :raises TooManyHolds: if the address holds or has booked too much already
    :raises SlotTaken: if somebody else has the time
    :raises NotOffered: if the time is not on offer
    :raises NotEligible: if this client cannot have the treatment then
    """

    def write(place: Place) -> Appointment:
        refuse_too_many(search, asked.address)
        client = find_or_add_client(asked.details, now=search.now)
        refuse_ineligible(
            client,
            [search.treatment, *search.extras],
            starts_at=place.slot.starts_at,
            zone=search.zone,
            by=search.by,
        )
        columns = what_is_taken(search, place)
        columns |= _agreed(search, asked) if columns["deposit_cents"] else _booked(search, asked)
        appointment = Appointment.objects.create(**columns, client=client, note=asked.note)
        write_extras(appointment, search, place)
        kind = Kind.BOOKED if appointment.status == Status.BOOKED else Kind.HELD
        record(appointment, kind, at=search.now, by=search.by)
        return appointment

    return take(search, starts_at, write)


def _agreed(search: Search, asked: Asked) -> dict[str, object]:
    """Return the columns of a hold whose client has agreed to the terms."""
    accepted = asked.acceptance
    return {
        "status": Status.HELD,
        "held_until": search.now + (search.hold_length or search.clinic.hold_length),
        "hold_address": asked.address,
        "created_at": search.now,
        "terms_text": accepted.text,
        "terms_version": accepted.version,
        "terms_accepted_at": search.now,
        "terms_address": accepted.address,
        "terms_device": accepted.device[:300],
    }


def _booked(search: Search, asked: Asked) -> dict[str, object]:
    """Return the columns of an appointment that is booked at once."""
    booked = {"status": Status.BOOKED, "held_until": None, "booked_at": search.now}
    return {**_agreed(search, asked), **booked}
