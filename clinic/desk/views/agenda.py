"""The agenda, what changes in it, and the day list."""

import hashlib
import json
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from bookings.models import Appointment
from bookings.periods import day_period
from clinic.access import staff_only
from clinic.desk.board import Board, read_board
from clinic.desk.feed import feed
from clinic.desk.here import Here, here
from clinic.desk.page import Values, page
from clinic.desk.rail import read_rail
from clinic.desk.status import shown
from payments.standing import standings_of

STAFF = ("receptionist", "owner", "practitioner")
WEEK = "week"


@require_GET
@staff_only(*STAFF)
def today(request: HttpRequest) -> HttpResponse:
    """Go to today's agenda."""
    return redirect("desk:agenda", here().today)


@require_GET
@staff_only(*STAFF)
def agenda(request: HttpRequest, day: date) -> HttpResponse:
    """Show the agenda of a day or a week, with the rail."""
    at = here()
    is_week = request.GET.get("periode") == WEEK
    board = _board(at, day, is_week=is_week)
    query = f"?periode={WEEK}" if is_week else ""
    step = timedelta(days=7 if is_week else 1)
    context: Values = {
        "day": day,
        "first": board.first,
        "last": board.first + timedelta(days=board.days - 1),
        "is_week": is_week,
        "is_today": day == at.today,
        "previous": reverse("desk:agenda", args=[day - step]) + query,
        "next_day": reverse("desk:agenda", args=[day + step]) + query,
        "now_url": reverse("desk:agenda", args=[at.today]) + query,
        "changes": reverse("desk:changes", args=[day]) + query,
        "wall": _wall(at),
        "feed": feed(board, at),
        **_rail(at, day, board),
    }
    return page(request, "desk/agenda.html", context)


@require_GET
@staff_only(*STAFF)
def changes(request: HttpRequest, day: date) -> HttpResponse:
    """Return what is drawn, or 304 when the browser has it already."""
    at = here()
    board = _board(at, day, is_week=request.GET.get("periode") == WEEK)
    rail = render_to_string("desk/_rail.html", {"day": day, **_rail(at, day, board)}, request)
    body = json.dumps({**feed(board, at), "rail": rail}, ensure_ascii=False)
    mark = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json")
    response.headers["ETag"] = mark
    response.headers["X-Clinic-Now"] = _wall(at)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _board(at: Here, day: date, *, is_week: bool) -> Board:
    if not is_week:
        return read_board(at, first=day)
    return read_board(at, first=day - timedelta(days=day.weekday()), days=7)


def _wall(at: Here) -> str:
    """Write the clinic's now as its own clock shows it: the browser's clock may differ."""
    return f"{at.now.astimezone(at.zone):%Y-%m-%dT%H:%M:%S}"


def _rail(at: Here, day: date, board: Board) -> Values:
    occupied = board.occupied_percent(day_period(day, at.zone))
    return {"rail": read_rail(at, day=day), "occupied": occupied}


@require_GET
@staff_only(*STAFF)
def day_list(request: HttpRequest, day: date) -> HttpResponse:
    """Show the day as a plain table: to print, and for whoever has no use for the grid."""
    at = here()
    whole = day_period(day, at.zone)
    kept = [*Appointment.TAKING, Appointment.Status.CANCELLED]
    rows = list(
        Appointment.objects.filter(
            starts_at__gte=whole.start, starts_at__lt=whole.end, status__in=kept
        )
        .select_related("client", "treatment", "practitioner")
        .prefetch_related("allocations__resource", "extras__treatment")
        .order_by("starts_at", "practitioner__position", "pk")
    )
    standings = standings_of(row.pk for row in rows)
    context: Values = {
        "day": day,
        "is_today": day == at.today,
        "previous": day - timedelta(days=1),
        "next_day": day + timedelta(days=1),
        "now": at.now,
        "rows": [
            {
                "appointment": row,
                "status": shown(row, now=at.now),
                "standing": standings[row.pk],
                "places": [
                    taken.resource.name
                    for taken in row.allocations.all()
                    if taken.resource_id != row.practitioner_id
                ],
            }
            for row in rows
        ],
    }
    return page(request, "desk/day_list.html", context)
