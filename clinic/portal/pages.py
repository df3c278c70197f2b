"""Calm pages that several steps share."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bookings.availability import nearest_slots
from bookings.board import Slot
from bookings.clock import now
from bookings.models import Appointment, Clinic
from bookings.search import Search
from clinic.portal.shown import summary_of, zone


def message_page(
    request: HttpRequest, title: str, text: str, *, status: int, link: str = ""
) -> HttpResponse:
    """Say one thing, with one way on."""
    context = {"title": title, "text": text, "link_url": link}
    return render(request, "portal/message.html", context, status=status)


def step_page(
    request: HttpRequest, template: str, hold: Appointment, form: Form, **more: object
) -> HttpResponse:
    """Show one step of the booking, with the hold and its summary; 422 when the form is wrong."""
    context = {
        "form": form,
        "hold": hold,
        "appointment": hold,
        "summary": summary_of(hold, now=now()),
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def lapsed_page(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Say that the time is no longer hers, with the nearest that are free."""
    at = now()
    nearby = [
        {"starts_at": slot.starts_at, "value": slot.starts_at.isoformat()}
        for slot in _nearby(appointment)
    ]
    context = {"summary": summary_of(appointment, now=at), "nearby": nearby}
    return render(request, "portal/lapsed.html", context, status=410)


def _nearby(appointment: Appointment) -> list[Slot]:
    search = Search(
        treatment=appointment.treatment,
        clinic=Clinic.objects.get(),
        zone=zone(),
        now=now(),
        practitioner_id=None if appointment.any_practitioner else appointment.practitioner_id,
    )
    return nearest_slots(search, around=appointment.starts_at)
