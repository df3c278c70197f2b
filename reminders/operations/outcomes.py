"""What became of a message: states only move forward, and failures find another way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now

from bookings import operations as bookings
from bookings.models import AppointmentEvent, By, Client, Consent
from reminders.delivery import FAILED, Effect, effect_of, supersedes
from reminders.models import Message, Rule, Step

Kind = AppointmentEvent.Kind

BACK_OFF = timedelta(minutes=1)
FIRST_LOOK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a vendor said of a message that it took; a mail server gives no number."""

    message_id: int
    sid: str | None
    status: str


def _locked(message_ids: Iterable[int]) -> list[Message]:
    """Lock the steps and then their messages, each in the order of their keys."""
    messages = Message.objects.filter(pk__in=list(message_ids))
    steps = Step.objects.select_for_update(of=("self",)).select_related("rule")
    by_pk = {one.pk: one for one in steps.filter(messages__in=messages).order_by("pk")}
    locked = list(messages.select_for_update().order_by("pk"))
    for message in locked:
        message.step = by_pk[message.step_id]
    return locked


@transaction.atomic
def accept(accepted: Iterable[Accepted], *, now: datetime) -> None:
    """Note that the vendor has these messages; their steps are done.

    Its queries do not grow with their number.
    """
    said = {one.message_id: one for one in accepted}
    messages = _locked(said)
    texts = [message for message in messages if said[message.pk].sid]
    letters = [message for message in messages if not said[message.pk].sid]
    _number_them([said[message.pk] for message in texts if not message.sid])
    for status in {one.status for one in said.values()}:
        overtaken = [
            message.pk
            for message in messages
            if said[message.pk].status == status and supersedes(status, message.status)
        ]
        Message.objects.filter(pk__in=overtaken).update(status=status)
    # A text is asked after if no word of its delivery comes; a mail says nothing more.
    _sent(texts, now=now).update(look_after=Now() + FIRST_LOOK)
    _sent(letters, now=now).update(look_after=None)
    steps = Step.objects.filter(pk__in=[message.step_id for message in messages])
    steps.update(status=Step.Status.DONE, leased_until=None)
    _tell((message.step for message in texts), Kind.REMINDER_SENT, now=now)
    _tell((message.step for message in letters), Kind.REMINDED, now=now)


def _sent(messages: list[Message], *, now: datetime) -> QuerySet[Message]:
    found = Message.objects.filter(pk__in=[message.pk for message in messages])
    found.update(sent_at=Coalesce("sent_at", now), looked_for=0)
    return found


def _number_them(accepted: list[Accepted]) -> None:
    """Keep the vendor's numbers. Django's own way takes a hundred times as long over a batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update reminders_message as message set sid = said.sid"
            " from unnest(%s::bigint[], %s::text[]) as said (id, sid) where message.id = said.id",
            [[one.message_id for one in accepted], [one.sid for one in accepted]],
        )


@transaction.atomic
def report(
    message_id: int, *, sid: str, status: str, error_code: int | None, now: datetime
) -> None:
    """Take in what the vendor says of a message now, in whatever order its reports come."""
    (message,) = _locked([message_id])
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
        _tell([message.step], Kind.REMINDED, now=now)
        if message.step.status == Step.Status.WAITING:  # for another way: this one did after all
            _end_step(message.step, Step.Status.DONE)
    message.save(update_fields=["sid", "sent_at", "status", "error_code", "delivered_at"])
    if status in FAILED and not was_failed:
        _find_another_way(message, now=now)


@transaction.atomic
def fail(message_id: int, *, code: int, now: datetime) -> None:
    """Note that the vendor refused the message."""
    (message,) = _locked([message_id])
    message.status, message.error_code = Message.Status.FAILED, code
    message.look_after = None
    message.save(update_fields=["status", "error_code", "look_after"])
    _find_another_way(message, now=now)


@transaction.atomic
def try_another_way(message_id: int) -> bool:
    """Let a message's step wait again for the next channel, if it has still not arrived."""
    (message,) = _locked([message_id])
    step = message.step
    if message.status not in Message.ON_ITS_WAY or step.status != Step.Status.DONE:
        return False
    if step.messages.exclude(pk=message.pk).exists():  # somebody else was first
        return False
    step.status, step.reason = Step.Status.WAITING, f"{message.channel} has not arrived in time"
    step.save(update_fields=["status", "reason"])
    return True


def _find_another_way(message: Message, *, now: datetime) -> None:
    """Let the step wait again, for the next channel; a stop is a stop on this channel."""
    if message.channel != Client.ReachBy.EMAIL:
        _learn_of_number(message, now=now)
    step = message.step
    others = step.messages.exclude(pk=message.pk)
    if others.exclude(status=Message.Status.FAILED).exists():
        return  # it went another way before this one was known to fail
    if message.channel == Client.ReachBy.EMAIL or now > step.useless_at or step.reply_to_id:
        _end_step(step, Step.Status.FAILED, reason=_why(message))
        _tell([step], Kind.NOT_REMINDED, now=now)
        return
    step.status, step.leased_until = Step.Status.WAITING, None
    step.reason = _why(message)
    step.save(update_fields=["status", "leased_until", "reason"])


def _learn_of_number(message: Message, *, now: datetime) -> None:
    """Note what a failure says of the number it went to; she may have another one by now."""
    effect = effect_of(message.error_code)
    if effect is Effect.OPTED_OUT:
        said = bookings.Said(Consent.Source.TELEPHONE_COMPANY, now, str(message.error_code))
        bookings.opt_out(phone=_number(message), channel=message.channel, said=said)
    elif effect is Effect.NUMBER_DEAD:
        bookings.number_dead(phone=_number(message), channel=message.channel, now=now)


def _number(message: Message) -> str:
    return message.to.removeprefix("whatsapp:")


def _tell(steps: Iterable[Step], kind: AppointmentEvent.Kind, *, now: datetime) -> None:
    """Note at the appointments what became of their reminders: money asks for it later."""
    happened: list[tuple[int, dict[str, object]]] = [
        (step.appointment_id, {"start": step.anchor_at.isoformat()})
        for step in steps
        if step.rule is not None and step.rule.on == Rule.Event.BEFORE_START
    ]
    bookings.record_all(happened, kind, at=now, by=By.SYSTEM)


@transaction.atomic
def finish(
    step_ids: Iterable[int], status: Step.Status, *, now: datetime, reason: str = ""
) -> None:
    """Record how claimed steps ended; of a reminder that never goes out, tell so."""
    claimed = Step.objects.filter(pk__in=list(step_ids), status=Step.Status.CLAIMED)
    locked = claimed.select_for_update(of=("self",)).select_related("rule")
    steps = list(locked.order_by("pk"))
    ended = Step.objects.filter(pk__in=[step.pk for step in steps])
    ended.update(status=status, reason=reason[:120], leased_until=None)
    if status in (Step.Status.FAILED, Step.Status.MISSED):
        _tell(steps, Kind.NOT_REMINDED, now=now)


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
def drop_back(message_id: int, *, reason: str, now: datetime, wait: timedelta = BACK_OFF) -> None:
    """The vendor did not take it and did nothing: forget the message, try again after a wait.

    One that was in doubt before may have come through then: only that very message is tried again.
    """
    (message,) = _locked([message_id])
    step = message.step
    if message.looked_for:
        # This try was answered, so it does not count among those without an answer.
        message.status, message.looked_for = Message.Status.UNKNOWN, message.looked_for - 1
        message.save(update_fields=["status", "looked_for"])
        return
    message.delete()
    step.status, step.leased_until, step.reason = Step.Status.WAITING, None, reason[:120]
    if wait:
        step.due_at = max(step.due_at, now + wait)
    step.save(update_fields=["status", "leased_until", "reason", "due_at"])
