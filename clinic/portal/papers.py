"""What a client can keep on paper: her receipts, and how her costs add up."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.models import Clinic
from clinic.access import appointment_by_token, receipt_of_client, receipt_of_voucher
from clinic.evidence import evidence_of, has_evidence
from clinic.papers.answers import as_pdf
from clinic.papers.evidence import evidence_paper
from clinic.papers.receipt import receipt_paper
from clinic.portal.shown import language, zone


@require_safe
def receipt(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Give one of her receipts."""
    found = receipt_of_client(token, name)
    paper = receipt_paper(found, language=language(), zone=zone())
    return as_pdf(paper, name=f"{_('receipt')}-{found.name}")


@require_safe
def voucher_receipt(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Give the receipt of a voucher."""
    found = receipt_of_voucher(token, name)
    paper = receipt_paper(found, language=language(), zone=zone())
    return as_pdf(paper, name=f"{_('receipt')}-{found.name}")


@require_safe
def evidence(request: HttpRequest, token: str) -> HttpResponse:
    """Give why it costs what it costs."""
    appointment = appointment_by_token(token)
    if not has_evidence(appointment):
        raise Http404
    one = evidence_of(appointment, language=language(), zone=zone())
    paper = evidence_paper(one, Clinic.objects.get(), language=language(), zone=zone())
    return as_pdf(paper, name=_("costs"))
