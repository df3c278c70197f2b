"""What people read and write themselves: the shared inbox, and messages by hand."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from bookings.models import Appointment, Client, User
from reminders.models import BY_HAND, InboundMessage, Rule, Step

ReachBy = Client.ReachBy
#: WhatsApp passes free text on for so long after the client's own last message.
WINDOW = timedelta(hours=24)
OF_USE = timedelta(hours=12)


class AlreadyAnswered(Exception):
    """Somebody else was first."""


class NobodyThere(Exception):
    """This number is of no client with an appointment, so there is nobody to write to."""


@transaction.atomic
def answer(inbound_id: int, text: str, *, client_id: int, user: User, now: datetime) -> Step:
    """Answer what a client wrote, and what she wrote before it: one answer, whoever is first.

    :param client_id: whom it is for, of those who share the number
    :raises AlreadyAnswered: if it waits no longer
    :raises NobodyThere: if that client is not one of this number, or has no appointment
    """
    inbound = _locked(inbound_id)
    step = write_again(inbound, text, client_id=client_id, user=user, now=now)
    _close(inbound, user=user, now=now, needed_answer=True)
    return step


def write_again(
    inbound: InboundMessage, text: str, *, client_id: int, user: User, now: datetime
) -> Step:
    """Write to a client in the talk that a message of hers is part of, and where she wrote it.

    :raises NobodyThere: if that client is not one of this number, or has no appointment
    """
    visits = Appointment.objects.filter(client=client_id, client__phone=inbound.phone)
    appointment = _nearest(visits, now=now)
    if appointment is None:
        raise NobodyThere
    return write_by_hand(appointment.pk, text, first_by=inbound.channel, user=user, now=now)


@transaction.atomic
def needs_no_answer(inbound_id: int, *, user: User, now: datetime) -> None:
    """Note that somebody read what a client wrote, and that it needs no answer.

    :raises AlreadyAnswered: if it waits no longer
    """
    _close(_locked(inbound_id), user=user, now=now, needed_answer=False)


def write_by_hand(
    appointment_id: int, text: str, *, user: User, now: datetime, first_by: str = ""
) -> Step:
    """Send what somebody wrote to the client of an appointment.

    :param first_by: the channel to begin with, else the one that she chose
    """
    client = Client.objects.get(appointments=appointment_id)
    way = first_by or client.reach_by
    if way == ReachBy.WHATSAPP and not _may_write_freely(client, now=now):
        way = ReachBy.SMS
    return Step.objects.create(
        appointment_id=appointment_id,
        wording=BY_HAND,
        text=text,
        written_by=user,
        first_by=way,
        reach=Rule.Reach.CHOSEN,
        anchor_at=now,
        due_at=now,
        useless_at=now + OF_USE,
    )


def _locked(inbound_id: int) -> InboundMessage:
    inbound = InboundMessage.objects.select_for_update().get(pk=inbound_id)
    if not inbound.for_desk or inbound.answered_at is not None:
        raise AlreadyAnswered
    return inbound


def _close(inbound: InboundMessage, *, user: User, now: datetime, needed_answer: bool) -> None:
    """Count it and what the same number wrote before it as read; what came since still waits."""
    waiting = InboundMessage.objects.filter(
        phone=inbound.phone,
        for_desk=True,
        answered_at=None,
        received_at__lte=inbound.received_at,
    )
    waiting.update(answered_at=now, answered_by=user, needed_answer=needed_answer)


def _nearest(visits: QuerySet[Appointment], *, now: datetime) -> Appointment | None:
    """Return the visit that a message is most likely about: the next one, else the last."""
    coming = visits.filter(starts_at__gt=now, status=Appointment.Status.BOOKED)
    return coming.order_by("starts_at").first() or visits.order_by("-starts_at").first()


def _may_write_freely(client: Client, *, now: datetime) -> bool:
    theirs = InboundMessage.objects.filter(phone=client.phone, channel=ReachBy.WHATSAPP)
    return theirs.filter(received_at__gt=now - WINDOW).exists()
