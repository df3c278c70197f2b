"""What a client would be told, and when: the rules and texts, seen on a pretended booking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bookings import formats
from bookings.asked import conditions_of, terms_asked
from bookings.clock import now
from bookings.models import Client, Clinic, Practitioner, Treatment, User
from bookings.terms import STRANGER
from clinic.access import staff_only
from clinic.office.pages import zone
from clinic.office.rules import following, rules_in_words
from clinic.policy import policy_text
from clinic.portal.shown import language
from reminders.models import Rule, TemplateApproval
from reminders.samples import Sample, Told, timeline
from reminders.tasks import clinic_sender
from reminders.wording import outside_gsm, segments

ReachBy = Client.ReachBy
# Made up: an ordinary one, a long one, and two that an SMS is dear with.
NAMES = ("Sanne", "Annemarijke", "Zoë", "Łucja")
DAY = timedelta(days=1)


class PretendForm(forms.Form):
    """Who books, how long before, and how she wants to be told."""

    days = forms.IntegerField(
        label=gettext_lazy("Booked so many days before"),
        required=False,
        min_value=0,
        max_value=365,
    )
    name = forms.ChoiceField(
        label=gettext_lazy("First name"), required=False, choices=[(one, one) for one in NAMES]
    )
    reach_by = forms.ChoiceField(
        label=gettext_lazy("Reminded by"), required=False, choices=ReachBy.choices
    )
    tongue = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("nl", gettext_lazy("Dutch")), ("en", gettext_lazy("English"))],
    )
    treatment = forms.ModelChoiceField(
        Treatment.objects.filter(is_active=True),
        label=gettext_lazy("Treatment"),
        required=False,
        empty_label=gettext_lazy("Any treatment"),
    )
    plan = forms.BooleanField(
        label=gettext_lazy("with an if-then plan, told at its moment"), required=False
    )
    by_desk = forms.BooleanField(label=gettext_lazy("booked by the desk"), required=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the owner reads it."""

    told: Told
    before: str
    ways: str
    parts: int  # of an SMS; 0 for anything else
    odd: str  # characters that make it dearer
    rule_url: str
    wording_url: str


@require_safe
@staff_only(User.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """Show everything that somebody who books now would be told."""
    unasked = {"days": 9, "name": NAMES[0], "reach_by": ReachBy.SMS, "tongue": "nl"}
    asked = {name: value for name, value in request.GET.items() if value}
    if not request.GET:
        asked = {"plan": "on"}
    form = PretendForm(unasked | asked)
    at = now().replace(second=0, microsecond=0)
    context: dict[str, object] = {"area": "office", "form": form}
    if form.is_valid():
        sample = _sample(form.cleaned_data, Clinic.objects.get(), at)
        rules = Rule.objects.in_use()
        told = timeline(sample, rules, clinic_sender(), now=at)
        lines = [_line(one, sample) for one in told]
        context |= {"rules": rules_in_words(), "following": following()}
        context["templates"] = TemplateApproval.objects.all()
        context |= {"sample": sample, "lines": lines}
    return render(request, "office/messages.html", context, status=400 if form.errors else 200)


def _sample(asked: dict[str, Any], clinic: Clinic, at: datetime) -> Sample:
    """Return a visit at ten o'clock, so many days ahead; today, two hours from now."""
    days, tongue = asked["days"], asked["tongue"]
    local = at.astimezone(zone())
    soon = (local + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    later = (local + days * DAY).replace(hour=10, minute=0, second=0, microsecond=0)
    starts_at = later if days else soon
    who = Practitioner.objects.filter(is_active=True).order_by("-name").first()
    return Sample(
        first_name=asked["name"],
        practitioner=who.first_name if who else "",
        language=tongue,
        reach_by=ReachBy(asked["reach_by"]),
        starts_at=starts_at,
        policy=_policy(asked["treatment"], clinic, starts_at, at, tongue),
        treatment_id=asked["treatment"].pk if asked["treatment"] else None,
        by_clinic=asked["by_desk"],
        with_plan=asked["plan"],
    )


def _policy(
    chosen: Treatment | None, clinic: Clinic, starts_at: datetime, at: datetime, tongue: str
) -> str:
    treatment = chosen or Treatment.objects.filter(is_active=True).first()
    if treatment is None:
        return ""
    asked = conditions_of(treatment, clinic, None)
    terms = terms_asked([asked], [treatment.price_cents], clinic, STRANGER)
    return policy_text(terms, starts_at=starts_at, now=at, language=tongue, zone=zone())


def _line(told: Told, sample: Sample) -> Line:
    is_sms = told.way == ReachBy.SMS
    names: list[str] = [str(ReachBy(one).label) for one in told.ways]
    return Line(
        told=told,
        before=_before(sample.starts_at - told.due_at),
        ways=reduce(_or_else, names),
        parts=segments(told.text) if is_sms else 0,
        odd=outside_gsm(told.text) if is_sms else "",
        rule_url=reverse("office:rule", args=[told.rule.pk]),
        wording_url=reverse("admin:reminders_wording_change", args=[told.wording_id]),
    )


def _or_else(way: str, other: str) -> str:
    return _("%(way)s, else %(other)s") % {"way": way, "other": other}


def _before(left: timedelta) -> str:
    """Return how long before the start, or after it, in words."""
    if left < timedelta():
        return _("%(length)s after the start") % {"length": formats.length(-left, language())}
    return _("%(length)s before the start") % {"length": formats.length(left, language())}
