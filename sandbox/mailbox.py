"""The mailbox: every e-mail that the clinic sends ends here."""

import asyncio
import email
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from sandbox import clock
from sandbox.models import Email


class Receiver:
    """What the SMTP server does with an e-mail: keep it."""

    async def handle_DATA(  # noqa: N802  (the server calls it by this name)
        self, _server: object, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the e-mail before saying so."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, _keep_and_let_go, envelope)
        return "250 Kept in the sandbox's mailbox"


def receiver(port: int) -> Controller:
    """Return an SMTP server on this machine only; `start` and `stop` it."""
    return Controller(Receiver(), hostname="127.0.0.1", port=port)


def _keep_and_let_go(envelope: Envelope) -> None:
    try:
        keep(envelope)
    finally:
        connection.close()


def keep(envelope: Envelope) -> Email:
    """Keep an e-mail; one that came before is kept too, and counted."""
    raw = bytes(envelope.original_content or b"")
    message = _parsed(raw)
    message_id = str(message["Message-ID"] or "")
    return Email.objects.create(
        message_id=message_id,
        sender=envelope.mail_from or "",
        recipients=list(envelope.rcpt_tos),
        subject=str(message["Subject"] or "")[:500],
        raw=raw,
        repeat=1 + (Email.objects.filter(message_id=message_id).count() if message_id else 0),
        received_at=clock.now(),
    )


def opened(row: Email) -> dict[str, Any]:
    """Return the texts and attachments of an e-mail."""
    message = _parsed(bytes(row.raw))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "id": row.pk,
        "message_id": row.message_id,
        "from": str(message["From"] or row.sender),
        "to": row.recipients,
        "subject": row.subject,
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "attachments": [_attachment(part) for part in message.iter_attachments()],
        "repeat": row.repeat,
        "received_at": row.received_at.isoformat(),
    }


def _attachment(part: Any) -> dict[str, Any]:
    content = part.get_content()
    readable = isinstance(content, str)
    data = content.encode() if readable else part.get_payload(decode=True) or b""
    kind = part.get_content_type()
    if kind == "text/calendar" and not readable:
        content, readable = data.decode(errors="replace"), True
    return {
        "name": part.get_filename() or "bijlage",
        "content_type": kind,
        "size": len(data),
        "text": content if readable else "",
    }


def _parsed(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=SMTP)
    if not isinstance(parsed, EmailMessage):
        raise TypeError("an e-mail policy that makes no EmailMessage")
    return parsed


def letters(request: HttpRequest) -> HttpResponse:
    """List the e-mails, newest first."""
    rows = [(row, clock.in_words(row.received_at)) for row in Email.objects.defer("raw")]
    return render(request, "sandbox/mailbox.html", {"letters": rows})


def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one e-mail."""
    row = get_object_or_404(Email, pk=pk)
    shown = {"row": row, "letter": opened(row), "at": clock.in_words(row.received_at)}
    return render(request, "sandbox/email.html", shown)


def attachment(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """Download one attachment, which never runs in the browser."""
    message = _parsed(bytes(get_object_or_404(Email, pk=pk).raw))
    parts = list(message.iter_attachments())
    if place >= len(parts):
        raise Http404
    part = parts[place]
    response = HttpResponse(part.get_payload(decode=True), content_type=part.get_content_type())
    name = (part.get_filename() or "bijlage").replace('"', "")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
