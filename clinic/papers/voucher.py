"""A voucher on paper: to give away, or to keep with its code."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings import formats
from bookings.models import Clinic
from clinic.papers.receipt import foot
from clinic.papers.row import Row
from payments.models import Voucher


def voucher_paper(
    voucher: Voucher, clinic: Clinic, *, language: str, zone: ZoneInfo, base: str
) -> bytes:
    """Return a voucher as a PDF in the reader's language.

    :param base: the clinic's own web address, without a slash at its end
    """
    from clinic.papers.paper import Paper

    title = voucher.get_kind_display().capitalize()
    paper = Paper(
        title=title,
        clinic=clinic.name,
        address=clinic.full_address,
        foot=foot(clinic.registration, clinic.vat_number),
        language=language,
    )
    paper.headline(title)
    if voucher.for_name:
        paper.paragraph(_("For %s") % voucher.for_name)
    if voucher.wish:
        paper.quote(voucher.wish)
    worth = [Row(_("Worth"), formats.euros(voucher.value_cents, language), is_total=True)]
    if voucher.treatment is not None:
        sessions = voucher.value_cents // voucher.session_cents
        worth.append(Row(_("For"), f"{sessions} × {voucher.treatment.name}"))
    until = formats.day_with_year(voucher.valid_until, language, zone=zone)
    paper.rows([*worth, Row(_("Can be used until"), until)])
    paper.heading(_("Your code"))
    paper.code(voucher.code_in_words)
    paper.paragraph(_("Book at %s and fill in the code at the last step.") % _bare(base))
    paper.paragraph(_("Or tell it when you call us: %s.") % clinic.phone_display)
    paper.fine(_("Whoever has the code can use it. Keep it as you keep money."))
    return paper.as_bytes()


def _bare(address: str) -> str:
    """Return a web address as people type it."""
    return address.removeprefix("https://").removeprefix("http://")
