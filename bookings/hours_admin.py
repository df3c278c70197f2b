"""Hours in the admin: what is wrong with them is said in words, not by the database."""

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _

from bookings.hours import EVERY_WEEK, Shift
from bookings.models import SpecialHours, WorkingHours

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    TabularInline = admin.TabularInline
    ModelForm = forms.ModelForm
    InlineFormSet = BaseInlineFormSet


class HoursForm(ModelForm):
    """One stretch of work."""

    def validate_constraints(self) -> None:
        # Said in words below, and over all the rows as they would be. The database asks again.
        pass

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("They end before they begin."))
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("They end before they begin."))
        return data


class HoursFormSet(InlineFormSet):
    """All the hours of somebody: none lies over another."""

    def clean(self) -> None:
        super().clean()
        kept: list[Shift] = []
        for form in self.forms:
            shift = None if form.errors else _shift(getattr(form, "cleaned_data", {}))
            if shift is None:
                continue
            if any(shift.meets(other) for other in kept):
                form.add_error("opens", _("These hours overlap others of the same day."))
            kept.append(shift)


def _shift(data: dict[str, Any]) -> Shift | None:
    """Return a row's hours; a date is a shift of that one day. Nothing for what is deleted."""
    if data.get("DELETE") or "opens" not in data:
        return None
    opens: time = data["opens"]
    closes: time = data["closes"]
    day: date | None = data.get("works_on")
    if day is not None:
        return Shift(day.weekday(), opens, closes, EVERY_WEEK, day, day)
    return Shift(
        data["weekday"], opens, closes, data["weeks"], data.get("from_on"), data.get("until_on")
    )


class WorkingHoursInline(TabularInline):
    model = WorkingHours
    form, formset = HoursForm, HoursFormSet
    extra = 0


class SpecialHoursInline(TabularInline):
    model = SpecialHours
    form, formset = HoursForm, HoursFormSet
    extra = 0
