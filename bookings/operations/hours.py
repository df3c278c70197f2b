"""When somebody works: hours that change from a day on, other hours on a date, what that hits."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Model

from bookings.hours import Hours, Shift
from bookings.models import Allocation, Appointment, Practitioner, SpecialHours, WorkingHours
from bookings.operations.absence import EXPECTED
from bookings.periods import Period, subtract
from bookings.reference import hours_of

ONE_DAY = timedelta(days=1)


class HoursOverlap(Exception):
    """Two stretches of somebody's hours would lie over each other."""


@transaction.atomic
def change_hours(
    practitioner_id: int, *, ending: Collection[int], shifts: Iterable[Shift], from_on: date
) -> None:
    """Let some of the weekly hours be others from a day on; what was worked before stays written.

    Nothing is cancelled: `outside_hours` lists the appointments that no longer lie in her hours.

    :param ending: the rows that end, none to add hours
    :param shifts: what comes in their place, nothing to work no longer
    :raises HoursOverlap: if the new hours lie over others
    """
    rows = WorkingHours.objects.filter(practitioner=practitioner_id, pk__in=ending)
    rows.filter(from_on__gte=from_on).delete()
    begun = rows.exclude(until_on__lt=from_on)
    begun.update(until_on=from_on - ONE_DAY)
    _write(
        WorkingHours(
            practitioner_id=practitioner_id,
            weekday=shift.weekday,
            opens=shift.opens,
            closes=shift.closes,
            weeks=shift.weeks,
            from_on=from_on,
            until_on=shift.until_on,
        )
        for shift in shifts
    )


@transaction.atomic
def set_special_hours(
    practitioner_id: int, *, works_on: date, hours: Iterable[tuple[time, time]]
) -> None:
    """Let somebody work these hours on one date, instead of the weekly ones; nothing is as usual.

    :raises HoursOverlap: if they lie over each other
    """
    SpecialHours.objects.filter(practitioner=practitioner_id, works_on=works_on).delete()
    _write(
        SpecialHours(practitioner_id=practitioner_id, works_on=works_on, opens=opens, closes=closes)
        for opens, closes in hours
    )


def _write(rows: Iterable[Model]) -> None:
    try:
        with transaction.atomic():
            for row in rows:
                row.save(force_insert=True)
    except IntegrityError as error:
        if "hours_do_not_overlap" not in str(error):
            raise
        raise HoursOverlap from error


def outside_hours(
    practitioner: Practitioner, *, zone: ZoneInfo, now: datetime
) -> list[Appointment]:
    """Return the appointments to come for which she is needed when she does not work.

    :param practitioner: with the rows of her hours
    """
    taken = Allocation.objects.filter(
        resource=practitioner.pk,
        appointment__status__in=EXPECTED,
        appointment__ends_at__gt=now,
    )
    rows = taken.select_related("appointment__client", "appointment__treatment")
    hours = hours_of(practitioner)
    found = {
        row.appointment_id: row.appointment
        for row in rows.order_by("period")
        if not _is_worked(hours, Period(row.period.lower, row.period.upper), zone)
    }
    return list(found.values())


def _is_worked(hours: Hours, period: Period, zone: ZoneInfo) -> bool:
    first = period.start.astimezone(zone).date()
    days = (period.end.astimezone(zone).date() - first).days + 1
    worked = [one for n in range(days) for one in hours.periods(first + n * ONE_DAY, zone)]
    return not list(subtract([period], worked))
