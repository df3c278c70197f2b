"""The first page: what is here, and that none of it is real."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sandbox import faults
from sandbox.models import Email, Message, StripeObject


def page(request: HttpRequest) -> HttpResponse:
    """Show the way to everything."""
    shown = {
        "messages": Message.objects.count(),
        "emails": Email.objects.count(),
        "open_sessions": StripeObject.objects.filter(
            noun="checkout.session", status="open"
        ).count(),
        "charges": StripeObject.objects.filter(noun="charge", status="succeeded").count(),
        "faults": len(faults.waiting()),
        "clinic": settings.PUBLIC_BASE_URL,
    }
    return render(request, "sandbox/home.html", shown)


def health(_request: HttpRequest) -> JsonResponse:
    """Say that the sandbox is up."""
    return JsonResponse({"status": "ok"})
