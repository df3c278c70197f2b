"""The rows of an export that say who came when, and who will."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bookings.models import Allocation, Appointment, By, Client, Resource
from bookings.needs import Claim
from bookings.usual import Usual, read_usual
from clinic.exchange.cells import NOTHING
from clinic.exchange.keys import Keys
from clinic.exchange.reference import Row, local

Status = Appointment.Status
SHOWN = (Status.BOOKED, Status.ARRIVED, Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)
ROOM, DEVICE = Resource.Kind.ROOM, Resource.Kind.DEVICE
CHUNK = 5_000
MINUTE = timedelta(minutes=1)


def clients(keys: Keys, zone: ZoneInfo) -> Iterator[Row]:
    """Yield the clients."""
    for one in Client.objects.order_by("pk").iterator(CHUNK):
        yield (
            keys[one.pk],
            one.first_name,
            one.last_name,
            one.phone.as_e164,
            one.email,
            one.language,
            one.reach_by,
            local(one.created_at, zone),
        )


def visits(keys: Keys, clients: Keys, resources: Keys, zone: ZoneInfo) -> Iterator[Row]:
    """Yield the appointments; what is only held is nobody's yet."""
    usual = read_usual()
    rows = Appointment.objects.filter(status__in=SHOWN).select_related("treatment").order_by("pk")
    reading = rows.iterator(CHUNK)
    while chunk := list(islice(reading, CHUNK)):
        taken = _taken(chunk)
        for one in chunk:
            places = {
                kind: _places(_claims(one, usual), kind, taken[one.pk], resources)
                for kind in (ROOM, DEVICE)
            }
            yield (
                keys[one.pk],
                clients[one.client_id or 0],
                one.treatment.slug,
                resources[one.practitioner_id],
                local(one.starts_at, zone),
                one.status,
                (one.ends_at - one.starts_at) // MINUTE,
                one.price_cents,
                places[ROOM],
                places[DEVICE],
                one.note,
                local(one.created_at, zone),
                local(one.cancelled_at, zone),
                _by(one),
            )


def _by(appointment: Appointment) -> str:
    return By.CLINIC if appointment.cancelled_by == By.SYSTEM else appointment.cancelled_by


def _taken(chunk: Sequence[Appointment]) -> dict[int, list[Allocation]]:
    taken: dict[int, list[Allocation]] = defaultdict(list)
    rows = Allocation.objects.filter(appointment__in=[one.pk for one in chunk])
    for allocation in rows.select_related("resource").order_by("pk"):
        taken[allocation.appointment_id].append(allocation)
    return taken


def _claims(appointment: Appointment, usual: Usual) -> list[tuple[Claim, datetime]]:
    """Return what the appointment would take by the needs of today, and from when."""
    minutes = (appointment.ends_at - appointment.starts_at) // MINUTE
    return [
        (claim, appointment.starts_at + claim.begins * MINUTE)
        for claim in usual.claims(appointment.treatment_id, minutes)
    ]


def _places(
    claims: Iterable[tuple[Claim, datetime]],
    kind: str,
    taken: Iterable[Allocation],
    resources: Keys,
) -> str:
    """Return what was taken for each claim of a kind, in their order; nothing for nothing at all.

    Needs may have changed since: then what comes closest stands in the place of a claim.
    """
    left = [one for one in taken if one.resource.kind == kind]
    found: list[str] = []
    for claim, start in claims:
        if claim.kind != kind:
            continue
        left.sort(key=lambda one: (one.resource.group != claim.group, one.period.lower != start))
        found.append(resources[left.pop(0).resource_id] if left else NOTHING)
    return " ".join(found)
