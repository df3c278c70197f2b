"""Going on with a booking on another device: the hold's secret link, and a button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bookings.clock import now
from bookings.models import Appointment
from clinic.access import HOLD, appointment_by_token
from clinic.portal.agreeing import after_details, unless_over
from clinic.portal.shown import summary_of
from reminders.models import IfThenPlan


@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """Take a booking that was begun elsewhere on in this browser.

    Only the button does: whoever opens links to look into them changes nothing.
    """
    held = unless_over(request, appointment_by_token(token))
    if isinstance(held, HttpResponse):
        return held
    if held.hold_kind != Appointment.HoldKind.BROWSER:
        return redirect("portal:appointment", token=token)  # the clinic's to change, or an offer's
    if request.method == "POST":
        request.session[HOLD] = held.token
        return redirect(_next_step(held))
    context = {"hold": held, "summary": summary_of(held, now=now())}
    return render(request, "portal/continue.html", context)


def _next_step(held: Appointment) -> str:
    plan = IfThenPlan.objects.filter(appointment=held).first()
    is_done = plan is not None and (plan.repeated_at or plan.skipped_at)
    return "portal:terms" if is_done else after_details(held)
