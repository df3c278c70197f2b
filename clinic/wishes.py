"""What somebody on the waitlist wants: asked in a form, and said back in words."""

from datetime import date
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bookings import formats
from bookings.models import Practitioner, WaitlistEntry, WorkingHours
from bookings.waitlist import Wish


class WishForm(forms.Form):
    """On which days, in which part of the day, with whom and until when."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On which days?"),
        help_text=gettext_lazy("Nothing chosen: any day."),
        coerce=int,
        choices=WorkingHours.Weekday.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("In which part of the day?"),
        help_text=gettext_lazy("Nothing chosen: any part of the day."),
        choices=WaitlistEntry.Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(),
        label=gettext_lazy("With whom?"),
        required=False,
        blank=True,
        empty_label=gettext_lazy("No preference"),
        widget=forms.RadioSelect,
    )
    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control narrow"}, format="%Y-%m-%d"
        ),
        error_messages={
            "required": gettext_lazy("Choose until which day."),
            "invalid": gettext_lazy("Choose until which day."),
        },
    )

    def __init__(
        self,
        people: QuerySet[Practitioner],
        *args: object,
        first: date,
        last: date,
        zone: ZoneInfo,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.first, self.last, self.zone = first, last, zone
        self.fields["until"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        self.fields["until"].initial = last
        practitioner = self.fields["practitioner"]
        assert isinstance(practitioner, forms.ModelChoiceField)
        practitioner.queryset = people.filter(is_active=True)
        if practitioner.queryset.count() < 2:
            del self.fields["practitioner"]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not self.first <= until <= self.last:
            day = formats.day(self.last, get_language() or "nl", zone=self.zone)
            raise ValidationError(
                _("Choose a day from today up to and including %(day)s."), params={"day": day}
            )
        return until

    def wish(self) -> Wish:
        """Return what was filled in."""
        told = self.cleaned_data
        practitioner = told.get("practitioner")
        return Wish(
            from_on=self.first,
            until_on=told["until"],
            weekdays=frozenset(told["weekdays"]),
            parts=frozenset(told["parts"]),
            practitioner_id=practitioner.pk if practitioner else None,
        )


def known(entry: WaitlistEntry | None) -> dict[str, object]:
    """Return what a form begins with for somebody who waits already."""
    if entry is None:
        return {}
    return {
        "weekdays": entry.weekdays,
        "parts": entry.parts,
        "practitioner": entry.practitioner_id,
        "until": entry.until_on,
    }


def in_words(entry: WaitlistEntry, *, zone: ZoneInfo) -> str:
    """Return what somebody waits for: “Monday, Friday; morning; with Noor; until 20 March”."""
    weekdays = [str(WorkingHours.Weekday(day).label) for day in entry.weekdays]
    parts = [str(part.label) for part in WaitlistEntry.Part if part in entry.parts]
    who = entry.practitioner
    until = formats.day(entry.until_on, get_language() or "nl", zone=zone)
    said = [
        ", ".join(weekdays) or _("any day"),
        ", ".join(parts) or _("any part of the day"),
        _("with %(name)s") % {"name": who.first_name} if who else _("with anybody"),
        _("until %(day)s") % {"day": until},
    ]
    return "; ".join(said)
