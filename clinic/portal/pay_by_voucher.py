"""A voucher in the place of a pay link: what it pays and what is agreed then, on one page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Appointment
from clinic.access import payment_by_token
from clinic.nudge import nudge
from clinic.policy import policy_text
from clinic.portal.agreeing import NUDGES, acceptance, mark_of
from clinic.portal.beforehand import VOUCHER, InHand, after, put_away, take, taken
from clinic.portal.forms import AcceptForm
from clinic.portal.shown import language, zone
from clinic.refusals import NOT_BY_VOUCHER
from payments import operations as payments
from payments.models import Payment, Voucher


@require_http_methods(["GET", "HEAD", "POST"])
def pay_by_voucher(request: HttpRequest, token: str) -> HttpResponse:
    """Take a code, show what the voucher would pay, and draw it once she agrees.

    Until then the hold is as it was: she can leave this page and pay by link.
    """
    payment = payment_by_token(token)
    if "code" in request.POST:
        here = take(request) and "portal:pay_by_voucher"
        return redirect(here or "portal:pay", token=token)
    voucher = taken(request)
    if voucher is None or not awaits_deposit(payment):
        return redirect("portal:pay", token=token)
    try:
        return _offer(request, payment, voucher)
    except tuple(NOT_BY_VOUCHER) as refusal:
        put_away(request, refusal)
    except payments.VoucherChanged:
        return redirect("portal:pay_by_voucher", token=token)
    except bookings.BeingPaid:
        messages.warning(request, _("Your payment page is still open. Pay there, or wait."))
    except (bookings.HoldLapsed, bookings.AlreadyBooked, payments.AlreadyPaid):
        pass  # the pay link says how it stands
    return redirect("portal:pay", token=token)


def awaits_deposit(payment: Payment) -> bool:
    """Tell whether a debt is the deposit of a time that is still kept for it."""
    appointment = payment.appointment
    return (
        payment.kind == Payment.Kind.DEPOSIT
        and payment.status == Payment.Status.OPEN
        and appointment.status == Appointment.Status.HELD
        and (appointment.held_until or now()) > now()
    )


def _offer(request: HttpRequest, payment: Payment, voucher: Voucher) -> HttpResponse:
    appointment, at = payment.appointment, now()
    on = at.astimezone(zone()).date()
    cover = payments.cover_of_hold(voucher, appointment, on=on, now=at)
    policy = policy_text(
        bookings.terms_beforehand(
            appointment, cents=cover.cents, price_cents=cover.price_cents, now=at
        ),
        starts_at=appointment.starts_at,
        now=at,
        language=language(),
        zone=zone(),
        by_voucher=True,
    )
    read = mark_of(appointment, policy)
    form = AcceptForm(read, request.POST or None)
    if form.is_valid():
        payments.pay_by_voucher(
            appointment.pk, voucher, cover, acceptance(request, policy), on=on, now=at
        )
        request.session.pop(VOUCHER, None)
        nudge(*NUDGES)
        return redirect("portal:appointment", token=appointment.token)
    context = {
        "payment": payment,
        "appointment": appointment,
        "held": InHand(voucher, cover.cents, after(voucher, cover.cents)),
        "rest_cents": cover.price_cents - cover.cents,
        "policy": policy,
        "form": AcceptForm.again(form, read) if form.is_bound else form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/pay_by_voucher.html", context, status=status)
