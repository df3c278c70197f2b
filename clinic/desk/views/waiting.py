"""The waitlist at the desk: looking at it, putting somebody on it, taking her off."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookings import operations as bookings
from bookings.models import Appointment, By, Client, Practitioner, WaitlistEntry
from bookings.search import CLINIC_HORIZON
from clinic.access import staff_only
from clinic.desk.actions import REFUSED, why_not
from clinic.desk.choosing import row_in
from clinic.desk.forms import NEW, WaitForm
from clinic.desk.here import Here, here
from clinic.desk.page import Values, page, say, wake_the_worker
from clinic.desk.views.agenda import STAFF
from clinic.desk.waiting import MOST, read_waitlist
from clinic.wishes import WishForm, known


@require_GET
@staff_only(*STAFF)
def waitlist(request: HttpRequest) -> HttpResponse:
    """Show who waits."""
    rows = read_waitlist(here())
    context: Values = {"area": "waitlist", "rows": rows, "is_full": len(rows) == MOST}
    return page(request, "desk/waitlist.html", context)


@require_http_methods(["GET", "POST"])
@staff_only(*STAFF)
def add(request: HttpRequest) -> HttpResponse:
    """Put somebody on the waitlist: for an earlier time than she has, or for any."""
    at = here()
    has = row_in(Appointment, request.GET.get("afspraak"))
    return _earlier(request, at, has) if has else _any(request, at)


def _earlier(request: HttpRequest, at: Here, has: Appointment) -> HttpResponse:
    if has.status != Appointment.Status.BOOKED or has.starts_at <= at.now:
        say(request, _("This is no longer an appointment to come, so nothing was changed."))
        return HttpResponseRedirect(reverse("desk:appointment", args=[has.pk]))
    entry = has.waitlist_entries.filter(status=WaitlistEntry.Status.WAITING).first()
    form = WishForm(
        has.treatment.practitioners.all(),
        request.POST if request.method == "POST" else None,
        first=at.today,
        last=at.day_of(has.starts_at),
        zone=at.zone,
        initial=known(entry),
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, has=has, client=has.client)
    try:
        bookings.ask_earlier(has.pk, form.wish(), zone=at.zone, now=at.now, by=By.CLINIC)
    except bookings.NothingToMove:
        return _earlier(request, here(), Appointment.objects.get(pk=has.pk))
    return _done(request, has.client)


def _any(request: HttpRequest, at: Here) -> HttpResponse:
    chosen = request.GET.get("klant", "")
    client = row_in(Client, chosen)
    if client is None and chosen != NEW:
        return page(request, "desk/wait_for_whom.html", {"area": "waitlist"})
    form = WaitForm(
        Practitioner.objects.all(),
        request.POST if request.method == "POST" else None,
        first=at.today,
        last=at.today + CLINIC_HORIZON,
        zone=at.zone,
        initial={"until": at.today + timedelta(days=at.clinic.horizon_days)},
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, client=client)
    try:
        entry = bookings.join_waitlist(
            form.cleaned_data["client"] or form.details(),
            form.cleaned_data["treatment"],
            form.wish(),
            zone=at.zone,
            now=at.now,
            by=By.CLINIC,
        )
    except REFUSED as error:
        return _page(request, form, client=client, refusal=why_not(error), status=409)
    return _done(request, entry.client)


def _page(
    request: HttpRequest,
    form: WishForm,
    *,
    client: Client | None,
    has: Appointment | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: Values = {
        "area": "waitlist",
        "form": form,
        "client": client,
        "has": has,
        "refusal": refusal,
    }
    return page(request, "desk/wait.html", context, status=400 if form.errors else status)


def _done(request: HttpRequest, client: Client | None) -> HttpResponse:
    said = _("%(name)s is on the waitlist.") % {"name": client.full_name if client else ""}
    say(request, said)
    wake_the_worker()
    return HttpResponseRedirect(reverse("desk:waitlist"))


@require_POST
@staff_only(*STAFF)
def withdraw(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take somebody off the waitlist."""
    entry = WaitlistEntry.objects.select_related("client").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    bookings.leave_waitlist(entry.pk, now=here().now, by=By.CLINIC)
    say(request, _("%(name)s is off the waitlist.") % {"name": entry.client.full_name})
    wake_the_worker()
    return HttpResponseRedirect(reverse("desk:waitlist"))
