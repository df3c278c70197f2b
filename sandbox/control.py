"""JSON doors for tests: look at everything, or start afresh."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from sandbox import mailbox, models, webhooks
from sandbox.twilio_api import content


@require_GET
def messages(_request: HttpRequest) -> JsonResponse:
    """Give every message, oldest first."""
    found = [
        {
            "sid": message.sid,
            "to": message.recipient,
            "from": message.sender,
            "number": message.number,
            "body": message.body,
            "buttons": message.buttons,
            "channel": message.channel,
            "direction": message.direction,
            "status": message.status,
            "error_code": message.error_code,
            "num_segments": message.num_segments,
            "content_sid": message.content_sid,
            "content_variables": message.content_variables,
            "status_callback": message.status_callback,
            "date_created": message.created_at.isoformat(),
        }
        for message in models.Message.objects.order_by("pk")
    ]
    return JsonResponse({"messages": found})


@require_GET
def emails(_request: HttpRequest) -> JsonResponse:
    """Give every e-mail, oldest first."""
    rows = models.Email.objects.order_by("pk")
    return JsonResponse({"emails": [mailbox.opened(row) for row in rows]})


@require_GET
def stripe(_request: HttpRequest) -> JsonResponse:
    """Give every object of Stripe's, oldest first, and what was asked how often."""
    keys = models.IdempotentAnswer.objects.order_by("pk")
    counts = Counter(
        f"{request.method} {request.path}"
        for request in models.ApiRequest.objects.filter(vendor="stripe")
    )
    return JsonResponse(
        {
            "customers": _objects("customer"),
            "sessions": _objects("checkout.session"),
            "payment_intents": _objects("payment_intent"),
            "payment_methods": _objects("payment_method"),
            "charges": _objects("charge"),
            "refunds": _objects("refund"),
            "disputes": _objects("dispute"),
            "events": _objects("event"),
            "requests": dict(counts),
            "idempotency_keys": [
                {"key": row.key, "path": row.path, "status": row.status, "times": row.times}
                for row in keys
            ],
        }
    )


def _objects(noun: str) -> list[dict[str, Any]]:
    return [row.body for row in models.StripeObject.objects.filter(noun=noun).order_by("pk")]


@require_GET
def deliveries(_request: HttpRequest) -> JsonResponse:
    """Give every call to the clinic, made or waiting, oldest first."""
    found = [
        {
            "kind": row.kind,
            "url": row.url,
            "reference": row.reference,
            "status": row.status_change,
            "attempts": row.attempts,
            "finished": row.finished,
            "answer": row.answer,
        }
        for row in models.Delivery.objects.all()
    ]
    return JsonResponse({"deliveries": found})


@csrf_exempt
@require_POST
def reset(_request: HttpRequest) -> JsonResponse:
    """Forget everything but the time."""
    kept = (
        models.StripeObject,
        models.IdempotentAnswer,
        models.ApiRequest,
        models.Message,
        models.OptOut,
        models.Content,
        models.Email,
        models.Delivery,
        models.Fault,
    )
    with transaction.atomic():
        for model in kept:
            model.objects.all().delete()
        content.put_in_place()
    webhooks.wait_for_calls()  # or the next test would hear of this one
    return JsonResponse({"reset": True})
