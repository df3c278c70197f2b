"""Reads: what clients wrote that somebody has to read, and the talk with each of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bookings.models import Appointment, Client
from bookings.opening import opening_on
from clinic.desk.here import Here
from reminders.models import InboundMessage, Message, Question
from reminders.reply_times import Wait, days_between, wait

ReachBy = Client.ReachBy
MOST = 100
LOOK_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for an answer, with what she wrote first and last."""

    first: InboundMessage
    last: InboundMessage
    count: int
    clients: list[Client]  # who share the number; nobody, when we do not know it
    wait: Wait


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a talk, of hers or of ours."""

    at: datetime
    text: str
    by: str  # the channel, in words
    is_ours: bool
    who: str = ""  # wrote it by hand
    state: str = ""  # of ours: in words
    failed: bool = False
    waits: bool = False  # of hers: nobody has answered it


def _open() -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(for_desk=True, answered_at=None)


def read_inbox(at: Here) -> list[Waiting]:
    """Return who waits for an answer, the longest first. Four queries."""
    talks: defaultdict[str, list[InboundMessage]] = defaultdict(list)
    for inbound in _open().order_by("received_at", "pk")[:MOST]:
        talks[str(inbound.phone)].append(inbound)
    if not talks:
        return []
    clients = _clients(talks)
    since = min(talk[0].received_at for talk in talks.values())
    opening = opening_on(days_between(since, at.now, at.zone), at.zone)
    return [
        Waiting(
            first=talk[0],
            last=talk[-1],
            count=len(talk),
            clients=clients[phone],
            wait=wait(talk[0].received_at, at.now, opening, at.zone),
        )
        for phone, talk in talks.items()
    ]


def _clients(phones: Iterable[str]) -> defaultdict[str, list[Client]]:
    found: defaultdict[str, list[Client]] = defaultdict(list)
    for client in Client.objects.filter(phone__in=list(phones)).order_by("first_name", "pk"):
        found[str(client.phone)].append(client)
    return found


def read_answered(at: Here, *, days: int = 14) -> list[tuple[InboundMessage, list[Client]]]:
    """Return what was answered lately and of whom it was, the last first. Two queries."""
    lately = InboundMessage.objects.filter(
        for_desk=True, answered_at__gt=at.now - timedelta(days=days)
    )
    found = list(lately.select_related("answered_by").order_by("-answered_at", "-pk")[:MOST])
    clients = _clients(str(one.phone) for one in found)
    return [(one, clients[str(one.phone)]) for one in found]


def read_questions(at: Here, *, most: int = MOST) -> list[Question]:
    """Return what clients asked on the page of a visit, the visits that come first before."""
    waiting = Question.objects.filter(
        answered_at=None,
        appointment__status=Appointment.Status.BOOKED,
        appointment__starts_at__gt=at.now,
    )
    people = waiting.select_related("appointment__client", "appointment__practitioner")
    return list(people.order_by("appointment__starts_at", "pk")[:most])


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything said with one number, on every channel, the last at the end."""

    phone: str
    clients: list[Client]
    lines: list[Line]
    waiting: InboundMessage | None  # the last of what waits for an answer


def read_talk(inbound: InboundMessage, at: Here) -> Talk:
    """Return the talk that a message is part of. Three queries."""
    phone = str(inbound.phone)
    clients = _clients([phone])[phone]
    theirs = list(
        InboundMessage.objects.filter(
            phone=inbound.phone, received_at__gt=at.now - LOOK_BACK
        ).order_by("-received_at", "-pk")[:MOST]
    )
    ours = Message.objects.filter(
        appointment__client__in=clients, created_at__gt=at.now - LOOK_BACK
    ).select_related("step__written_by")
    lines = [_hers(one) for one in theirs]
    lines += [_ours(one) for one in ours.order_by("-created_at", "-pk")[:MOST]]
    open_ones = [one for one in theirs if one.for_desk and one.answered_at is None]
    return Talk(
        phone=phone,
        clients=clients,
        lines=sorted(lines, key=lambda line: line.at)[-MOST:],
        waiting=open_ones[0] if open_ones else None,
    )


def _hers(inbound: InboundMessage) -> Line:
    return Line(
        at=inbound.received_at,
        text=inbound.body,
        by=inbound.get_channel_display(),
        is_ours=False,
        waits=inbound.for_desk and inbound.answered_at is None,
    )


def _ours(message: Message) -> Line:
    writer = message.step.written_by
    return Line(
        at=message.sent_at or message.created_at,
        text=message.body or " / ".join(map(str, message.content_variables.values())),
        by=message.get_channel_display(),
        is_ours=True,
        who=(writer.get_full_name() or writer.get_username()) if writer else "",
        state=message.get_status_display(),
        failed=message.status in (Message.Status.FAILED, Message.Status.UNKNOWN),
    )
