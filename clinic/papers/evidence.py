"""The evidence of a fee on paper: for the client, and for a bank that asks for it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings import formats
from bookings.models import Clinic
from clinic.evidence import Evidence
from clinic.papers.receipt import foot
from clinic.papers.row import Row

if TYPE_CHECKING:
    from clinic.papers.paper import Paper


def evidence_paper(one: Evidence, clinic: Clinic, *, language: str, zone: ZoneInfo) -> bytes:
    """Return why a fee is what it is as a PDF, in the reader's language."""
    from clinic.papers.paper import Paper

    paper = Paper(
        title=_("How the costs add up"),
        clinic=clinic.name,
        address=clinic.full_address,
        foot=foot(clinic.registration, clinic.vat_number),
        language=language,
    )
    paper.headline(_("How the costs add up"))
    _write(paper, one, language, zone)
    return paper.as_bytes()


def _write(paper: "Paper", one: Evidence, language: str, zone: ZoneInfo) -> None:
    appointment = one.appointment
    start = formats.instant(appointment.starts_at, language, zone=zone)
    who = appointment.client.full_name if appointment.client else ""
    what = Row(_("Appointment"), appointment.treatment.name, note=start)
    paper.rows([Row(_("Client"), who), what])
    paper.heading(_("What was agreed"))
    if appointment.terms_text:
        paper.quote(appointment.terms_text)
        paper.fine(one.accepted)
    else:
        paper.paragraph(_("No terms were written down for this appointment."))
    paper.heading(_("What was sent"))
    paper.rows(_told(one, language, zone))
    if not one.told:
        paper.paragraph(_("Nothing was sent."))
    paper.heading(_("How it adds up"))
    stands = _("The appointment stands, so nothing is asked for it but its price.")
    paper.paragraph(one.ended or stands)
    sums = ((line.title, formats.euros(line.cents, language), line.is_total) for line in one.sums)
    paper.rows(Row(*parts) for parts in sums)
    if one.moved:
        paper.heading(_("What moved"))
        paper.rows(_moved(one, language, zone))


def _told(one: Evidence, language: str, zone: ZoneInfo) -> Iterator[Row]:
    for told in one.told:
        sent = formats.instant(told.sent_at, language, zone=zone) if told.sent_at else ""
        arrived = ""
        if told.delivered_at:
            arrived = formats.instant(told.delivered_at, language, zone=zone)
        way = _("by %(by)s to %(to)s") % {"by": told.by, "to": told.to}
        state = f"{told.state} {arrived}".strip()
        yield Row(told.what, way, note=", ".join(part for part in (sent, state) if part))


def _moved(one: Evidence, language: str, zone: ZoneInfo) -> Iterator[Row]:
    for line in one.moved:
        when = formats.instant(line.at, language, zone=zone)
        if line.receipt:
            when += ", " + _("receipt %s") % line.receipt.name
        yield Row(line.what, formats.euros(line.cents, language), note=when)
