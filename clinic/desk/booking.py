"""Booking by telephone: the desk's own search, and one call that books or asks the deposit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bookings import operations as bookings
from bookings import reference
from bookings.asked import terms_for
from bookings.models import Appointment, By, Client, Treatment, User
from bookings.search import Search, own_practitioner
from bookings.terms import Terms
from clinic.desk.here import Here
from clinic.policy import policy_text
from payments import operations as payments


@dataclass(frozen=True, slots=True)
class PhoneBooking:
    """What a client asked for by telephone."""

    client: Client | None  # none: somebody new, as in `details`
    details: bookings.ClientDetails
    treatment: Treatment
    practitioner_id: int | None
    starts_at: datetime
    note: str
    extras: tuple[Treatment, ...] = ()  # in the same visit, one after the other
    override: str = ""  # why she may come sooner after the last time than is usual

    @property
    def language(self) -> str:
        return self.client.language if self.client else self.details.language

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        return (self.treatment, *self.extras)


def can_follow(treatment: Treatment) -> list[Treatment]:
    """Return what can be added to a treatment in the same visit, in the clinic's order."""
    return list(treatment.extras.filter(is_active=True))


def desk_search(
    here: Here,
    treatment: Treatment,
    *,
    extras: tuple[Treatment, ...] = (),
    practitioner_id: int | None = None,
    client: Client | None = None,
    hold_length: timedelta | None = None,
) -> Search:
    """Return a search as the desk makes it: not held to the rules for booking online."""
    return Search(
        treatment=treatment,
        clinic=here.clinic,
        zone=here.zone,
        now=here.now,
        practitioner_id=practitioner_id,
        extras=extras,
        by=By.CLINIC,
        prefers_id=own_practitioner(client) if client else None,
        hold_length=hold_length,
    )


def pay_until(booking: PhoneBooking, here: Here) -> datetime:
    """Return until when the time is kept for the deposit: never past its own start."""
    return min(here.now + here.clinic.pay_link_length, booking.starts_at)


def prices_of(treatments: Sequence[Treatment], practitioner_id: int | None) -> tuple[int, ...]:
    """Return what each of a visit costs in cents, with the dearest of those who could give it."""
    ids = tuple(one.pk for one in treatments)
    return max(reference.current().price_lists(ids, practitioner_id=practitioner_id), key=sum)


def terms_of(
    treatments: Sequence[Treatment],
    practitioner_id: int | None,
    here: Here,
    client: Client | None = None,
) -> Terms:
    """Return the terms of a whole visit, as they are told before it is booked."""
    first, *extras = treatments
    search = desk_search(here, first, extras=tuple(extras))
    prices = prices_of(treatments, practitioner_id)
    return terms_for(search, prices=prices, client=client)


def terms_told(booking: PhoneBooking, here: Here) -> Terms:
    """Return the terms as they are read to the client."""
    return terms_of(booking.treatments, booking.practitioner_id, here, client_of(booking))


def client_of(booking: PhoneBooking) -> Client | None:
    """Return who it is for, if we know her: chosen, or with the same name, number and address."""
    return booking.client or bookings.known_client(booking.details)


def policy_of(booking: PhoneBooking, here: Here) -> str:
    """Return the policy as it is read to the client, in her language."""
    return policy_text(
        terms_told(booking, here),
        starts_at=booking.starts_at,
        now=here.now,
        language=booking.language,
        zone=here.zone,
    )


def refuse_unfit(booking: PhoneBooking, here: Here) -> None:
    """Let through what a client we know may have then.

    :raises NotEligible: if she cannot have it
    """
    if booking.client is not None:
        bookings.refuse_ineligible(
            booking.client,
            booking.treatments,
            starts_at=booking.starts_at,
            zone=here.zone,
            by=By.CLINIC,
            override=booking.override,
        )


@transaction.atomic
def book_by_phone(booking: PhoneBooking, *, here: Here, user: User) -> Appointment:
    """Book at once, or keep the time and ask the deposit with a pay link.

    :raises SlotTaken: if somebody else has the time
    :raises NotOffered: if the time is not on offer
    :raises NotEligible: if the client cannot have the treatment then
    """
    search = desk_search(
        here,
        booking.treatment,
        extras=booking.extras,
        practitioner_id=booking.practitioner_id,
        client=booking.client,
        hold_length=pay_until(booking, here) - here.now,
    )
    held = bookings.hold(
        search,
        starts_at=booking.starts_at,
        kind=Appointment.HoldKind.PAY_LINK,
        client=booking.client,
        override=booking.override,
    )
    if booking.client is None or booking.note:
        held = bookings.give_details(
            held.pk,
            booking.details,
            note=booking.note,
            zone=here.zone,
            now=here.now,
            by=By.CLINIC,
            override=booking.override,
        )
    if held.deposit_cents:
        payments.ask_deposit(held.pk, user=user, now=here.now)
        return held
    accepted = bookings.Acceptance(
        text=policy_text(
            held.terms,
            starts_at=held.starts_at,
            now=here.now,
            language=booking.language,
            zone=here.zone,
        ),
        version=here.clinic.terms_version,
        address=None,
        device=f"telefonisch, {user.get_full_name() or user.get_username()}",
    )
    bookings.accept_terms(held.pk, accepted, now=here.now)
    return bookings.book(held.pk, now=here.now, by=By.CLINIC)
