"""The clinic's rules, added and edited in words: when this happens, send that."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings.clock import now
from bookings.models import Clinic, Consent, Treatment, User
from clinic.access import staff_only
from clinic.nudge import nudge
from clinic.portal.shown import language
from reminders import operations as reminders
from reminders.models import Rule, RuleChange, Wording
from reminders.offset_words import NotUnderstood, offset_in_words, read_offset
from reminders.operations import RuleText
from reminders.rules import AROUND_VISIT, After, Offset

Event, Key = Rule.Event, Wording.Key
#: The texts to choose from; a rule that waits for an event has its own.
TEXTS = (Key.CONFIRM_QUESTION, Key.REMINDER, Key.PREPARATION, Key.AFTER_VISIT)


class RuleForm(forms.Form):
    """One rule, as the owner would say it."""

    name = forms.CharField(max_length=80, label=gettext_lazy("Name"))
    when = forms.CharField(
        max_length=60,
        label=gettext_lazy("When"),
        help_text=gettext_lazy(
            "For instance “1 day before at 18:00”, “24 hours before” or “1 day after the visit”."
        ),
        error_messages={"required": gettext_lazy("Write down how long before or after.")},
    )
    wording = forms.ChoiceField(
        label=gettext_lazy("Which text"),
        choices=[(key.value, key.label) for key in TEXTS],
    )
    reach = forms.ChoiceField(label=gettext_lazy("How"), choices=Rule.Reach.choices)
    asks = forms.BooleanField(
        required=False,
        label=gettext_lazy("It asks whether she comes: who said yes does not get it"),
    )
    least_days = forms.IntegerField(
        label=gettext_lazy("Only who booked at least so many days ahead"),
        required=False,
        min_value=0,
        max_value=365,
    )
    treatments = forms.ModelMultipleChoiceField(
        Treatment.objects.all(),
        label=gettext_lazy("Only of these treatments (none chosen: of all)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("For what"),
        choices=Consent.Purpose.choices,
        initial=Consent.Purpose.SERVICE,
        help_text=gettext_lazy("Tips and news only go to who allowed them, after a visit."),
    )
    is_active = forms.BooleanField(required=False, label=gettext_lazy("In use"))

    def __init__(self, rule: Rule | None, data: Any = None, **more: Any) -> None:
        """Ask about a rule, or about a new one; one that waits for an event has no moment."""
        super().__init__(data, **more)
        if rule is not None and rule.on not in AROUND_VISIT:
            for name in ("when", "wording", "asks", "least_days", "purpose", "treatments"):
                del self.fields[name]
        self.rule = rule

    def clean_when(self) -> Offset:
        try:
            return read_offset(self.cleaned_data["when"])
        except NotUnderstood as error:
            raise forms.ValidationError(
                _("We do not understand that. Write “1 day before at 18:00” or “24 hours before”.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """Check that the text is one for that moment."""
        cleaned: dict[str, Any] = super().clean() or {}
        offset, wording = cleaned.get("when"), cleaned.get("wording")
        if offset is None or wording is None:
            return cleaned
        self._check_moment(offset, is_on=cleaned["is_active"])
        on = Event.AFTER_VISIT if isinstance(offset, After) else Event.BEFORE_START
        purpose = cleaned.get("purpose", Consent.Purpose.SERVICE)
        try:
            Rule(on=on, wording=wording, asks=cleaned["asks"], purpose=purpose).clean()
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned

    def _check_moment(self, offset: Offset, *, is_on: bool) -> None:
        """Refuse a time of the night, and another kind of moment than the rule has."""
        clock = getattr(offset, "at", None)
        is_new = self.rule is None or "when" in self.changed_data or not self.rule.is_active
        if clock and is_on and is_new and Clinic.objects.get().offer_rules.is_quiet_at(clock):
            quiet = _("At that time it is quiet, by the settings of the clinic. Choose another.")
            self.add_error("when", quiet)
        was_after = self.rule is not None and self.rule.on == Event.AFTER_VISIT
        if self.rule is not None and isinstance(offset, After) != was_after:
            self.add_error("when", _("Add another rule for that, and leave this one as it is."))

    @property
    def text(self) -> RuleText:
        """What was said, as values."""
        said = self.cleaned_data
        return RuleText(
            name=said["name"],
            offset=said.get("when"),
            wording=said.get("wording") or (self.rule.wording if self.rule else ""),
            reach=said["reach"],
            asks=said.get("asks", False),
            is_active=said["is_active"],
            least_notice=timedelta(days=said.get("least_days") or 0),
            treatment_ids=frozenset(one.pk for one in said.get("treatments", ())),
            purpose=said.get("purpose", Consent.Purpose.SERVICE),
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words."""

    rule: Rule
    when: str

    @property
    def treatments(self) -> str:
        """Those that it is about, nothing when it is about all."""
        return ", ".join(one.name for one in self.rule.treatments.all())


def rules_in_words() -> list[Said]:
    """Return every rule, those in use first. Two queries."""
    every = Rule.objects.order_by("-is_active", "pk").prefetch_related("treatments")
    return [Said(one, when_in_words(one)) for one in every]


def when_in_words(rule: Rule) -> str:
    """Return when a rule sends its text: “24 hours before”, or what it waits for."""
    offset = rule.spec.offset
    return offset_in_words(offset, language()) if offset else rule.get_on_display()


def following() -> RuleChange | None:
    """Return the change of the rules that the waiting messages are following now."""
    return RuleChange.objects.filter(finished_at=None).order_by("-pk").first()


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(User.OWNER)
def edit(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show a rule in words; a submit changes it, and what waits follows."""
    rule = Rule.objects.filter(pk=rule_id).prefetch_related("treatments").first()
    if rule is None:
        raise Http404
    form = RuleForm(rule, request.POST or None, initial=_initial(rule))
    if request.method == "POST" and form.is_valid():
        return _changed(request, reminders.edit_rule(rule.pk, form.text, now=now()))
    return _page(request, form, rule)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(User.OWNER)
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a new rule in words; a submit adds it, for what comes from now on."""
    form = RuleForm(None, request.POST or None, initial={"is_active": True})
    if request.method == "POST" and form.is_valid():
        return _changed(request, reminders.add_rule(form.text, now=now()))
    return _page(request, form, None)


def _changed(request: HttpRequest, change: RuleChange) -> HttpResponse:
    nudge("reminders.tasks.follow_rules")
    said = _("Changed. The messages of %(count)s appointments follow in a moment.")
    messages.success(request, said % {"count": change.total})
    return HttpResponseRedirect(reverse("office:messages"))


def _page(request: HttpRequest, form: RuleForm, rule: Rule | None) -> HttpResponse:
    context = {"area": "office", "form": form, "rule": rule}
    return render(request, "office/rule.html", context, status=422 if form.errors else 200)


def _initial(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "when": when_in_words(rule),
        "wording": rule.wording,
        "reach": rule.reach,
        "asks": rule.asks,
        "least_days": rule.least_notice.days,
        "treatments": [one.pk for one in rule.treatments.all()],
        "purpose": rule.purpose,
        "is_active": rule.is_active,
    }
