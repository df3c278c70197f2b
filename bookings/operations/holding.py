"""Holds: keeping a time for somebody who is still deciding or paying."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from bookings.availability import Search, Slot
from bookings.models import Appointment, AppointmentEvent, By, Client
from bookings.operations.events import record
from bookings.operations.taking import NotOffered, SlotTaken, release, take

__all__ = ["NotOffered", "SlotTaken"]

log = logging.getLogger(__name__)
Kind = AppointmentEvent.Kind
Status = Appointment.Status


class TooManyHolds(Exception):
    """This internet address already holds as many times as it may."""


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
    by: By = By.CLIENT,
) -> Appointment:
    """Keep a time, without a client yet when it comes from a browser.

    :param address: a keyed hash of where the request came from; empty is not limited
    :param visitor: a keyed hash of who asks, who may hold one time; empty is not limited
    :raises AlreadyHolding: if the visitor holds a time already
    :raises TooManyHolds: if the address holds too much already
    :raises SlotTaken: if somebody else has the time
    :raises NotOffered: if the time is not on offer
    """

    def write(slot: Slot) -> Appointment:
        _refuse_too_many(search, address)
        terms = search.treatment.terms
        appointment = Appointment.objects.create(
            client=client,
            treatment=search.treatment,
            practitioner_id=slot.practitioner_id,
            any_practitioner=search.practitioner_id is None,
            starts_at=slot.starts_at,
            ends_at=slot.starts_at + search.treatment.duration,
            price_cents=search.treatment.price_cents,
            hold_kind=kind,
            held_until=search.now + search.clinic.hold_length,
            hold_address=address,
            hold_visitor=visitor,
            deposit_cents=terms.deposit_cents,
            late_fee_cents=terms.late_fee_cents,
            no_show_fee_cents=terms.no_show_fee_cents,
            free_notice=terms.free_notice,
            created_at=search.now,
        )
        record(appointment, Kind.HELD, at=search.now, by=by)
        return appointment

    try:
        return take(search, starts_at, write)
    except IntegrityError as error:
        if "one_open_hold_per_visitor" not in str(error):
            raise
        raise AlreadyHolding from error


def _refuse_too_many(search: Search, address: str) -> None:
    limit = search.clinic.holds_per_address
    if not (address and limit):
        return
    # One at a time for each address, or parallel requests would all be counted as the first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"hold:{address}"])
    open_holds = Appointment.objects.filter(
        status=Status.HELD, hold_address=address, held_until__gt=search.now
    )
    if open_holds.count() >= limit:
        raise TooManyHolds


def move_hold(appointment_id: int, search: Search, *, starts_at: datetime) -> Appointment:
    """Let a hold keep another time instead; the old one is let go only when the new one is sure.

    The new time may be for another treatment or practitioner. The client's details stay.

    :raises NoMoreTime: if the hold has lapsed or is being paid for
    :raises SlotTaken: if somebody else has the new time
    :raises NotOffered: if the new time is not on offer
    """

    def write(slot: Slot) -> Appointment:
        appointment = _live_hold(appointment_id, now=search.now)
        if appointment.payment_started_at is not None:
            raise NoMoreTime
        was = appointment.starts_at
        terms = search.treatment.terms
        changes: dict[str, object] = {
            "treatment": search.treatment,
            "practitioner_id": slot.practitioner_id,
            "any_practitioner": search.practitioner_id is None,
            "starts_at": slot.starts_at,
            "ends_at": slot.starts_at + search.treatment.duration,
            "price_cents": search.treatment.price_cents,
            "deposit_cents": terms.deposit_cents,
            "late_fee_cents": terms.late_fee_cents,
            "no_show_fee_cents": terms.no_show_fee_cents,
            "free_notice": terms.free_notice,
            # What was agreed was agreed about the other time.
            "terms_text": "",
            "terms_accepted_at": None,
        }
        for field, value in changes.items():
            setattr(appointment, field, value)
        appointment.save(update_fields=[name.removesuffix("_id") for name in changes])
        record(appointment, Kind.HOLD_MOVED, at=search.now, by=By.CLIENT, was=was.isoformat())
        return appointment

    return take(search, starts_at, write)


@transaction.atomic
def extend_hold(appointment_id: int, *, length: timedelta, most: int, now: datetime) -> Appointment:
    """Keep the time for another `length` from now, at most `most` times.

    :raises NoMoreTime: if it lapsed, or was extended as often as it may
    """
    appointment = _live_hold(appointment_id, now=now)
    if appointment.hold_extensions >= most:
        raise NoMoreTime
    appointment.hold_extensions += 1
    appointment.held_until = max(now + length, appointment.held_until or now)
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
