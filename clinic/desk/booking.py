"""Booking by telephone: the desk's own search, and one call that books or asks the deposit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bookings import operations as bookings
from bookings import reference
from bookings.asked import terms_covered, terms_for
from bookings.models import Appointment, By, Client, Treatment, User
from bookings.search import Search, own_practitioner
from bookings.terms import Terms
from clinic.desk.here import Here
from clinic.policy import policy_text
from payments import operations as payments
from payments.models import Voucher


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
    voucher: Voucher | None = None  # that pays for it beforehand
    told_cover: payments.Cover | None = None  # what she was told that it pays

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


@dataclass(frozen=True, slots=True)
class Told:
    """What a visit costs and asks, as it is read to the client; money in cents."""

    price_cents: int
    terms: Terms

    @property
    def rest_cents(self) -> int:
        """What is paid at the clinic."""
        return self.price_cents - self.terms.deposit_cents


def told(booking: PhoneBooking, here: Here) -> Told:
    """Return what is read to the client before it is booked.

    :raises VoucherOver, VoucherEmpty, VoucherForAnother: if her voucher cannot pay for it
    """
    prices = prices_of(booking.treatments, booking.practitioner_id)
    usual = terms_of(booking.treatments, booking.practitioner_id, here, client_of(booking))
    if booking.voucher is None:
        return Told(sum(prices), usual)
    cover = payments.cover_of(
        booking.voucher,
        booking.treatments,
        price_cents=sum(prices),
        deposit_cents=usual.deposit_cents,
        on=here.today,
    )
    terms = terms_covered(
        booking.treatments,
        prices,
        here.clinic,
        client_of(booking),
        cents=cover.cents,
        price_cents=cover.price_cents,
        now=here.now,
    )
    return Told(cover.price_cents, terms)


def client_of(booking: PhoneBooking) -> Client | None:
    """Return who it is for, if we know her: chosen, or with the same name, number and address."""
    return booking.client or bookings.known_client(booking.details)


def policy_of(booking: PhoneBooking, terms: Terms, here: Here) -> str:
    """Return the policy as it is read to the client, in her language."""
    return policy_text(
        terms,
        starts_at=booking.starts_at,
        now=here.now,
        language=booking.language,
        zone=here.zone,
        by_voucher=booking.voucher is not None,
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
    :raises VoucherOver, VoucherEmpty, VoucherForAnother: if her voucher cannot pay for it
    :raises VoucherChanged: if more remains to be paid than she was told
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
    if booking.voucher is not None:
        if booking.told_cover is None:
            raise payments.VoucherChanged
        pay_by_voucher(held, booking.voucher, booking.told_cover, here=here, user=user)
        held.refresh_from_db()
        return held
    if held.deposit_cents:
        payments.ask_deposit(held.pk, user=user, now=here.now)
        return held
    accepted = told_by_telephone(held, held.terms, here=here, user=user)
    bookings.accept_terms(held.pk, accepted, now=here.now)
    return bookings.book(held.pk, now=here.now, by=By.CLINIC)


def pay_by_voucher(
    held: Appointment, voucher: Voucher, told_cover: payments.Cover, *, here: Here, user: User
) -> None:
    """Pay a hold from a voucher and book it, as the client was told by telephone.

    :raises VoucherOver, VoucherEmpty, VoucherForAnother: if the voucher cannot pay for it
    :raises VoucherChanged: if more would be drawn than was told, or more remain to be paid
    """
    cover = payments.cover_of_hold(voucher, held, on=here.today, now=here.now)
    if cover.is_worse_than(told_cover):
        raise payments.VoucherChanged
    terms = bookings.terms_beforehand(
        held, cents=cover.cents, price_cents=cover.price_cents, now=here.now
    )
    accepted = told_by_telephone(held, terms, here=here, user=user, by_voucher=True)
    payments.pay_by_voucher(
        held.pk, voucher, cover, accepted, on=here.today, now=here.now, by=By.CLINIC
    )


def told_by_telephone(
    held: Appointment, terms: Terms, *, here: Here, user: User, by_voucher: bool = False
) -> bookings.Acceptance:
    """Return what was read to the client of a hold by this user, and agreed."""
    assert held.client is not None  # somebody telephones
    text = policy_text(
        terms,
        starts_at=held.starts_at,
        now=here.now,
        language=held.client.language,
        zone=here.zone,
        by_voucher=by_voucher,
    )
    device = f"telefonisch, {user.get_full_name() or user.get_username()}"
    return bookings.Acceptance(text, here.clinic.terms_version, None, device)
