"""Steps 4 and 6: her details, and agreeing to the terms."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Appointment, Client, Clinic
from clinic.access import HOLD, ip_address, own_hold
from clinic.nudge import nudge
from clinic.portal.beforehand import VOUCHER, InHand, in_hand, put_away
from clinic.portal.forms import AcceptForm, DetailsForm
from clinic.portal.pages import lapsed_page, step_page
from clinic.portal.shop_forms import CodeForm
from clinic.portal.shown import language, policy_of, zone
from clinic.refusals import NOT_BY_VOUCHER, refusal_for_client
from payments import operations as payments
from payments.models import Payment
from payments.operations.checkout import ReturnTo
from reminders import operations as reminders
from reminders import plans
from reminders.operations import composing

DRAFT = "details_draft"
PAYING = "paying"
NUDGES = ("reminders.tasks.requeue_changed", "reminders.tasks.send_due_steps")


def live_hold(request: HttpRequest) -> Appointment | HttpResponse:
    """Return the visitor's own hold, or the page that says where she is instead."""
    mine = own_hold(request)
    if mine is None:
        return redirect("portal:home")
    return unless_over(request, mine)


def unless_over(request: HttpRequest, held: Appointment) -> Appointment | HttpResponse:
    """Return a hold that still keeps its time, or the page that says what became of it."""
    if held.status == Appointment.Status.HELD and (held.held_until or now()) > now():
        return held
    if held.client_id and held.status not in (Appointment.Status.HELD, Appointment.Status.EXPIRED):
        return redirect("portal:appointment", token=held.token)
    return lapsed_page(request, held)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Ask who she is; what she typed outlives a lapsed hold."""
    if request.method == "POST":  # also when the hold has lapsed meanwhile
        _keep_draft(request)
    mine = live_hold(request)
    if isinstance(mine, HttpResponse):
        return mine
    if request.method != "POST":
        form = DetailsForm(initial=_known(request, mine))
        return step_page(request, "portal/details.html", mine, form)
    return _give_details(request, mine, DetailsForm(request.POST))


def _give_details(request: HttpRequest, mine: Appointment, form: DetailsForm) -> HttpResponse:
    if not form.is_valid():
        return step_page(request, "portal/details.html", mine, form)
    note = form.cleaned_data["note"]
    try:
        told = bookings.give_details(mine.pk, form.details(), note=note, zone=zone(), now=now())
    except bookings.HoldLapsed:
        return lapsed_page(request, mine)
    except bookings.NotEligible as refusal:
        why = refusal_for_client(refusal)
        return step_page(request, "portal/details.html", mine, form, refusal=why)
    except bookings.BeingPaid:
        return redirect("portal:terms")
    except bookings.AlreadyBooked:
        return redirect("portal:appointment", token=mine.token)
    return redirect(after_details(told))


def after_details(mine: Appointment) -> str:
    """Return where she goes on once she told who she is: to her plan, if she is asked for one."""
    return "portal:plan" if reminders.share_out_plan(mine, now=now()) else "portal:terms"


def _keep_draft(request: HttpRequest) -> None:
    if HOLD in request.session:
        names = DetailsForm.base_fields
        request.session[DRAFT] = {name: request.POST.get(name, "")[:500] for name in names}


def _known(request: HttpRequest, appointment: Appointment) -> dict[str, object]:
    """Return what she told before, in this visit only."""
    draft: dict[str, object] = dict(request.session.get(DRAFT, {}))
    client = appointment.client
    if draft or client is None:
        return draft
    return {
        "first_name": client.first_name,
        "last_name": client.last_name,
        "phone": client.phone,
        "email": client.email,
        "reach_by": client.reach_by,
        "whatsapp_consent": client.whatsapp_opted_in_at is not None,
        "note": appointment.note,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Show everything once more; the submit books, or goes to the payment page."""
    mine = live_hold(request)
    if isinstance(mine, HttpResponse):
        return mine
    if mine.client is None:
        return redirect("portal:details")
    try:
        held = in_hand(request, mine)
    except bookings.HoldLapsed:
        return lapsed_page(request, mine)
    except bookings.AlreadyBooked:
        return redirect("portal:appointment", token=mine.token)
    read = as_read(mine, at=now())
    if request.method != "POST":
        return _terms_page(request, mine, AcceptForm(read), held)
    form = AcceptForm(read, request.POST)
    if not form.is_valid():
        return _terms_page(request, mine, AcceptForm.again(form, read), held)
    return _agreed(request, mine, held, form)


def _agreed(
    request: HttpRequest, mine: Appointment, held: InHand | None, form: AcceptForm
) -> HttpResponse:
    try:
        return _agree(request, mine, held, at=now())
    except bookings.DetailsMissing:  # another tab has changed what is asked
        return redirect("portal:terms")
    except tuple(NOT_BY_VOUCHER) as refusal:  # somebody has drawn on it meanwhile
        put_away(request, refusal)
        return redirect("portal:terms")
    except (bookings.HoldLapsed, payments.NothingToPay):
        return lapsed_page(request, mine)
    except (bookings.AlreadyBooked, payments.AlreadyPaid):
        return redirect("portal:appointment", token=mine.token)
    except payments.PaymentsDown:
        form.add_error(
            None,
            _("The payment page cannot be reached. We hold your time; try again in a minute."),
        )
        answer = _terms_page(request, mine, form, held)
        answer.status_code = 503
        return answer


def _agree(
    request: HttpRequest, mine: Appointment, held: InHand | None, *, at: datetime
) -> HttpResponse:
    accept(request, mine, at=at)
    if held is not None:
        payments.draw(mine.pk, held.voucher.pk, on=at.astimezone(zone()).date(), now=at)
        request.session.pop(VOUCHER, None)
    elif not mine.deposit_cents:
        bookings.book(mine.pk, now=at)
    if held is not None or not mine.deposit_cents:
        nudge(*NUDGES)
        forget(request)
        return redirect("portal:appointment", token=mine.token)
    deposit = payments.deposit_of(mine.pk, now=at)
    return redirect(to_payment_page(request, deposit, reverse("portal:terms"), at=at))


def as_read(appointment: Appointment, *, at: datetime) -> str:
    """Return a mark of what the page shows: another time, price or deadline gives another."""
    return mark_of(appointment, policy_of(appointment, now=at))


def mark_of(appointment: Appointment, policy: str) -> str:
    """Return a mark of a policy as it is shown for a visit."""
    shown = f"{appointment.pk} {appointment.starts_at} {policy}"
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def accept(request: HttpRequest, appointment: Appointment, *, at: datetime) -> None:
    """Store the terms as this page showed them."""
    said = acceptance(request, policy_of(appointment, now=at))
    bookings.accept_terms(appointment.pk, said, now=at)


def acceptance(request: HttpRequest, policy: str) -> bookings.Acceptance:
    """Return what she agrees to here and now."""
    return bookings.Acceptance(
        text=policy,
        version=Clinic.objects.get().terms_version,
        address=ip_address(request),
        device=request.headers.get("User-Agent", ""),
    )


def to_payment_page(request: HttpRequest, payment: Payment, back: str, *, at: datetime) -> str:
    """Return the address of a payment page, and remember who went there.

    Stripe's page sends her back by a reference that opens nothing to anybody else.
    """
    paid = reverse("portal:paid", args=[payment.reference])
    url = payments.start_checkout(
        payment.pk,
        ReturnTo(
            paid=f"{settings.PUBLIC_BASE_URL}{paid}", back=f"{settings.PUBLIC_BASE_URL}{back}"
        ),
        now=at,
    )
    request.session[PAYING] = str(payment.reference)
    return url


def forget(request: HttpRequest) -> None:
    """Take what she typed out of the visitor's session.

    The booking itself stays until she holds another time: a second click on the last button
    comes after the first was answered, and is to end at the same page.
    """
    request.session.pop(DRAFT, None)


def _terms_page(
    request: HttpRequest, appointment: Appointment, form: AcceptForm, held: InHand | None
) -> HttpResponse:
    client = appointment.client
    assert client is not None
    return step_page(
        request,
        "portal/terms.html",
        appointment,
        form,
        policy=policy_of(appointment, now=now()),
        held=held,
        code_form=CodeForm(),
        asks_plan=reminders.is_asked_for_plan(appointment),
        contact={
            "name": client.full_name,
            "phone": client.phone,
            "email": client.email,
            "reminders": Client.ReachBy(client.reach_by).label,
        },
        plan_sentence=plan_sentence(appointment),
    )


def plan_sentence(appointment: Appointment) -> str:
    """Return her own sentence as it still fits, with the obstacle's when she gave one."""
    said = composing.plan_sentence(appointment, language=language(), zone=zone())
    if not said:
        return ""
    plan = appointment.if_then_plan
    more = plans.obstacle_sentence(plan.obstacle, plan.answer, language=language())
    return f"{said} {more}".strip()
