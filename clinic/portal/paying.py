"""Coming back from the payment page, and paying by link."""

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Appointment
from clinic.access import payment_by_reference, payment_by_token
from clinic.nudge import nudge
from clinic.portal.agreeing import (
    NUDGES,
    PAYING,
    accept,
    as_read,
    forget,
    to_payment_page,
)
from clinic.portal.forms import AcceptForm
from clinic.portal.pages import lapsed_page, message_page
from clinic.portal.pay_by_voucher import awaits_deposit
from clinic.portal.shop_forms import CodeForm
from clinic.portal.shown import policy_of
from payments import operations as payments
from payments.models import Attempt, Payment
from payments.stripe_gateway import OutcomeUnknown, Refused, Unavailable

log = logging.getLogger(__name__)


@require_safe
def paid(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Look how the payment stands, by asking Stripe and not by what the address says."""
    payment = payment_by_reference(reference)
    attempt = payment.attempts.filter(way=Attempt.Way.CHECKOUT).exclude(stripe_id="").last()
    if attempt is not None and attempt.status == Attempt.Status.OPEN:
        try:
            payments.check_session(attempt.stripe_id, now=now())
        except (OutcomeUnknown, Refused, Unavailable) as error:
            log.warning("cannot look at attempt %s: %s", attempt.pk, error)
        attempt.refresh_from_db()
    if request.session.get(PAYING) != str(reference):
        return message_page(
            request,
            _("Thank you"),
            _("You find your appointment by the link in our message."),
            status=200,
        )
    return _where_next(request, payment.appointment_id, attempt)


def _where_next(request: HttpRequest, appointment_id: int, attempt: Attempt | None) -> HttpResponse:
    appointment = Appointment.objects.get(pk=appointment_id)
    if appointment.status in (Appointment.Status.HELD, Appointment.Status.EXPIRED):
        if attempt is not None and attempt.status == Attempt.Status.OPEN:
            return render(request, "portal/wait.html")
        return lapsed_page(request, appointment)
    nudge(*NUDGES)
    forget(request)
    return redirect("portal:appointment", token=appointment.token)


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Show one debt; the button goes to a fresh payment page."""
    payment = payment_by_token(token)
    if _is_paid_otherwise(payment):
        return redirect("portal:appointment", token=payment.appointment.token)
    needs_terms = (
        payment.kind == Payment.Kind.DEPOSIT and payment.appointment.terms_accepted_at is None
    )
    read = as_read(payment.appointment, at=now())
    form = AcceptForm(read, request.POST or None) if needs_terms else None
    if request.method != "POST" or _state(payment) != "open":
        return _page(request, payment, form)
    if form is not None and not form.is_valid():
        return _page(request, payment, AcceptForm.again(form, read), status=422)
    try:
        if form is not None:
            accept(request, payment.appointment, at=now())
        url = to_payment_page(request, payment, reverse("portal:pay", args=[token]), at=now())
    except (
        bookings.HoldLapsed,
        bookings.AlreadyBooked,
        payments.AlreadyPaid,
        payments.NothingToPay,
    ):
        return redirect("portal:pay", token=token)
    except payments.PaymentsDown:
        down = _("The payment page cannot be reached. Nothing was charged; try again in a minute.")
        return _page(request, payment, form, error=down, status=503)
    return redirect(url)


def _is_paid_otherwise(payment: Payment) -> bool:
    """Tell whether this deposit was let go because another has come: from a voucher."""
    if payment.status != Payment.Status.VOID or payment.kind != Payment.Kind.DEPOSIT:
        return False
    others = Payment.objects.filter(appointment=payment.appointment_id, kind=payment.kind)
    return others.filter(status=Payment.Status.PAID).exists()


def _state(payment: Payment) -> str:
    if payment.status == Payment.Status.PAID:
        return "paid"
    if payment.status == Payment.Status.VOID:
        return "waived"
    is_lapsed = payment.kind == Payment.Kind.DEPOSIT and not awaits_deposit(payment)
    return "lapsed" if is_lapsed else "open"


def _page(
    request: HttpRequest,
    payment: Payment,
    form: AcceptForm | None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    appointment = payment.appointment
    state = _state(payment)
    is_deposit = payment.kind == Payment.Kind.DEPOSIT
    context = {
        "debt": {
            "amount_cents": payment.amount_cents,
            "state": state,
            "what": _("the deposit for your appointment")
            if is_deposit
            else _("the costs of your appointment"),
            "why": _("With the deposit your appointment is certain. It comes off the price.")
            if is_deposit
            else _("These are the costs that we agreed when you booked."),
        },
        "form": form,
        "error": error,
        "payment": payment,
        "code_form": CodeForm() if awaits_deposit(payment) else None,
        "policy": policy_of(appointment, now=now()),
        "appointment": appointment,
        "appointment_url": ""
        if state == "lapsed"
        else reverse("portal:appointment", args=[appointment.token]),
    }
    return render(request, "portal/pay.html", context, status=status)
