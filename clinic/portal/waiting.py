"""The waitlist: asking for another time, or for an earlier one, and asking no longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings import operations as bookings
from bookings import reference
from bookings.clock import now
from bookings.models import Appointment, Clinic, Offer, Treatment, WaitlistEntry
from bookings.search import Search
from clinic.access import address_key, appointment_by_token, wish_by_token
from clinic.nudge import nudge
from clinic.portal.agreeing import DRAFT
from clinic.portal.costs import costs_of
from clinic.portal.forms import DetailsForm
from clinic.portal.pages import message_page
from clinic.portal.shown import actions_of, visit_of, zone
from clinic.portal.wishes import Wish as PortalWish
from clinic.refusals import told_to_client
from clinic.wishes import WishForm, in_words, known

FILLING = "bookings.tasks.fill_openings"
USUAL = timedelta(days=30)


class JoinForm(WishForm, DetailsForm):
    """What somebody waits for, and how we reach her."""

    note = None  # type: ignore[assignment]  # there is no appointment yet that it could be about
    field_order = ("weekdays", "parts", "practitioner", "until")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reach_by"].label = gettext_lazy("How shall we tell you?")


@dataclass(frozen=True, slots=True)
class Waiting:
    """That somebody waits for an earlier time, as her appointment's page shows it."""

    token: str
    words: str
    offer_token: str  # empty when nothing is offered to her now


def waiting_of(appointment: Appointment, *, at: datetime) -> Waiting | None:
    """Return what the client of an appointment waits for, if she does."""
    entry = _entry_of(appointment)
    if entry is None:
        return None
    offer = entry.offers.filter(status=Offer.Status.OPEN, expires_at__gt=at).first()
    return Waiting(entry.token, in_words(entry, zone=zone()), offer.token if offer else "")


def _entry_of(appointment: Appointment) -> WaitlistEntry | None:
    waiting = WaitlistEntry.objects.filter(
        appointment=appointment, status=WaitlistEntry.Status.WAITING
    )
    return waiting.select_related("practitioner").first()


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Put somebody without an appointment on the waitlist."""
    treatment = get_object_or_404(Treatment, slug=slug, is_active=True)
    at = now()
    search = Search(treatment=treatment, clinic=Clinic.objects.get(), zone=zone(), now=at)
    if search.is_closed_online:
        by_phone = _("We book “%(treatment)s” by telephone, to ask a few things first.")
        text = by_phone % {"treatment": treatment.name}
        return message_page(request, treatment.name, text, status=409)
    form = JoinForm(
        treatment.practitioners.all(),
        request.POST if request.method == "POST" else None,
        first=search.today,
        last=search.last_day,
        zone=zone(),
        initial={
            **request.session.get(DRAFT, {}),
            "until": min(search.today + USUAL, search.last_day),
        },
    )
    refusal_status = 422
    if request.method == "POST" and form.is_valid():
        try:
            entry = bookings.join_waitlist(
                form.details(),
                treatment,
                form.wish(),
                zone=zone(),
                now=at,
                address=address_key(request),
            )
        except bookings.TooManyWishes:
            text = _("Many wishes came from your connection today. Try again tomorrow, or call us.")
            form.add_error(None, text)
            refusal_status = 429
        except bookings.NotEligible as refusal:
            form.add_error(None, told_to_client(refusal))
        else:
            nudge(FILLING)
            return redirect("portal:wish", token=entry.token)
    context = {
        "treatment": treatment,
        "wish": PortalWish(treatment),
        "costs": costs_of((treatment.pk,), reference.current()),
        "form": form,
    }
    status = refusal_status if form.errors else 200
    return render(request, "portal/join.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def earlier(request: HttpRequest, token: str) -> HttpResponse:
    """Let the client of an appointment wait for an earlier time."""
    appointment, at = appointment_by_token(token), now()
    if not actions_of(appointment, Clinic.objects.get(), now=at).can_cancel:
        return redirect("portal:appointment", token=token)
    form = WishForm(
        appointment.treatment.practitioners.all(),
        request.POST if request.method == "POST" else None,
        first=at.astimezone(zone()).date(),
        last=appointment.starts_at.astimezone(zone()).date(),
        zone=zone(),
        initial=known(_entry_of(appointment)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            bookings.ask_earlier(appointment.pk, form.wish(), zone=zone(), now=at)
        except bookings.NothingToMove:
            messages.warning(request, _("This appointment can no longer be moved."))
        else:
            messages.success(request, _("You hear from us as soon as an earlier time is free."))
            nudge(FILLING)
        return redirect("portal:appointment", token=token)
    context = {"appointment": visit_of(appointment), "token": token, "form": form}
    status = 422 if form.errors else 200
    return render(request, "portal/earlier.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def wish(request: HttpRequest, token: str) -> HttpResponse:
    """Show what somebody waits for; the button takes her off the list."""
    entry = wish_by_token(token)
    if request.method == "POST":
        bookings.leave_waitlist(entry.pk, now=now())
        nudge(FILLING)
        if entry.appointment is None:
            return redirect("portal:wish", token=token)
        messages.success(request, _("You keep your appointment as it is."))
        return redirect("portal:appointment", token=entry.appointment.token)
    context = {
        "treatment": entry.treatment,
        "waits": entry.status == WaitlistEntry.Status.WAITING,
        "words": in_words(entry, zone=zone()),
    }
    return render(request, "portal/wish.html", context)
