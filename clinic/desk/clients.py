"""Reads: finding a client by name, number or address, with her next and last appointment."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from bookings.models import Appointment, Client

MOST = 20
LEAST_DIGITS = 3
_NUMBER = re.compile(r"^[\d\s()+./-]+$")
Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Found:
    """A client who fits, with when she comes and when she last was here."""

    client: Client
    next: Appointment | None
    last: Appointment | None


def find_clients(words: str, *, now: datetime) -> list[Found]:
    """Return the clients that fit all the words, at most twenty. Two queries."""
    wanted = _wanted(words.strip())
    if wanted is None:
        return []
    clients = list(_with_visits(wanted, now=now))
    ids = {pk for one in clients for pk in (one.next_id, one.last_id) if pk}  # type: ignore[attr-defined]
    visits = {
        one.pk: one
        for one in Appointment.objects.filter(pk__in=ids).select_related(
            "treatment", "practitioner"
        )
    }
    return [
        Found(one, visits.get(one.next_id), visits.get(one.last_id))  # type: ignore[attr-defined]
        for one in clients
    ]


def _wanted(words: str) -> Q | None:
    """Return the condition, or nothing when too little was typed to look for."""
    if _NUMBER.match(words):
        digits = re.sub(r"\D", "", words)
        # Numbers are kept as +31612345678: the zero in front, or 0031, is not in them.
        digits = re.sub(r"^(0031|00|0)", "", digits)
        return Q(number__contains=digits) if len(digits) >= LEAST_DIGITS else None
    parts = [part for part in words.split() if part]
    if not parts or len(words) < 2:
        return None
    wanted = Q()
    for part in parts[:5]:
        wanted &= (
            Q(first_name__icontains=part) | Q(last_name__icontains=part) | Q(email__icontains=part)
        )
    return wanted


def _with_visits(wanted: Q, *, now: datetime) -> QuerySet[Client]:
    of_her = Appointment.objects.filter(client=OuterRef("pk"))
    offered = Q(status=Status.HELD, hold_kind=Appointment.HoldKind.OFFER)  # she may say no
    coming = (
        of_her.filter(starts_at__gte=now, status__in=(Status.BOOKED, Status.ARRIVED, Status.HELD))
        .exclude(offered)
        .order_by("starts_at")
    )
    past = of_her.filter(starts_at__lt=now).exclude(status=Status.EXPIRED).order_by("-starts_at")
    return (
        Client.objects.annotate(number=Cast("phone", CharField()))
        .filter(wanted)
        .annotate(
            next_id=Subquery(coming.values("pk")[:1]), last_id=Subquery(past.values("pk")[:1])
        )
        .order_by("last_name", "first_name", "pk")[:MOST]
    )
