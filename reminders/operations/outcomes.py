"""What became of a message: states only move forward, and failures find another way."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from bookings import operations as bookings
from bookings.models import AppointmentEvent, By, Client
from reminders.delivery import FAILED, Effect, effect_of, supersedes
from reminders.models import Message, Rule, Step

Kind = AppointmentEvent.Kind

BACK_OFF = timedelta(minutes=1)
FIRST_LOOK = timedelta(minutes=15)


def _locked(message_id: int) -> Message:
    """Lock the step and its message, in that order."""
    step_id = Message.objects.values_list("step_id", flat=True).get(pk=message_id)
    step = Step.objects.select_for_update().get(pk=step_id)
    message = Message.objects.select_for_update().get(pk=message_id)
    message.step = step
    return message


@transaction.atomic
def accept(message_id: int, *, sid: str | None, status: str, now: datetime) -> None:
    """Note that the vendor has the message; its step is done."""
    message = _locked(message_id)
    message.sid = message.sid or sid
    message.sent_at = message.sent_at or now
    if supersedes(status, message.status):
        message.status = status
    message.save(update_fields=["sid", "sent_at", "status"])
    # A text is asked after if no word of its delivery comes; a mail says nothing more.
    Message.objects.filter(pk=message_id).update(
        look_after=Now() + FIRST_LOOK if sid else None, looked_for=0
    )
    _end_step(message.step, Step.Status.DONE)
    _tell(message.step, Kind.REMINDER_SENT if sid else Kind.REMINDED, now=now)


@transaction.atomic
def report(
    message_id: int, *, sid: str, status: str, error_code: int | None, now: datetime
) -> None:
    """Take in what the vendor says of a message now, in whatever order its reports come."""
    message = _locked(message_id)
    if not message.sid:
        # The report was quicker than the answer to our own call.
        message.sid = sid
        message.sent_at = now
        _end_step(message.step, Step.Status.DONE)
    if message.sid != sid or not supersedes(status, message.status):
        message.save(update_fields=["sid", "sent_at"])
        return
    was_failed = message.status == Message.Status.FAILED
    message.status = Message.Status.FAILED if status in FAILED else status
    message.error_code = error_code if status in FAILED else None
    if status in ("delivered", "read") and message.delivered_at is None:
        message.delivered_at = now
        bookings.number_alive(phone=_number(message), channel=message.channel)
        _tell(message.step, Kind.REMINDED, now=now)
    message.save(update_fields=["sid", "sent_at", "status", "error_code", "delivered_at"])
    if status in FAILED and not was_failed:
        _find_another_way(message, now=now)


@transaction.atomic
def fail(message_id: int, *, code: int, now: datetime) -> None:
    """Note that the vendor refused the message."""
    message = _locked(message_id)
    message.status, message.error_code = Message.Status.FAILED, code
    message.look_after = None
    message.save(update_fields=["status", "error_code", "look_after"])
    _find_another_way(message, now=now)


def _find_another_way(message: Message, *, now: datetime) -> None:
    """Let the step wait again, for the next channel; a stop is a stop on this channel."""
    if message.channel != Client.ReachBy.EMAIL:
        _learn_of_number(message, now=now)
    step = message.step
    if message.channel == Client.ReachBy.EMAIL or now > step.useless_at or step.reply_to_id:
        _end_step(step, Step.Status.FAILED, reason=_why(message))
        _tell(step, Kind.NOT_REMINDED, now=now)
        return
    step.status, step.leased_until = Step.Status.WAITING, None
    step.reason = _why(message)
    step.save(update_fields=["status", "leased_until", "reason"])


def _learn_of_number(message: Message, *, now: datetime) -> None:
    """Note what a failure says of the number it went to; she may have another one by now."""
    effect = effect_of(message.error_code)
    if effect is Effect.OPTED_OUT:
        bookings.opt_out(phone=_number(message), channel=message.channel, now=now)
    elif effect is Effect.NUMBER_DEAD:
        bookings.number_dead(phone=_number(message), channel=message.channel, now=now)


def _number(message: Message) -> str:
    return message.to.removeprefix("whatsapp:")


def _tell(step: Step, kind: AppointmentEvent.Kind, *, now: datetime) -> None:
    """Note at the appointment what became of a reminder: money asks for it later."""
    if step.rule is not None and step.rule.on == Rule.Event.BEFORE_START:
        start = step.anchor_at.isoformat()
        bookings.record(step.appointment, kind, at=now, by=By.SYSTEM, start=start)


def not_reminded(step_id: int, *, now: datetime) -> None:
    """Note that a step was not sent, and never will be."""
    _tell(
        Step.objects.select_related("rule", "appointment").get(pk=step_id),
        Kind.NOT_REMINDED,
        now=now,
    )


def _why(message: Message) -> str:
    """Return why a message did not arrive: “sms failed: number_dead (21211)”."""
    if message.channel == Client.ReachBy.EMAIL:  # the mail server's codes are not the telephone's
        return f"{message.channel} failed: {message.error_code}"
    return f"{message.channel} failed: {effect_of(message.error_code)} ({message.error_code})"


def _end_step(step: Step, status: Step.Status, *, reason: str = "") -> None:
    step.status, step.leased_until = status, None
    step.reason = reason or step.reason
    step.save(update_fields=["status", "leased_until", "reason"])


@transaction.atomic
def drop_back(message_id: int, *, reason: str, now: datetime) -> None:
    """The vendor did not take it and did nothing: forget the message, try again a minute later.

    One that was in doubt before may have come through then: only that very message is tried again.
    """
    message = _locked(message_id)
    step = message.step
    if message.looked_for:
        # This try was answered, so it does not count among those without an answer.
        message.status, message.looked_for = Message.Status.UNKNOWN, message.looked_for - 1
        message.save(update_fields=["status", "looked_for"])
        return
    message.delete()
    step.status, step.leased_until, step.reason = Step.Status.WAITING, None, reason[:120]
    step.due_at = max(step.due_at, now + BACK_OFF)
    step.save(update_fields=["status", "leased_until", "reason", "due_at"])
