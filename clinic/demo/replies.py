"""What made-up clients wrote back, and nobody at the desk has answered."""

from datetime import datetime, timedelta

from bookings.models import Appointment
from reminders import operations as reminders
from reminders.models import InboundMessage

#: How long ago, in whose language, and what.
WRITTEN = (
    (timedelta(hours=30), "nl", "Mijn oppas is ziek. Mag mijn dochter van 3 mee?"),
    (timedelta(minutes=50), "nl", "Mag ik met make-up op komen, of liever niet?"),
    (timedelta(minutes=5), "en", "Is there somewhere to park my bike?"),
)


def add_replies(*, now: datetime) -> None:
    """Let a few who come soon wait for an answer, if none of them does already."""
    coming = Appointment.objects.filter(
        client__is_demo=True, status=Appointment.Status.BOOKED, starts_at__gt=now
    )
    people = coming.select_related("client").order_by("starts_at", "pk")
    numbers = [one.client.phone for one in people if one.client]
    if InboundMessage.objects.filter(phone__in=numbers, for_desk=True).exists():
        return
    spoken = {one.client.pk: one.client for one in people if one.client}
    for ago, language, body in WRITTEN:
        client = next((one for one in spoken.values() if one.language == language), None)
        if client is None:
            continue
        del spoken[client.pk]
        phone = client.phone.as_e164
        inbound = reminders.Inbound(sid=f"demo{phone}", channel="sms", phone=phone, body=body)
        reminders.receive_reply(inbound, now=now - ago)
