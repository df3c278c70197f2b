"""The hours of somebody: a weekday's, or those of one date."""

from collections.abc import Iterator
from datetime import date, time
from itertools import pairwise

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.hours import Shift
from bookings.models import WorkingHours
from clinic.desk.forms import ClockField, DayField, DeskForm
from clinic.desk.hours import Stretch

MOST = 3  # stretches in one day
LATEST = date(2199, 12, 31)


class StretchesForm(DeskForm):
    """One to three stretches of work; a break is the time between two."""

    def __init__(
        self, today: date, *args: object, stretches: list[Stretch] | None = None, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for number in range(1, MOST + 1):
            opens, closes = ((stretches or []) + [(None, None)] * MOST)[number - 1]
            self._add(f"opens_{number}", gettext("From"), opens)
            self._add(f"closes_{number}", gettext("Until"), closes)

    def _add(self, name: str, label: str, initial: time | None) -> None:
        field = ClockField(required=False, label=label, initial=initial)
        field.widget.attrs["class"] = "form-control"
        self.fields[name] = field

    @property
    def pairs(self) -> Iterator[tuple[BoundField, BoundField]]:
        """From and until, side by side."""
        for number in range(1, MOST + 1):
            yield self[f"opens_{number}"], self[f"closes_{number}"]

    @property
    def stretches(self) -> list[Stretch]:
        """The stretches as filled in, earliest first."""
        stretches: list[Stretch] = self.cleaned_data["stretches"]
        return stretches

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        found: list[Stretch] = []
        for number in range(1, MOST + 1):
            opens, closes = data.get(f"opens_{number}"), data.get(f"closes_{number}")
            if opens is None and closes is None and number > 1:
                continue
            if not isinstance(opens, time):
                self._wrong(f"opens_{number}", gettext("Fill in from when until when."))
            elif not isinstance(closes, time):
                self._wrong(f"closes_{number}", gettext("Fill in from when until when."))
            elif closes <= opens:
                self._wrong(f"closes_{number}", gettext("They end before they begin."))
            else:
                found.append((opens, closes))
        if any(other[0] < one[1] for one, other in pairwise(sorted(found))):
            raise forms.ValidationError(_("These hours overlap each other."))
        return {**data, "stretches": sorted(found)}

    def _wrong(self, name: str, words: str) -> None:
        if name not in self.errors:
            self.add_error(name, words)

    def _day(self, name: str) -> date | None:
        """Return a day that was filled in: not past, and not beyond what anybody plans."""
        day: date | None = self.cleaned_data[name]
        if day is not None and not self.today <= day <= LATEST:
            raise forms.ValidationError(_("Choose today or a later day."))
        return day


class WeekdayForm(StretchesForm):
    """The hours of a weekday, from a day on."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=WorkingHours.Weekday.choices,
        coerce=int,
        error_messages={"required": _("Choose a day.")},
    )
    weeks = forms.TypedChoiceField(
        label=_("Which weeks?"),
        choices=WorkingHours.Weeks.choices,
        coerce=int,
        initial=WorkingHours.Weeks.EVERY,
    )
    from_on = DayField(
        label=_("From which day?"), error_messages={"required": _("Fill in from which day.")}
    )
    until_on = DayField(label=_("Until and including"), required=False)

    @property
    def chosen_days(self) -> list[int]:
        """The days that are ticked."""
        return [int(day) for day in self["weekdays"].value() or [] if str(day).isdecimal()]

    def clean_from_on(self) -> date | None:
        return self._day("from_on")

    def clean_until_on(self) -> date | None:
        until_on, from_on = self._day("until_on"), self.cleaned_data.get("from_on")
        if until_on and from_on and until_on < from_on:
            raise forms.ValidationError(_("They end before they begin."))
        return until_on

    def shifts(self) -> list[Shift]:
        """Return what is to be worked."""
        data = self.cleaned_data
        return [
            Shift(weekday, opens, closes, data["weeks"], data["from_on"], data["until_on"])
            for weekday in data["weekdays"]
            for opens, closes in self.stretches
        ]


class DateForm(StretchesForm):
    """The hours of one date."""

    works_on = DayField(label=_("Date"), error_messages={"required": _("Fill in the date.")})

    def clean_works_on(self) -> date | None:
        return self._day("works_on")
