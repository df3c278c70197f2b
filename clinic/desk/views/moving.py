"""Moving an appointment at the desk."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import formats
from bookings import operations as bookings
from bookings.models import Appointment, By, Practitioner
from bookings.search import Search, search_for
from clinic.access import appointment_for_staff, staff_only, staff_user
from clinic.desk.actions import REFUSED, asks_override
from clinic.desk.blocked import why_not_then
from clinic.desk.choosing import day_in, noon, row_in, times_near, times_on
from clinic.desk.forms import MoveForm
from clinic.desk.here import Here, here
from clinic.desk.page import Values, go_back, page, say, wake_the_worker, way_back
from clinic.desk.status import possible
from clinic.desk.views.agenda import STAFF
from clinic.desk.views.appointment import name_of

MANY = 5


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def move(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Offer the nearest free times, and any other day; then move."""
    appointment, at = appointment_for_staff(appointment_id), here()
    if request.POST.get("do") != "move":
        return _choose(request, appointment, at, _unbound(request, appointment, at))
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _choose(request, appointment, at, form, status=400)
    was = (appointment.starts_at, appointment.practitioner_id)
    search = _search(at, appointment, form.cleaned_data["practitioner"])
    starts_at = form.cleaned_data["starts_at"]
    try:
        moved = bookings.reschedule(
            appointment_id,
            search,
            starts_at=starts_at,
            user=staff_user(request),
            reason=form.cleaned_data["reason"],
            override=form.cleaned_data["override"],
        )
    except REFUSED as error:
        return _choose(
            request,
            appointment,
            at,
            form,
            refusal=why_not_then(error, search, starts_at),
            may_override=asks_override(error),
            status=409,
        )
    _say_moved(request, appointment, moved.starts_at, at, was=was)
    wake_the_worker()
    return go_back(request)


def _say_moved(
    request: HttpRequest,
    appointment: Appointment,
    starts_at: datetime,
    at: Here,
    *,
    was: tuple[datetime, int],
) -> None:
    when = formats.moment_in_words(starts_at, get_language() or "nl", zone=at.zone)
    back = {
        "do": "move",
        "starts_at": was[0].isoformat(),
        "practitioner": str(was[1]),
        "day": at.day_of(was[0]).isoformat(),
        "reason": _("put back"),
        "override": _("put back"),
    }
    say(
        request,
        _("%(name)s: moved to %(when)s.") % {"name": name_of(appointment), "when": when},
        undo=reverse("desk:move", args=[appointment.pk]),
        fields=back,
    )


def _unbound(request: HttpRequest, appointment: Appointment, at: Here) -> MoveForm:
    typed = request.POST if request.method == "POST" else request.GET
    initial: dict[str, object] = {
        "practitioner": appointment.practitioner_id,
        "day": max(at.day_of(appointment.starts_at), at.today).isoformat(),
    }
    names = ("practitioner", "day", "starts_at", "reason", "override")
    initial |= {name: typed[name] for name in names if name in typed}
    return MoveForm(initial=initial)


def _search(at: Here, appointment: Appointment, practitioner: Practitioner | None) -> Search:
    return search_for(
        appointment,
        at.clinic,
        zone=at.zone,
        now=at.now,
        by=By.CLINIC,
        practitioner_id=practitioner.pk if practitioner else None,
    )


def _choose(
    request: HttpRequest,
    appointment: Appointment,
    at: Here,
    form: MoveForm,
    *,
    refusal: str = "",
    may_override: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the nearest times and those of the chosen day, with what was chosen so far."""
    day = max(day_in(form["day"].value()) or at.today, at.today)
    search = _search(at, appointment, row_in(Practitioner, form["practitioner"].value()))
    can = possible(appointment, clinic=at.clinic, now=at.now, is_today=False)
    around = appointment.starts_at if at.day_of(appointment.starts_at) == day else noon(day, at)
    near = times_near(search, around, at, count=MANY + 1) if can.change else []
    of_day = times_on(search, day, at) if can.change else []
    context: Values = {
        "appointment": appointment,
        "form": form,
        "can_move": can.change,
        "day": day,
        "nearest": [one for one in near if one.starts_at != appointment.starts_at][:MANY],
        "times": [one for one in of_day if one.starts_at != appointment.starts_at],
        "picked": str(form["starts_at"].value() or ""),
        "refusal": refusal,
        "may_override": may_override or form["override"].value(),
        "next": way_back(request),
    }
    return page(request, "desk/move.html", context, status=status)
