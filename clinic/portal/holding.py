"""Step 3: a day and a time, which the submit holds; and more time for a hold."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import operations as bookings
from bookings.availability import days_on, first_slot, nearest_slots
from bookings.board import Slot
from bookings.clock import now
from bookings.models import Appointment, Clinic, Practitioner, Treatment
from bookings.search import Search
from clinic.access import HOLD, address_key, hold_of_visitor, own_hold, visitor_key
from clinic.portal.pages import lapsed_page, message_page
from clinic.portal.shown import Day, zone
from clinic.refusals import told_to_client
from payments import operations as payments


@dataclass(frozen=True, slots=True)
class Choosable:
    """A free time on the page."""

    starts_at: datetime
    selected: bool = False

    @property
    def value(self) -> str:
        return self.starts_at.isoformat()


@require_http_methods(["GET", "HEAD", "POST"])
def time(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the free times; a submit holds one."""
    treatment = get_object_or_404(Treatment, slug=slug, is_active=True)
    at = now()
    search = Search(
        treatment=treatment,
        clinic=Clinic.objects.get(),
        zone=zone(),
        now=at,
        practitioner_id=_practitioner_id(request, treatment),
    )
    if request.method == "POST":
        return _hold(request, search)
    return times_page(request, search)


def _practitioner_id(request: HttpRequest, treatment: Treatment) -> int | None:
    wanted = request.GET.get("practitioner", "")
    if not (wanted.isdecimal() and len(wanted) < 10):
        return None
    return get_object_or_404(treatment.practitioners, pk=int(wanted), is_active=True).pk


def _hold(request: HttpRequest, search: Search) -> HttpResponse:
    starts_at = parse_start(request.POST.get("starts_at", ""))
    if starts_at is None:
        return times_page(request, search, status=400, error=_("Choose a time first."))
    mine = _hers(request)
    try:
        appointment = _hold_or_move(request, search, starts_at, mine)
    except bookings.SlotTaken:
        return times_page(request, search, lost=starts_at, status=409)
    except bookings.NotOffered:
        wrong = _("That time cannot be booked. Choose one of the times below.")
        return times_page(request, search, status=400, error=wrong)
    except bookings.NotEligible as error:
        return times_page(request, search, status=422, error=told_to_client(error))
    except payments.AlreadyPaid:
        return redirect("portal:appointment", token=mine.token if mine else "")
    except (payments.PaymentsDown, bookings.NoMoreTime):
        wrong = _("Your payment page is still open. Try again in a minute.")
        return times_page(request, search, status=503, error=wrong)
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
        return hold_of_visitor(request) or mine
    return mine


def _hold_or_move(
    request: HttpRequest, search: Search, starts_at: datetime, mine: Appointment | None
) -> Appointment:
    if mine and mine.status == Appointment.Status.HELD:
        try:
            return _move(mine, search, starts_at)
        except bookings.NoMoreTime:
            # It has lapsed: it lets its time go, and she holds a new one with what she told.
            if not bookings.expire(mine.pk, now=search.now):
                raise
            mine.refresh_from_db()
    try:
        fresh = bookings.hold(
            search,
            starts_at=starts_at,
            address=address_key(request),
            visitor=visitor_key(request),
        )
    except (bookings.SlotTaken, bookings.AlreadyHolding):
        # Her own other click may have been a moment earlier.
        hers = hold_of_visitor(request)
        if hers is None:
            raise bookings.SlotTaken from None
        return _move(hers, search, starts_at)
    if mine and mine.status == Appointment.Status.EXPIRED:
        bookings.carry_over(mine.pk, to=fresh.pk, zone=search.zone)
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
    return (
        live and wanted and (hold.treatment_id, hold.starts_at) == (search.treatment.pk, starts_at)
    )


def parse_start(value: str) -> datetime | None:
    """Return the instant a page sent, or nothing when it is no instant."""
    try:
        parsed = parse_datetime(value)
    except ValueError:
        return None
    if parsed is None or parsed.tzinfo is None or not 2000 < parsed.year < 9999:
        return None
    return parsed


def times_page(
    request: HttpRequest,
    search: Search,
    *,
    lost: datetime | None = None,
    error: str = "",
    moving: object = None,
    status: int = 200,
) -> HttpResponse:
    """Show a week of free times, with the first free day open."""
    soonest = first_slot(search)
    day = _chosen_day(request, search, soonest)
    week = [day - timedelta(days=day.weekday()) + timedelta(days=n) for n in range(7)]
    today = search.now.astimezone(search.zone).date()
    found = days_on(search, days=[one for one in week if one >= today])
    context = {
        "treatment": search.treatment,
        "practitioner": _person(search.practitioner_id),
        "week": [
            Day(
                date=one,
                count=len(found[one].slots) if one in found else 0,
                closed=one not in found or not found[one].is_open,
                selected=one == day,
            )
            for one in week
        ],
        "previous_week": _if_bookable(week[0] - timedelta(days=1), today, search.last_day),
        "next_week": _if_bookable(week[0] + timedelta(days=7), today, search.last_day),
        "day": day,
        "parts": _parts(found[day].slots if day in found else [], search),
        "soonest": _choosable([soonest])[0] if soonest else None,
        "lost": lost is not None,
        "nearby": _choosable(nearest_slots(search, around=lost)) if lost else [],
        "moving": moving,
        "error": error,
    }
    return render(request, "portal/time.html", context, status=status)


def _person(practitioner_id: int | None) -> Practitioner | None:
    return None if practitioner_id is None else Practitioner.objects.get(pk=practitioner_id)


def _chosen_day(request: HttpRequest, search: Search, soonest: Slot | None) -> date:
    today = search.now.astimezone(search.zone).date()
    try:
        wanted = parse_date(request.GET.get("day", ""))
    except ValueError:
        wanted = None
    if wanted is not None and today - timedelta(days=7) <= wanted <= search.last_day:
        return max(wanted, today)
    return soonest.starts_at.astimezone(search.zone).date() if soonest else today


def _if_bookable(day: date, first: date, last: date) -> str | None:
    return day.isoformat() if first <= day <= last else None


def _choosable(slots: Iterable[Slot]) -> list[Choosable]:
    return [Choosable(slot.starts_at) for slot in slots]


def _parts(slots: list[Slot], search: Search) -> list[tuple[str, list[Choosable]]]:
    """Return the slots by part of the day, empty parts left out."""
    labels = [(_("Morning"), 0, 12), (_("Afternoon"), 12, 17), (_("Evening"), 17, 24)]
    parts = [
        (
            label,
            _choosable(s for s in slots if first <= s.starts_at.astimezone(search.zone).hour < end),
        )
        for label, first, end in labels
    ]
    return [(label, members) for label, members in parts if members]


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
