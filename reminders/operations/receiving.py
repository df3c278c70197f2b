"""Replies and delivery reports: recorded at once, acted on by the worker."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, By, Consent, Offer
from reminders.models import InboundMessage, Message, Rule, Step, Wording
from reminders.operations.outcomes import report
from reminders.operations.reaching import is_stopped
from reminders.operations.sending import OUTAGES
from reminders.replies import Meaning, Reply, read_reply

log = logging.getLogger(__name__)
ANSWER_WITHIN = timedelta(hours=12)
# Another machine would answer ours for ever: after so many links a day the desk reads on.
LINKS_A_DAY = 3
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A reply as the telephone company hands it over; the number is E.164."""

    sid: str
    channel: str
    phone: str
    body: str
    button: str = ""
    opt_out: str = ""


def receive_status(
    *, key: str, sid: str, status: str, error_code: int | None, now: datetime
) -> None:
    """Take in a delivery report; one about a message we do not have is let go."""
    message_id = Message.objects.filter(key=key).values_list("pk", flat=True).first()
    if message_id is not None:
        report(message_id, sid=sid, status=status, error_code=error_code, now=now)


def receive_reply(inbound: Inbound, *, now: datetime) -> None:
    """Keep a reply, once however often it is delivered; a stop works at once."""
    reply = read_reply(inbound.body, button=inbound.button, opt_out=inbound.opt_out)
    said = bookings.Said(Consent.Source.REPLY, now, inbound.body[:200])
    with transaction.atomic():
        _, is_new = InboundMessage.objects.get_or_create(
            sid=inbound.sid,
            defaults={
                "channel": inbound.channel,
                "phone": inbound.phone,
                "body": inbound.body[:1600],
                "button": inbound.button[:120],
                "opt_out": inbound.opt_out[:20],
                "meaning": reply.meaning,
                "for_desk": reply.meaning is Meaning.OTHER,
                "received_at": now,
                "handled_at": now if reply.meaning in (Meaning.STOP, Meaning.START) else None,
            },
        )
        if is_new:
            bookings.number_alive(phone=inbound.phone, channel=inbound.channel)
        if is_new and reply.meaning is Meaning.STOP:
            bookings.opt_out(phone=inbound.phone, channel=inbound.channel, said=said)
        if is_new and reply.meaning is Meaning.START:
            bookings.opt_in(phone=inbound.phone, channel=inbound.channel, said=said)


def handle_replies(*, now: datetime) -> int:
    """Act on every reply not handled yet; return how many were."""
    waiting = InboundMessage.objects.filter(handled_at__isnull=True).order_by("received_at")
    count = 0
    for inbound_id in waiting.values_list("pk", flat=True)[:100]:
        try:
            count += _handle(inbound_id, now=now)
        except OUTAGES:  # no fault of the reply: it is tried again
            raise
        except Exception:
            log.exception("reply %s could not be handled", inbound_id)
            InboundMessage.objects.filter(pk=inbound_id).update(handled_at=now)
    return count


@transaction.atomic
def _handle(inbound_id: int, *, now: datetime) -> bool:
    inbound = InboundMessage.objects.select_for_update().get(pk=inbound_id)
    if inbound.handled_at is not None:
        return False
    reply = read_reply(inbound.body, button=inbound.button, opt_out=inbound.opt_out)
    inbound.handled_at = now
    inbound.save(update_fields=["handled_at"])
    asked = _asked(inbound, reply, now=now)
    offered = _being_offered(inbound, now=now)
    # A bare yes may be meant for the time that is being offered: only the link can tell.
    is_sure = len(asked) == 1 and (bool(reply.mark) or offered is None)
    if reply.meaning is Meaning.YES and is_sure:
        _confirm(asked[0], inbound, now=now)
    elif not _answer_with_link(inbound, offered, now=now):
        # Nothing to answer with: somebody has to read what she meant.
        inbound.for_desk = True
        inbound.save(update_fields=["for_desk"])
    return True


def _asked(inbound: InboundMessage, reply: Reply, *, now: datetime) -> list[Appointment]:
    """Return the appointments to come that this number was asked about, by the mark if given."""
    questions = Message.objects.filter(
        appointment__client__phone=inbound.phone,
        appointment__status=Appointment.Status.BOOKED,
        appointment__starts_at__gt=now,
        step__asks=True,
    ).select_related("appointment")
    if reply.mark:
        questions = questions.filter(mark=reply.mark)
    found = {m.appointment_id: m.appointment for m in questions if _is_current(m)}
    if len(found) > 1:
        found = {pk: a for pk, a in found.items() if a.confirmed_at is None}
    return list(found.values())


def _is_current(question: Message) -> bool:
    """Tell whether the question was about the time as it is now."""
    return question.step.anchor_at == question.appointment.starts_at


def _confirm(appointment: Appointment, inbound: InboundMessage, *, now: datetime) -> None:
    bookings.confirm(appointment.pk, by=By.CLIENT, now=now)
    _answer(appointment, inbound, Wording.Key.REPLY_CONFIRMED, now=now)


def _being_offered(inbound: InboundMessage, *, now: datetime) -> Appointment | None:
    """Return what keeps the time that is being offered to this number."""
    offers = Offer.objects.filter(
        status=Offer.Status.OPEN, expires_at__gt=now, hold__client__phone=inbound.phone
    )
    offer = offers.select_related("hold__client").first()
    return offer.hold if offer else None


def _answer_with_link(
    inbound: InboundMessage, offered: Appointment | None, *, now: datetime
) -> bool:
    """Send the link of the offer, or of the next appointment; tell whether there was one.

    A no never cancels by itself: the link shows what it would cost. And nothing is guessed.
    """
    if _links_sent(inbound, since=now - DAY) >= LINKS_A_DAY:
        return False
    coming = Appointment.objects.filter(
        client__phone=inbound.phone, status=Appointment.Status.BOOKED, starts_at__gt=now
    )
    appointment = offered or coming.order_by("starts_at").first()
    if appointment is not None:
        _answer(appointment, inbound, Wording.Key.REPLY_LINK, now=now)
    return appointment is not None


def _links_sent(inbound: InboundMessage, *, since: datetime) -> int:
    answers = Step.objects.filter(wording=Wording.Key.REPLY_LINK, anchor_at__gt=since)
    return answers.filter(reply_to__phone=inbound.phone).count()


def _answer(
    appointment: Appointment, inbound: InboundMessage, wording: Wording.Key, *, now: datetime
) -> None:
    if is_stopped(appointment.client, inbound.channel):
        return
    Step.objects.get_or_create(
        reply_to=inbound,
        defaults={
            "appointment": appointment,
            "wording": wording,
            "reach": Rule.Reach.CHOSEN,
            "anchor_at": now,
            "due_at": now,
            "useless_at": now + ANSWER_WITHIN,
        },
    )
