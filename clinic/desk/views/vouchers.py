"""Vouchers at the desk: finding one, what is left in it, and mailing it again."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import staff_only, voucher_for_staff
from clinic.desk.forms import DeskForm
from clinic.desk.here import here
from clinic.desk.page import Values, page, say
from clinic.desk.views.agenda import STAFF
from clinic.desk.vouchers import MOST, find_vouchers, visits_paid_by
from clinic.nudge import nudge
from payments import operations as payments
from payments.models import Voucher
from payments.purses import purse_of, purses_of


class MailForm(DeskForm):
    """Where a voucher is mailed to."""

    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail address"),
        error_messages={"required": gettext_lazy("Fill in the e-mail address.")},
    )


@require_GET
@staff_only(*STAFF)
def search(request: HttpRequest) -> HttpResponse:
    """Show the vouchers that fit what was typed, with what is left in them."""
    words = request.GET.get("q", "")[:100].strip().replace("\x00", "")
    found = find_vouchers(words)
    purses = purses_of(found)
    context: Values = {
        "area": "vouchers",
        "words": words,
        "found": [(one, purses[one.pk]) for one in found],
        "is_full": len(found) == MOST,
    }
    return page(request, "desk/vouchers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*STAFF)
def show(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """Show how a voucher stands; a submit mails it again."""
    voucher = voucher_for_staff(voucher_id)
    form = MailForm(request.POST or None, initial={"email": voucher.buyer_email})
    if request.method != "POST":
        return _page(request, voucher, form)
    if not form.is_valid():
        return _page(request, voucher, form, status=422)
    payments.mail_again(voucher.pk, email=form.cleaned_data["email"])
    nudge("reminders.tasks.send_due_steps")
    say(request, _("The voucher is mailed to %(email)s.") % form.cleaned_data)
    return _back(voucher)


@require_POST
@staff_only(*STAFF)
def see_to(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """Note that somebody dealt with money that was given back after it was used."""
    voucher = voucher_for_staff(voucher_id)
    payments.see_to_voucher(voucher.pk, now=here().now)
    say(request, _("It is noted that this is dealt with."))
    return _back(voucher)


def _back(voucher: Voucher) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:voucher", args=[voucher.pk]))


def _page(
    request: HttpRequest, voucher: Voucher, form: MailForm, *, status: int = 200
) -> HttpResponse:
    at = here()
    purse = purse_of(voucher)
    context: Values = {
        "area": "vouchers",
        "voucher": voucher,
        "purse": purse,
        "is_over": voucher.valid_until < at.today,
        "visits": visits_paid_by(voucher),
        "to_see_to": purse.short_cents > 0 and voucher.is_unseen,
        "form": form,
    }
    return page(request, "desk/voucher.html", context, status=status)
