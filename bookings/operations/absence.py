"""Being away: leave, illness, maintenance, a closed clinic; and what that hits."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from bookings.models import Appointment, Resource, TimeOff
from bookings.operations.taking import lock_resources
from bookings.periods import Period

#: Appointments that still expect their resources.
EXPECTED = (Appointment.Status.HELD, Appointment.Status.BOOKED)


@transaction.atomic
def add_time_off(resource_id: int | None, period: Period, *, reason: str = "") -> TimeOff:
    """Note that somebody or something is not there; without a resource the clinic is closed.

    It may lie over appointments: `hit_by` lists them. Who is booking at this moment waits, and
    then sees that the time is gone.
    """
    lock_resources([resource_id] if resource_id is not None else everything())
    return TimeOff.objects.create(
        resource_id=resource_id, starts_at=period.start, ends_at=period.end, reason=reason[:120]
    )


def everything() -> list[int]:
    """Return every resource: what a closed clinic is without."""
    return list(Resource.objects.values_list("pk", flat=True))


@transaction.atomic
def remove_time_off(time_off_id: int) -> None:
    """Take back that somebody or something is not there."""
    TimeOff.objects.filter(pk=time_off_id).delete()


def hit_by(time_off: TimeOff, *, now: datetime) -> QuerySet[Appointment]:
    """Return the appointments to come that take what is not there: each is to be resolved."""
    taken: dict[str, object] = {
        "allocations__period__overlap": (time_off.starts_at, time_off.ends_at)
    }
    if time_off.resource_id is not None:
        taken["allocations__resource"] = time_off.resource_id
    hit = Appointment.objects.filter(status__in=EXPECTED, ends_at__gt=now, **taken)
    return (
        hit.select_related("client", "treatment", "practitioner").order_by("starts_at").distinct()
    )
