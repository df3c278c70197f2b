"""The hosted payment page, and what paying there does."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sandbox.csp import RULES
from sandbox.models import StripeObject
from sandbox.stripe_api import charges, events, intents, methods, objects, sessions
from sandbox.stripe_api.refusal import Refused

METHODS = {
    "card": "Kaart die werkt",
    "card_authentication": "Kaart die later een bevestiging van de bank vraagt",
    "card_declined": "Kaart die later geweigerd wordt",
    "ideal": "iDEAL | Wero",
}
HINTS = {
    "card": "Visa 4242. Ook later, zonder jou erbij, wordt hiermee betaald.",
    "card_authentication": "Visa 3184. Nu lukt het; later geeft de bank authentication_required.",
    "card_declined": "Visa 0341. Nu lukt het; later is er te weinig saldo (insufficient_funds).",
    "ideal": "Betaalt nu. Er wordt niets bewaard voor later.",
}


class CannotPay(Exception):
    """The session cannot be paid (so)."""


def pay(key: str, method: str) -> dict[str, Any]:
    """Pay the session, tell the clinic, and return the session.

    :raises CannotPay: if it is not open or does not take this method
    """
    with transaction.atomic():
        row = sessions.current(key)
        if row.body["status"] != "open":
            raise CannotPay(f"Deze betaling is niet meer open ({row.body['status']}).")
        kind = "ideal" if method == "ideal" else "card"
        if method not in METHODS or kind not in row.body["payment_method_types"]:
            raise CannotPay("Deze betaalwijze wordt hier niet aangeboden.")
        return _paid(row, method)


def _paid(row: StripeObject, method: str) -> dict[str, Any]:
    session, data = row.body, row.hidden["payment_intent_data"]
    customer = session["customer"]
    name, email = _payer(session)
    paid_with = methods.new(
        method, customer=customer if _saves(row, method) else None, name=name, email=email
    )
    intent = intents.new(
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer,
        description=data.get("description"),
        metadata=data.get("metadata", {}),
        payment_method=paid_with["id"],
        payment_method_options=session["payment_method_options"],
        payment_method_types=session["payment_method_types"],
        receipt_email=data.get("receipt_email"),
        setup_future_usage=data.get("setup_future_usage"),
        statement_descriptor_suffix=data.get("statement_descriptor_suffix"),
        status="requires_confirmation",
    )
    _belongs_to_session(intent["id"], row.key)
    paid = intents.paid(intent["id"], charges.new(intent, paid_with, nature="works"))
    events.record("payment_intent.succeeded", paid)
    return sessions.completed(row, intent=intent["id"], name=name, email=email)


def _saves(row: StripeObject, method: str) -> bool:
    """Tell whether the clinic may charge this method later; iDEAL never."""
    card = row.body["payment_method_options"].get("card", {})
    usage = row.hidden["payment_intent_data"].get("setup_future_usage")
    return method != "ideal" and "off_session" in (card.get("setup_future_usage"), usage)


def _payer(session: dict[str, Any]) -> tuple[str, str]:
    customer = {}
    if session["customer"]:
        customer = objects.find("customer", session["customer"]).body
    email = customer.get("email") or session["customer_email"] or "betaler@sandbox.example"
    return customer.get("name") or "J. de Vries", email


def _belongs_to_session(intent: str, session: str) -> None:
    row = objects.find("payment_intent", intent)
    row.hidden = {"session": session}
    row.save(update_fields=["hidden"])


def page(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is to be paid, and take the payment."""
    events.cause.set((None, None))
    try:
        with transaction.atomic():
            row = sessions.current(key)
    except Refused as refusal:
        raise Http404 from refusal
    error = ""
    if request.method == "POST":
        try:
            return _take(request, row)
        except CannotPay as refusal:
            error = str(refusal)
            row.refresh_from_db()
    return _shown(request, row, error)


def _take(request: HttpRequest, row: StripeObject) -> HttpResponse:
    if _terms_asked(row) and "terms" not in request.POST:
        raise CannotPay("Vink eerst aan dat je akkoord gaat met de voorwaarden.")
    if "method" not in request.POST:
        raise CannotPay("Kies eerst hoe je wilt betalen.")
    session = pay(row.key, request.POST["method"])
    return _allowing(redirect(_success_url(session)), session)


def _terms_asked(row: StripeObject) -> bool:
    return (row.body["consent_collection"] or {}).get("terms_of_service") == "required"


def _success_url(session: dict[str, Any]) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _shown(request: HttpRequest, row: StripeObject, error: str) -> HttpResponse:
    session = row.body
    offered = [
        {"value": value, "words": words, "hint": HINTS[value]}
        for value, words in METHODS.items()
        if ("ideal" if value == "ideal" else "card") in session["payment_method_types"]
    ]
    texts = session["custom_text"]
    shown = {
        "session": session,
        "items": [_line(item) for item in row.hidden["items"]],
        "amount": euros(session["amount_total"]),
        "methods": offered,
        "saves": _saves(row, "card"),
        "terms_asked": _terms_asked(row),
        "terms_text": (texts["terms_of_service_acceptance"] or {}).get("message", ""),
        "submit_text": (texts["submit"] or {}).get("message", ""),
        "return_to": _success_url(session),
        "error": error,
    }
    status = 400 if error else 200
    return _allowing(render(request, "sandbox/checkout.html", shown, status=status), session)


def _allowing(response: HttpResponse, session: dict[str, Any]) -> HttpResponse:
    """Let the form end at the address that the clinic asked for."""
    parts = urlsplit(session["success_url"])
    origin = f"{parts.scheme}://{parts.netloc}"
    response["Content-Security-Policy"] = RULES.format(elsewhere=origin)
    return response


def _line(item: dict[str, Any]) -> dict[str, Any]:
    price = item["price_data"]
    return {
        "name": price["product_data"]["name"],
        "description": price["product_data"].get("description", ""),
        "quantity": item["quantity"],
        "amount": euros(price["unit_amount"] * item["quantity"]),
    }


def euros(cents: int) -> str:
    """Write an amount as a Dutch reader expects."""
    return f"€ {cents // 100},{cents % 100:02d}"


@csrf_exempt
@require_POST
def control(request: HttpRequest, key: str) -> JsonResponse:
    """Pay a session by `method`, as the page's form would."""
    events.cause.set((None, None))
    try:
        method = json.loads(request.body)["method"]
        session = pay(key, method)
    except Refused as refusal:
        return JsonResponse(refusal.body, status=refusal.status)
    except (CannotPay, ValueError, KeyError, TypeError) as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"session": session, "return_to": _success_url(session)})
