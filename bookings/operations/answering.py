"""What becomes of an offer: she says yes, she says no, or she says nothing in time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.availability import taken_periods
from bookings.locks import lock_to_take
from bookings.matching import treatments_of
from bookings.minutes import spanning
from bookings.models import Appointment, AppointmentEvent, By, Clinic, Offer, Opening, WaitlistEntry
from bookings.operations.events import record
from bookings.operations.gate import refuse_ineligible
from bookings.operations.taking import hand_over, release
from bookings.periods import Period

Kind = AppointmentEvent.Kind
Status = Appointment.Status


class OfferGone(Exception):
    """The offer was answered before, or its time is over."""


@transaction.atomic
def accept_offer(offer_id: int, *, clinic: Clinic, zone: ZoneInfo, now: datetime) -> Appointment:
    """Give her the time she was offered, and return the appointment that has it now.

    The appointment she had moves to it, with its price, its deposit and its history. Without one
    what kept the time becomes a hold of her own, for as long as anybody's: the terms come next.

    :raises OfferGone: if it was answered before, its time is over, or somebody is not there
    :raises NotEligible: if she cannot have the treatment then
    """
    offer = _open_offer(offer_id, now=now)
    _refuse_if_away(offer.hold)
    entry, hold, moving = offer.entry, offer.hold, _to_move(offer.entry, now=now)
    refuse_ineligible(
        entry.client,
        treatments_of(entry),
        starts_at=hold.starts_at,
        zone=zone,
        by=By.SYSTEM,  # it is the clinic's own proposal
        ignoring=entry.appointment_id or hold.pk,
    )
    _answer(offer, Offer.Status.ACCEPTED, now=now)
    Opening.objects.filter(pk=offer.opening_id).update(status=Opening.Status.FILLED)
    entry.status = WaitlistEntry.Status.HELPED
    entry.save(update_fields=["status"])
    record(hold, Kind.OFFER_TAKEN, at=now, by=By.CLIENT)
    if moving is not None:
        return _move(moving, offer, now=now)
    hold.held_until = max(now + clinic.hold_length, offer.expires_at)
    hold.save(update_fields=["held_until"])
    return hold


def _open_offer(offer_id: int, *, now: datetime) -> Offer:
    """Lock the offer's hold and the appointment that would move; whoever waits here came second."""
    offers = Offer.objects.select_related("hold", "entry__client", "entry__appointment__treatment")
    ids = offers.values_list("hold_id", "entry__appointment_id").get(pk=offer_id)
    locked = Appointment.objects.filter(pk__in=ids)
    list(locked.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    offer = offers.get(pk=offer_id)
    live = offer.hold.status == Status.HELD and (offer.hold.held_until or now) > now
    if offer.status != Offer.Status.OPEN or not live:
        raise OfferGone
    return offer


def _refuse_if_away(hold: Appointment) -> None:
    """Let nobody have a time in which who or what it takes is not there, since it was offered."""
    taken = [
        (one.resource_id, Period(one.period.lower, one.period.upper))
        for one in hold.allocations.all()
    ]
    lock_to_take(spanning(period for _, period in taken))
    for who, period in taken:
        if taken_periods([who], period, ignoring=hold.pk)[who]:
            raise OfferGone


def _to_move(entry: WaitlistEntry, *, now: datetime) -> Appointment | None:
    """Return the appointment that would move, if it still stands."""
    appointment = entry.appointment
    if appointment is None or appointment.status != Status.BOOKED or appointment.starts_at <= now:
        return None
    return appointment


def _answer(offer: Offer, status: Offer.Status, *, now: datetime) -> None:
    offer.status, offer.answered_at = status, now
    offer.save(update_fields=["status", "answered_at"])


MOVING = "starts_at ends_at practitioner".split()


def _move(appointment: Appointment, offer: Offer, *, now: datetime) -> Appointment:
    """Let the appointment have what the offer kept; not counted as a move of her own."""
    hold, was, was_with = offer.hold, appointment.starts_at, appointment.practitioner_id
    hand_over(hold, to=appointment)
    hold.status = Status.EXPIRED
    hold.save(update_fields=["status"])
    for name in MOVING:
        setattr(appointment, name, getattr(hold, name))
    appointment.confirmed_at = None  # she said yes to another time
    appointment.moves += 1
    appointment.save(update_fields=[*MOVING, "confirmed_at", "moves"])
    record(
        appointment,
        Kind.MOVED,
        at=now,
        by=By.CLIENT,
        was=was.isoformat(),
        was_practitioner=was_with,
        offer=offer.pk,
    )
    return appointment


@transaction.atomic
def decline_offer(offer_id: int, *, now: datetime, by: By = By.CLIENT) -> None:
    """Let the time go to the next; she goes on waiting for another.

    :raises OfferGone: if it was answered before, or its time is over
    """
    offer = _open_offer(offer_id, now=now)
    _answer(offer, Offer.Status.DECLINED, now=now)
    offer.hold.status = Status.EXPIRED
    offer.hold.save(update_fields=["status"])
    release(offer.hold)
    record(offer.hold, Kind.OFFER_ENDED, at=now, by=by)


@transaction.atomic
def end_offer(hold_id: int, *, now: datetime) -> None:
    """Note that what kept an offered time was let go: not answered, or accepted and not finished.

    The time is to be offered again, and whoever had said yes waits again.
    """
    hold = Appointment.objects.select_for_update(no_key=True).get(pk=hold_id)
    if hold.status not in (Status.HELD, Status.EXPIRED):
        return  # her money came at the last moment, and took the time back
    unfinished = Offer.objects.select_for_update(of=("self",)).filter(
        hold=hold, status__in=(Offer.Status.OPEN, Offer.Status.ACCEPTED)
    )
    offer = unfinished.select_related("opening", "entry").first()
    if offer is None:
        return
    if offer.status == Offer.Status.ACCEPTED:
        Opening.objects.filter(pk=offer.opening_id).update(status=Opening.Status.OPEN)
        _wait_again(offer.entry)
    _answer(offer, Offer.Status.LAPSED, now=now)
    record(hold, Kind.OFFER_ENDED, at=now, by=By.SYSTEM)


def _wait_again(entry: WaitlistEntry) -> None:
    """Put her back on the list, unless she has asked for it anew meanwhile."""
    same = WaitlistEntry.objects.filter(
        client=entry.client_id,
        treatment=entry.treatment_id,
        appointment=entry.appointment_id,
        status=WaitlistEntry.Status.WAITING,
    )
    if not same.exists():
        entry.status = WaitlistEntry.Status.WAITING
        entry.save(update_fields=["status"])
