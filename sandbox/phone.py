"""The telephones: what they received, and what their owners answer."""

import json
import re
import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sandbox import clock, webhooks
from sandbox.models import Message, OptOut
from sandbox.twilio_api import journey
from sandbox.twilio_api.refusal import AT_ONCE, LATER, MAGIC, NEVER_DELIVERED, WORDS

STOP_WORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
START_WORDS = {"START", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
STOPPED = "Je krijgt geen sms meer van dit nummer. Stuur START als je ze weer wilt krijgen."
STARTED = "Je krijgt weer sms van dit nummer. Stuur STOP als je dat niet meer wilt."
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
STATES = {
    "accepted": "onderweg",
    "queued": "onderweg",
    "scheduled": "ingepland",
    "sent": "verstuurd",
    "delivered": "aangekomen",
    "read": "gelezen",
    "undelivered": "niet aangekomen",
    "failed": "mislukt",
    "canceled": "ingetrokken",
    "received": "verstuurd",
}


class CannotReply(Exception):
    """There is nothing to send, or nobody to send it to."""


def reply(number: str, *, body: str, channel: str, payload: str = "") -> Message:
    """Send a text, or a press on a button, from a telephone to the clinic.

    :raises CannotReply: if it is empty, or the channel or the button is not there
    """
    if not body.strip() or channel not in ("sms", "whatsapp"):
        raise CannotReply("Typ eerst een bericht.")
    answered = _asked_with(number, payload) if payload else None
    with transaction.atomic():
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        message = Message.objects.create(
            sid="SM" + secrets.token_hex(16),
            direction="inbound",
            channel=channel,
            number=number,
            sender=prefix + number,
            recipient=journey.sender_of(channel),
            body=body,
            status="received",
            num_segments=1,
            messaging_service_sid=settings.TWILIO_MESSAGING_SERVICE_SID,
            created_at=clock.now(),
            sent_at=clock.now(),
        )
        opt_out = _opt_out(message) if channel == "sms" else ""
        _tell(message, opt_out=opt_out, payload=payload, answered=answered)
    return message


def _asked_with(number: str, payload: str) -> Message:
    for message in Message.objects.filter(number=number, channel="whatsapp").exclude(buttons=[]):
        if any(button["id"] == payload for button in message.buttons):
            return message
    raise CannotReply("Die knop staat niet op deze telefoon.")


def _opt_out(message: Message) -> str:
    """Do what Twilio does on its own words, and return its name for it."""
    word = message.body.strip().upper()
    if word in STOP_WORDS:
        OptOut.objects.get_or_create(number=message.number)
        _answer_by_itself(message, STOPPED)
        return "STOP"
    if word in START_WORDS:
        OptOut.objects.filter(number=message.number).delete()
        _answer_by_itself(message, STARTED)
        return "START"
    return "HELP" if word in HELP_WORDS else ""


def _answer_by_itself(message: Message, body: str) -> None:
    Message.objects.create(
        sid="SM" + secrets.token_hex(16),
        direction="outbound-reply",
        channel="sms",
        number=message.number,
        sender=message.recipient,
        recipient=message.number,
        body=body,
        status="delivered",
        num_segments=1,
        created_at=clock.now(),
        sent_at=clock.now(),
    )


def _tell(message: Message, *, opt_out: str, payload: str, answered: Message | None) -> None:
    params = {
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "Body": message.body,
        "From": message.sender,
        "MessageSid": message.sid,
        "MessagingServiceSid": message.messaging_service_sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": message.recipient,
    }
    if opt_out:
        params["OptOutType"] = opt_out
    if message.channel == "whatsapp":
        kind = "button" if payload else "text"
        params |= {"MessageType": kind, "ProfileName": "Sandbox", "WaId": message.number[1:]}
    if payload:
        params |= {"ButtonPayload": payload, "ButtonText": message.body}
    if answered is not None:
        params["OriginalRepliedMessageSid"] = answered.sid
        params["OriginalRepliedMessageSender"] = journey.sender_of(answered.channel)
    webhooks.to_twilio_endpoint(f"{settings.PUBLIC_BASE_URL}/hooks/twilio/inbound/", params)


def numbers(request: HttpRequest) -> HttpResponse:
    """List the telephones with the last message of each, newest first."""
    phones: dict[str, Message] = {}
    for message in Message.objects.order_by("-pk"):
        phones.setdefault(message.number, message)
    shown = {
        "phones": phones.values(),
        "magic": MAGIC,
        "never": NEVER_DELIVERED,
        "at_once": [(MAGIC + str(code), code, WORDS[code]) for code in sorted(AT_ONCE)],
        "later": [(MAGIC + str(code), code, WORDS[code]) for code in sorted(LATER)],
    }
    return render(request, "sandbox/phones.html", shown)


def telephone(request: HttpRequest, number: str) -> HttpResponse:
    """Show one telephone, and send what its owner answers."""
    if not re.fullmatch(r"\+\d{6,15}", number):
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            _reply_by_form(request, number)
            return redirect("telephone", number=number)
        except CannotReply as refusal:
            error = str(refusal)
    with transaction.atomic():
        journey.read_on_whatsapp(number)
    messages = list(Message.objects.filter(number=number).order_by("pk"))
    shown = {
        "number": number,
        "bubbles": [_bubble(message) for message in messages],
        "channels": _channels(messages),
        "stopped": OptOut.objects.filter(number=number).exists(),
        "error": error,
    }
    return render(request, "sandbox/phone.html", shown, status=400 if error else 200)


def _reply_by_form(request: HttpRequest, number: str) -> None:
    if button := request.POST.get("button"):
        message = _asked_with(number, button)
        title = next(one["title"] for one in message.buttons if one["id"] == button)
        reply(number, body=title, channel="whatsapp", payload=button)
        return
    body, channel = request.POST.get("body", ""), request.POST.get("channel", "sms")
    reply(number, body=body, channel=channel)


def _channels(messages: list[Message]) -> list[tuple[str, str, bool]]:
    """Return the channels to answer on; the last one used is chosen."""
    last = messages[-1].channel if messages else "sms"
    return [("sms", "Sms", last == "sms"), ("whatsapp", "WhatsApp", last == "whatsapp")]


def _bubble(message: Message) -> dict[str, Any]:
    words = WORDS.get(message.error_code, "") if message.error_code else ""
    return {
        "message": message,
        "mine": message.direction == "inbound",
        "text": with_links(message.body),
        "at": clock.in_words(message.created_at),
        "state": STATES.get(message.status, message.status),
        "error": f"{message.error_code}: {words}" if message.error_code else "",
        "arrived": message.status not in ("undelivered", "failed", "canceled", "scheduled"),
    }


def with_links(text: str) -> SafeString:
    """Make the addresses in a text clickable."""
    parts: list[SafeString] = []
    place = 0
    for found in LINK.finditer(text):
        parts.append(format_html("{}", text[place : found.start()]))
        parts.append(format_html('<a href="{0}">{0}</a>', found[0]))
        place = found.end()
    parts.append(format_html("{}", text[place:]))
    return format_html_join("", "{}", ((part,) for part in parts))


@csrf_exempt
@require_POST
def control(request: HttpRequest) -> JsonResponse:
    """Answer from a telephone by `number`, `body`, `channel` and perhaps a button's `payload`."""
    try:
        given = json.loads(request.body)
        message = reply(
            given["number"],
            body=given["body"],
            channel=given["channel"],
            payload=given.get("payload", ""),
        )
    except (CannotReply, ValueError, KeyError, TypeError) as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"sid": message.sid})
