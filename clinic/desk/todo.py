"""Reads: what needs somebody at the desk, each by itself and no longer than a rail can hold."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import partial

from django.db.models import Count, F, Max, Q

from bookings.models import Appointment, Client
from bookings.operations import to_resolve
from bookings.periods import day_period
from bookings.risk import chance_missed
from clinic.desk.absence import Absence, said
from clinic.desk.here import Here
from clinic.desk.inbox import Waiting, read_inbox, read_questions
from payments.models import Dispute, Payment, Refund
from payments.open_fees import fees_for_the_desk
from payments.purses import Trouble, vouchers_in_trouble
from reminders.models import Question, Rule, Step
from reminders.operations.reaching import DEAD_FOR

Status = Appointment.Status
OFTEN = 3  # moves by the client herself that are a signal
STALE = timedelta(days=14)
MOST = 8
CALL_AHEAD = timedelta(days=2)


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
    to_call: list[Appointment]  # asked twice and no answer, the likeliest loss first
    questions: list[Question]  # that wait for the client's own practitioner
    talks: list[Waiting]  # with clients who wait for an answer

    @property
    def count(self) -> int:
        lists: list[Sized] = [getattr(self, one.name) for one in fields(self)]
        return sum(len(one) for one in lists)


def read_tasks(today: list[Appointment], here: Here) -> Tasks:
    """Return what needs somebody, given who comes today. Twelve queries if nobody waits."""
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
        questions=read_questions(here, most=MOST),
        often_moved=_often_moved(here),
        to_call=_to_call(here),
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


def _to_call(here: Here) -> list[Appointment]:
    """Return who was asked twice, had the time to answer, and has not; in two queries."""
    asked = Q(
        steps__status=Step.Status.DONE,
        steps__rule__on=Rule.Event.BEFORE_START,
        steps__anchor_at=F("starts_at"),
    )
    unanswered = Appointment.objects.filter(
        status=Status.BOOKED,
        confirmed_at=None,
        starts_at__gt=here.now,
        starts_at__lt=here.now + CALL_AHEAD,
    ).annotate(
        asked=Count("steps", filter=asked & Q(steps__asks=True)),
        told=Count("steps", filter=asked),
        last_told_at=Max("steps__due_at", filter=asked),
        answer_by=Max("steps__answer_by", filter=asked),
    )
    waited = unanswered.filter(
        asked__gte=1, told__gte=2, last_told_at__lte=here.now - here.clinic.answer_time
    )
    # What was to go to somebody else and did not (it never arrived, say) needs a call as well.
    kept = waited.filter(Q(answer_by=None) | Q(answer_by__lte=here.now))
    found: list[Appointment] = [*kept.select_related("client", "practitioner")]
    records = _records(one.client_id for one in found if one.client_id)
    return sorted(found, key=partial(_expected_loss, records=records), reverse=True)[:MOST]


def _expected_loss(one: Appointment, *, records: dict[int, tuple[int, int]]) -> float:
    """Return how many minutes of the clinic's time are lost on average if nobody calls."""
    missed, visits = records.get(one.client_id or 0, (0, 0))
    minutes = (one.ends_at - one.starts_at) / timedelta(minutes=1)
    return chance_missed(missed=missed, visits=visits) * minutes


def _records(client_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return what each client missed, or cancelled too late, and of how many visits."""
    missed = Q(status=Status.NO_SHOW) | Q(status=Status.CANCELLED, fee_cents__gt=0)
    counted = missed | Q(status=Status.COMPLETED)
    theirs = Appointment.objects.filter(client__in=list(client_ids)).order_by()
    rows = theirs.values_list("client").annotate(
        missed=Count("pk", filter=missed), visits=Count("pk", filter=counted)
    )
    return {client: (lost, visits) for client, lost, visits in rows}


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
