"""Being a cardholder's bank: to dispute a charge, and to decide."""

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sandbox.stripe_api import disputes, events
from sandbox.stripe_api.refusal import Refused


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    """Dispute a charge, or take a step in a dispute, by a button on the money page."""
    try:
        _act(request.POST.dict())
    except Refused as refusal:
        return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")
    return redirect("money")


@csrf_exempt
@require_POST
def control(request: HttpRequest) -> JsonResponse:
    """The same for tests: `charge` (with `amount`, `inquiry`), or `dispute` and `status`."""
    try:
        return JsonResponse({"dispute": _act(json.loads(request.body))})
    except Refused as refusal:
        return JsonResponse(refusal.body, status=refusal.status)
    except (ValueError, KeyError, TypeError) as error:
        return JsonResponse({"error": str(error)}, status=400)


@transaction.atomic
def _act(wanted: dict[str, Any]) -> dict[str, Any]:
    events.cause.set((None, None))
    if "dispute" in wanted:
        return disputes.step(wanted["dispute"], wanted["status"])
    amount = int(wanted["amount"]) if wanted.get("amount") else None
    return disputes.begin(wanted["charge"], amount=amount, inquiry=bool(wanted.get("inquiry")))
