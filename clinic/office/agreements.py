"""What a client would read and pay: the terms of a treatment, before anybody books it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bookings import formats
from bookings.asked import conditions_of, terms_asked
from bookings.clock import now
from bookings.models import ClientGroup, Clinic, Treatment, User
from bookings.terms import STRANGER, Known, Payers, Terms, costs_after, quote
from clinic.access import staff_only
from clinic.office.pages import zone
from clinic.office.tables import Euros, Table
from clinic.policy import payers_text, policy_text
from clinic.portal.shown import language

STRANGERS, REGULARS, RECORD = "new", "regular", "record"


def _clients() -> list[tuple[str, str]]:
    """Return the kinds of client, and the groups."""
    groups = ClientGroup.objects.all()
    return [
        (STRANGERS, _("somebody new")),
        (REGULARS, _("somebody who has been here")),
        (RECORD, _("somebody who did not come too often")),
        *((str(one.pk), _("the group “%(name)s”") % {"name": one.name}) for one in groups),
    ]


class PretendForm(forms.Form):
    """Which treatment, for whom, and how long before."""

    treatment = forms.ModelChoiceField(
        Treatment.objects.filter(is_active=True),
        label=gettext_lazy("Treatment"),
        required=False,
        empty_label=None,
    )
    who = forms.ChoiceField(label=gettext_lazy("For whom"), required=False, choices=_clients)
    days = forms.IntegerField(
        label=gettext_lazy("Booked so many days before"),
        required=False,
        min_value=0,
        max_value=365,
    )

    def pretended(self) -> "Pretended | None":
        """Return what was asked for; of a form in error, what one sees without asking."""
        asked = self.cleaned_data if self.is_valid() else {}
        treatment = asked.get("treatment") or Treatment.objects.filter(is_active=True).first()
        if treatment is None:
            return None
        who, days = asked.get("who") or STRANGERS, asked.get("days")
        group = ClientGroup.objects.filter(pk=who).first() if who.isdecimal() else None
        return Pretended(treatment, who, group, 7 if days is None else days)


@dataclass(frozen=True, slots=True)
class Pretended:
    """A booking that nobody makes."""

    treatment: Treatment
    who: str
    group: ClientGroup | None
    days: int

    def known(self, clinic: Clinic) -> Known:
        """Return what the clinic would know of the client."""
        if self.who == RECORD:
            return Known(has_come=True, missed=clinic.record_missed)
        return STRANGER if self.who == STRANGERS else Known(has_come=True)


@require_safe
@staff_only(User.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """Show the terms of a treatment as a client would read them, and what each moment costs."""
    first = Treatment.objects.filter(is_active=True).values_list("pk", flat=True).first()
    unasked = {"treatment": first or "", "who": STRANGERS, "days": 7}
    form = PretendForm(unasked | request.GET.dict())
    pretended, clinic, at = form.pretended(), Clinic.objects.get(), now()
    context: dict[str, object] = {"area": "office", "form": form, "pretended": pretended}
    if pretended is not None:
        context |= _read(pretended, clinic, at)
    return render(request, "office/agreements.html", context, status=400 if form.errors else 200)


def _read(pretended: Pretended, clinic: Clinic, at: datetime) -> dict[str, object]:
    asked = conditions_of(pretended.treatment, clinic, pretended.group)
    price_cents = pretended.treatment.price_cents
    terms = terms_asked([asked], [price_cents], clinic, pretended.known(clinic))
    last_hour = at.replace(minute=0, second=0, microsecond=0)
    starts_at = last_hour + timedelta(days=pretended.days, hours=1)
    return {
        "price_cents": price_cents,
        "terms": terms,
        "rest_cents": price_cents - terms.deposit_cents,
        "starts_at": starts_at,
        "read": [
            (tongue, name, _policy(terms, asked.payers, clinic, starts_at, at, tongue))
            for tongue, name in (("nl", _("In Dutch")), ("en", _("In English")))
        ],
        "costs": costs_table(terms, starts_at=starts_at),
    }


def _policy(
    terms: Terms, payers: Payers, clinic: Clinic, starts_at: datetime, at: datetime, tongue: str
) -> str:
    said = policy_text(terms, starts_at=starts_at, now=at, language=tongue, zone=zone())
    return f"{said} {payers_text(payers, clinic, language=tongue)}".strip()


def costs_table(terms: Terms, *, starts_at: datetime) -> Table:
    """Return what cancelling at each moment costs, how the deposit meets it, and a no-show."""

    def words(moment: datetime) -> str:
        return formats.moment_in_words(moment, language(), zone=zone())

    steps = costs_after(terms, starts_at=starts_at)
    first = words(steps[0][0]) if steps else words(starts_at)
    rows = [(_("Cancelled until %(moment)s") % {"moment": first}, 0)]
    rows += [(_("Cancelled after %(moment)s") % {"moment": words(at)}, fee) for at, fee in steps]
    rows.append((_("Not come"), terms.no_show_fee_cents))
    head = [_("What happens"), _("Costs"), _("From the deposit"), _("Still to pay"), _("Goes back")]
    return Table(_("What each moment costs"), head, [_costs(*row, terms) for row in rows])


def _costs(what: str, fee_cents: int, terms: Terms) -> list[str | Euros]:
    met = quote(fee_cents, deposit_paid_cents=terms.deposit_cents)
    parts = (met.fee_cents, met.deposit_kept_cents, met.charge_cents, met.refund_cents)
    return [what, *(Euros(cents) for cents in parts)]
