"""One appointment by its secret link: seeing, confirming, moving, cancelling."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import operations as bookings
from bookings.clock import now
from bookings.courses import course_of
from bookings.models import Appointment, By, Clinic
from bookings.terms import Quote, free_until, quote
from clinic.access import appointment_by_token
from clinic.evidence import evidence_of, has_evidence
from clinic.nudge import nudge
from clinic.portal.agreeing import NUDGES, plan_sentence
from clinic.portal.course import course_shown
from clinic.portal.forms import CancelForm
from clinic.portal.shown import actions_of, language, policy_of, visit_of, zone
from clinic.portal.waiting import waiting_of
from clinic.portal.wishes import wish_again
from payments.standing import Standing, standing_of
from reminders.operations.composing import calendar_entry
from reminders.tasks import clinic_sender

MONEY_NUDGES = ("payments.tasks.settle_appointments", *NUDGES)


@require_safe
def evidence(request: HttpRequest, token: str) -> HttpResponse:
    """Show why it costs what it costs, or that it costs nothing."""
    appointment = appointment_by_token(token)
    if not has_evidence(appointment):
        raise Http404
    context = {
        "token": token,
        "appointment": visit_of(appointment),
        "one": evidence_of(appointment, language=language(), zone=zone()),
    }
    return render(request, "portal/evidence.html", context)


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show her appointment; opening the link changes nothing."""
    appointment = appointment_by_token(token)
    standing = standing_of(appointment.pk)
    course = course_of(appointment, zone=zone())
    context = {
        "token": token,
        "course": course_shown(course, now=now()) if course else None,
        "appointment": visit_of(appointment),
        "plan_sentence": plan_sentence(appointment),
        "policy": policy_of(appointment, now=now()),
        "prepare": appointment.treatment.prepare
        if appointment.status == Appointment.Status.BOOKED
        else "",
        "card": appointment.treatment if appointment.status in Appointment.AGREED else None,
        "has_evidence": has_evidence(appointment),
        "deposit": deposit_shown(standing),
        "fee": fee_shown(standing),
        "actions": actions_of(appointment, Clinic.objects.get(), now=now()),
        "again": wish_again(appointment),
        "waiting": waiting_of(appointment, at=now()),
    }
    return render(request, "portal/appointment.html", context)


def deposit_shown(standing: Standing) -> dict[str, object] | None:
    """Return the deposit and how it stands in words; nothing if none was asked."""
    if not standing.deposit_cents:
        return None
    words = {
        "under_way": _("refund under way"),
        "given_back": _("given back"),
        "failed": _("we will refund it by bank"),
        "paid": _("paid"),
        "open": _("still to pay"),
    }
    status = words[standing.refund_status or standing.deposit_status]
    if standing.voucher_token:
        status = _("back on your voucher") if standing.refund_status else _("from your voucher")
    url = reverse("portal:voucher", args=[standing.voucher_token]) if standing.voucher_token else ""
    return {"amount_cents": standing.deposit_cents, "status": status, "voucher_url": url}


def fee_shown(standing: Standing) -> dict[str, object] | None:
    """Return the fee, how it stands in words and where it is paid; nothing if none is asked."""
    if not standing.fee_cents:
        return None
    is_open = standing.fee_status == "open"
    return {
        "amount_cents": standing.fee_cents,
        "status": _("still to pay") if is_open else _("paid"),
        "pay_url": reverse("portal:pay", args=[standing.pay_token]) if is_open else "",
    }


@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Note that she will come."""
    appointment = appointment_by_token(token)
    try:
        bookings.confirm(appointment.pk, by=By.CLIENT, now=now())
    except bookings.NotCancellable:
        messages.warning(request, _("This appointment can no longer be confirmed."))
    else:
        messages.success(request, _("Good to hear. See you then."))
        nudge(*NUDGES)
    return redirect("portal:appointment", token=token)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Quote the exact cost, and cancel when she decides."""
    appointment = appointment_by_token(token)
    at = now()
    if not actions_of(appointment, Clinic.objects.get(), now=at).can_cancel:
        return redirect("portal:appointment", token=token)
    told = _quote(appointment, at=at)
    if request.method != "POST":
        form = CancelForm(initial={"quoted_cents": told.fee_cents})
        return _cancel_page(request, appointment, form, told)
    form = CancelForm(request.POST)
    if not form.is_valid() or form.cleaned_data["quoted_cents"] != told.fee_cents:
        # The free time ended while she was reading: she decides again, on the new amount.
        changed = _("The costs have changed since you opened this page. Please look again.")
        form = CancelForm(initial={"quoted_cents": told.fee_cents})
        return _cancel_page(request, appointment, form, told, error=changed, status=409)
    try:
        bookings.cancel(appointment.pk, by=By.CLIENT, now=at, reason=form.cleaned_data["reason"])
    except bookings.NotCancellable:
        messages.warning(request, _("This appointment can no longer be cancelled."))
    nudge(*MONEY_NUDGES)
    return redirect("portal:appointment", token=token)


def _quote(appointment: Appointment, *, at: datetime) -> Quote:
    fee_cents = bookings.fee_for_cancelling(appointment, by=By.CLIENT, now=at)
    return quote(fee_cents, deposit_paid_cents=standing_of(appointment.pk).deposit_paid_cents)


def _cancel_page(
    request: HttpRequest,
    appointment: Appointment,
    form: CancelForm,
    told: Quote,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "token": appointment.token,
        "appointment": visit_of(appointment),
        "form": form,
        "error": error,
        "quote": {
            "fee_cents": told.fee_cents,
            "deposit_kept_cents": told.deposit_kept_cents,
            "charge_cents": told.charge_cents,
            "refund_cents": told.refund_cents,
            "by_voucher": appointment.by_voucher,
            "free_until": free_until(appointment.terms, starts_at=appointment.starts_at),
        },
        "actions": actions_of(appointment, Clinic.objects.get(), now=now()),
    }
    return render(request, "portal/cancel.html", context, status=status)


@require_POST
def undo_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Put a cancelled appointment back, within the time to think again."""
    appointment = appointment_by_token(token)
    try:
        bookings.undo_cancel(
            appointment.pk, within=Clinic.objects.get().undo_time, by=By.CLIENT, now=now()
        )
    except bookings.NotUndoable:
        messages.warning(request, _("It can no longer be put back. You can book a new time."))
    else:
        messages.success(request, _("Your appointment stands again."))
        nudge(*NUDGES)
    return redirect("portal:appointment", token=token)


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Give the appointment as a calendar file."""
    appointment = appointment_by_token(token)
    made = appointment.booked_at or appointment.created_at
    content = calendar_entry(appointment, sender=clinic_sender(), at=made)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="afspraak.ics"'
    return response
