"""Sending: claim, commit, act, record; a batch at a time."""

import logging
import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from bookings.models import Client
from reminders import mail_gateway, twilio_gateway
from reminders.models import Message, Step
from reminders.operations.outcomes import Accepted, accept, drop_back, fail, finish
from reminders.operations.sender import Sender
from reminders.operations.writing import Parcel, in_doubt_after, parcels_of, write

log = logging.getLogger(__name__)
TURN = timedelta(seconds=30)  # of real time; by then `now` is stale, and others want their turn
LONGEST_VALIDITY = timedelta(hours=10)
Status = Step.Status


class NotBegun(Exception):
    """There was no time left to hand it over with a safe margin."""


#: The database is away, or was for a moment.
OUTAGES = (OperationalError, InterfaceError)
TROUBLES = (
    NotBegun,
    twilio_gateway.Refused,
    twilio_gateway.Unavailable,
    twilio_gateway.OutcomeUnknown,
    mail_gateway.Refused,
    mail_gateway.NotSent,
    mail_gateway.OutcomeUnknown,
)


UnderWay = dict[Future[Accepted], Message]


@dataclass(frozen=True, slots=True)
class Claim:
    """Steps that are one worker's own until a moment of the database's real clock."""

    step_ids: list[int]
    until: datetime


def send_due(
    sender: Sender,
    *,
    now: datetime,
    turn: timedelta = TURN,
    call_help: Callable[[], object] | None = None,
) -> int:
    """Send the steps that are due, for one turn; return how many this worker took.

    :param call_help: is called once when more is due than this worker can do at once
    """
    ends = time.monotonic() + turn.total_seconds()
    taken = 0
    under_way: UnderWay = {}
    with ThreadPoolExecutor(sender.threads) as hands:
        while claimed := claim(sender, now=now):
            if call_help and not taken and len(claimed.step_ids) == sender.at_once:
                call_help()
            taken += len(claimed.step_ids)
            parcels = _written(claimed, sender, now=now)
            next_ones = _hand_over(parcels, sender, hands, now=now)
            # While those are under way, the ones before them are recorded.
            _record_all(under_way, sender, now=now)
            under_way = next_ones
            if time.monotonic() >= ends:
                break  # what is left is the next tick's work
        _record_all(under_way, sender, now=now)
    return taken


@transaction.atomic
def claim(sender: Sender, *, now: datetime) -> Claim | None:
    """Take the steps that have been due longest and that no other worker has; none if none are.

    Costs the same however many wait: only so many are read from the index of what waits.
    """
    ids = list(due_steps(now=now).values_list("pk", flat=True)[: sender.at_once])
    if not ids:
        return None
    taken = Step.objects.filter(pk__in=ids)
    taken.update(status=Status.CLAIMED, leased_until=Now() + sender.doubt)
    until = taken.values_list("leased_until", flat=True)[0]
    assert until is not None  # just written
    return Claim(ids, until)


def due_steps(*, now: datetime) -> QuerySet[Step]:
    """Return what is to be sent and nobody else is taking, the oldest first, locked."""
    due = Step.objects.filter(status=Status.WAITING, due_at__lte=now)
    return due.order_by("due_at").select_for_update(skip_locked=True)


def _written(claimed: Claim, sender: Sender, *, now: datetime) -> list[Parcel]:
    """Write the messages together; when that fails one by one, and the fault on its own step."""
    try:
        return write(claimed.step_ids, sender, until=claimed.until, now=now)
    except OUTAGES:  # no fault of any step: they wait again once their lease has run out
        raise
    except Exception as error:
        if len(claimed.step_ids) > 1:
            apart = [Claim([pk], claimed.until) for pk in claimed.step_ids]
            return [parcel for one in apart for parcel in _written(one, sender, now=now)]
        (step_id,) = claimed.step_ids
        _broken(step_id, error, now=now)
        return []


def _broken(step_id: int, error: Exception, *, now: datetime) -> None:
    """Note a fault on its step: it never stops the others."""
    log.error("step %s failed", step_id, exc_info=error)
    finish([step_id], Status.FAILED, now=now, reason=type(error).__name__)


def _hand_over(
    parcels: Iterable[Parcel], sender: Sender, hands: Executor, *, now: datetime
) -> UnderWay:
    """Hand written messages to their vendors, several at once.

    No transaction is open while they are under way, and none of those threads talks to the
    database. What was not begun in half the time that a message may be in doubt is put back.
    """
    latest = time.monotonic() + sender.doubt.total_seconds() / 2
    return {
        hands.submit(_deliver, parcel, sender, latest=latest, now=now): parcel.message
        for parcel in parcels
    }


def _record_all(under_way: UnderWay, sender: Sender, *, now: datetime) -> None:
    """Record what came of messages, as they come; those that were taken together."""
    accepted: list[Accepted] = []
    for future in as_completed(under_way):
        message = under_way[future]
        try:
            accepted.append(future.result())
        except TROUBLES as trouble:
            _record(trouble, message, sender, now=now)
        except Exception as error:
            _broken(message.step_id, error, now=now)
    if accepted:
        accept(accepted, now=now)


def transmit(message: Message, sender: Sender, *, now: datetime) -> None:
    """Hand one written message to its vendor, and record what came of it."""
    (parcel,) = parcels_of([message], sender)
    try:
        accepted = _deliver(parcel, sender, latest=math.inf, now=now)
    except TROUBLES as trouble:
        _record(trouble, message, sender, now=now)
    else:
        accept([accepted], now=now)


def _deliver(parcel: Parcel, sender: Sender, *, latest: float, now: datetime) -> Accepted:
    """Hand a message over; whatever thread does so, it never talks to the database.

    :param latest: when at the latest to begin, on the clock that never goes back
    """
    if time.monotonic() > latest:
        raise NotBegun
    message = parcel.message
    if message.channel == Client.ReachBy.EMAIL:
        _mail(parcel, sender)
        return Accepted(message.pk, None, Message.Status.SENT)
    return Accepted(message.pk, _text(message, sender, now=now).sid, Message.Status.ACCEPTED)


def _record(trouble: Exception, message: Message, sender: Sender, *, now: datetime) -> None:
    """Record why a message was not taken, or that nobody knows whether it was."""
    match trouble:
        case twilio_gateway.Refused() | mail_gateway.Refused():
            fail(message.pk, code=trouble.code, now=now)
        case twilio_gateway.OutcomeUnknown() | mail_gateway.OutcomeUnknown():
            log.warning("no answer about message %s: %s", message.pk, trouble)
            unsure = Message.objects.filter(
                sid__isnull=True, pk=message.pk, status=Message.Status.SENDING
            )
            unsure.update(status=Message.Status.UNKNOWN)
            in_doubt_after([message], sender.doubt)
        case NotBegun():
            drop_back(message.pk, reason="", now=now, wait=timedelta())
        case _:  # it was not taken, for certain
            drop_back(message.pk, reason=str(trouble), now=now)


def _text(message: Message, sender: Sender, *, now: datetime) -> twilio_gateway.Sent:
    status_url = sender.status_url(message.key)
    left = min(message.step.useless_at - now, LONGEST_VALIDITY)
    seconds = max(int(left.total_seconds()), 60)
    if message.content_sid:
        return twilio_gateway.send_template(
            to=message.to,
            content_sid=message.content_sid,
            variables=message.content_variables,
            status_url=status_url,
            useful_seconds=seconds,
        )
    return twilio_gateway.send_text(
        to=message.to, body=message.body, status_url=status_url, useful_seconds=seconds
    )


def _mail(parcel: Parcel, sender: Sender) -> None:
    message = parcel.message
    mail_gateway.send_mail(
        to=message.to,
        subject=message.subject,
        body=message.body,
        message_id=f"<{message.key}@{sender.clinic.email.partition('@')[2]}>",
        reply_to=sender.clinic.email,
        attachments=parcel.attachments,
    )
