"""When somebody works: her week in words, what differs from it, and changing both."""

from collections.abc import Collection
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookings import formats
from bookings import operations as bookings
from bookings.hours import week_of
from bookings.models import Practitioner
from clinic.access import belongs_to, practitioner_for_staff, staff_only
from clinic.desk.here import Here, here
from clinic.desk.hours import Worked, patterns_of, special_days_of, week_letter, worked_with
from clinic.desk.hours_forms import DateForm, WeekdayForm
from clinic.desk.page import Values, page, say
from clinic.desk.views.absence import EDITORS
from clinic.desk.views.agenda import STAFF


@require_GET
@staff_only(*STAFF)
def first(request: HttpRequest) -> HttpResponse:
    """Go to the hours of whoever is logged in, else of the first."""
    people = Practitioner.objects.filter(is_active=True)
    one = people.filter(user=request.user.pk).first() or people.first()
    if one is None:
        raise Http404
    return HttpResponseRedirect(reverse("desk:hours_of", args=[one.pk]))


@require_GET
@staff_only(*STAFF)
def show(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """Show when somebody works."""
    return _show(request, practitioner_for_staff(practitioner_id), here())


def _show(
    request: HttpRequest,
    practitioner: Practitioner,
    at: Here,
    *,
    week_form: WeekdayForm | None = None,
    date_form: DateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: Values = {
        "area": "hours",
        "practitioner": practitioner,
        "people": Practitioner.objects.filter(is_active=True),
        "patterns": patterns_of(practitioner, today=at.today),
        "special_days": special_days_of(practitioner, today=at.today),
        "outside": bookings.outside_hours(practitioner, zone=at.zone, now=at.now),
        "letter": week_letter(week_of(at.today)),
        "may_edit": belongs_to(request, *EDITORS),
        "week_form": week_form or WeekdayForm(at.today, initial={"from_on": at.today.isoformat()}),
        "date_form": date_form or DateForm(at.today),
        "form": week_form or date_form,  # whose mistakes are told
    }
    return page(request, "desk/hours.html", context, status=status)


@require_POST
@staff_only(*EDITORS)
def add(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """Let somebody work on more days."""
    practitioner, at = practitioner_for_staff(practitioner_id), here()
    form = WeekdayForm(at.today, request.POST)
    if form.is_valid() and _changed(form, practitioner, ending=()):
        return _done(request, practitioner, _("The hours are added."))
    return _show(request, practitioner, at, week_form=form, status=400)


def _changed(form: WeekdayForm, practitioner: Practitioner, *, ending: Collection[int]) -> bool:
    """Change the hours as filled in; say on the form why that cannot be."""
    try:
        bookings.change_hours(
            practitioner.pk,
            ending=ending,
            shifts=form.shifts(),
            from_on=form.cleaned_data["from_on"],
        )
    except bookings.HoursOverlap:
        words = _("These hours overlap others of the same day. Change those instead.")
        form.add_error(None, words)
        return False
    return True


def _done(request: HttpRequest, practitioner: Practitioner, words: str) -> HttpResponse:
    say(request, words)
    return HttpResponseRedirect(reverse("desk:hours_of", args=[practitioner.pk]))


@require_http_methods(["GET", "POST"])
@staff_only(*EDITORS)
def change(request: HttpRequest, practitioner_id: int, hours_id: int) -> HttpResponse:
    """Let a weekday have other hours from a day on, or none."""
    practitioner, at = practitioner_for_staff(practitioner_id), here()
    worked = worked_with(practitioner, hours_id, today=at.today)
    if worked is None:
        raise Http404
    if request.method == "GET":
        return _change(request, practitioner, worked, _as_it_is(worked, at))
    ending = [row.pk for row in worked.rows]
    if request.POST.get("do") == "end":
        bookings.change_hours(
            practitioner.pk, ending=ending, shifts=(), from_on=_from_day(request, worked, at)
        )
        return _done(request, practitioner, _("Those hours end."))
    form = WeekdayForm(at.today, request.POST)
    if form.is_valid() and _changed(form, practitioner, ending=ending):
        return _done(request, practitioner, _("The hours are changed."))
    return _change(request, practitioner, worked, form, status=400)


def _as_it_is(worked: Worked, at: Here) -> WeekdayForm:
    row = worked.first
    initial = {
        "weekdays": [row.weekday],
        "weeks": row.weeks,
        "from_on": _starts(worked, at),
        "until_on": row.until_on,
    }
    return WeekdayForm(at.today, initial=initial, stretches=worked.stretches)


def _starts(worked: Worked, at: Here) -> date:
    return max(worked.first.from_on or at.today, at.today)


def _from_day(request: HttpRequest, worked: Worked, at: Here) -> date:
    """Return from which day the hours end: as filled in, never in the past."""
    try:
        typed = parse_date(request.POST.get("from_on", ""))
    except ValueError:
        typed = None
    return max(typed or _starts(worked, at), at.today)


def _change(
    request: HttpRequest,
    practitioner: Practitioner,
    worked: Worked,
    form: WeekdayForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context: Values = {
        "area": "hours",
        "practitioner": practitioner,
        "worked": worked,
        "form": form,
        "letter": week_letter(week_of(here().today)),
    }
    return page(request, "desk/hours_change.html", context, status=status)


@require_POST
@staff_only(*EDITORS)
def set_date(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """Let somebody work other hours on one date."""
    practitioner, at = practitioner_for_staff(practitioner_id), here()
    form = DateForm(at.today, request.POST)
    if not form.is_valid():
        return _show(request, practitioner, at, date_form=form, status=400)
    works_on: date = form.cleaned_data["works_on"]
    bookings.set_special_hours(practitioner.pk, works_on=works_on, hours=form.stretches)
    day = formats.day(works_on, get_language() or "nl", zone=at.zone)
    return _done(request, practitioner, _("Other hours on %(day)s.") % {"day": day})


@require_POST
@staff_only(*EDITORS)
def forget_date(request: HttpRequest, practitioner_id: int, day: date) -> HttpResponse:
    """Let the weekly hours hold again on a date."""
    practitioner = practitioner_for_staff(practitioner_id)
    bookings.set_special_hours(practitioner.pk, works_on=day, hours=())
    words = formats.day(day, get_language() or "nl", zone=here().zone)
    return _done(request, practitioner, _("Usual hours again on %(day)s.") % {"day": words})
