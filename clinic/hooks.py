"""What the vendors tell us: checked, recorded, answered at once."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bookings.clock import now
from clinic.nudge import nudge
from payments import operations as payments
from reminders import operations as reminders
from reminders.twilio_gateway import is_from_twilio


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Keep what Stripe tells; a worker acts on it."""
    try:
        payments.receive_stripe_event(
            body=request.body,
            signature=request.headers.get("Stripe-Signature", ""),
            now=now(),
        )
    except payments.BadSignature:
        return HttpResponse("bad signature", status=400)
    nudge("payments.tasks.handle_webhooks", "reminders.tasks.requeue_changed")
    return HttpResponse("ok")


def _is_signed(request: HttpRequest) -> bool:
    # The public address, not the Host header: that is what Twilio called and signed.
    return is_from_twilio(
        url=f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}",
        parameters=request.POST,
        signature=request.headers.get("X-Twilio-Signature", ""),
    )


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest, key: str) -> HttpResponse:
    """Take in a delivery report."""
    if not _is_signed(request):
        return HttpResponseForbidden("bad signature")
    code = request.POST.get("ErrorCode", "")
    reminders.receive_status(
        key=key,
        sid=request.POST.get("MessageSid", "")[:40],
        status=request.POST.get("MessageStatus", "")[:20],
        error_code=int(code) if re.fullmatch(r"[0-9]{1,5}", code) else None,
        now=now(),
    )
    return HttpResponse("ok")


@csrf_exempt
@require_POST
def twilio_inbound(request: HttpRequest) -> HttpResponse:
    """Keep a reply; a worker acts on it, a stop works at once."""
    if not _is_signed(request):
        return HttpResponseForbidden("bad signature")
    sender = request.POST.get("From", "")
    reminders.receive_reply(
        reminders.Inbound(
            sid=request.POST.get("MessageSid", "")[:40],
            channel="whatsapp" if sender.startswith("whatsapp:") else "sms",
            phone=sender.removeprefix("whatsapp:")[:128],
            body=request.POST.get("Body", "").replace("\x00", ""),
            button=request.POST.get("ButtonPayload", ""),
            opt_out=request.POST.get("OptOutType", ""),
        ),
        now=now(),
    )
    nudge("reminders.tasks.handle_replies", "reminders.tasks.send_due_steps")
    return HttpResponse("<Response/>", content_type="text/xml")
