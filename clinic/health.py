"""Is it well, and in the sandbox: what is due next."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.http import Http404, HttpRequest, JsonResponse

from bookings.clock import now
from bookings.models import Appointment, Clinic
from payments.models import Attempt
from reminders.models import Step


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def next_due(request: HttpRequest) -> JsonResponse:
    """Return when the next thing falls due that is not due yet; in the sandbox only."""
    if not settings.SANDBOX:
        raise Http404
    moments = [(at, what) for at, what in _moments(now()) if at is not None]
    at, what = min(moments, default=(None, ""))
    return JsonResponse({"next_due_at": at.isoformat() if at else None, "what": what})


def _moments(now: datetime) -> list[tuple[datetime | None, str]]:
    clinic = Clinic.objects.get()
    waiting = Step.objects.filter(status=Step.Status.WAITING, due_at__gt=now)
    held = Appointment.objects.filter(status=Appointment.Status.HELD, held_until__gt=now)
    pages = Attempt.objects.filter(status=Attempt.Status.OPEN, check_at__gt=now)
    cancelled = Appointment.objects.filter(cancelled_at__gt=now - clinic.undo_time)
    missed = Appointment.objects.filter(no_show_at__gt=now - clinic.no_show_rest)
    last_cancelled = cancelled.aggregate(at=Min("cancelled_at"))["at"]
    last_missed = missed.aggregate(at=Min("no_show_at"))["at"]
    return [
        (waiting.aggregate(at=Min("due_at"))["at"], "bericht"),
        (held.aggregate(at=Min("held_until"))["at"], "vastgehouden tijd loopt af"),
        (pages.aggregate(at=Min("check_at"))["at"], "betaling nakijken"),
        (last_cancelled and last_cancelled + clinic.undo_time, "annulering afrekenen"),
        (last_missed and last_missed + clinic.no_show_rest, "no-show afrekenen"),
    ]
