"""Reads: what the waitlist did with the times that came free."""

from dataclasses import dataclass

from django.db.models import Count, Q

from bookings.models import Opening
from bookings.periods import Period
from clinic.office.forms import Filter
from clinic.office.statistics import Proportion

Status = Opening.Status


@dataclass(frozen=True, slots=True)
class Refills:
    """Times that came free and can no longer be offered: how many somebody was asked for."""

    offered: Proportion
    filled: Proportion


def refill_rate(asked: Filter, period: Period) -> Refills:
    """Return what became of the times in a period that came free, in one query.

    A time that can still be offered is in no denominator.
    """
    over = Opening.objects.exclude(status=Status.OPEN).filter(
        starts_at__gte=period.start, starts_at__lt=period.end
    )
    if asked.practitioner_id is not None:
        over = over.filter(practitioner=asked.practitioner_id)
    if asked.treatment_id is not None:
        over = over.filter(event__appointment__treatment=asked.treatment_id)
    counts = over.aggregate(
        all=Count("pk", distinct=True),
        offered=Count("pk", distinct=True, filter=Q(offers__isnull=False)),
        filled=Count("pk", distinct=True, filter=Q(status=Status.FILLED)),
    )
    return Refills(
        offered=Proportion(counts["offered"], counts["all"]),
        filled=Proportion(counts["filled"], counts["all"]),
    )
