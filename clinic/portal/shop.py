"""Vouchers in the portal: buying one, how it stands, and booking with it."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.clock import now
from bookings.models import Clinic
from clinic.access import address_key, voucher_by_reference, voucher_by_token
from clinic.nudge import nudge
from clinic.papers.answers import as_pdf
from clinic.papers.voucher import voucher_paper
from clinic.portal.beforehand import VOUCHER
from clinic.portal.pages import message_page
from clinic.portal.shop_forms import BuyForm
from clinic.portal.shown import language, zone
from payments import operations as payments
from payments.models import CourseOffer, Receipt, Voucher
from payments.purses import purse_of, uses_of
from payments.stripe_gateway import OutcomeUnknown, Refused, Unavailable
from payments.vouchers import months_later

log = logging.getLogger(__name__)
BUYING = "buying"
NOT_SOLD: dict[type[Exception], tuple[str | Promise, int]] = {
    payments.PaymentsDown: (
        gettext_lazy(
            "The payment page cannot be reached. Nothing was charged; try again in a minute."
        ),
        503,
    ),
    payments.NothingToPay: (gettext_lazy("Your payment page has closed. Try again."), 409),
    payments.SaleRefused: (
        gettext_lazy(
            "Our payment service does not take this purchase. Nothing was charged; call us."
        ),
        503,
    ),
    payments.TooManyPurchases: (
        gettext_lazy("Too many purchases were begun from here. Wait an hour, or call us."),
        429,
    ),
}


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Show what can be bought beforehand."""
    _selling()
    return render(request, "portal/shop.html", {"courses": _courses()})


@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HttpRequest) -> HttpResponse:
    """Ask who buys, and go to the payment page; `kuur` names a course, else it is a gift."""
    clinic, course = _selling(), _course(request)
    told = request.POST.copy()
    form = BuyForm(course, told or None)
    if request.method != "POST" or not form.is_valid():
        return _buy_page(request, form, course, status=422 if form.is_bound else 200)
    at = now()
    purchase = form.purchase(
        language=language(),
        valid_until=months_later(at.astimezone(zone()).date(), clinic.voucher_months),
    )
    try:
        voucher = _purchase(request, form, purchase, at=at)
        told["begun"] = str(voucher.reference)  # the next try is of the same purchase
        url = payments.pay_page(voucher.pk, now=at)
    except payments.AlreadyPaid:  # in another tab, just now
        return redirect("portal:bought", reference=voucher.reference)
    except tuple(NOT_SOLD) as error:
        why, status = NOT_SOLD[type(error)]
        form.add_error(None, str(why))
        return _buy_page(request, form, course, status=status)
    request.session[BUYING] = str(voucher.reference)
    return redirect(url)


def _purchase(
    request: HttpRequest, form: BuyForm, purchase: payments.Purchase, *, at: datetime
) -> Voucher:
    """Return the purchase to pay for: a second click goes on with the same."""
    begun = form.cleaned_data["begun"] or request.session.get(BUYING)
    return payments.begun_before(begun, purchase, now=at) or payments.order_voucher(
        purchase,
        paid_url=f"{settings.PUBLIC_BASE_URL}{reverse('portal:shop')}betaald/",
        back_url=f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}",
        address=address_key(request),
        now=at,
    )


def _buy_page(
    request: HttpRequest, form: BuyForm, course: CourseOffer | None, *, status: int
) -> HttpResponse:
    return render(request, "portal/buy.html", {"form": form, "course": course}, status=status)


@require_safe
def bought(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Look how the purchase stands, by asking Stripe and not by what the address says."""
    voucher = voucher_by_reference(reference)
    try:
        payments.check_sale(voucher, now=now())
    except (OutcomeUnknown, Refused, Unavailable) as error:
        log.warning("cannot look at voucher %s: %s", voucher.pk, error)
    voucher.refresh_from_db()
    if request.session.get(BUYING) != str(reference):
        return message_page(
            request, _("Thank you"), _("You find your voucher in our e-mail."), status=200
        )
    if voucher.status == Voucher.Status.PAID:
        nudge("reminders.tasks.send_due_steps", "payments.tasks.settle_appointments")
        return redirect("portal:voucher", token=voucher.token)
    if voucher.status in Voucher.UNSETTLED:
        return render(request, "portal/wait.html")
    return redirect("portal:shop")


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is left in a voucher, and what was done with it; its link is the proof."""
    voucher = voucher_by_token(token)
    context = {
        "voucher": voucher,
        "purse": purse_of(voucher),
        "uses": uses_of(voucher),
        "receipts": Receipt.objects.filter(entry__voucher=voucher).select_related("entry"),
        "is_over": voucher.valid_until < now().astimezone(zone()).date(),
        "is_new": request.session.get(BUYING) == str(voucher.reference),
    }
    return render(request, "portal/voucher.html", context)


@require_safe
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """Give a voucher on paper, to give away or to keep."""
    voucher = voucher_by_token(token)
    made = voucher_paper(
        voucher,
        Clinic.objects.get(),
        language=language(),
        zone=zone(),
        base=settings.PUBLIC_BASE_URL,
    )
    return as_pdf(made, name=_("voucher"))


@require_POST
def book_with(request: HttpRequest, token: str) -> HttpResponse:
    """Begin a booking that is paid from this voucher."""
    voucher = voucher_by_token(token)
    request.session[VOUCHER] = voucher.token
    if voucher.treatment is not None and voucher.treatment.is_active:
        return redirect("portal:practitioner", slug=voucher.treatment.slug)
    return redirect("portal:home")


def _selling() -> Clinic:
    """Return the clinic when it sells vouchers.

    :raises Http404: if it does not
    """
    clinic = Clinic.objects.get()
    if not clinic.sells_vouchers:
        raise Http404
    return clinic


def _courses() -> list[CourseOffer]:
    offers = CourseOffer.objects.filter(is_active=True, treatment__is_active=True)
    return list(offers.select_related("treatment").order_by("treatment__position", "sessions"))


def _course(request: HttpRequest) -> CourseOffer | None:
    """Return the course that the address names; none when it is a gift.

    :raises Http404: if it is not for sale
    """
    asked = request.GET.get("kuur", "")
    if not asked:
        return None
    found = (one for one in _courses() if str(one.pk) == asked)
    course = next(found, None)
    if course is None:
        raise Http404
    return course
