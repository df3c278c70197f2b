"""Messages: taken in, listed, withdrawn; what happens to them next is in `journey`."""

import secrets
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import phonenumbers
from django.conf import settings
from django.db.models import QuerySet

from sandbox import clock
from sandbox.models import Content, Message, OptOut
from sandbox.twilio_api import content as templates
from sandbox.twilio_api import journey
from sandbox.twilio_api.refusal import AT_ONCE, WORDS, Refused, asked_for

CREATE = {
    "To",
    "From",
    "MessagingServiceSid",
    "Body",
    "ContentSid",
    "ContentVariables",
    "StatusCallback",
    "ValidityPeriod",
    "SmartEncoded",
    "ScheduleType",
    "SendAt",
    "ProvideFeedback",
    "ShortenUrls",
    "RiskCheck",
    "ContentRetention",
    "AddressRetention",
    "MessageIntent",
}
LIST = {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"}
CHOICES = {
    "SmartEncoded": ("true", "false"),
    "ProvideFeedback": ("true", "false"),
    "ShortenUrls": ("true", "false"),
    "RiskCheck": ("enable", "disable"),
    "ContentRetention": ("retain", "discard"),
    "AddressRetention": ("retain", "obfuscate"),
    "ScheduleType": ("fixed",),
}


def create(given: dict[str, str]) -> Message:
    """Take in a message and start its journey.

    :raises Refused: if Twilio would not take it
    """
    check_names(given, CREATE)
    _check_options(given)
    channel, number = _recipient(given.get("To", ""))
    sender = _sender(given, channel)
    message = Message(
        sid=("MM" if given.get("ContentSid") else "SM") + secrets.token_hex(16),
        direction="outbound-api",
        channel=channel,
        number=number,
        sender=sender,
        recipient=given["To"],
        status="queued" if sender else "accepted",
        messaging_service_sid=given.get("MessagingServiceSid", ""),
        status_callback=given.get("StatusCallback", ""),
        created_at=clock.now(),
        send_at=_send_at(given),
    )
    _fill(message, given)
    _refuse_at_once(channel, number)
    if message.send_at:
        message.status = "scheduled"
    message.save()
    if not message.send_at:
        journey.start(message)
    return message


def find(sid: str) -> Message:
    """Return the message.

    :raises Refused: if there is none
    """
    message = Message.objects.filter(sid=sid).first()
    if message is None:
        path = f"/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Messages/{sid}.json"
        raise Refused(20404, f"The requested resource {path} was not found", status=404)
    return message


def update(message: Message, given: dict[str, str]) -> Message:
    """Withdraw a message that was not sent yet, or wipe the text of one that was."""
    check_names(given, {"Status", "Body"})
    if "Status" in given:
        if given["Status"] != "canceled":
            raise Refused(30409, "Status can only be set to canceled.")
        if message.status not in ("accepted", "queued", "scheduled"):
            raise Refused(30409, f"Cannot cancel a message with status {message.status}.")
        journey.cancel(message)
    if "Body" in given:
        if given["Body"]:
            raise Refused(20001, "Body can only be emptied.")
        Message.objects.filter(pk=message.pk).update(body="")
    return find(message.sid)


def delete(message: Message) -> None:
    """Remove a message whose journey is over."""
    if message.status in ("accepted", "queued", "scheduled", "sending"):
        raise Refused(20009, "Cannot delete this message before it is finished.", status=409)
    message.delete()


def listing(given: dict[str, str]) -> dict[str, Any]:
    """List the messages, newest first, a page at a time."""
    check_names(given, LIST)
    size = min(1000, _number(given.get("PageSize", "50"), "PageSize"))
    page = _number(given.get("Page", "0"), "Page")
    found = list(_wanted(given)[page * size : (page + 1) * size + 1])
    base = f"/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Messages.json?"
    kept = {name: value for name, value in given.items() if name not in ("Page", "PageToken")}

    def uri(number: int) -> str:
        token = {"PageToken": f"PASM{number}"} if number else {}
        return base + urlencode({**kept, "PageSize": size, "Page": number, **token})

    return {
        "messages": [shown(message) for message in found[:size]],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(0, len(found[:size]) - 1),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "previous_page_uri": uri(page - 1) if page else None,
        "next_page_uri": uri(page + 1) if len(found) > size else None,
    }


def shown(message: Message) -> dict[str, Any]:
    """Return a message as the API writes it."""
    account = settings.TWILIO_ACCOUNT_SID
    uri = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": _rfc2822(message.created_at),
        "date_sent": _rfc2822(message.sent_at) if message.sent_at else None,
        "date_updated": _rfc2822(message.sent_at or message.created_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": WORDS.get(message.error_code) if message.error_code else None,
        "from": message.sender or None,
        "messaging_service_sid": message.messaging_service_sid or None,
        "num_media": "0",
        "num_segments": str(message.num_segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.recipient,
        "uri": f"{uri}.json",
    }


def check_names(given: dict[str, str], known: set[str]) -> None:
    """Refuse a parameter that Twilio does not have."""
    unknown = set(given) - known
    if unknown:
        raise Refused(20001, f"Unknown parameter: {sorted(unknown)[0]}")


def _check_options(given: dict[str, str]) -> None:
    for name, values in CHOICES.items():
        if name in given and given[name] not in values:
            raise Refused(20001, f"Invalid {name}: {given[name]}")
    period = given.get("ValidityPeriod", "36000")
    if not 1 <= _number(period, "ValidityPeriod") <= 36000:
        raise Refused(20001, "ValidityPeriod must be between 1 and 36000 seconds.")
    callback = given.get("StatusCallback")
    if callback is not None:
        parts = urlsplit(callback)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")


def _recipient(to: str) -> tuple[str, str]:
    """Return the channel and the number in E.164."""
    if not to:
        raise Refused(21604, "A 'To' phone number is required.")
    channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
    number = to.removeprefix("whatsapp:")
    try:
        parsed = phonenumbers.parse(number)
        plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException as error:
        raise Refused(21211, f"The 'To' number {to} is not a valid phone number.") from error
    if plain != number or not phonenumbers.is_possible_number(parsed):
        raise Refused(21211, f"The 'To' number {to} is not a valid phone number.")
    if (
        channel == "sms"
        and phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE
    ):
        raise Refused(21614, f"'To' number: {to}, is not a mobile number")
    return channel, number


def _sender(given: dict[str, str], channel: str) -> str:
    """Return the sender; it stays empty while the service still has to choose one."""
    service, sender = given.get("MessagingServiceSid"), given.get("From")
    if service is not None and service != settings.TWILIO_MESSAGING_SERVICE_SID:
        raise Refused(21705)
    if sender is None:
        if service is None:
            raise Refused(21603)
        return ""
    if sender != journey.sender_of(channel):
        raise Refused(21712 if service else 21606)
    return "" if service else sender


def _fill(message: Message, given: dict[str, str]) -> None:
    """Give the message its text: its own, or a template's."""
    body, sid = given.get("Body", ""), given.get("ContentSid", "")
    if sid and body:
        raise Refused(20001, "Body and ContentSid exclude each other.")
    if "ContentVariables" in given and not sid:
        raise Refused(21654)
    if not sid:
        if not body.strip():
            raise Refused(21619)
        if len(body) > 1600:
            raise Refused(21617)
        message.body = body
        return
    content, variables, text, buttons = templates.rendered(sid, given.get("ContentVariables", ""))
    message.content_sid, message.content_variables = sid, variables
    message.body, message.buttons = text, buttons
    _check_template(message, content)


def _check_template(message: Message, content: Content) -> None:
    if message.channel == "sms" and message.buttons:
        raise Refused(21655, "This content has no form that fits an SMS.")
    if len(message.body) > 1024 and message.channel == "whatsapp":
        raise Refused(21617)


def _send_at(given: dict[str, str]) -> datetime | None:
    if "SendAt" not in given and "ScheduleType" not in given:
        return None
    if "MessagingServiceSid" not in given:
        raise Refused(35118, "MessagingServiceSid is required to schedule a message.")
    if "SendAt" not in given:
        raise Refused(35111, "SendAt is required to schedule a message.")
    if "ScheduleType" not in given:
        raise Refused(35115, "ScheduleType is required to schedule a message.")
    moment = _iso(given["SendAt"], "SendAt")
    ahead = moment - clock.now()
    if not timedelta(seconds=300) <= ahead <= timedelta(days=35):
        raise Refused(35114, "SendAt must be 300 seconds to 35 days ahead.")
    return moment


def _refuse_at_once(channel: str, number: str) -> None:
    if channel == "sms" and OptOut.objects.filter(number=number).exists():
        raise Refused(21610)
    code = asked_for(number, channel)
    if code in AT_ONCE:
        raise Refused(code)


def _wanted(given: dict[str, str]) -> QuerySet[Message]:
    found: QuerySet[Message] = Message.objects.all()
    if "To" in given:
        found = found.filter(recipient=given["To"])
    if "From" in given:
        found = found.filter(sender=given["From"])
    if "DateSent" in given:
        day = _iso(given["DateSent"], "DateSent").replace(hour=0, minute=0, second=0)
        found = found.filter(sent_at__gte=day, sent_at__lt=day + timedelta(days=1))
    if "DateSent>" in given:
        found = found.filter(sent_at__gte=_iso(given["DateSent>"], "DateSent>"))
    if "DateSent<" in given:
        found = found.filter(sent_at__lte=_iso(given["DateSent<"], "DateSent<"))
    return found


def _iso(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(20001, f"Invalid {name}: {text}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str, name: str) -> int:
    if not text.isdigit():
        raise Refused(20001, f"Invalid {name}: {text}")
    return int(text)


def _rfc2822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))
