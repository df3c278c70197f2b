"""Holds: keeping a time for somebody who is still deciding or paying."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from bookings.asked import columns_of, terms_for
from bookings.board import Place
from bookings.locks import lock_address
from bookings.models import Appointment, AppointmentEvent, By, Client, Clinic, Extra
from bookings.operations.events import record
from bookings.operations.gate import refuse_ineligible
from bookings.operations.storing import Story, write_extras
from bookings.operations.taking import NotOffered, SlotTaken, release, take, take_instead
from bookings.search import Search

__all__ = ["NotOffered", "SlotTaken"]

log = logging.getLogger(__name__)
Kind = AppointmentEvent.Kind
Status = Appointment.Status


class TooManyHolds(Exception):
    """This internet address already holds, or has booked today, as many times as it may."""


class AlreadyHolding(Exception):
    """This visitor holds a time: it can be moved."""


class NoMoreTime(Exception):
    """The hold has lapsed, or was made longer as often as it may."""


def hold(
    search: Search,
    *,
    starts_at: datetime,
    address: str = "",
    visitor: str = "",
    kind: Appointment.HoldKind = Appointment.HoldKind.BROWSER,
    client: Client | None = None,
    override: str = "",
) -> Appointment:
    """Keep a time, without a client yet when it comes from a browser.

    :param address: a keyed hash of where the request came from; empty is not limited
    :param visitor: a keyed hash of who asks, who may hold one time; empty is not limited
    :param override: the desk's reason to let a client come sooner after the last time
    :raises AlreadyHolding: if the visitor holds a time already
    :raises TooManyHolds: if the address holds too much already
    :raises SlotTaken: if somebody else has the time
    :raises NotOffered: if the time is not on offer
    :raises NotEligible: if the client cannot have the treatment then
    """

    def make(place: Place) -> Story:
        refuse_too_many(search, address)
        if client is not None:
            _refuse_ineligible(client, search, starts_at, override=override)
        appointment = Appointment(
            client=client,
            hold_kind=kind,
            held_until=search.now + (search.hold_length or search.clinic.hold_length),
            hold_address=address,
            hold_visitor=visitor,
            created_at=search.now,
            **what_is_taken(search, place, client),
        )
        told: dict[str, object] = {"override": override} if override else {}
        return Story(appointment, Kind.HELD, search.by, told, extras_of(search, place))

    try:
        return take(search, starts_at, make)
    except IntegrityError as error:
        if "one_open_hold_per_visitor" not in str(error):
            raise
        raise AlreadyHolding from error


def _refuse_ineligible(
    client: Client, search: Search, starts_at: datetime, *, override: str = ""
) -> None:
    refuse_ineligible(
        client,
        [search.treatment, *search.extras],
        starts_at=starts_at,
        zone=search.zone,
        by=search.by,
        ignoring=search.ignoring,
        override=override,
    )


def what_is_taken(search: Search, place: Place, client: Client | None) -> dict[str, object]:
    """Return an appointment's own columns for a place: when, with whom, at what price and terms."""
    slot, visit = place.slot, place.visit
    return {
        "treatment_id": search.treatment.pk,
        "practitioner_id": slot.practitioner_id,
        "any_practitioner": search.practitioner_id is None,
        "starts_at": slot.starts_at,
        "ends_at": slot.starts_at + timedelta(minutes=visit.minutes),
        "price_cents": visit.price_cents,
        **columns_of(terms_for(search, prices=visit.prices, client=client)),
    }


def extras_of(search: Search, place: Place) -> list[Extra]:
    """Return the further treatments of a visit as rows, still without their appointment."""
    who = place.slot.practitioner_id
    rows = []
    for position, treatment in enumerate(search.extras, start=1):
        alone = place.reference.visit((treatment.pk,), who)
        assert alone is not None  # who gives the whole visit can give each part of it
        rows.append(
            Extra(
                treatment=treatment,
                position=position,
                minutes=alone.minutes,
                price_cents=alone.price_cents,
            )
        )
    return rows


def refuse_too_many(search: Search, address: str) -> None:
    """Let nobody keep the agenda from others: so many open holds, and bookings a day.

    :raises TooManyHolds: if the address has as many as it may
    """
    most_holds, most_booked = search.clinic.holds_per_address, search.clinic.bookings_per_address
    if not address or not (most_holds or most_booked):
        return
    lock_address(address)
    mine = Appointment.objects.filter(
        hold_address=address, created_at__gt=search.now - timedelta(days=1)
    ).aggregate(
        held=Count("pk", filter=Q(status=Status.HELD, held_until__gt=search.now)),
        booked=Count("pk", filter=Q(status=Status.BOOKED)),
    )
    if 0 < most_holds <= mine["held"] or 0 < most_booked <= mine["booked"]:
        raise TooManyHolds


def move_hold(appointment_id: int, search: Search, *, starts_at: datetime) -> Appointment:
    """Let a hold keep another time instead; the old one is let go only when the new one is sure.

    The new time may be for another treatment or practitioner. The client's details stay.

    :raises NoMoreTime: if the hold has lapsed or is being paid for
    :raises SlotTaken: if somebody else has the new time
    :raises NotOffered: if the new time is not on offer
    :raises NotEligible: if the client cannot have the treatment then
    """

    def change(place: Place) -> Appointment:
        appointment = _live_hold(appointment_id, now=search.now)
        if appointment.payment_started_at is not None:
            raise NoMoreTime
        if appointment.client is not None:
            _refuse_ineligible(appointment.client, search, starts_at)
        was = appointment.starts_at
        changes = {
            **what_is_taken(search, place, appointment.client),
            # What was agreed was agreed about the other time.
            "by_voucher": False,
            "terms_text": "",
            "terms_accepted_at": None,
        }
        for field, value in changes.items():
            setattr(appointment, field, value)
        appointment.save(update_fields=[name.removesuffix("_id") for name in changes])
        appointment.extras.all().delete()
        write_extras(appointment, extras_of(search, place))
        record(appointment, Kind.HOLD_MOVED, at=search.now, by=By.CLIENT, was=was.isoformat())
        return appointment

    return take_instead(search, starts_at, change)


@transaction.atomic
def extend_hold(appointment_id: int, clinic: Clinic, *, now: datetime) -> Appointment:
    """Keep the time for another hold length from now, so often and so long as the clinic allows.

    :raises NoMoreTime: if it lapsed, or was made longer as often or as much as it may
    """
    appointment = _live_hold(appointment_id, now=now)
    held_until = appointment.held_until or now
    longest = appointment.created_at + clinic.hold_longest
    until = min(max(now + clinic.hold_length, held_until), max(longest, held_until))
    if appointment.hold_extensions >= clinic.hold_extensions or until <= held_until:
        raise NoMoreTime
    appointment.hold_extensions += 1
    appointment.held_until = until
    appointment.save(update_fields=["hold_extensions", "held_until"])
    return appointment


def _live_hold(appointment_id: int, *, now: datetime) -> Appointment:
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    lapsed = appointment.held_until is None or appointment.held_until <= now
    if appointment.status != Status.HELD or lapsed:
        raise NoMoreTime
    return appointment


@transaction.atomic
def keep_for_payment(appointment_id: int, *, until: datetime, now: datetime) -> Appointment:
    """Keep the time past the payment's own life; from now on only `payments` may let it go.

    :raises NoMoreTime: if the hold has lapsed
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    paying = appointment.payment_started_at is not None
    lapsed = appointment.held_until is None or appointment.held_until <= now
    if appointment.status != Status.HELD or (lapsed and not paying):
        raise NoMoreTime
    appointment.payment_started_at = appointment.payment_started_at or now
    appointment.held_until = max(until, appointment.held_until or until)
    appointment.save(update_fields=["payment_started_at", "held_until"])
    return appointment


@transaction.atomic
def stop_paying(appointment_id: int, *, until: datetime, most: int) -> Appointment:
    """Make a hold an ordinary one again, after its payment page was closed.

    It counts as one of the `most` times that a hold can be made longer.

    :raises NoMoreTime: if it is no hold any more, or was made longer as often as it may
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if appointment.status != Status.HELD or appointment.hold_extensions >= most:
        raise NoMoreTime
    appointment.hold_extensions += 1
    appointment.payment_started_at, appointment.held_until = None, until
    appointment.save(update_fields=["hold_extensions", "payment_started_at", "held_until"])
    return appointment


@transaction.atomic
def expire(appointment_id: int, *, now: datetime) -> bool:
    """Let a lapsed hold go; false if it is no longer a hold or got more time."""
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if appointment.status != Status.HELD or (appointment.held_until or now) > now:
        return False
    appointment.status = Status.EXPIRED
    appointment.save(update_fields=["status"])
    release(appointment)
    record(appointment, Kind.EXPIRED, at=now, by=By.SYSTEM)
    return True


def expire_holds(*, now: datetime) -> int:
    """Let every lapsed hold go for which no payment was started; return how many."""
    lapsed = Appointment.objects.filter(
        status=Status.HELD, held_until__lte=now, payment_started_at__isnull=True
    )
    expired = 0
    for appointment_id in lapsed.values_list("pk", flat=True):
        try:
            expired += expire(appointment_id, now=now)
        except Exception:  # one fault never stops the others
            log.exception("hold %s could not be let go", appointment_id)
    return expired
