"""A voucher in the booking: chosen once, shown on the last step, drawn when she agrees."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Appointment, Clinic
from clinic.access import own_hold
from clinic.portal.shop_forms import CodeForm
from clinic.portal.shown import zone
from payments import operations as payments
from payments.models import Voucher
from payments.purses import purse_of
from payments.vouchers import Purse

VOUCHER = "voucher"
WHY_NOT = {
    payments.VoucherOver: gettext_lazy("This voucher can no longer be used."),
    payments.VoucherEmpty: gettext_lazy(
        "There is not enough left in this voucher for the deposit."
    ),
    payments.VoucherForAnother: gettext_lazy("This voucher is for another treatment."),
}


@dataclass(frozen=True, slots=True)
class InHand:
    """The voucher that pays for the booking at hand, and what is left in it after that."""

    voucher: Voucher
    cents: int
    after: Purse


@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Take a voucher by its code into the booking, or, without one, put it away."""
    request.session.pop(VOUCHER, None)
    if "code" in request.POST:
        _take(request, CodeForm(request.POST))
    mine = own_hold(request)
    if mine is not None and mine.payment_started_at is not None:
        try:
            payments.leave_checkout(mine.pk, Clinic.objects.get(), now=now())
        except (payments.PaymentsDown, payments.AlreadyPaid, bookings.NoMoreTime):
            request.session.pop(VOUCHER, None)
            messages.warning(request, _("Your payment page is still open. Pay there, or wait."))
    return redirect("portal:terms")


def _take(request: HttpRequest, form: CodeForm) -> None:
    code = form.cleaned_data["code"] if form.is_valid() else ""
    found = Voucher.objects.filter(code=code, status=Voucher.Status.PAID).first() if code else None
    if found is None:
        messages.error(request, _("We do not know this code. Look at the voucher again."))
    else:
        request.session[VOUCHER] = found.token


def in_hand(request: HttpRequest, mine: Appointment) -> InHand | None:
    """Let the hold ask what her voucher pays, or what it usually asks when she has none.

    What cannot be used is put away, and she is told why.
    """
    token = request.session.get(VOUCHER)
    voucher = Voucher.objects.filter(token=token).first() if token else None
    at = now()
    try:
        if voucher is not None:
            on = at.astimezone(zone()).date()
            payments.choose_voucher(mine.pk, voucher, on=on, now=at)
        elif mine.by_voucher:
            bookings.ask_as_usual(mine.pk, now=at)
    except bookings.BeingPaid:
        return None
    except tuple(WHY_NOT) as refusal:
        put_away(request, refusal)
        return in_hand(request, mine)
    mine.refresh_from_db()
    if voucher is None:
        return None
    purse = purse_of(voucher)
    after = Purse(purse.left_cents - mine.deposit_cents, session_cents=purse.session_cents)
    return InHand(voucher, mine.deposit_cents, after)


def put_away(request: HttpRequest, refusal: Exception) -> None:
    """Go on without the voucher, and say why."""
    request.session.pop(VOUCHER, None)
    messages.warning(request, str(WHY_NOT[type(refusal)]))
