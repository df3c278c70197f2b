"""Mailing a voucher to who bought it, once it is paid."""

import logging
from datetime import datetime

from bookings import formats
from payments import operations as payments
from payments.models import Voucher
from reminders import mail_gateway
from reminders.operations.sender import Sender

log = logging.getLogger(__name__)
BATCH = 50
# Said without “je” or “u”: the buyer may be anybody.
TEXTS = {
    "nl": (
        "Het tegoed van {clinic}",
        "Bedankt voor de aankoop bij {clinic}.\n\n"
        "Waarde: {amount}\nCode: {code}\nTe gebruiken tot en met {until}\n\n"
        "Alles over dit tegoed, met een PDF om te geven of te bewaren:\n{url}\n\n"
        "Boeken kan op die pagina, of met de code bij de laatste stap van het boeken.\n"
        "Wie de code heeft, kan het tegoed gebruiken.\n\n"
        "Vragen? Bel {phone} of antwoord op deze mail.\n",
    ),
    "en": (
        "The voucher of {clinic}",
        "Thank you for your purchase at {clinic}.\n\n"
        "Worth: {amount}\nCode: {code}\nCan be used up to and including {until}\n\n"
        "All about this voucher, with a PDF to give or to keep:\n{url}\n\n"
        "Book on that page, or with the code at the last step of booking.\n"
        "Whoever has the code can use the voucher.\n\n"
        "Questions? Call {phone} or answer this mail.\n",
    ),
}


def mail_vouchers(sender: Sender, *, now: datetime) -> int:
    """Mail every voucher that was paid and not mailed yet; return how many this worker took.

    One in doubt is offered again as the very same mail.
    """
    waiting = Voucher.objects.filter(status=Voucher.Status.PAID, mailed_at=None)
    if not sender.reaches_demo_clients:
        waiting = waiting.exclude(is_demo=True)
    taken = 0
    for voucher in waiting.order_by("paid_at")[:BATCH]:
        if payments.claim_mail(voucher.pk, lease=sender.doubt):
            taken += 1
            _mail(voucher, sender, now=now)
    return taken


def _mail(voucher: Voucher, sender: Sender, *, now: datetime) -> None:
    subject, body = words_for_voucher(voucher, sender)
    error = ""
    try:
        mail_gateway.send_mail(
            to=voucher.buyer_email,
            subject=subject,
            body=body,
            message_id=_message_id(voucher, sender),
            reply_to=sender.clinic.email,
            attachments=[],
        )
    except (mail_gateway.NotSent, mail_gateway.OutcomeUnknown) as doubt:
        log.warning("voucher %s was not mailed: %s", voucher.pk, doubt)
        return
    except mail_gateway.Refused as refusal:
        error = str(refusal) or "refused"
        log.error("voucher %s cannot be mailed: %s", voucher.pk, error)
    payments.note_mailed(voucher, error=error, now=now)


def _message_id(voucher: Voucher, sender: Sender) -> str:
    """Return the mail's own mark: the same after a doubt, another when it is asked for again."""
    again = f".{voucher.mailings}" if voucher.mailings else ""
    return f"<{voucher.reference}{again}@{sender.clinic.email.partition('@')[2]}>"


def words_for_voucher(voucher: Voucher, sender: Sender) -> tuple[str, str]:
    """Return the subject and the text of a voucher's mail, in the buyer's language."""
    language, clinic = voucher.language, sender.clinic
    told = {
        "clinic": clinic.name,
        "amount": formats.euros(voucher.value_cents, language),
        "code": voucher.code_in_words,
        "until": formats.day_with_year(voucher.valid_until, language, zone=sender.zone),
        "url": f"{sender.base_url}/tegoed/{voucher.token}/",
        "phone": clinic.phone_display,
    }
    subject, body = TEXTS["en" if language.startswith("en") else "nl"]
    return subject.format(**told), body.format(**told)
