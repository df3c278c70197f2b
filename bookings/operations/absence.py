"""Being away: leave, illness, maintenance, a closed clinic; and what that hits."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import transaction
from django.db.models import F, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Allocation, Appointment, TimeOff
from bookings.periods import Period

#: Appointments that still expect their resources.
EXPECTED = (Appointment.Status.HELD, Appointment.Status.BOOKED)


@transaction.atomic
def add_time_off(resource_id: int | None, period: Period, *, reason: str = "") -> TimeOff:
    """Note that somebody or something is not there; without a resource the clinic is closed.

    It may lie over appointments: `hit_by` lists them. The database lets it wait for who is
    booking at this moment; who comes after it sees that the time is gone.
    """
    return TimeOff.objects.create(
        resource_id=resource_id, starts_at=period.start, ends_at=period.end, reason=reason[:120]
    )


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


@dataclass(frozen=True, slots=True)
class Away:
    """Who or what is not there, and how many appointments are to be resolved because of it."""

    time_off: TimeOff
    hits: int


def to_resolve(*, now: datetime) -> list[Away]:
    """Return who and what is not there, now or later, the first to come first. One query."""
    taken = Allocation.objects.filter(
        resource=Coalesce(OuterRef("resource"), F("resource")),  # the whole clinic is everything
        period__overlap=Func(
            OuterRef("starts_at"),
            OuterRef("ends_at"),
            function="tstzrange",
            output_field=DateTimeRangeField(),
        ),
        appointment__status__in=EXPECTED,
        appointment__ends_at__gt=now,
    )
    number = Func(F("appointment"), template="count(DISTINCT %(expressions)s)")
    coming = TimeOff.objects.filter(ends_at__gt=now).select_related("resource")
    rows = coming.annotate(hits=Subquery(taken.annotate(number=number).values("number")))
    return [Away(row, row.hits) for row in rows.order_by("starts_at", "pk")]
