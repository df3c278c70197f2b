"""Moving an appointment to another time, by its secret link."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from bookings import formats
from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Appointment, Clinic
from bookings.operations import may_be_moved
from bookings.search import Search, search_for
from bookings.terms import movable_until
from clinic.access import appointment_by_token
from clinic.nudge import nudge
from clinic.portal.agreeing import NUDGES
from clinic.portal.holding import parse_start
from clinic.portal.pages import message_page
from clinic.portal.shown import actions_of, language, zone
from clinic.portal.times import times_page
from clinic.portal.wishes import wish_for
from clinic.refusals import refusal_for_client


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Choose another time; the old one is let go only when the new one is sure."""
    appointment = appointment_by_token(token)
    clinic, at = Clinic.objects.get(), now()
    search = search_for(
        appointment,
        clinic,
        zone=zone(),
        now=at,
        practitioner_id=None if appointment.any_practitioner else appointment.practitioner_id,
    )
    if search.is_closed_online or not actions_of(appointment, clinic, now=at).can_move:
        return message_page(
            request,
            _("You can no longer move it yourself"),
            _why_not_movable(appointment, at=at),
            status=409,
            link=reverse("portal:appointment", args=[token]),
            link_text=_("To your appointment"),
        )
    moving = _moving(appointment, search)
    if request.method != "POST":
        return times_page(request, search, wish_for(appointment), moving=moving)
    return _move(request, appointment, search, moving)


def _moving(appointment: Appointment, search: Search) -> dict[str, object]:
    """Return what the page tells of the appointment that moves, and of how it may."""
    terms = appointment.terms
    return {
        "starts_at": appointment.starts_at,
        "url": reverse("portal:appointment", args=[appointment.token]),
        "until": movable_until(terms, starts_at=appointment.starts_at),
        "left": max(terms.most_moves - appointment.moves_by_client, 0),
        "most": terms.most_moves,
        "days": search.days,
        "wait_url": reverse("portal:earlier", args=[appointment.token]),
    }


def _why_not_movable(appointment: Appointment, *, at: datetime) -> str:
    terms = appointment.terms
    until = movable_until(terms, starts_at=appointment.starts_at)
    if appointment.status != Appointment.Status.BOOKED or appointment.starts_at <= at:
        return _("This appointment can no longer be moved.")
    if at > until:
        when = formats.moment_in_words(until, language(), zone=zone())
        said = _("You could move it yourself until %(when)s. Call us, then we look together.")
        return said % {"when": when}
    if may_be_moved(appointment, now=at):
        return _("We move this appointment by telephone. Call us, then we look together.")
    said = ngettext(
        "You have moved it once, which is as often as we agreed. Call us, then we look together.",
        "You have moved it %(times)s times, which is as often as we agreed. "
        "Call us, then we look together.",
        terms.most_moves,
    )
    return said % {"times": terms.most_moves}


def _move(
    request: HttpRequest, appointment: Appointment, search: Search, moving: dict[str, object]
) -> HttpResponse:
    wish = wish_for(appointment)
    starts_at = parse_start(request.POST.get("starts_at", ""))
    if starts_at is None:
        error = _("Choose a time first.")
        return times_page(request, search, wish, moving=moving, error=error, status=400)
    try:
        bookings.reschedule(appointment.pk, search, starts_at=starts_at)
    except bookings.SlotTaken:
        return times_page(request, search, wish, moving=moving, lost=starts_at, status=409)
    except bookings.NotOffered:
        error = _("That time cannot be booked. Choose one of the times below.")
        return times_page(request, search, wish, moving=moving, error=error, status=400)
    except bookings.NotEligible as refusal:
        told = refusal_for_client(refusal)
        return times_page(request, search, wish, moving=moving, refusal=told, status=422)
    except bookings.NotMovable:
        messages.warning(request, _("This appointment can no longer be moved."))
    else:
        messages.success(request, _("Your appointment has moved."))
        nudge(*NUDGES)
    return redirect("portal:appointment", token=appointment.token)
