"""The filter of the report, as it stands in the address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from bookings.models import Practitioner, Treatment
from clinic.office.dates import Days, last_months, this_month

DEFAULT = "3"
#: The longest a report may be about; more would be slow, and say little.
LONGEST_DAYS = 3 * 366
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


class DayInput(forms.DateInput):
    """The browser's own calendar; it only reads days written year first."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which days, and if wanted which treatment and practitioner."""

    days: Days
    treatment_id: int | None = None
    practitioner_id: int | None = None


class PeriodForm(forms.Form):
    """The days to look at."""

    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("month", _("This month")),
            ("3", _("Last 3 full months")),
            ("12", _("Last 12 full months")),
            ("own", _("Own dates")),
        ],
    )
    since = forms.DateField(
        label=_("First day (own dates)"),
        required=False,
        validators=[MinValueValidator(EARLIEST)],
        widget=DayInput,
    )
    until = forms.DateField(
        label=_("Last day (own dates)"),
        required=False,
        validators=[MaxValueValidator(LATEST)],
        widget=DayInput,
    )

    def clean(self) -> dict[str, Any]:
        """Check the dates against each other, when they are what was asked for."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or cleaned.get("period") != "own":
            return cleaned
        since, until = cleaned.get("since"), cleaned.get("until")
        if since is None or until is None:
            self.add_error("until" if since else "since", _("Fill in both dates."))
        elif until < since:
            self.add_error("until", _("The last day lies before the first. Choose a later one."))
        elif (until - since).days >= LONGEST_DAYS:
            self.add_error("until", _("Choose at most three years."))
        return cleaned

    def days(self, *, today: date) -> Days:
        """Return the days asked for; of a form in error, those one sees without asking."""
        if not self.is_valid():
            return last_months(today, int(DEFAULT))
        period = self.cleaned_data["period"] or DEFAULT
        if period == "month":
            return this_month(today)
        if period == "own":
            return Days(self.cleaned_data["since"], self.cleaned_data["until"])
        return last_months(today, int(period))


class FilterForm(PeriodForm):
    """Period, treatment and practitioner."""

    treatment = forms.ModelChoiceField(
        Treatment.objects.all(),
        label=_("Treatment"),
        required=False,
        empty_label=_("All treatments"),
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.all(),
        label=_("Practitioner"),
        required=False,
        empty_label=_("All practitioners"),
    )

    def chosen(self, *, today: date) -> Filter:
        """Return what was asked for; of a form in error, the report as it is without asking."""
        days = self.days(today=today)
        if self.errors:
            return Filter(days)
        treatment, practitioner = (self.cleaned_data[n] for n in ("treatment", "practitioner"))
        return Filter(
            days=days,
            treatment_id=treatment.pk if treatment else None,
            practitioner_id=practitioner.pk if practitioner else None,
        )
