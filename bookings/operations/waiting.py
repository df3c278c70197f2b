"""The waitlist: putting somebody on it, and taking her off."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bookings.locks import lock_address
from bookings.models import Appointment, By, Client, Clinic, Treatment, WaitlistEntry
from bookings.operations.answering import OfferGone, decline_offer
from bookings.operations.gate import refuse_ineligible
from bookings.operations.people import ClientDetails, find_or_add_client
from bookings.periods import day_period
from bookings.waitlist import Wish

Status = WaitlistEntry.Status


class NothingToMove(Exception):
    """Only an appointment to come can become an earlier one."""


class TooManyWishes(Exception):
    """From this internet address came as many wishes today as may."""


@transaction.atomic
def join_waitlist(
    who: Client | ClientDetails,
    treatment: Treatment,
    wish: Wish,
    *,
    zone: ZoneInfo,
    now: datetime,
    by: By = By.CLIENT,
    address: str = "",
) -> WaitlistEntry:
    """Let somebody wait for a time; asking again changes what she wants, not since when.

    :param address: a keyed hash of where the request came from; empty is not limited
    :raises TooManyWishes: if the address sent as many today as it may
    :raises NotEligible: if she cannot have the treatment, not even on the last day she would come
    """
    _refuse_too_many(address, now=now)
    client = who if isinstance(who, Client) else find_or_add_client(who, now=now)
    _refuse(client, treatment, wish, zone=zone, by=by)
    return _write(
        wish, now=now, client=client, treatment=treatment, appointment=None, address=address
    )


@transaction.atomic
def ask_earlier(
    appointment_id: int, wish: Wish, *, zone: ZoneInfo, now: datetime, by: By = By.CLIENT
) -> WaitlistEntry:
    """Let the client of an appointment wait for an earlier time, and keep what she has meanwhile.

    :raises NothingToMove: if it is no appointment to come
    """
    appointment = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("client", "treatment")
        .get(pk=appointment_id)
    )
    if appointment.status != Appointment.Status.BOOKED or appointment.starts_at <= now:
        raise NothingToMove
    assert appointment.client is not None  # only a hold has none
    return _write(
        wish,
        now=now,
        appointment=appointment,
        client=appointment.client,
        treatment=appointment.treatment,
    )


def _refuse_too_many(address: str, *, now: datetime) -> None:
    most = Clinic.objects.get().bookings_per_address
    if not address or not most:
        return
    lock_address(address)
    today = WaitlistEntry.objects.filter(address=address, created_at__gt=now - timedelta(days=1))
    if today.count() >= most:
        raise TooManyWishes


def _refuse(client: Client, treatment: Treatment, wish: Wish, *, zone: ZoneInfo, by: By) -> None:
    last = day_period(wish.until_on, zone).start
    refuse_ineligible(client, [treatment], starts_at=last, zone=zone, by=by)


def _write(
    wish: Wish,
    *,
    now: datetime,
    client: Client,
    treatment: Treatment,
    appointment: Appointment | None,
    address: str = "",
) -> WaitlistEntry:
    wanted = {
        "practitioner_id": wish.practitioner_id,
        "from_on": wish.from_on,
        "until_on": wish.until_on,
        "weekdays": sorted(wish.weekdays),
        "parts": sorted(wish.parts),
    }
    entry, _ = WaitlistEntry.objects.update_or_create(
        status=Status.WAITING,
        client=client,
        treatment=treatment,
        appointment=appointment,
        defaults=wanted,
        create_defaults={**wanted, "created_at": now, "address": address},
    )
    return entry


@transaction.atomic
def leave_waitlist(entry_id: int, *, now: datetime, by: By = By.CLIENT) -> bool:
    """Let somebody wait no longer; what she is being offered goes on. False if she did not wait."""
    entry = WaitlistEntry.objects.get(pk=entry_id)
    for offer in entry.offers.filter(status="open"):
        try:
            decline_offer(offer.pk, now=now, by=by)
        except OfferGone:
            continue  # it ended by itself, at this very moment
    waiting = WaitlistEntry.objects.filter(pk=entry_id, status=Status.WAITING)
    return waiting.update(status=Status.WITHDRAWN) == 1


def end_wishes(*, zone: ZoneInfo, now: datetime) -> None:
    """Let nobody wait for a day that is over, for an appointment that is, or for what she has."""
    waiting = WaitlistEntry.objects.filter(status=Status.WAITING)
    stands = Q(appointment__status=Appointment.Status.BOOKED, appointment__starts_at__gt=now)
    ended = Q(appointment__isnull=False) & ~stands
    passed = waiting.filter(Q(until_on__lt=now.astimezone(zone).date()) | ended)
    WaitlistEntry.objects.filter(pk__in=passed.values("pk")).update(status=Status.PASSED)
    booked = Appointment.objects.filter(
        client=OuterRef("client"),
        treatment=OuterRef("treatment"),
        status__in=Appointment.AGREED,
        booked_at__gt=OuterRef("created_at"),
    )
    waiting.filter(Exists(booked), appointment__isnull=True).update(status=Status.HELPED)
