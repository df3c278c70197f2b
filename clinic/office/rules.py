"""The clinic's rules, edited in words: when this happens, send that."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings.clock import now
from bookings.models import User
from clinic.access import staff_only
from clinic.nudge import nudge
from clinic.portal.shown import language
from reminders import operations as reminders
from reminders.models import Rule, RuleChange, Wording
from reminders.offset_words import NotUnderstood, offset_in_words, read_offset
from reminders.operations import RuleText
from reminders.rules import DaysBeforeAt, HoursBefore


class RuleForm(forms.Form):
    """One rule, as the owner would say it."""

    name = forms.CharField(max_length=80, label=gettext_lazy("Name"))
    when = forms.CharField(
        max_length=60,
        label=gettext_lazy("When"),
        help_text=gettext_lazy("For instance “1 day before at 18:00”, or “24 hours before”."),
        error_messages={"required": gettext_lazy("Write down how long before the start.")},
    )
    wording = forms.ChoiceField(label=gettext_lazy("Which text"), choices=Wording.Key.choices)
    reach = forms.ChoiceField(label=gettext_lazy("How"), choices=Rule.Reach.choices)
    asks = forms.BooleanField(
        required=False,
        label=gettext_lazy("It asks whether she comes: who said yes does not get it"),
    )
    is_active = forms.BooleanField(required=False, label=gettext_lazy("In use"))

    def __init__(self, rule: Rule, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        if rule.on != Rule.Event.BEFORE_START:
            del self.fields["when"], self.fields["asks"]

    def clean_when(self) -> HoursBefore | DaysBeforeAt:
        try:
            return read_offset(self.cleaned_data["when"])
        except NotUnderstood as error:
            raise forms.ValidationError(
                _("We do not understand that. Write “1 day before at 18:00” or “24 hours before”.")
            ) from error

    @property
    def text(self) -> RuleText:
        """What was said, as values."""
        said = self.cleaned_data
        return RuleText(
            name=said["name"],
            offset=said.get("when"),
            wording=said["wording"],
            reach=said["reach"],
            asks=said.get("asks", False),
            is_active=said["is_active"],
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words."""

    rule: Rule
    when: str


def rules_in_words() -> list[Said]:
    """Return every rule, those in use first. One query."""
    return [Said(one, when_in_words(one)) for one in Rule.objects.order_by("-is_active", "pk")]


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
    rule = Rule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise Http404
    form = RuleForm(rule, request.POST or None, initial=_initial(rule))
    if request.method == "POST" and form.is_valid():
        change = reminders.edit_rule(rule.pk, form.text, now=now())
        nudge("reminders.tasks.follow_rules")
        said = _("Changed. The messages of %(count)s appointments to come follow in a moment.")
        messages.success(request, said % {"count": change.total})
        return HttpResponseRedirect(reverse("office:messages"))
    context = {"area": "office", "form": form, "rule": rule, "on": rule.get_on_display()}
    return render(request, "office/rule.html", context, status=422 if form.errors else 200)


def _initial(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "when": when_in_words(rule),
        "wording": rule.wording,
        "reach": rule.reach,
        "asks": rule.asks,
        "is_active": rule.is_active,
    }
