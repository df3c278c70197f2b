"""Reads: the rooms and devices of an appointment, and what else of the kind is free then."""

from dataclasses import dataclass

from bookings.availability import taken_periods
from bookings.models import Allocation, Appointment, Resource
from bookings.periods import Period


@dataclass(frozen=True, slots=True)
class TakenPlace:
    """A room or a device as an appointment takes it, and those that could take its place."""

    allocation_id: int
    resource: Resource
    others: list[Resource]


def places_of(appointment: Appointment) -> list[TakenPlace]:
    """Return the rooms, then the devices, of an appointment. Four queries, however many."""
    rows = list(
        Allocation.objects.filter(appointment=appointment)
        .exclude(resource__kind=Resource.Kind.PRACTITIONER)
        .select_related("resource")
        .order_by("-resource__kind", "resource__position", "pk")
    )
    if not rows:
        return []
    alike = _alike([row.resource for row in rows])
    span = Period(min(row.period.lower for row in rows), max(row.period.upper for row in rows))
    taken = taken_periods([one.pk for one in alike], span)
    return [
        TakenPlace(
            row.pk,
            row.resource,
            others=[
                one
                for one in alike
                if _kind(one) == _kind(row.resource) and _is_free(taken[one.pk], row)
            ],
        )
        for row in rows
    ]


def _alike(resources: list[Resource]) -> list[Resource]:
    """Return what is in use of these kinds and groups."""
    kinds = {_kind(one) for one in resources}
    rows = Resource.objects.filter(is_active=True, group__in={group for _, group in kinds})
    return [one for one in rows if _kind(one) in kinds]


def _kind(resource: Resource) -> tuple[str, str]:
    return resource.kind, resource.group


def _is_free(taken: list[Period], row: Allocation) -> bool:
    """Tell whether nothing is taken then; what the appointment has itself is taken by itself."""
    wanted = Period(row.period.lower, row.period.upper)
    return not any(one.overlaps(wanted) for one in taken)
