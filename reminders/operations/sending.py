"""Sending: claim, commit, act, record."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from bookings.models import Client
from reminders import mail_gateway, twilio_gateway
from reminders.models import Message, Rule, Step
from reminders.operations.composing import attachments_for, words_for
from reminders.operations.outcomes import accept, drop_back, fail
from reminders.operations.queueing import wanted_steps
from reminders.operations.sender import Sender

log = logging.getLogger(__name__)
BATCH = 100
LONGEST_VALIDITY = timedelta(hours=10)
Status = Step.Status
ReachBy = Client.ReachBy


def send_due(sender: Sender, *, now: datetime) -> int:
    """Send every step that is due; return how many this worker took."""
    due = Step.objects.filter(status=Status.WAITING, due_at__lte=now).order_by("due_at")
    taken = 0
    for step_id in due.values_list("pk", flat=True)[:BATCH]:
        if claim(step_id, lease=sender.doubt):
            taken += 1
            _guarded(step_id, sender, now=now)
    return taken


def claim(step_id: int, *, lease: timedelta) -> bool:
    """Take the step for this worker with one conditional update; false if another has it."""
    waiting = Step.objects.filter(pk=step_id, status=Status.WAITING)
    return waiting.update(status=Status.CLAIMED, leased_until=Now() + lease) == 1


def _guarded(step_id: int, sender: Sender, *, now: datetime) -> None:
    """Do one step; a fault in it is written on it, and never stops the others."""
    try:
        perform(step_id, sender, now=now)
    except Exception as error:
        log.exception("step %s failed", step_id)
        finish(step_id, Status.FAILED, reason=type(error).__name__)


def finish(step_id: int, status: Step.Status, *, reason: str = "") -> None:
    """Record how a claimed step ended."""
    claimed = Step.objects.filter(pk=step_id, status=Status.CLAIMED)
    claimed.update(status=status, reason=reason[:120], leased_until=None)


def perform(step_id: int, sender: Sender, *, now: datetime) -> None:
    """Do a claimed step, if the rules still want it and it is not too late to be of use."""
    step = Step.objects.select_related(
        "rule", "reply_to", "appointment__client", "appointment__practitioner"
    ).get(pk=step_id)
    if not _still_wanted(step, sender):
        finish(step_id, Status.DROPPED, reason="no longer wanted")
    elif now > step.useless_at:
        finish(step_id, Status.MISSED, reason="too late to be of use")
    else:
        message = _write(step, sender, now=now)
        if message is None:
            finish(step_id, Status.FAILED, reason="no way left to reach her")
        else:
            # No transaction is open here: claim and message are committed, so a crash
            # leaves a message in doubt, which is looked up and never simply sent again.
            transmit(message, sender, now=now)


def _still_wanted(step: Step, sender: Sender) -> bool:
    if step.rule is None:
        return True
    if not step.rule.is_active:
        return False
    wanted = wanted_steps(step.appointment, [step.rule], sender=sender)
    return any(one.anchor_at == step.anchor_at for one in wanted)


def _write(step: Step, sender: Sender, *, now: datetime) -> Message | None:
    """Write the message down on the first channel not tried yet; none if there is none."""
    tried = set(step.messages.values_list("channel", flat=True))
    client = step.appointment.client
    for channel in _channels(step, client, sender):
        if channel in tried or client is None:
            continue
        message = Message(step=step, appointment=step.appointment, channel=channel)
        words = words_for(step, channel, mark=message.mark, sender=sender, now=now)
        message.to = _address(client, channel)
        message.subject, message.body = words.subject, words.body
        message.content_sid, message.content_variables = words.content_sid, words.variables or {}
        message.status, message.created_at = Message.Status.SENDING, now
        with transaction.atomic():
            message.save()
            in_doubt_after(message, sender.doubt)
        return message
    return None


def _channels(step: Step, client: Client | None, sender: Sender) -> Iterator[str]:
    """Yield how the client may be reached for this step, best first."""
    if client is None or (client.is_demo and not sender.reaches_demo_clients):
        return
    if step.reply_to is not None:
        yield step.reply_to.channel  # an answer goes where the question came from
        return
    wants_text = step.reach != Rule.Reach.EMAIL and client.reach_by != ReachBy.EMAIL
    if wants_text:
        yield from _text_channels(client)
    if step.reach != Rule.Reach.TEXT:
        yield ReachBy.EMAIL


def _text_channels(client: Client) -> Iterator[str]:
    whatsapp = client.whatsapp_opted_in_at and not client.whatsapp_opted_out_at
    if client.reach_by == ReachBy.WHATSAPP and whatsapp:
        yield ReachBy.WHATSAPP
    if not client.sms_opted_out_at:
        yield ReachBy.SMS


def _address(client: Client, channel: str) -> str:
    if channel == ReachBy.EMAIL:
        return client.email
    number = client.phone.as_e164
    return f"whatsapp:{number}" if channel == ReachBy.WHATSAPP else number


def in_doubt_after(message: Message, wait: timedelta) -> None:
    """Have somebody look what became of the message, if nothing was heard by then."""
    Message.objects.filter(pk=message.pk).update(look_after=Now() + wait)


def transmit(message: Message, sender: Sender, *, now: datetime) -> None:
    """Hand a written message to its vendor, and record what came of it."""
    try:
        if message.channel == ReachBy.EMAIL:
            _mail(message, sender)
            sid, status = None, Message.Status.SENT
        else:
            sent = _text(message, sender, now=now)
            sid, status = sent.sid, Message.Status.ACCEPTED
    except twilio_gateway.Refused as error:
        fail(message.pk, code=error.code, now=now)
    except (twilio_gateway.Unavailable, mail_gateway.NotSent) as error:
        drop_back(message.pk, reason=str(error), now=now)
    except twilio_gateway.OutcomeUnknown as error:
        log.warning("no answer about message %s: %s", message.pk, error)
        unsure = Message.objects.filter(
            Q(sid__isnull=True), pk=message.pk, status=Message.Status.SENDING
        )
        unsure.update(status=Message.Status.UNKNOWN)
        in_doubt_after(message, sender.doubt)
    else:
        accept(message.pk, sid=sid, status=status, now=now)


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


def _mail(message: Message, sender: Sender) -> None:
    mail_gateway.send_mail(
        to=message.to,
        subject=message.subject,
        body=message.body,
        message_id=f"<{message.key}@{sender.clinic.email.partition('@')[2]}>",
        reply_to=sender.clinic.email,
        attachments=attachments_for(message, sender=sender),
    )
