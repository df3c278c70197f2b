"""The money page: what was charged and given back, for whoever wants to look along."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sandbox.checkout import euros
from sandbox.models import StripeObject


def page(request: HttpRequest) -> HttpResponse:
    """Show sessions, charges, refunds and disputes, newest first."""
    shown = {
        "sessions": [_line(body, "amount_total") for body in _bodies("checkout.session")],
        "charges": [_line(body, "amount") for body in _bodies("charge")],
        "refunds": [_line(body, "amount") for body in _bodies("refund")],
        "disputes": [_line(body, "amount") for body in _bodies("dispute")],
    }
    return render(request, "sandbox/money.html", shown)


def _bodies(noun: str) -> list[dict[str, Any]]:
    return [row.body for row in StripeObject.objects.filter(noun=noun)[:50]]


def _line(body: dict[str, Any], amount: str) -> dict[str, Any]:
    return {"body": body, "amount": euros(body[amount])}
