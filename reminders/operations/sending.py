"""Sending: claim, commit, act, record."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from bookings.models import Appointment, Client
from reminders import mail_gateway, twilio_gateway
from reminders.models import Message, Rule, Step
from reminders.operations.composing import attachments_for, words_for
from reminders.operations.outcomes import accept, drop_back, fail, not_reminded
from reminders.operations.queueing import wanted_steps
from reminders.operations.reaching import address_of, channels_for, is_stopped
from reminders.operations.sender import Sender

log = logging.getLogger(__name__)
BATCH = 100
A_DAY = timedelta(days=1)
TURN = timedelta(seconds=30)  # of real time; by then `now` is stale, and others want their turn
LONGEST_VALIDITY = timedelta(hours=10)
Status = Step.Status
ReachBy = Client.ReachBy


def send_due(sender: Sender, *, now: datetime, turn: timedelta = TURN) -> int:
    """Send the steps that are due, for one turn; return how many this worker took."""
    ends = time.monotonic() + turn.total_seconds()
    due = Step.objects.filter(status=Status.WAITING, due_at__lte=now).order_by("due_at")
    taken = 0
    for step_id in due.values_list("pk", flat=True)[:BATCH]:
        if claim(step_id, lease=sender.doubt):
            taken += 1
            _guarded(step_id, sender, now=now)
        if time.monotonic() >= ends:
            break  # what is left is the next tick's work
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
        finish(step_id, Status.FAILED, now=now, reason=type(error).__name__)


@transaction.atomic
def finish(step_id: int, status: Step.Status, *, now: datetime, reason: str = "") -> None:
    """Record how a claimed step ended."""
    claimed = Step.objects.filter(pk=step_id, status=Status.CLAIMED)
    ended = claimed.update(status=status, reason=reason[:120], leased_until=None)
    if ended and status in (Status.FAILED, Status.MISSED):
        not_reminded(step_id, now=now)


def perform(step_id: int, sender: Sender, *, now: datetime) -> None:
    """Do a claimed step, if the rules still want it and it is not too late to be of use."""
    step = Step.objects.select_related("rule", "reply_to").get(pk=step_id)
    if _dropped(step, sender, now=now):
        return
    if now > step.useless_at:
        finish(step_id, Status.MISSED, now=now, reason="too late to be of use")
    else:
        message = _write(step, sender, now=now)
        if message is None and _a_mail_tells(step):
            finish(step_id, Status.DROPPED, now=now, reason="told by e-mail")
        elif message is None:
            finish(step_id, Status.FAILED, now=now, reason="no way left to reach her")
        else:
            # No transaction is open here: claim and message are committed, so a crash
            # leaves a message in doubt, which is looked up and never simply sent again.
            transmit(message, sender, now=now)


@transaction.atomic
def _dropped(step: Step, sender: Sender, *, now: datetime) -> bool:
    """Let a step go that is no longer wanted; the lock lets no requeue pass in between."""
    appointments = Appointment.objects.select_for_update(of=("self",), no_key=True)
    step.appointment = appointments.select_related("client", "practitioner").get(
        pk=step.appointment_id
    )
    if not _still_wanted(step, sender):
        finish(step.pk, Status.DROPPED, now=now, reason="no longer wanted")
        return True
    if _is_overtaken(step, sender, now=now):
        finish(step.pk, Status.DROPPED, now=now, reason="a later reminder is due as well")
        return True
    return False


def _is_overtaken(step: Step, sender: Sender, *, now: datetime) -> bool:
    """Tell whether a later reminder of the same visit tells it: due too, with a way to go, or gone.

    As after a standstill, or where two rules fall together.
    """
    if step.rule is None or step.rule.on != Rule.Event.BEFORE_START:
        return False
    later = Step.objects.filter(
        appointment=step.appointment_id,
        rule__on=Rule.Event.BEFORE_START,
        anchor_at=step.anchor_at,
        due_at__gt=step.due_at,
        due_at__lte=now,
    )
    if later.filter(status=Status.DONE).exists():
        return True
    if now > step.useless_at:
        return False
    client = step.appointment.client
    waiting = later.filter(status__in=(Status.WAITING, Status.CLAIMED), useless_at__gte=now)
    return any(any(_ways(one, client, sender, now=now)) for one in waiting)


def _still_wanted(step: Step, sender: Sender) -> bool:
    if step.reply_to is not None:
        return not is_stopped(step.appointment.client, step.reply_to.channel)
    assert step.rule is not None  # a step is for a rule or a reply
    if not step.rule.is_active:
        return False
    wanted = wanted_steps(step.appointment, [step.rule], sender=sender)
    return any(one.anchor_at == step.anchor_at for one in wanted)


def _write(step: Step, sender: Sender, *, now: datetime) -> Message | None:
    """Write the message down on the first channel not tried yet; none if there is none."""
    client = step.appointment.client
    for channel in _ways(step, client, sender, now=now):
        assert client is not None  # nobody has no ways
        message = Message(step=step, appointment=step.appointment, channel=channel)
        words = words_for(step, channel, mark=message.mark, sender=sender, now=now)
        message.to = address_of(client, channel)
        message.subject, message.body = words.subject, words.body
        message.content_sid, message.content_variables = words.content_sid, words.variables or {}
        message.status, message.created_at = Message.Status.SENDING, now
        with transaction.atomic():
            message.save()
            in_doubt_after(message, sender.doubt)
        return message
    return None


def _ways(step: Step, client: Client | None, sender: Sender, *, now: datetime) -> Iterator[str]:
    """Yield the channels that were not tried yet and are not full for today, best first."""
    tried = set(step.messages.values_list("channel", flat=True))
    for channel in channels_for(step, client, sender, now=now):
        is_full = client is not None and _is_enough(step, client, channel, sender, now=now)
        if channel not in tried and not is_full:
            yield channel


def _is_enough(step: Step, client: Client, channel: str, sender: Sender, *, now: datetime) -> bool:
    """Tell whether her number has had as many texts in a day as the clinic sends one."""
    most = sender.clinic.texts_per_day
    if not most or channel == ReachBy.EMAIL or step.reply_to_id is not None:
        return False
    number = [address_of(client, one) for one in (ReachBy.SMS, ReachBy.WHATSAPP)]
    sent = Message.objects.filter(to__in=number, created_at__gt=now - A_DAY)
    sent = sent.filter(step__reply_to=None).exclude(status=Message.Status.FAILED)
    return sent.count() >= most


def _a_mail_tells(step: Step) -> bool:
    """Tell whether a text that nobody tried to send is said by another rule's mail as well."""
    if step.rule is None or step.rule.reach != Rule.Reach.TEXT or step.messages.exists():
        return False
    same = Rule.objects.filter(is_active=True, on=step.rule.on, wording=step.wording)
    return same.filter(reach=Rule.Reach.EMAIL).exists()


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
    except (twilio_gateway.Refused, mail_gateway.Refused) as error:
        fail(message.pk, code=error.code, now=now)
    except (twilio_gateway.Unavailable, mail_gateway.NotSent) as error:
        drop_back(message.pk, reason=str(error), now=now)
    except (twilio_gateway.OutcomeUnknown, mail_gateway.OutcomeUnknown) as error:
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
