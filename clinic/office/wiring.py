"""The owner's page that says whether payments are wired rightly."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.clock import now
from bookings.models import User
from clinic.access import staff_only
from clinic.stripe_wiring import findings, in_words


@require_safe
@staff_only(User.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """Ask Stripe, and say in words what is wrong."""
    found = [in_words(one) for one in findings(at=now())]
    return render(request, "office/wiring.html", {"area": "office", "found": found})
