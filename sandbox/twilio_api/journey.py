"""What becomes of a message: sent, delivered, read, or not."""

import json
import math
from datetime import timedelta

from django.conf import settings

from sandbox import clock, faults, webhooks
from sandbox.models import Delivery, Message
from sandbox.twilio_api.refusal import LATER, NEVER_DELIVERED, asked_for

RANK = {
    "scheduled": 0,
    "accepted": 1,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "read": 5,
}
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = set("^{}\\[~]|€")
# Seconds of real time between two statuses: enough to see them pass, not enough to wait for.
SENT_AFTER, LAST_AFTER = 0.2, 0.6
SMS_SENDER = "+3197010253700"


def sender_of(channel: str) -> str:
    """Return the clinic's own address on a channel."""
    return f"whatsapp:{SMS_SENDER}" if channel == "whatsapp" else SMS_SENDER


def start(message: Message) -> None:
    """Queue the statuses that this message will get, and the calls that tell them."""
    last, code = _end_of(message)
    changes: list[tuple[str, int | None, float]] = []
    if last != "failed":
        changes.append(("sent", None, SENT_AFTER))
    if last:
        changes.append((last, code, LAST_AFTER))
    for status, error_code, after in changes:
        webhooks.message_status(
            message.sid,
            url=message.status_callback,
            status=status,
            error_code=error_code,
            after=after,
        )


def _end_of(message: Message) -> tuple[str, int | None]:
    """Return the last status on this message's way, and why it failed."""
    code = asked_for(message.number, message.channel)
    whatsapp = message.channel == "whatsapp"
    if fault := faults.take("undelivered_message", path=message.recipient):
        code = fault.code or (63024 if whatsapp else 30008)
    elif whatsapp and not message.content_sid and not _window_open(message):
        code = 63016
    if code in LATER:
        return ("undelivered" if code < 63000 and code > 30002 else "failed"), code
    return ("" if message.number == NEVER_DELIVERED else "delivered"), None


def _window_open(message: Message) -> bool:
    """Tell whether the person wrote to us on WhatsApp in the last 24 hours."""
    return Message.objects.filter(
        number=message.number,
        channel="whatsapp",
        direction="inbound",
        created_at__gt=clock.now() - timedelta(hours=24),
    ).exists()


def apply(delivery: Delivery) -> bool:
    """Move the message on just before that is told; false when it was withdrawn or removed."""
    message = Message.objects.filter(sid=delivery.reference).first()
    if message is None or message.status == "canceled" != delivery.status_change:
        return False
    status = delivery.status_change
    if RANK[status] >= RANK.get(message.status, 0):
        message.status = status
        message.error_code = delivery.error_code
        if status in ("sent", "failed"):
            message.sent_at = clock.now()
            message.num_segments = segments(message.body) if message.channel == "sms" else 1
            message.sender = message.sender or sender_of(message.channel)
        message.save()
    delivery.body = json.dumps(_params(message, status, delivery.error_code))
    delivery.save(update_fields=["body"])
    return True


def cancel(message: Message) -> None:
    """Withdraw a message before it is sent."""
    Delivery.objects.filter(reference=message.sid, finished=False).delete()
    webhooks.message_status(
        message.sid, url=message.status_callback, status="canceled", error_code=None, after=0
    )
    Message.objects.filter(pk=message.pk).update(status="canceled")


def read_on_whatsapp(number: str) -> None:
    """Mark the delivered WhatsApp messages of a number as read, and tell so."""
    messages = Message.objects.filter(number=number, channel="whatsapp", status="delivered")
    for message in messages:
        Message.objects.filter(pk=message.pk).update(status="read")
        webhooks.message_status(
            message.sid, url=message.status_callback, status="read", error_code=None, after=0
        )


def send_scheduled() -> None:
    """Start the journey of every scheduled message whose time has come by the clock."""
    for message in Message.objects.filter(status="scheduled", send_at__lte=clock.now()):
        Message.objects.filter(pk=message.pk).update(status="accepted")
        start(message)


def segments(body: str) -> int:
    """Return in how many parts an SMS is sent and paid."""
    if set(body) <= GSM | GSM_DOUBLE:
        length = len(body) + sum(letter in GSM_DOUBLE for letter in body)
        return 1 if length <= 160 else math.ceil(length / 153)
    length = len(body.encode("utf-16-le")) // 2
    return 1 if length <= 70 else math.ceil(length / 67)


def _params(message: Message, status: str, error_code: int | None) -> dict[str, str]:
    params = {
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": message.sender or sender_of(message.channel),
        "MessageSid": message.sid,
        "MessageStatus": status,
        "SmsSid": message.sid,
        "SmsStatus": status,
        "To": message.recipient,
    }
    if message.messaging_service_sid:
        params["MessagingServiceSid"] = message.messaging_service_sid
    if error_code:
        params |= {"ErrorCode": str(error_code), "ErrorMessage": LATER.get(error_code, "")}
    if message.channel == "whatsapp":
        params |= {"ChannelPrefix": "whatsapp", "ChannelToAddress": message.recipient}
    elif status == "delivered":
        params["RawDlrDoneDate"] = clock.now().strftime("%y%m%d%H%M")
    return params
