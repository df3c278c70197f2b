"""A WhatsApp message that does not arrive in time goes by the next way, once."""

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Appointment, Client
from reminders import twilio_gateway
from reminders.delivery import ARRIVES_WITHIN
from reminders.models import InboundMessage, Message, Step
from reminders.operations.outcomes import report, try_another_way
from reminders.operations.reaching import channels_for
from reminders.operations.sender import Sender

log = logging.getLogger(__name__)
BATCH = 100
A_DAY = timedelta(days=1)
WHATSAPP = Client.ReachBy.WHATSAPP
Troubles = (twilio_gateway.OutcomeUnknown, twilio_gateway.Unavailable, twilio_gateway.Refused)


def fall_back_in_time(sender: Sender, *, now: datetime) -> int:
    """Let what has been on its way too long go by another way; return how many.

    WhatsApp keeps a message for a telephone that is off, and says nothing. Twilio is asked once
    more before; who wrote to us since has her telephone on.
    """
    if sender.clinic.offer_rules.is_quiet(now, zone=sender.zone):
        return 0
    overdue = _overdue(now=now).select_related("step__rule", "appointment__client")
    return sum(_guarded(one, sender, now=now) for one in overdue.order_by("sent_at")[:BATCH])


def _overdue(*, now: datetime) -> QuerySet[Message]:
    too_long = Q()
    for on, within in ARRIVES_WITHIN.items():
        too_long |= Q(step__rule__on=on, sent_at__lte=now - within)
    on_its_way = Message.objects.filter(
        too_long,
        channel=WHATSAPP,
        status__in=Message.ON_ITS_WAY,
        sid__isnull=False,
        sent_at__gt=now - A_DAY,
        step__status=Step.Status.DONE,
        step__useless_at__gt=now,
        appointment__status__in=(Appointment.Status.BOOKED, Appointment.Status.HELD),
    ).exclude(step__asks=True, appointment__confirmed_at__isnull=False)
    others = Message.objects.filter(step=OuterRef("step")).exclude(pk=OuterRef("pk"))
    wrote = InboundMessage.objects.filter(
        phone=OuterRef("appointment__client__phone"),
        channel=WHATSAPP,
        received_at__gte=OuterRef("sent_at"),
    )
    return on_its_way.filter(~Exists(others), ~Exists(wrote))


def _guarded(message: Message, sender: Sender, *, now: datetime) -> bool:
    client = message.appointment.client
    ways = channels_for(message.step, client, sender, now=now)
    if all(way == WHATSAPP for way in ways):
        return False
    try:
        sent = twilio_gateway.message(str(message.sid))
    except Troubles as error:
        log.warning("cannot ask about message %s: %s", message.pk, error)
        return False
    report(message.pk, sid=sent.sid, status=sent.status, error_code=sent.error_code, now=now)
    return try_another_way(message.pk)
