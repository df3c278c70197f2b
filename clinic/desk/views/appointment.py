"""One appointment at the desk: the card, and what can be done with it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bookings import operations as bookings
from bookings.models import Allocation, Appointment, By
from bookings.operations import fee_for_cancelling
from clinic.access import appointment_for_staff, staff_only, staff_user
from clinic.desk.actions import ACTIONS, REFUSED, why_not
from clinic.desk.dossier import read_dossier, warning_of
from clinic.desk.forms import CancelForm, PlaceForm, WaiveForm
from clinic.desk.here import Here, here
from clinic.desk.page import DIALOG, Values, go_back, page, say, wake_the_worker, way_back
from clinic.desk.views.agenda import STAFF
from clinic.evidence import evidence_of
from clinic.portal.shown import language
from payments import operations as payments


@require_GET
@staff_only(*STAFF)
def show(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Show everything about one appointment: a page, or the inside of a dialog."""
    return _card(request, appointment_for_staff(appointment_id), here())


@require_GET
@staff_only(*STAFF)
def evidence(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Show what was agreed, what was sent, and how the costs add up."""
    appointment, at = appointment_for_staff(appointment_id), here()
    shown = evidence_of(appointment, language=language(), zone=at.zone)
    context: Values = {"one": shown, "name": name_of(appointment)}
    return page(request, "desk/evidence.html", context)


def _card(
    request: HttpRequest,
    appointment: Appointment,
    at: Here,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: Values = {
        "one": read_dossier(appointment, at),
        "refusal": refusal,
        "next": way_back(request, default=reverse("desk:appointment", args=[appointment.pk])),
        "day": at.day_of(appointment.starts_at),
    }
    if DIALOG in request.headers:
        return page(request, "desk/_appointment.html", {**context, "in_dialog": True})
    return page(request, "desk/appointment.html", context, status=status)


def name_of(appointment: Appointment) -> str:
    """Return who it is for."""
    return appointment.client.full_name if appointment.client else _("New client")


@require_POST
@staff_only(*STAFF)
def act(request: HttpRequest, appointment_id: int, name: str) -> HttpResponse:
    """Do one of the things that take one press."""
    action = ACTIONS.get(name)
    if action is None:
        raise Http404
    appointment, at = appointment_for_staff(appointment_id), here()
    try:
        action.act(appointment.pk, at, staff_user(request))
    except REFUSED as error:
        return _refused(request, appointment_id, at, why_not(error))
    undo = reverse("desk:act", args=[appointment.pk, action.undo]) if action.undo else ""
    words = str(action.said) % {"name": name_of(appointment)}
    warning = warning_of(appointment, at) if name == "aanwezig" else ""
    say(request, f"{words} {warning}".strip(), undo=undo)
    wake_the_worker()
    return go_back(request)


def _refused(
    request: HttpRequest, appointment_id: int, at: Here, why: str, *, status: int = 409
) -> HttpResponse:
    """Show the appointment as it is now, and why nothing was done."""
    appointment = appointment_for_staff(appointment_id)
    return _card(request, appointment, at, refusal=why, status=status)


@require_POST
@staff_only(*STAFF)
def cancel(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Cancel, for the clinic or for the client, at the price that was shown."""
    appointment, at, form = appointment_for_staff(appointment_id), here(), CancelForm(request.POST)
    if not form.is_valid():
        why = _("Choose who cancels. Nothing was changed.")
        return _refused(request, appointment_id, at, why, status=400)
    by: By = form.cleaned_data["by"]
    if (
        by is By.CLIENT
        and fee_for_cancelling(appointment, by=by, now=at.now) != form.cleaned_data["quoted"]
    ):
        why = _("The amount is no longer what you saw. Nothing was changed; look again below.")
        return _refused(request, appointment_id, at, why)
    try:
        bookings.cancel(
            appointment_id,
            by=by,
            now=at.now,
            reason=form.cleaned_data["reason"],
            user=staff_user(request),
        )
    except REFUSED as error:
        return _refused(request, appointment_id, at, why_not(error))
    said = _("The appointment of %(name)s is cancelled.") % {"name": name_of(appointment)}
    say(request, said, undo=reverse("desk:act", args=[appointment_id, "toch-niet-annuleren"]))
    wake_the_worker()
    return go_back(request)


@require_POST
@staff_only(*STAFF)
def change_place(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Give an appointment another room, or another device, of the same kind."""
    appointment, at = appointment_for_staff(appointment_id), here()
    form = PlaceForm(request.POST)
    if not form.is_valid():
        why = _("Choose a room or a device. Nothing was changed.")
        return _refused(request, appointment_id, at, why, status=400)
    try:
        bookings.change_place(
            appointment_id,
            allocation_id=form.cleaned_data["allocation"],
            to=form.cleaned_data["to"],
            now=at.now,
            user=staff_user(request),
        )
    except Allocation.DoesNotExist as error:
        raise Http404 from error
    except REFUSED as error:
        return _refused(request, appointment_id, at, why_not(error))
    say(request, _("%(name)s has another place.") % {"name": name_of(appointment)})
    return go_back(request)


@require_POST
@staff_only(*STAFF)
def waive(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Let the client off the fee, with a reason."""
    appointment, at, form = appointment_for_staff(appointment_id), here(), WaiveForm(request.POST)
    if not form.is_valid():
        why = _("Write down why the fee is waived. Nothing was changed.")
        if "still_asked" in form.errors:
            why = _("Write what is still asked as an amount, like 12,50. Nothing was changed.")
        return _refused(request, appointment_id, at, why, status=400)
    try:
        payments.waive(
            appointment_id,
            reason=form.cleaned_data["reason"],
            to_cents=form.still_asked_cents,
            user=staff_user(request),
            clinic=at.clinic,
            now=at.now,
        )
    except payments.NothingToWaive:
        why = _("No more than that is asked already. Nothing was changed.")
        return _refused(request, appointment_id, at, why)
    say(request, _("The fee of %(name)s is waived.") % {"name": name_of(appointment)})
    wake_the_worker()
    return go_back(request)
