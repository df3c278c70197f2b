"""Changing the sessions of a course: how many visits that is about is said before it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bookings import operations as bookings
from bookings.courses import Course, Reach, course_of
from bookings.models import Appointment, By, Practitioner, User
from bookings.operations import fee_for_cancelling
from bookings.search import Search, search_for
from clinic.access import appointment_for_staff, staff_only, staff_user
from clinic.desk.actions import REFUSED, why_not
from clinic.desk.choosing import day_in, noon, row_in, times_near, times_on
from clinic.desk.course_forms import CancelSessionsForm, MoveSessionsForm
from clinic.desk.courses import may_be_overridden, problem_in_words
from clinic.desk.here import Here, here
from clinic.desk.page import Values, go_back, page, say, wake_the_worker, way_back
from clinic.desk.views.agenda import STAFF
from clinic.desk.views.appointment import name_of

CANCELLING: dict[Reach, Callable[..., list[Appointment]]] = {
    Reach.ONE: bookings.cancel_session,
    Reach.FOLLOWING: bookings.cancel_following,
    Reach.ALL: bookings.cancel_all,
}
MANY = 5


@dataclass(frozen=True, slots=True)
class Touched:
    """How much a change would be about, and what it costs when the client cancels; in cents."""

    reach: Reach
    visits: list[Appointment]
    fee_cents: int

    @property
    def count(self) -> int:
        return len(self.visits)


def _course(appointment: Appointment, at: Here) -> Course:
    course = course_of(appointment, zone=at.zone)
    if course is None:
        raise Http404
    return course


def _touched(course: Course, appointment: Appointment, at: Here) -> list[Touched]:
    """Return what each choice would touch; none that is the same as the one before it."""
    found: list[Touched] = []
    for reach in Reach:
        visits = course.coming(appointment.pk, reach, now=at.now)
        if reach is not Reach.ALL and appointment not in visits:
            continue
        fees = sum(fee_for_cancelling(one, by=By.CLIENT, now=at.now) for one in visits)
        if visits and (not found or visits != found[-1].visits):
            found.append(Touched(reach, visits, fees))
    return found


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def cancel(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Cancel one session, this and the following, or all that are to come."""
    appointment, at = appointment_for_staff(appointment_id), here()
    touched = _touched(_course(appointment, at), appointment, at)
    if request.method != "POST":
        return _cancel_page(request, appointment, touched)
    form = CancelSessionsForm(request.POST)
    if not form.is_valid():
        why = _("Choose which visits are cancelled, and who cancels. Nothing was changed.")
        return _cancel_page(request, appointment, touched, refusal=why, status=400)
    reach, by = Reach(form.cleaned_data["reach"]), form.cleaned_data["by"]
    wanted = next((one for one in touched if one.reach is reach), None)
    if wanted is None or not _is_as_told(request, wanted, by):
        why = _("The visits or the costs are no longer what you saw. Nothing was changed.")
        return _cancel_page(request, appointment, touched, refusal=why, status=409)
    try:
        gone = CANCELLING[reach](
            appointment_id,
            by=by,
            now=at.now,
            reason=form.cleaned_data["reason"],
            user=staff_user(request),
        )
    except REFUSED as error:
        return _cancel_page(request, appointment, touched, refusal=why_not(error), status=409)
    _say_cancelled(request, gone)
    return go_back(request)


def _is_as_told(request: HttpRequest, wanted: Touched, by: By) -> bool:
    """Tell whether what would happen is what was on the page."""
    reach = wanted.reach.value
    same_visits = request.POST.get(f"count_{reach}") == str(wanted.count)
    same_price = request.POST.get(f"fee_{reach}") == str(wanted.fee_cents)
    return same_visits and (by is By.CLINIC or same_price)


def _say_cancelled(request: HttpRequest, gone: list[Appointment]) -> None:
    said = ngettext(
        "%(count)s visit of %(name)s is cancelled.",
        "%(count)s visits of %(name)s are cancelled.",
        len(gone),
    ) % {"count": len(gone), "name": name_of(gone[0])}
    say(request, said, undo=reverse("desk:undo_cancel_sessions", args=[gone[0].pk]))
    wake_the_worker()


def _cancel_page(
    request: HttpRequest,
    appointment: Appointment,
    touched: list[Touched],
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: Values = {
        "appointment": appointment,
        "touched": touched,
        "refusal": refusal,
        "next": way_back(request, default=reverse("desk:appointment", args=[appointment.pk])),
    }
    return page(request, "desk/course_cancel.html", context, status=status)


@require_POST
@staff_only(*STAFF)
def undo_cancel(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Put back all that were cancelled together with this one."""
    appointment, at = appointment_for_staff(appointment_id), here()
    try:
        back = bookings.undo_cancel_together(
            appointment_id,
            within=at.clinic.undo_time,
            by=By.CLINIC,
            now=at.now,
            user=staff_user(request),
        )
    except REFUSED as error:
        say(request, why_not(error))
        return go_back(request)
    said = ngettext(
        "%(count)s visit of %(name)s is back.",
        "%(count)s visits of %(name)s are back.",
        len(back),
    )
    say(request, said % {"count": len(back), "name": name_of(appointment)})
    wake_the_worker()
    return go_back(request)


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def move(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Move one session, or this and the following by as many days."""
    appointment, at = appointment_for_staff(appointment_id), here()
    if request.POST.get("do") != "move":
        return _choose(request, appointment, at, _unbound(request, appointment, at))
    form = MoveSessionsForm(request.POST)
    if not form.is_valid():
        return _choose(request, appointment, at, form, status=400)
    try:
        moved = _move(appointment, at, form, staff_user(request))
    except bookings.SeriesImpossible as error:
        return _choose(request, appointment, at, form, impossible=error, status=409)
    except REFUSED as error:
        return _choose(request, appointment, at, form, refusal=why_not(error), status=409)
    said = ngettext(
        "%(count)s visit of %(name)s is moved.",
        "%(count)s visits of %(name)s are moved.",
        len(moved),
    ) % {"count": len(moved), "name": name_of(appointment)}
    say(
        request,
        said,
        undo=reverse("desk:move_sessions", args=[appointment_id]),
        fields=_back(appointment, form, at),
    )
    wake_the_worker()
    return go_back(request)


def _move(
    appointment: Appointment, at: Here, form: MoveSessionsForm, user: User
) -> list[Appointment]:
    given = form.cleaned_data
    search = _search(appointment, at, given["practitioner"])
    wanted = {
        "starts_at": given["starts_at"],
        "user": user,
        "reason": given["reason"],
        "override": given["override"],
    }
    if given["reach"] == Reach.ONE:
        return [bookings.move_session(appointment.pk, search, **wanted)]
    return bookings.move_following(appointment.pk, search, **wanted)


def _back(appointment: Appointment, form: MoveSessionsForm, at: Here) -> dict[str, str]:
    """Return what the undo of a move sends."""
    return {
        "do": "move",
        "reach": form.cleaned_data["reach"],
        "starts_at": appointment.starts_at.isoformat(),
        "practitioner": str(appointment.practitioner_id),
        "day": at.day_of(appointment.starts_at).isoformat(),
        "reason": _("put back"),
        "override": _("put back"),
    }


def _search(appointment: Appointment, at: Here, practitioner: Practitioner | None) -> Search:
    return search_for(
        appointment,
        at.clinic,
        zone=at.zone,
        now=at.now,
        by=By.CLINIC,
        practitioner_id=practitioner.pk if practitioner else None,
    )


def _unbound(request: HttpRequest, appointment: Appointment, at: Here) -> MoveSessionsForm:
    initial: dict[str, object] = {
        "practitioner": appointment.practitioner_id,
        "day": max(at.day_of(appointment.starts_at), at.today).isoformat(),
        "reach": Reach.ONE.value,
    }
    names = ("practitioner", "day", "starts_at", "reason", "reach", "override")
    initial |= {name: request.POST[name] for name in names if name in request.POST}
    return MoveSessionsForm(initial=initial)


def _choose(
    request: HttpRequest,
    appointment: Appointment,
    at: Here,
    form: MoveSessionsForm,
    *,
    impossible: bookings.SeriesImpossible | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the nearest times and those of the chosen day, and which visits would move."""
    day = max(day_in(form["day"].value()) or at.today, at.today)
    search = _search(appointment, at, row_in(Practitioner, form["practitioner"].value()))
    touched = _touched(_course(appointment, at), appointment, at)
    may = any(one.reach is Reach.ONE for one in touched)
    around = appointment.starts_at if at.day_of(appointment.starts_at) == day else noon(day, at)
    near = times_near(search, around, at, count=MANY + 1) if may else []
    of_day = times_on(search, day, at) if may else []
    problems = impossible.problems if impossible else ()
    context: Values = {
        "appointment": appointment,
        "form": form,
        "can_move": may,
        "touched": [one for one in touched if one.reach is not Reach.ALL],
        "reach": str(form["reach"].value() or ""),
        "day": day,
        "nearest": [one for one in near if one.starts_at != appointment.starts_at][:MANY],
        "times": [one for one in of_day if one.starts_at != appointment.starts_at],
        "picked": str(form["starts_at"].value() or ""),
        "problems": [(one, problem_in_words(one, at)) for one in problems],
        "asks_reason": may_be_overridden(problems) or bool(form["override"].value()),
        "refusal": refusal,
        "next": way_back(request, default=reverse("desk:appointment", args=[appointment.pk])),
    }
    return page(request, "desk/course_move.html", context, status=status)
