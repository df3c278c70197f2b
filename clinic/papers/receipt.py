"""A receipt on paper: who received what from whom, and for which visit."""

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings import formats
from clinic.papers.row import Row
from payments.models import LedgerEntry, Receipt
from payments.receipts import Said

Kind = LedgerEntry.Kind
BACK = (Kind.GIVEN_BACK, Kind.GIVEN_BY_BANK, Kind.VOUCHER_GIVEN_BACK)


def receipt_paper(receipt: Receipt, *, language: str, zone: ZoneInfo) -> bytes:
    """Return a receipt as a PDF in the reader's language; what it says is as it was issued."""
    from clinic.papers.paper import Paper

    said, entry = Said.of(receipt.said), receipt.entry
    title = title_of(entry)
    paper = Paper(
        title=f"{title} {receipt.name}",
        clinic=said.clinic,
        address=said.address,
        foot=foot(said.registration, said.vat_number),
        language=language,
    )
    paper.headline(title)
    paper.rows(_about(receipt, said, language=language, zone=zone))
    paper.heading(_("Amount"))
    amount = formats.euros(cents_of(entry), language)
    paper.rows([Row(_what(entry), amount, is_total=True)])
    paper.fine(_remark(entry, said, language=language))
    return paper.as_bytes()


def title_of(entry: LedgerEntry) -> str:
    """Return what kind of receipt an entry of the ledger makes."""
    if entry.signed_cents < 0:
        return _("Correction")
    return _("Refund receipt") if entry.kind in BACK else _("Receipt")


def cents_of(entry: LedgerEntry) -> int:
    """Return what the clinic received, below nothing when it gave back, in cents."""
    return -entry.signed_cents if entry.kind in BACK else entry.signed_cents


def foot(registration: str, vat_number: str) -> str:
    """Return what stands below each sheet: the clinic's numbers, and which sheet it is."""
    parts = [
        _("Chamber of commerce %s") % registration if registration else "",
        _("VAT number %s") % vat_number if vat_number else "",
        _("Page {page} of {pages}"),
    ]
    return " · ".join(part for part in parts if part)


def _about(receipt: Receipt, said: Said, *, language: str, zone: ZoneInfo) -> Sequence[Row]:
    is_back = receipt.entry.kind in BACK
    about = []
    if said.visit_at is not None:
        visit = formats.day_with_year(said.visit_at, language, zone=zone)
        at = formats.clock(said.visit_at, language, zone=zone)
        about = [Row(_("Appointment"), " + ".join(said.treatments), note=f"{visit}, {at}")]
    elif said.treatments:
        about = [Row(_("For"), said.treatments[0])]
    return [
        Row(_("Number"), receipt.name),
        Row(_("Date"), formats.day_with_year(receipt.entry.at, language, zone=zone)),
        Row(_("Client"), said.client),
        *about,
        Row(_("Given back by") if is_back else _("Paid by"), _way(receipt.entry, said)),
    ]


def _way(entry: LedgerEntry, said: Said) -> str:
    """Return how the money went, in words."""
    if entry.kind == Kind.GIVEN_BY_BANK:
        return _("bank transfer")
    return {"ideal": "iDEAL", "card": _("card")}.get(said.method, said.method.capitalize())


def _what(entry: LedgerEntry) -> str:
    """Return what the amount is for."""
    if entry.voucher is not None:
        return entry.voucher.get_kind_display().capitalize()
    is_fee = entry.payment is not None and entry.payment.kind == "fee"
    if entry.kind == Kind.RECEIVED_TWICE or (entry.refund and entry.refund.is_double):
        return _("Paid twice")
    if is_fee:
        return _("Costs of cancelling late or not coming")
    return _("Deposit")


def _remark(entry: LedgerEntry, said: Said, *, language: str) -> str:
    """Return what is to be known about the VAT."""
    if said.vat_cents:
        rates = ", ".join(in_percent(rate) for rate in said.rates)
        vat = {"rates": rates, "amount": formats.euros(said.vat_cents, language)}
        if entry.kind in BACK:
            return _("It held %(amount)s VAT (%(rates)s), which is not owed now.") % vat
        return _("When the visit is given, this holds %(amount)s VAT (%(rates)s).") % vat
    if entry.voucher is not None:
        return _("The VAT is reckoned when a visit is paid from it.")
    if entry.payment is not None and entry.payment.kind == "fee":
        return _("No VAT is reckoned over these costs.")
    return _("There is no VAT in this amount.")


def in_percent(hundredths: int) -> str:
    """Return a rate of VAT as it is written: “21 %” with a hard space."""
    return f"{Decimal(hundredths).scaleb(-2).normalize():f}\xa0%"
