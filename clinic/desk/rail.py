"""Reads: what the rail beside the agenda shows of now and of the day, and what there is to do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from bookings.models import Appointment
from bookings.periods import Period, day_period
from clinic.desk.here import Here
from clinic.desk.status import is_late
from clinic.desk.todo import Tasks, read_tasks

Status = Appointment.Status
AHEAD = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who is expected about now."""

    appointment: Appointment
    minutes_late: int  # 0 when she is not late


@dataclass(frozen=True, slots=True)
class Numbers:
    """The day in numbers."""

    appointments: int
    deposits_open: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything in the rail."""

    arrivals: list[Arrival]
    present: list[Appointment]
    numbers: Numbers
    tasks: Tasks


def read_rail(here: Here, *, day: date) -> Rail:
    """Return the rail beside `day`; who comes in is always about now. Fourteen queries."""
    today = _of_today(here)
    return Rail(
        arrivals=_arrivals(today, now=here.now),
        present=[one for one in today if one.status == Status.ARRIVED],
        numbers=_numbers(day_period(day, here.zone)),
        tasks=read_tasks(today, here),
    )


def _of_today(here: Here) -> list[Appointment]:
    whole = day_period(here.today, here.zone)
    return list(
        Appointment.objects.filter(
            starts_at__gte=whole.start, starts_at__lt=whole.end, status__in=Appointment.TAKING
        )
        .exclude(client=None)
        .select_related("client", "practitioner", "treatment")
        .order_by("starts_at", "pk")
    )


def _arrivals(today: list[Appointment], *, now: datetime) -> list[Arrival]:
    return [
        Arrival(
            one,
            minutes_late=int((now - one.starts_at).total_seconds() // 60)
            if is_late(one, now=now)
            else 0,
        )
        for one in today
        if one.status == Status.BOOKED and one.starts_at <= now + AHEAD
    ]


def _numbers(day: Period) -> Numbers:
    taking = Appointment.objects.filter(starts_at__gte=day.start, starts_at__lt=day.end)
    by_phone = Q(status=Status.HELD, hold_kind=Appointment.HoldKind.PAY_LINK)
    counts = taking.aggregate(
        appointments=Count("pk", filter=Q(status__in=Appointment.TAKING) & ~Q(status="held")),
        deposits_open=Count("pk", filter=by_phone),
        unconfirmed=Count("pk", filter=Q(status=Status.BOOKED, confirmed_at__isnull=True)),
    )
    return Numbers(**counts)
