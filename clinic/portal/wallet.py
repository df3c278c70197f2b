"""Her own money: what she paid, what is still open, and the card we keep."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.clock import now
from clinic.access import appointment_by_token
from clinic.nudge import nudge
from clinic.portal.appointment import deposit_shown, fee_shown
from clinic.portal.shown import visit_of
from payments import operations as payments
from payments.wallet import wallet_of


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the client of this appointment paid, and the card we keep for her."""
    wallet = wallet_of(_client_id(token))
    lines = [
        {
            "visit": visit_of(line.appointment),
            "token": line.appointment.token,
            "deposit": deposit_shown(line.standing),
            "fee": fee_shown(line.standing),
            "receipts": line.receipts,
        }
        for line in wallet.lines
    ]
    context = {"token": token, "wallet": wallet, "lines": lines}
    return render(request, "portal/wallet.html", context)


@require_POST
def remove_card(request: HttpRequest, token: str) -> HttpResponse:
    """Charge her card no more, and have Stripe forget it."""
    try:
        payments.remove_card(_client_id(token), now=now())
    except payments.NoCard:
        messages.info(request, _("We keep no card of yours."))
    else:
        messages.success(request, _("Your card is removed. We do not charge it any more."))
        nudge("payments.tasks.make_calls")
    return redirect("portal:wallet", token=token)


def _client_id(token: str) -> int:
    client_id = appointment_by_token(token).client_id
    if client_id is None:
        raise Http404
    return client_id
