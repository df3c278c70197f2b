"""A paper as an answer in the browser."""

from django.http import HttpResponse


def as_pdf(paper: bytes, *, name: str) -> HttpResponse:
    """Return a PDF that opens in the browser, and is kept under a name."""
    response = HttpResponse(paper, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
