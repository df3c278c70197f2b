"""What the desk can print or send to a bank: receipts, and how costs add up."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.access import appointment_for_staff, receipt_for_staff, staff_only
from clinic.desk.here import here
from clinic.desk.views.agenda import STAFF
from clinic.evidence import evidence_of
from clinic.papers.answers import as_pdf
from clinic.papers.evidence import evidence_paper
from clinic.papers.receipt import receipt_paper
from clinic.portal.shown import language


@require_safe
@staff_only(*STAFF)
def receipt(request: HttpRequest, name: str) -> HttpResponse:
    """Give a receipt by its number."""
    found = receipt_for_staff(name)
    paper = receipt_paper(found, language=language(), zone=here().zone)
    return as_pdf(paper, name=f"{_('receipt')}-{found.name}")


@require_safe
@staff_only(*STAFF)
def evidence(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Give what was agreed, what was sent, and how the costs add up."""
    appointment, at = appointment_for_staff(appointment_id), here()
    one = evidence_of(appointment, language=language(), zone=at.zone)
    paper = evidence_paper(one, at.clinic, language=language(), zone=at.zone)
    return as_pdf(paper, name=f"{_('costs')}-{appointment.pk}")
