"""Reads: what the rail beside the agenda shows of now, of the day, and of what needs a hand."""

from collections.abc import Sized
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from bookings.models import Appointment, Client
from bookings.operations import to_resolve
from bookings.periods import Period, day_period
from clinic.desk.absence import Absence, said
from clinic.desk.here import Here
from clinic.desk.status import is_late
from payments.models import Dispute, Payment, Refund
from payments.open_fees import fees_for_the_desk
from payments.purses import Trouble, vouchers_in_trouble
from reminders.models import Question, Step
from reminders.operations.reaching import DEAD_FOR

Status = Appointment.Status
AHEAD = timedelta(minutes=60)
OFTEN = 3  # moves by the client herself that are a signal
STALE = timedelta(days=14)
MOST = 8


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
class Tasks:
    """What needs somebody at the desk."""

    undelivered: list[Step]
    disputes: list[Dispute]  # that wait for our answer
    vouchers: list[Trouble]
    refunds: list[Refund]  # failed, or made in Stripe's dashboard
    fees: list[Payment]  # asked so often that somebody should call
    stopped: list[Appointment]
    unreachable: list[Appointment]  # to come, of clients whose number does not work
    unfinished: list[Appointment]
    absences: list[tuple[Absence, int]]  # with how many appointments are to be resolved
    often_moved: list[Appointment]
    questions: list[Question]  # that wait for the client's own practitioner

    @property
    def count(self) -> int:
        lists: list[Sized] = [getattr(self, one.name) for one in fields(self)]
        return sum(len(one) for one in lists)


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything in the rail."""

    arrivals: list[Arrival]
    present: list[Appointment]
    numbers: Numbers
    tasks: Tasks


def read_rail(here: Here, *, day: date) -> Rail:
    """Return the rail beside `day`; who comes in is always about now. Thirteen queries."""
    today = _of_today(here)
    return Rail(
        arrivals=_arrivals(today, now=here.now),
        present=[one for one in today if one.status == Status.ARRIVED],
        numbers=_numbers(day_period(day, here.zone)),
        tasks=_tasks(today, here),
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


def _tasks(today: list[Appointment], here: Here) -> Tasks:
    to_come = Q(appointment__starts_at__gt=here.now)
    undelivered = Step.objects.filter(
        to_come,
        status=Step.Status.FAILED,
        appointment__status__in=(Status.BOOKED, Status.HELD, Status.CANCELLED),
    )
    failed = Q(status=Refund.Status.FAILED)
    failed &= ~Q(payment__disputes__status__in=Dispute.OPEN)
    refunds = Refund.objects.filter(failed | Q(to_see=True))
    disputes = Dispute.objects.filter(status=Dispute.Status.ASKED)
    midnight = day_period(here.today, here.zone).start
    unfinished = Appointment.objects.filter(
        status__in=(Status.BOOKED, Status.ARRIVED),
        starts_at__lt=midnight,
        starts_at__gt=midnight - STALE,
    )
    # Every move takes back her “yes”: once she has said it again, nobody need ask.
    often_moved = Appointment.objects.filter(
        status=Status.BOOKED,
        starts_at__gt=here.now,
        moves_by_client__gte=OFTEN,
        confirmed_at__isnull=True,
    )
    away = [one for one in to_resolve(now=here.now) if one.hits]
    stopped = [one for one in today if one.client and has_stopped(one.client)]
    return Tasks(
        undelivered=list(
            undelivered.select_related("appointment__client").order_by("-due_at")[:MOST]
        ),
        disputes=list(
            disputes.select_related("payment__appointment__client").order_by("answer_by")[:MOST]
        ),
        vouchers=vouchers_in_trouble(MOST),
        refunds=list(refunds.select_related("payment__appointment__client").order_by("pk")[:MOST]),
        fees=list(
            fees_for_the_desk(here.clinic, now=here.now)
            .select_related("appointment__client")
            .order_by("asked_at")[:MOST]
        ),
        stopped=stopped[:MOST],
        unreachable=list(
            Appointment.objects.filter(
                status=Status.BOOKED,
                starts_at__gt=here.now,
                client__sms_dead_at__gt=here.now - DEAD_FOR,
            )
            .exclude(client__reach_by=Client.ReachBy.EMAIL)
            .select_related("client")
            .order_by("starts_at")[:MOST]
        ),
        unfinished=list(unfinished.select_related("client").order_by("starts_at")[:MOST]),
        absences=[(said(one.time_off, here), one.hits) for one in away[:MOST]],
        questions=list(
            Question.objects.filter(answered_at=None, appointment__status=Status.BOOKED)
            .filter(to_come)
            .select_related("appointment__client", "appointment__practitioner")
            .order_by("appointment__starts_at", "pk")[:MOST]
        ),
        often_moved=list(
            often_moved.select_related("client", "practitioner").order_by("starts_at")[:MOST]
        ),
    )


def has_stopped(client: Client) -> bool:
    """Tell whether the client stopped the texts she had chosen, or SMS altogether."""
    if client.reach_by == Client.ReachBy.WHATSAPP and client.whatsapp_opted_out_at:
        return True
    return client.sms_opted_out_at is not None
