"""Planning a course: what is wished for, what is proposed, and all of it booked at once."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import operations as bookings
from bookings.models import Client
from bookings.operations import Impossible
from bookings.search import CLINIC_HORIZON
from clinic.access import client_for_staff, staff_only, staff_user
from clinic.desk.actions import why_not
from clinic.desk.course_forms import CourseForm
from clinic.desk.courses import (
    CourseWish,
    advised_days,
    book_course,
    cover_of_course,
    may_be_overridden,
    policy_of_course,
    rows_for,
)
from clinic.desk.here import Here, here
from clinic.desk.page import Values, page, say, wake_the_worker, way_back
from clinic.desk.views.agenda import STAFF
from clinic.refusals import NOT_BY_VOUCHER
from payments import operations as payments

TEMPLATE = "desk/course.html"
FOLLOW = "follow-"
NOT_PAID: tuple[type[Exception], ...] = (*NOT_BY_VOUCHER, payments.VoucherChanged)


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def plan(request: HttpRequest, client_id: int) -> HttpResponse:
    """Plan a course for a client: propose dates, let them be changed, book them all."""
    client, at = client_for_staff(client_id), here()
    if request.method != "POST":
        initial = {"treatment": request.GET.get("behandeling", "")[:10]}
        return _ask(request, client, CourseForm(initial=initial))
    form = CourseForm(request.POST)
    if not form.is_valid():
        return _ask(request, client, form, status=400)
    wish = _wish(request, client, form)
    try:
        cover_of_course(wish, at)
    except tuple(NOT_BY_VOUCHER) as error:
        return _ask_other_voucher(request, client, form, error)
    do = request.POST.get("do", "")
    if do == "book":
        return _book(request, at, form, wish)
    kept = do.removeprefix(FOLLOW) if do.startswith(FOLLOW) else "0"
    number = min(int(kept), wish.count) if kept.isdecimal() and len(kept) < 4 else 0
    return _propose(request, at, form, wish, chosen=_chosen(request, number, at))


def _wish(request: HttpRequest, client: Client, form: CourseForm) -> CourseWish:
    given = form.cleaned_data
    weeks, practitioner = given["weeks"], given["practitioner"]
    expected = {
        number: request.POST.get(f"expected_{number}", "").replace("\x00", "")[:200].strip()
        for number in range(1, given["count"] + 1)
    }
    return CourseWish(
        client=client,
        treatment=given["treatment"],
        count=given["count"],
        days=weeks * 7 if weeks else advised_days(given["treatment"]),
        practitioner_id=practitioner.pk if practitioner else None,
        weekdays=frozenset(int(day) for day in given["weekdays"]),
        around=given["around"],
        expected=expected,
        voucher=given["voucher"],
    )


def _chosen(request: HttpRequest, count: int, at: Here) -> list[datetime]:
    """Return the starts chosen for the first sessions, up to one that was not."""
    found: list[datetime] = []
    for number in range(1, count + 1):
        moment = _moment(request.POST.get(f"start_{number}", ""), at)
        if moment is None:
            break
        found.append(moment)
    return found


def _moment(value: str, at: Here) -> datetime | None:
    """Return the instant that was sent, nothing when it is none that anybody plans."""
    try:
        moment = parse_datetime(value[:40])
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or abs(moment - at.now) > CLINIC_HORIZON:
        return None
    return moment


def _ask(
    request: HttpRequest, client: Client, form: CourseForm, *, status: int = 200
) -> HttpResponse:
    context: Values = {"client": client, "form": form, "next": way_back(request)}
    return page(request, TEMPLATE, context, status=status)


def _ask_other_voucher(
    request: HttpRequest, client: Client, form: CourseForm, error: Exception
) -> HttpResponse:
    form.add_error("voucher", why_not(error))
    return _ask(request, client, form, status=409)


def _propose(
    request: HttpRequest,
    at: Here,
    form: CourseForm,
    wish: CourseWish,
    *,
    chosen: Sequence[datetime] = (),
    problems: Sequence[Impossible] = (),
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a time for each session, with what else there is."""
    rows = rows_for(wish, at, chosen=chosen, problems=problems)
    first = rows[0].picked
    context: Values = {
        "client": wish.client,
        "form": form,
        "wish": wish,
        "rows": rows,
        "asks_reason": may_be_overridden(problems)
        or "override" in request.POST
        or any(one.is_outside for one in rows),
        "override": request.POST.get("override", "")[:200],
        "policy": policy_of_course(wish, first.starts_at, at) if first else "",
        "refusal": refusal,
        "next": way_back(request),
    }
    return page(request, TEMPLATE, context, status=status)


def _book(request: HttpRequest, at: Here, form: CourseForm, wish: CourseWish) -> HttpResponse:
    chosen = _chosen(request, wish.count, at)
    if len(chosen) < wish.count:
        why = _("Choose a time for every session first. Nothing was booked.")
        return _propose(request, at, form, wish, chosen=chosen, refusal=why, status=400)
    if "accepted" not in request.POST:
        why = _("Read the policy to the client first, and tick that it is agreed.")
        return _propose(request, at, form, wish, chosen=chosen, refusal=why, status=400)
    override = request.POST.get("override", "").replace("\x00", "")[:200]
    try:
        booked = book_course(wish, chosen, here=at, user=staff_user(request), override=override)
    except bookings.SeriesImpossible as error:
        why = _("Not every session can be at its time. Nothing was booked; look below.")
        found = error.problems
        return _propose(
            request, at, form, wish, chosen=chosen, problems=found, refusal=why, status=409
        )
    except NOT_PAID as error:  # drawn on meanwhile
        return _ask_other_voucher(request, wish.client, form, error)
    said = _("%(count)s sessions of %(name)s are booked. She gets one message about them all.")
    say(request, said % {"count": len(booked), "name": wish.client.full_name})
    wake_the_worker()
    return HttpResponseRedirect(reverse("desk:appointment", args=[booked[0].pk]))
