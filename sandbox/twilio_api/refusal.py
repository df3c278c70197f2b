"""Twilio's errors: what they say, and the telephone numbers that call them up."""

from typing import Any

# Errors that Twilio gives at once, with their HTTP status.
AT_ONCE: dict[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21211: (400, "Invalid 'To' Phone Number"),
    21408: (403, "Permission to send an SMS has not been enabled for the region"),
    21603: (400, "A 'From' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid, message-capable phone number"),
    21608: (400, "The number is unverified. Trial accounts cannot send to unverified numbers"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number is not currently reachable using this sender"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21619: (400, "A text message body or media urls must be specified"),
    21635: (400, "'To' number cannot be a landline"),
    21654: (400, "ContentSid is required"),
    21655: (400, "The ContentSid is invalid"),
    21656: (400, "The ContentVariables parameter is invalid"),
    21703: (400, "The Messaging Service does not have a phone number available"),
    21704: (400, "The Messaging Service has no sender"),
    21705: (400, "The Messaging Service Sid is invalid"),
    21712: (400, "The 'From' does not belong to the Messaging Service"),
}

# Errors that come later, as the message's last status.
LATER: dict[int, str] = {
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30410: "Provider timeout",
    30450: "Message temporarily blocked",
    63001: "Channel could not authenticate the request",
    63003: "Channel could not find the To address",
    63005: "Channel did not accept the content",
    63007: "No channel with the specified From address",
    63013: "Channel policy violation",
    63014: "Blocked by the user",
    63015: "The number has not joined the WhatsApp sandbox",
    63016: "Free text outside the allowed window; use a template",
    63018: "Rate limit exceeded for the channel",
    63019: "Media failed to download",
    63024: "Invalid message recipient",
    63027: "Template does not exist for the language",
    63028: "Number of parameters does not match the template",
    63030: "Unsupported parameter for the template",
    63032: "Message not sent because of an experiment of the channel",
    63033: "Recipient blocked the sender",
    63038: "Daily message limit exceeded",
    63041: "Template paused",
    63042: "Template disabled",
    63049: "Channel chose not to deliver this marketing message",
    63051: "Channel account locked",
}
MAGIC = "+316100"
NEVER_DELIVERED = MAGIC + "00001"

WORDS = {**{code: words for code, (_, words) in AT_ONCE.items()}, **LATER}


class Refused(Exception):
    """A request that Twilio would refuse."""

    def __init__(self, code: int, message: str = "", *, status: int = 0) -> None:
        """Take the words and the status of the code unless others are given."""
        known_status, words = AT_ONCE.get(code, (400, WORDS.get(code, "Bad request")))
        self.code = code
        self.status = status or known_status
        self.message = message or words
        super().__init__(self.message)

    @property
    def body(self) -> dict[str, Any]:
        """The error as the API writes it."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def asked_for(number: str, channel: str) -> int | None:
    """Return the error code in a magic number, when it fits the channel.

    Codes of 63000 and up are WhatsApp's, so the same number takes an SMS; the other codes are
    those of SMS, except the general ones under 21300.
    """
    digits = number.removeprefix(MAGIC)
    if digits == number or len(digits) != 5 or int(digits) not in WORDS:
        return None
    code = int(digits)
    if code < 21300:
        return code
    return code if (code >= 63000) == (channel == "whatsapp") else None
