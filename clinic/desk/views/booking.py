"""Booking by telephone: the choices, then what is read to the client, then done."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.models import Appointment, Client, Practitioner, Treatment
from bookings.search import Search
from clinic.access import staff_only, staff_user
from clinic.desk.actions import REFUSED, asks_override
from clinic.desk.blocked import why_not_then
from clinic.desk.booking import (
    PhoneBooking,
    book_by_phone,
    can_follow,
    desk_search,
    pay_until,
    policy_of,
    refuse_unfit,
    terms_of,
    told,
)
from clinic.desk.choosing import Choice, day_in, noon, row_in, times_near, times_on
from clinic.desk.clients import find_clients
from clinic.desk.forms import NEW, PhoneForm
from clinic.desk.here import Here, here
from clinic.desk.page import Values, page, say, wake_the_worker, way_back
from clinic.desk.views.agenda import STAFF

FIELDS = (
    "client first_name last_name phone email treatment practitioner day starts_at note override"
    " voucher"
).split()
#: What a link to this page may say beforehand.
LINKED = {
    "klant": "client",
    "behandeling": "treatment",
    "behandelaar": "practitioner",
    "dag": "day",
}


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Take a booking by telephone."""
    at = here()
    do = request.POST.get("do", "")
    if do not in ("check", "book"):
        return _choose(request, at, _unbound(request, at))
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _choose(request, at, form, status=400)
    wanted = _wanted(form)
    if do == "check":
        return _check_fit(request, at, form, wanted)
    return _book(request, at, form, wanted)


def _check_fit(
    request: HttpRequest, at: Here, form: PhoneForm, wanted: PhoneBooking
) -> HttpResponse:
    """Read it back, unless this client cannot have it: better known before it is read to her."""
    try:
        refuse_unfit(wanted, at)
        return _check(request, at, wanted)
    except REFUSED as error:
        return _refused(request, at, form, wanted, error)


def _refused(
    request: HttpRequest, at: Here, form: PhoneForm, wanted: PhoneBooking, error: Exception
) -> HttpResponse:
    search = desk_search(
        at, wanted.treatment, extras=wanted.extras, practitioner_id=wanted.practitioner_id
    )
    return _choose(
        request,
        at,
        form,
        refusal=why_not_then(error, search, wanted.starts_at),
        may_override=asks_override(error),
        status=409,
    )


def _book(request: HttpRequest, at: Here, form: PhoneForm, wanted: PhoneBooking) -> HttpResponse:
    try:
        if not _asks_link(wanted, at) and "accepted" not in request.POST:
            why = _("Read the policy to the client first, and tick that it is agreed.")
            return _check(request, at, wanted, refusal=why, status=400)
        booked = book_by_phone(wanted, here=at, user=staff_user(request))
    except REFUSED as error:
        return _refused(request, at, form, wanted, error)
    if booked.status == Appointment.Status.HELD:
        say(request, _("The time is kept. The client gets a message with the pay link."))
    else:
        say(request, _("The appointment is booked."))
    wake_the_worker()
    return HttpResponseRedirect(reverse("desk:agenda", args=[at.day_of(booked.starts_at)]))


def _asks_link(wanted: PhoneBooking, at: Here) -> bool:
    """Tell whether a deposit is asked by pay link: then the client agrees there."""
    return wanted.voucher is None and told(wanted, at).terms.deposit_cents > 0


def _unbound(request: HttpRequest, at: Here) -> PhoneForm:
    """Return the form with what was typed or linked so far, and no word of what is missing."""
    typed = request.POST if request.method == "POST" else request.GET
    values: Values = {name: typed[name] for name in FIELDS if typed.get(name)}
    values |= {name: typed[link] for link, name in LINKED.items() if typed.get(link)}
    values.setdefault("day", at.today.isoformat())
    values["extra"] = request.POST.getlist("extra")
    return PhoneForm(initial=values)


def _choose(
    request: HttpRequest,
    at: Here,
    form: PhoneForm,
    *,
    refusal: str = "",
    may_override: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the choices, with everything typed so far."""
    day = max(day_in(form["day"].value()) or at.today, at.today)
    treatment = row_in(Treatment, form["treatment"].value())
    may_follow = can_follow(treatment) if treatment else []
    extras = _ticked(form, may_follow)
    search = _search(form, treatment, extras, at) if treatment else None
    words = request.POST.get("q", "")[:100].replace("\x00", "")
    times = times_on(search, day, at) if search else []
    around = (request.POST.get("rond") or request.GET.get("rond") or "")[:5]
    context: Values = {
        "form": form,
        "words": words,
        "found": find_clients(words, now=at.now),
        "chosen": row_in(Client, form["client"].value()),
        "is_new": form["client"].value() == NEW,
        "treatment": treatment,
        "day": day,
        "times": times,
        "can_follow": may_follow,
        "extras": extras,
        "deposit_cents": _deposit(search, at) if search else 0,
        "nearest": times_near(search, noon(day, at), at) if search and not times else [],
        "around": around,
        "picked": _picked(form, times, at, around=around),
        "refusal": refusal,
        "may_override": may_override or form["override"].value(),
        "next": way_back(request),
    }
    return page(request, "desk/new.html", context, status=status)


def _ticked(form: PhoneForm, may_follow: Iterable[Treatment]) -> tuple[Treatment, ...]:
    """Return what is ticked to follow in the same visit, of what may follow this treatment."""
    ticked = {str(one) for one in form["extra"].value() or ()}
    return tuple(one for one in may_follow if str(one.pk) in ticked)


def _search(
    form: PhoneForm, treatment: Treatment, extras: tuple[Treatment, ...], at: Here
) -> Search:
    practitioner = row_in(Practitioner, form["practitioner"].value())
    who = practitioner.pk if practitioner else None
    return desk_search(at, treatment, extras=extras, practitioner_id=who)


def _deposit(search: Search, at: Here) -> int:
    """Return the deposit that the whole visit asks, in cents."""
    visit = (search.treatment, *search.extras)
    return terms_of(visit, search.practitioner_id, at).deposit_cents


def _picked(form: PhoneForm, times: list[Choice], at: Here, *, around: str) -> str:
    """Return the time that is ticked: as chosen, or the first from where the agenda was clicked."""
    chosen = str(form["starts_at"].value() or "")
    if chosen or not around:
        return chosen
    later = [one.value for one in times if at.wall(one.starts_at)[-5:] >= around]
    return later[0] if later else ""


def _wanted(form: PhoneForm) -> PhoneBooking:
    practitioner = form.cleaned_data["practitioner"]
    return PhoneBooking(
        client=form.cleaned_data["client"],
        details=form.details(),
        treatment=form.cleaned_data["treatment"],
        practitioner_id=practitioner.pk if practitioner else None,
        starts_at=form.cleaned_data["starts_at"],
        extras=tuple(form.cleaned_data["extra"]),
        note=form.cleaned_data["note"],
        override=form.cleaned_data["override"],
        voucher=form.cleaned_data["voucher"],
        told_cover=form.told_cover(),
    )


def _check(
    request: HttpRequest,
    at: Here,
    wanted: PhoneBooking,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show what is read back to the client, and what follows."""
    visit = told(wanted, at)
    context: Values = {
        "wanted": wanted,
        "practitioner": row_in(Practitioner, wanted.practitioner_id),
        "told": visit,
        "asks_link": _asks_link(wanted, at),
        "policy": policy_of(wanted, visit.terms, at),
        "pay_until": pay_until(wanted, at),
        "hidden": {name: request.POST.get(name, "") for name in FIELDS},
        "refusal": refusal,
        "next": way_back(request),
    }
    return page(request, "desk/check.html", context, status=status)
