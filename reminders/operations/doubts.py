"""Settling what is in doubt after a crash or a lost answer: ask, and only then send again."""

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from bookings.models import Client
from reminders import twilio_gateway
from reminders.models import Message, Step
from reminders.operations.outcomes import Accepted, accept, finish, report
from reminders.operations.sender import Sender
from reminders.operations.sending import transmit

log = logging.getLogger(__name__)
BATCH = 100
LOOKS = 2  # not found so often: it was never sent
GIVE_UP = 6
SECOND_LOOK = timedelta(hours=6)
IN_DOUBT = (Message.Status.SENDING, Message.Status.UNKNOWN)


def settle_doubts(sender: Sender, *, now: datetime) -> int:
    """Look at everything whose time for an answer has passed; return how much that was."""
    count = _release_bare_claims()
    for message in _to_look_at(Message.objects.filter(status__in=IN_DOUBT)):
        count += _guarded(message, sender, now=now)
    on_its_way = Message.objects.filter(status__in=Message.ON_ITS_WAY, sid__isnull=False)
    for message in _to_look_at(on_its_way):
        count += _guarded(message, sender, now=now)
    return count


def _release_bare_claims() -> int:
    """Let steps wait again whose worker died before it had written a message down.

    The message is committed before the vendor is called: without one nothing was sent.
    """
    in_doubt = Message.objects.filter(step=OuterRef("pk"), status__in=IN_DOUBT)
    bare = Step.objects.filter(
        ~Exists(in_doubt), status=Step.Status.CLAIMED, leased_until__lt=Now()
    )
    return bare.update(status=Step.Status.WAITING, leased_until=None)


def _to_look_at(messages: QuerySet[Message]) -> QuerySet[Message]:
    ripe = messages.filter(look_after__lt=Now()).select_related("step", "appointment__client")
    return ripe.order_by("look_after")[:BATCH]


def _guarded(message: Message, sender: Sender, *, now: datetime) -> int:
    """Look at one message, if no other worker does at this moment."""
    taken = Message.objects.filter(pk=message.pk, look_after=message.look_after).update(
        look_after=Now() + sender.doubt, looked_for=F("looked_for") + 1
    )
    if not taken:
        return 0
    message.refresh_from_db(fields=["looked_for", "look_after", "status", "sid"])
    try:
        _look(message, sender, now=now)
    except (twilio_gateway.OutcomeUnknown, twilio_gateway.Unavailable) as error:
        log.warning("cannot ask about message %s: %s", message.pk, error)
        # Not having been able to ask is not the same as not having found it.
        Message.objects.filter(pk=message.pk).update(looked_for=F("looked_for") - 1)
    except Exception:
        log.exception("looking at message %s failed", message.pk)
    return 1


def _look(message: Message, sender: Sender, *, now: datetime) -> None:
    if message.sid:
        _ask_delivery(message, now=now)
    elif message.channel == Client.ReachBy.EMAIL:
        # A mail server keeps no list to ask. The same Message-ID makes it the same mail.
        _send_again(message, sender, now=now)
    else:
        _find_or_send_again(message, sender, now=now)


def _ask_delivery(message: Message, *, now: datetime) -> None:
    sent = twilio_gateway.message(str(message.sid))
    report(message.pk, sid=sent.sid, status=sent.status, error_code=sent.error_code, now=now)
    last = message.looked_for >= LOOKS
    Message.objects.filter(pk=message.pk).update(look_after=None if last else Now() + SECOND_LOOK)


def _find_or_send_again(message: Message, sender: Sender, *, now: datetime) -> None:
    known = set(
        Message.objects.filter(to=message.to).exclude(sid=None).values_list("sid", flat=True)
    )
    for sent in twilio_gateway.sent_to(message.to):
        if sent.sid not in known and _is_ours(message, sent):
            accept([Accepted(message.pk, sent.sid, Message.Status.ACCEPTED)], now=now)
            report(
                message.pk, sid=sent.sid, status=sent.status, error_code=sent.error_code, now=now
            )
            return
    if message.looked_for >= LOOKS:
        _send_again(message, sender, now=now)


def _is_ours(message: Message, sent: twilio_gateway.Sent) -> bool:
    """Each message's link carries its own mark; one without a link is known by its whole text."""
    return f"?b={message.mark}" in sent.body or (
        bool(message.body) and message.body.strip() == sent.body.strip()
    )


def _send_again(message: Message, sender: Sender, *, now: datetime) -> None:
    if message.looked_for >= GIVE_UP or now > message.step.useless_at:
        Message.objects.filter(pk=message.pk).update(status=Message.Status.FAILED, look_after=None)
        finish([message.step_id], Step.Status.FAILED, now=now, reason="not sure it was sent")
        return
    transmit(message, sender, now=now)
