"""Calm pages that several steps share."""

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bookings import reference
from bookings.availability import nearest_slots
from bookings.board import Slot
from bookings.clock import now
from bookings.models import Appointment
from clinic.portal.shown import summary_of
from clinic.portal.wishes import wish_for


def message_page(
    request: HttpRequest,
    title: str,
    text: str,
    *,
    status: int,
    link: str = "",
    link_text: str = "",
) -> HttpResponse:
    """Say one thing, with one way on."""
    context = {"title": title, "text": text, "link_url": link, "link_text": link_text}
    return render(request, "portal/message.html", context, status=status)


def step_page(
    request: HttpRequest, template: str, hold: Appointment, form: Form, **more: object
) -> HttpResponse:
    """Show one step of the booking, with the hold and its summary; 422 when it cannot go on."""
    context = {
        "form": form,
        "hold": hold,
        "appointment": hold,
        "summary": summary_of(hold, now=now()),
        "wish": wish_for(hold),
        "elsewhere": link_elsewhere(hold),
        **more,
    }
    is_stuck = bool(form.errors or more.get("refusal"))
    return render(request, template, context, status=422 if is_stuck else 200)


def link_elsewhere(hold: Appointment) -> str:
    """Return the address with which a booking goes on elsewhere, once it has her details."""
    if hold.client_id is None:
        return ""
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:continue', args=[hold.token])}"


def lapsed_page(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Say that the time is no longer hers, with the nearest that are free."""
    nearby = [
        {"starts_at": slot.starts_at, "value": slot.starts_at.isoformat()}
        for slot in _nearby(appointment)
    ]
    context = {"wish": wish_for(appointment), "nearby": nearby, "lapsed": appointment}
    return render(request, "portal/lapsed.html", context, status=410)


def _nearby(appointment: Appointment) -> list[Slot]:
    search = wish_for(appointment).search(reference.latest(), now=now())
    return nearest_slots(search, around=appointment.starts_at)
