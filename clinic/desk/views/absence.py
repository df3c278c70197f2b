"""Who and what is not there, the appointments that this hits, and the public holidays."""

from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookings import operations as bookings
from bookings.models import By, Practitioner, TimeOff
from bookings.periods import day_period
from bookings.search import search_for
from clinic.access import (
    appointment_for_staff,
    belongs_to,
    staff_only,
    staff_user,
    time_off_for_staff,
)
from clinic.desk.absence import hits_of, said
from clinic.desk.absence_form import AbsenceForm
from clinic.desk.actions import REFUSED, why_not
from clinic.desk.choosing import row_in
from clinic.desk.here import Here, here
from clinic.desk.page import Values, page, say, wake_the_worker
from clinic.desk.public_holidays import coming_holidays
from clinic.desk.views.agenda import STAFF
from clinic.desk.views.appointment import name_of

#: Who closes the clinic, and decides when somebody works.
EDITORS = ("receptionist", "owner")
MOST = 100


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def overview(request: HttpRequest) -> HttpResponse:
    """Show who is not there, now and later; note somebody more."""
    at, may_close = here(), belongs_to(request, *EDITORS)
    if request.method == "GET":
        typed = {"first_day": at.today.isoformat(), **request.GET.dict()}
        return _overview(request, at, AbsenceForm(at, may_close=may_close, initial=typed))
    form = AbsenceForm(at, request.POST, may_close=may_close)
    if not form.is_valid():
        return _overview(request, at, form, status=400)
    reason = form.cleaned_data["reason"]
    return _added(request, bookings.add_time_off(form.resource_id, form.period, reason=reason), at)


def _overview(
    request: HttpRequest, at: Here, form: AbsenceForm, *, status: int = 200
) -> HttpResponse:
    context: Values = {
        "area": "absence",
        "form": form,
        "absences": [
            {"said": said(one.time_off, at), "hits": one.hits}
            for one in bookings.to_resolve(now=at.now)[:MOST]
        ],
        "holidays": coming_holidays(at, language=get_language() or "nl"),
        "may_close": belongs_to(request, *EDITORS),
    }
    return page(request, "desk/absence.html", context, status=status)


def _added(request: HttpRequest, row: TimeOff, at: Here) -> HttpResponse:
    """Go to what is to be resolved, if there is anything."""
    back = reverse("desk:back_again", args=[row.pk])
    say(request, _("It is in the agenda: %(who)s.") % {"who": _who(row)}, undo=back)
    if bookings.hit_by(row, now=at.now).exists():
        return HttpResponseRedirect(reverse("desk:resolve", args=[row.pk]))
    return HttpResponseRedirect(reverse("desk:absence"))


def _who(row: TimeOff) -> str:
    return row.resource.name if row.resource else _("the whole clinic")


@require_GET
@staff_only(*STAFF)
def resolve(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """Show the appointments that an absence hits, with what can be done about each."""
    return _resolve(request, time_off_for_staff(time_off_id), here())


def _resolve(
    request: HttpRequest, row: TimeOff, at: Here, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context: Values = {
        "area": "absence",
        "absence": said(row, at),
        "hits": hits_of(row, at),
        "may_take_back": _may_take_back(request, row),
        "refusal": refusal,
    }
    return page(request, "desk/resolve.html", context, status=status)


@require_POST
@staff_only(*STAFF)
def hand_over(request: HttpRequest, time_off_id: int, appointment_id: int) -> HttpResponse:
    """Let a colleague give an appointment at the time that it has."""
    row, appointment, at = (
        time_off_for_staff(time_off_id),
        appointment_for_staff(appointment_id),
        here(),
    )
    colleague = row_in(Practitioner, request.POST.get("practitioner"))
    if colleague is None:
        return _resolve(request, row, at, refusal=_("Choose a colleague."), status=400)
    reason = row.reason or _("absent")
    search = search_for(
        appointment,
        at.clinic,
        zone=at.zone,
        now=at.now,
        by=By.CLINIC,
        practitioner_id=colleague.pk,
    )
    try:
        bookings.reschedule(
            appointment_id,
            search,
            starts_at=appointment.starts_at,
            user=staff_user(request),
            reason=reason,
            override=reason,  # the time stays: it is no sooner after the last one than it was
        )
    except REFUSED as error:
        return _resolve(request, row, at, refusal=why_not(error), status=409)
    names = {"name": name_of(appointment), "who": colleague.first_name}
    say(request, _("%(name)s goes to %(who)s, at the same time.") % names)
    wake_the_worker()
    return HttpResponseRedirect(reverse("desk:resolve", args=[row.pk]))


def _may_take_back(request: HttpRequest, row: TimeOff) -> bool:
    return row.resource_id is not None or belongs_to(request, *EDITORS)


@require_POST
@staff_only(*STAFF)
def back_again(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """Take back that somebody or something is not there."""
    row = time_off_for_staff(time_off_id)
    if not _may_take_back(request, row):
        raise PermissionDenied
    bookings.remove_time_off(row.pk)
    say(request, _("Taken back: %(who)s.") % {"who": _who(row)})
    return HttpResponseRedirect(reverse("desk:absence"))


@require_POST
@staff_only(*EDITORS)
def close_day(request: HttpRequest, day: date) -> HttpResponse:
    """Close the clinic on a public holiday."""
    at = here()
    suggested = {one.day: one for one in coming_holidays(at, language=settings.LANGUAGE_CODE)}
    if day not in suggested:
        raise Http404
    if suggested[day].is_closed:  # a second press closes nothing more
        return HttpResponseRedirect(reverse("desk:absence"))
    period, reason = day_period(day, at.zone), suggested[day].name
    return _added(request, bookings.add_time_off(None, period, reason=reason), at)
