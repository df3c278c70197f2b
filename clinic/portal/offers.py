"""One offered time by its secret link: seeing it, yes, and no."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import formats
from bookings import operations as bookings
from bookings.availability import nearest_slots
from bookings.clock import now
from bookings.models import Appointment, Clinic, Offer, WaitlistEntry
from bookings.search import Search, search_for
from clinic.access import HOLD, offer_by_token
from clinic.nudge import nudge
from clinic.policy import policy_text
from clinic.portal.agreeing import NUDGES, accept, after_details, as_read
from clinic.portal.forms import AcceptForm
from clinic.portal.pages import message_page
from clinic.portal.shown import language, policy_of, visit_of, zone
from clinic.portal.waiting import FILLING
from clinic.refusals import told_to_client

Status = Appointment.Status


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is offered and until when; opening the link answers nothing."""
    offered, at = offer_by_token(token), now()
    if offered.status != Offer.Status.OPEN or offered.expires_at <= at:
        return _answered(request, offered, at=at)
    if request.method != "POST":
        return _page(request, offered, _form(request, offered, at=at), at=at)
    if request.POST.get("answer") == "no":
        return _no(request, offered, at=at)
    form = _form(request, offered, at=at)
    if form is not None and not form.is_valid():
        again = AcceptForm.again(form, as_read(offered.hold, at=at))
        return _page(request, offered, again, at=at, status=422)
    try:
        kept = _yes(request, offered, form, at=at)
    except bookings.OfferGone:
        return _answered(request, offer_by_token(token), at=at)
    except bookings.NotEligible as refusal:
        error = told_to_client(refusal)
        return _page(request, offered, form, at=at, error=error, status=422)
    nudge(FILLING, *NUDGES)
    return _where_next(request, kept)


def _moving(offered: Offer, *, at: datetime) -> Appointment | None:
    """Return the appointment that would move, if it still stands."""
    has = offered.entry.appointment
    return has if has and has.status == Status.BOOKED and has.starts_at > at else None


def _form(request: HttpRequest, offered: Offer, *, at: datetime) -> AcceptForm | None:
    """Return the box to tick, where yes books at once; elsewhere the terms come later, or stand."""
    if _moving(offered, at=at) or offered.hold.deposit_cents:
        return None
    given = request.POST if request.method == "POST" else None
    return AcceptForm(as_read(offered.hold, at=at), given)


@transaction.atomic
def _yes(
    request: HttpRequest, offered: Offer, form: AcceptForm | None, *, at: datetime
) -> Appointment:
    kept = bookings.accept_offer(offered.pk, clinic=Clinic.objects.get(), zone=zone(), now=at)
    if form is None or kept.status != Status.HELD:
        return kept
    accept(request, kept, at=at)
    return bookings.book(kept.pk, now=at)


def _where_next(request: HttpRequest, kept: Appointment) -> HttpResponse:
    """Go to the appointment, or on with booking it, as the visitor whose hold it is now."""
    if kept.status == Status.HELD:
        request.session[HOLD] = kept.token
        return redirect(after_details(kept))
    messages.success(request, _("The new time is yours."))
    return redirect("portal:appointment", token=kept.token)


def _no(request: HttpRequest, offered: Offer, *, at: datetime) -> HttpResponse:
    try:
        bookings.decline_offer(offered.pk, now=at)
    except bookings.OfferGone:
        return _answered(request, offer_by_token(offered.token), at=at)
    nudge(FILLING)
    return redirect("portal:offer", token=offered.token)


def _page(
    request: HttpRequest,
    offered: Offer,
    form: AcceptForm | None,
    *,
    at: datetime,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    hold, has = offered.hold, _moving(offered, at=at)
    context = {
        "appointment": visit_of(hold),
        "has": visit_of(has) if has else None,
        "deposit_cents": 0 if has else hold.deposit_cents,
        "price_cents": 0 if has else hold.price_cents,
        "policy": _policy(has, hold, at=at),
        "until": _until(offered.expires_at, at=at),
        "deposit_moves": has is not None and has.deposit_cents > 0,
        "form": form,
        "error": error,
    }
    return render(request, "portal/offer.html", context, status=status)


def _until(moment: datetime, *, at: datetime) -> str:
    """Return until when she can answer: the time alone when that is today."""
    today = moment.astimezone(zone()).date() == at.astimezone(zone()).date()
    in_words = formats.clock if today else formats.moment_in_words
    return in_words(moment, language(), zone=zone())


def _policy(has: Appointment | None, hold: Appointment, *, at: datetime) -> str:
    """Return what would hold for the new time: what was agreed, with its own dates."""
    if has is None:
        return policy_of(hold, now=at)
    return policy_text(
        has.terms, starts_at=hold.starts_at, now=at, language=language(), zone=zone()
    )


def _answered(request: HttpRequest, offered: Offer, *, at: datetime) -> HttpResponse:
    """Say how an offer ended, or go on with what came of it."""
    if offered.status == Offer.Status.ACCEPTED:
        return _accepted(request, offered, at=at)
    if offered.status == Offer.Status.DECLINED:
        return _declined(request, offered, at=at)
    return _gone(request, offered, at=at)


def _accepted(request: HttpRequest, offered: Offer, *, at: datetime) -> HttpResponse:
    hold, has = offered.hold, offered.entry.appointment
    live = hold.status == Status.HELD and (hold.held_until or at) > at
    if live and request.method == "POST":
        return _where_next(request, hold)
    if live:
        return render(request, "portal/offer_accepted.html", {"appointment": visit_of(hold)})
    kept = has if hold.status == Status.EXPIRED and has else hold
    if kept.status == Status.EXPIRED:
        return _gone(request, offered, at=at)
    return redirect("portal:appointment", token=kept.token)


def _declined(request: HttpRequest, offered: Offer, *, at: datetime) -> HttpResponse:
    has = _moving(offered, at=at)
    return message_page(
        request,
        _("All right, we let that time go"),
        _("Your own appointment stays as it is. You hear from us when another time is free.")
        if has
        else _("You hear from us when another time is free."),
        status=200,
        link=reverse("portal:appointment", args=[has.token])
        if has
        else reverse("portal:wish", args=[offered.entry.token]),
    )


def _gone(request: HttpRequest, offered: Offer, *, at: datetime) -> HttpResponse:
    """Say that the time is no longer hers, with the nearest that are free."""
    hold, has, clinic = offered.hold, _moving(offered, at=at), Clinic.objects.get()
    search = Search(treatment=hold.treatment, clinic=clinic, zone=zone(), now=at)
    if has is not None:
        search = search_for(has, clinic, zone=zone(), now=at)
    may_choose = has is None or bookings.may_be_moved(has, now=at)
    nearby = nearest_slots(search, around=hold.starts_at) if may_choose else []
    context = {
        "has": visit_of(has) if has else None,
        "waits": offered.entry.status == WaitlistEntry.Status.WAITING,
        "wish_token": offered.entry.token,
        "nearby": [
            {"starts_at": one.starts_at, "value": one.starts_at.isoformat()}
            for one in nearby
            if has is None or one.starts_at < has.starts_at
        ],
        "address": reverse("portal:move", args=[has.token])
        if has
        else reverse("portal:time", args=[hold.treatment.slug]),
        "own_page": reverse("portal:appointment", args=[has.token]) if has else "",
    }
    return render(request, "portal/offer_gone.html", context, status=410)
