"""Step 3: a day and a time, which the submit holds; and more time for a hold."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import operations as bookings
from bookings import reference
from bookings.clock import now
from bookings.models import Appointment, Clinic
from bookings.search import Search, treatment_ids_of
from clinic.access import HOLD, address_key, hold_in_hand, hold_of_visitor, own_hold, visitor_key
from clinic.portal.pages import lapsed_page, message_page
from clinic.portal.times import times_page
from clinic.portal.wishes import Wish, wish_in
from clinic.refusals import refusal_for_client
from payments import operations as payments


@require_http_methods(["GET", "HEAD", "POST"])
def time(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the free times; a submit holds one."""
    wish = wish_in(request, slug)
    search = wish.search(reference.latest(), now=now())
    if search.is_closed_online:
        return redirect(wish.practitioner_url)  # which says how else it is booked
    if request.method == "POST":
        return _hold(request, search, wish)
    return times_page(request, search, wish)


def _hold(request: HttpRequest, search: Search, wish: Wish) -> HttpResponse:
    starts_at = parse_start(request.POST.get("starts_at", ""))
    if starts_at is None:
        return times_page(request, search, wish, status=400, error=_("Choose a time first."))
    mine = _hers(request)
    try:
        appointment = _hold_or_move(request, search, starts_at, mine)
    except bookings.SlotTaken:
        return times_page(request, search, wish, lost=starts_at, status=409)
    except bookings.NotOffered:
        wrong = _("That time cannot be booked. Choose one of the times below.")
        return times_page(request, search, wish, status=400, error=wrong)
    except bookings.NotEligible as error:
        return times_page(request, search, wish, status=422, refusal=refusal_for_client(error))
    except payments.AlreadyPaid:
        return redirect("portal:appointment", token=mine.token if mine else "")
    except (payments.PaymentsDown, bookings.NoMoreTime):
        wrong = _("Your payment page is still open. Try again in a minute.")
        return times_page(request, search, wish, status=503, error=wrong)
    except bookings.TooManyHolds:
        return message_page(
            request,
            _("You are holding several times already"),
            _("Finish or leave one of them first. A time that is not booked frees itself soon."),
            status=429,
        )
    request.session[HOLD] = appointment.token
    return redirect("portal:details")


def _hers(request: HttpRequest) -> Appointment | None:
    mine = own_hold(request)
    if mine is None or mine.status != Appointment.Status.HELD:
        return hold_of_visitor(request) or mine or hold_in_hand(request)
    return mine


def _hold_or_move(
    request: HttpRequest, search: Search, starts_at: datetime, mine: Appointment | None
) -> Appointment:
    if mine and mine.status == Appointment.Status.HELD:
        try:
            return _move(mine, search, starts_at)
        except bookings.NoMoreTime:
            # It has lapsed: it lets its time go, and she holds a new one with what she told.
            bookings.expire(mine.pk, now=search.now)
            mine.refresh_from_db()
            if mine.status != Appointment.Status.EXPIRED:  # a tick may have been quicker
                raise
    try:
        return _hold_fresh(request, search, starts_at, mine)
    except (bookings.SlotTaken, bookings.AlreadyHolding):
        # Her own other click may have been a moment earlier.
        hers = hold_of_visitor(request)
        if hers is None:
            raise bookings.SlotTaken from None
        return _move(hers, search, starts_at)


@transaction.atomic
def _hold_fresh(
    request: HttpRequest, search: Search, starts_at: datetime, mine: Appointment | None
) -> Appointment:
    """Hold a time with what she told for the one that lapsed; neither, if she cannot have it."""
    fresh = bookings.hold(
        search, starts_at=starts_at, address=address_key(request), visitor=visitor_key(request)
    )
    if mine and mine.status == Appointment.Status.EXPIRED:
        bookings.carry_over(mine.pk, to=fresh.pk, zone=search.zone, now=search.now)
    return fresh


def _move(mine: Appointment, search: Search, starts_at: datetime) -> Appointment:
    """Let her hold keep this time; her payment page, if one is open, is closed first."""
    if _is_the_same(mine, search, starts_at):
        return mine
    if mine.payment_started_at:
        payments.leave_checkout(mine.pk, search.clinic, now=search.now)
    return bookings.move_hold(mine.pk, replace(search, ignoring=mine.pk), starts_at=starts_at)


def _is_the_same(hold: Appointment, search: Search, starts_at: datetime) -> bool:
    """Tell whether a live hold keeps just what is asked for now."""
    wanted = search.practitioner_id in (None, hold.practitioner_id)
    live = hold.status == Appointment.Status.HELD and (hold.held_until or search.now) > search.now
    kept = (treatment_ids_of(hold), hold.starts_at)
    return live and wanted and kept == (search.treatment_ids, starts_at)


def parse_start(value: str) -> datetime | None:
    """Return the instant a page sent, or nothing when it is no instant."""
    try:
        parsed = parse_datetime(value)
    except ValueError:
        return None
    if parsed is None or parsed.tzinfo is None or not 2000 < parsed.year < 9999:
        return None
    return parsed


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Give the visitor's own hold more time."""
    mine = own_hold(request)
    clinic = Clinic.objects.get()
    if mine is None:
        return redirect("portal:home")
    try:
        bookings.extend_hold(mine.pk, clinic, now=now())
    except bookings.NoMoreTime:
        return lapsed_page(request, mine)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("portal:details")
