"""A voucher in the booking: chosen once, shown on the last step, drawn when she agrees."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Appointment, Clinic
from clinic.access import own_hold
from clinic.portal.shop_forms import CodeForm
from clinic.portal.shown import zone
from clinic.refusals import NOT_BY_VOUCHER
from payments import operations as payments
from payments.models import Voucher
from payments.purses import paid_voucher, purse_of
from payments.vouchers import Purse

VOUCHER = "voucher"


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
        take(request)
    mine = own_hold(request)
    if mine is not None and mine.payment_started_at is not None:
        try:
            payments.leave_checkout(mine.pk, Clinic.objects.get(), now=now())
        except payments.PaymentsDown:
            request.session.pop(VOUCHER, None)
            messages.warning(request, _("Your payment page is still open. Pay there, or wait."))
        except (payments.AlreadyPaid, bookings.NoMoreTime):
            request.session.pop(VOUCHER, None)  # the next page says how it stands
    return redirect("portal:terms")


def take(request: HttpRequest) -> bool:
    """Take the voucher whose code she typed in hand; false, and told, if there is none."""
    form = CodeForm(request.POST)
    code = form.cleaned_data["code"] if form.is_valid() else ""
    found = paid_voucher(code)
    if found is None:
        messages.error(request, _("We do not know this code. Look at the voucher again."))
        return False
    request.session[VOUCHER] = found.token
    return True


def in_hand(request: HttpRequest, mine: Appointment) -> InHand | None:
    """Let the hold ask what her voucher pays, or what it usually asks when she has none.

    What cannot be used is put away, and she is told why.
    """
    voucher, at = taken(request), now()
    try:
        if voucher is not None:
            on = at.astimezone(zone()).date()
            payments.choose_voucher(mine.pk, voucher, on=on, now=at)
        elif mine.by_voucher:
            bookings.ask_as_usual(mine.pk, now=at)
    except bookings.BeingPaid:
        return None
    except tuple(NOT_BY_VOUCHER) as refusal:
        put_away(request, refusal)
        return in_hand(request, mine)
    mine.refresh_from_db()
    if voucher is None:
        return None
    return InHand(voucher, mine.deposit_cents, after(voucher, mine.deposit_cents))


def taken(request: HttpRequest) -> Voucher | None:
    """Return the voucher she has in hand."""
    token = request.session.get(VOUCHER)
    return Voucher.objects.filter(token=token).first() if token else None


def after(voucher: Voucher, cents: int) -> Purse:
    """Return how a voucher stands once so much was drawn."""
    purse = purse_of(voucher)
    return Purse(purse.left_cents - cents, session_cents=purse.session_cents)


def put_away(request: HttpRequest, refusal: Exception) -> None:
    """Go on without the voucher, and say why."""
    request.session.pop(VOUCHER, None)
    messages.warning(request, str(NOT_BY_VOUCHER[type(refusal)]))
