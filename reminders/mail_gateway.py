"""The door to the mail server."""

from dataclasses import dataclass
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection


class NotSent(Exception):
    """The mail server did not take it; it may be offered again."""


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

    :raises NotSent: if the mail server did not take it
    """
    mail = EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        reply_to=[reply_to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        attachments=[(a.name, a.content, a.kind) for a in attachments],
        connection=get_connection(),
    )
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise NotSent(type(error).__name__) from error
