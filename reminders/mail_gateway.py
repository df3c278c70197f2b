"""The door to the mail server."""

from contextlib import suppress
from dataclasses import dataclass
from smtplib import (
    SMTPDataError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)

from django.core.mail import EmailMessage, get_connection


class Refused(Exception):
    """The mail server will not take this, now or later; `code` is its answer."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class NotSent(Exception):
    """The mail server certainly did not take it; it may be offered again."""


class OutcomeUnknown(Exception):
    """The line broke: it may have been taken. Only the very same mail may be offered again."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    kind: str


def send_mail(
    *,
    to: str,
    subject: str,
    body: str,
    message_id: str,
    reply_to: str,
    attachments: list[Attachment],
) -> None:
    """Send one mail; the same `message_id` twice is the same mail to any mail program.

    :raises Refused: if the mail server said no for good
    :raises NotSent: if it could not be reached, or said not now
    :raises OutcomeUnknown: if it did not say whether it took it
    """
    connection = get_connection()
    mail = EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        reply_to=[reply_to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        attachments=[(a.name, a.content, a.kind) for a in attachments],
        connection=connection,
    )
    try:
        connection.open()
    except OSError as error:  # smtplib's own errors are among them
        raise NotSent(type(error).__name__) from error
    try:
        _hand_over(mail)
    finally:
        with suppress(OSError):  # a rude goodbye changes nothing of what was taken
            connection.close()


def _hand_over(mail: EmailMessage) -> None:
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        raise _answered(max(code for code, _ in error.recipients.values())) from error
    except (SMTPHeloError, SMTPSenderRefused, SMTPDataError) as error:
        raise _answered(error.smtp_code) from error
    except OSError as error:
        raise OutcomeUnknown(type(error).__name__) from error


def _answered(code: int) -> Exception:
    """Return what an answer means: 5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    if code >= 500:
        return Refused(code)
    if code >= 400:
        return NotSent(str(code))
    return OutcomeUnknown(str(code))
