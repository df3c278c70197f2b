"""Reads: what needs somebody at the desk, each by itself and no longer than a rail can hold."""

from collections.abc import Sized
from dataclasses import dataclass, fields
from datetime import timedelta

from django.db.models import Q

from bookings.models import Appointment, Client
from bookings.operations import to_resolve
from bookings.periods import day_period
from clinic.desk.absence import Absence, said
from clinic.desk.here import Here
from clinic.desk.inbox import Waiting, read_inbox
from payments.models import Dispute, Payment, Refund
from payments.open_fees import fees_for_the_desk
from payments.purses import Trouble, vouchers_in_trouble
from reminders.models import Question, Step
from reminders.operations.reaching import DEAD_FOR

Status = Appointment.Status
OFTEN = 3  # moves by the client herself that are a signal
STALE = timedelta(days=14)
MOST = 8


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
    talks: list[Waiting]  # with clients who wait for an answer

    @property
    def count(self) -> int:
        lists: list[Sized] = [getattr(self, one.name) for one in fields(self)]
        return sum(len(one) for one in lists)


def read_tasks(today: list[Appointment], here: Here) -> Tasks:
    """Return what needs somebody, given who comes today. Eleven queries if nobody waits."""
    return Tasks(
        undelivered=_undelivered(here),
        disputes=_disputes(),
        vouchers=vouchers_in_trouble(MOST),
        refunds=_refunds(),
        fees=_fees(here),
        stopped=[one for one in today if one.client and has_stopped(one.client)][:MOST],
        unreachable=_unreachable(here),
        unfinished=_unfinished(here),
        absences=_absences(here),
        questions=_questions(here),
        often_moved=_often_moved(here),
        talks=read_inbox(here)[:MOST],
    )


def _undelivered(here: Here) -> list[Step]:
    failed = Step.objects.filter(
        appointment__starts_at__gt=here.now,
        status=Step.Status.FAILED,
        appointment__status__in=(Status.BOOKED, Status.HELD, Status.CANCELLED),
    )
    return list(failed.select_related("appointment__client").order_by("-due_at")[:MOST])


def _disputes() -> list[Dispute]:
    waiting = Dispute.objects.filter(status=Dispute.Status.ASKED)
    waiting = waiting.select_related("payment__appointment__client")
    return list(waiting.order_by("answer_by")[:MOST])


def _refunds() -> list[Refund]:
    failed = Q(status=Refund.Status.FAILED) & ~Q(payment__disputes__status__in=Dispute.OPEN)
    refunds = Refund.objects.filter(failed | Q(to_see=True))
    return list(refunds.select_related("payment__appointment__client").order_by("pk")[:MOST])


def _fees(here: Here) -> list[Payment]:
    fees = fees_for_the_desk(here.clinic, now=here.now)
    return list(fees.select_related("appointment__client").order_by("asked_at")[:MOST])


def _unreachable(here: Here) -> list[Appointment]:
    dead = Appointment.objects.filter(
        status=Status.BOOKED,
        starts_at__gt=here.now,
        client__sms_dead_at__gt=here.now - DEAD_FOR,
    )
    by_text = dead.exclude(client__reach_by=Client.ReachBy.EMAIL)
    return list(by_text.select_related("client").order_by("starts_at")[:MOST])


def _unfinished(here: Here) -> list[Appointment]:
    midnight = day_period(here.today, here.zone).start
    unfinished = Appointment.objects.filter(
        status__in=(Status.BOOKED, Status.ARRIVED),
        starts_at__lt=midnight,
        starts_at__gt=midnight - STALE,
    )
    return list(unfinished.select_related("client").order_by("starts_at")[:MOST])


def _absences(here: Here) -> list[tuple[Absence, int]]:
    away = [one for one in to_resolve(now=here.now) if one.hits]
    return [(said(one.time_off, here), one.hits) for one in away[:MOST]]


def _questions(here: Here) -> list[Question]:
    waiting = Question.objects.filter(
        answered_at=None,
        appointment__status=Status.BOOKED,
        appointment__starts_at__gt=here.now,
    )
    waiting = waiting.select_related("appointment__client", "appointment__practitioner")
    return list(waiting.order_by("appointment__starts_at", "pk")[:MOST])


def _often_moved(here: Here) -> list[Appointment]:
    # Every move takes back her “yes”: once she has said it again, nobody need ask.
    moved = Appointment.objects.filter(
        status=Status.BOOKED,
        starts_at__gt=here.now,
        moves_by_client__gte=OFTEN,
        confirmed_at__isnull=True,
    )
    return list(moved.select_related("client", "practitioner").order_by("starts_at")[:MOST])


def has_stopped(client: Client) -> bool:
    """Tell whether the client stopped the texts she had chosen, or SMS altogether."""
    if client.reach_by == Client.ReachBy.WHATSAPP and client.whatsapp_opted_out_at:
        return True
    return client.sms_opted_out_at is not None
