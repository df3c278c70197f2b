"""What the desk fills in about a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.courses import Reach
from bookings.models import Practitioner, Treatment, WorkingHours
from clinic.desk.forms import CancelForm, MoveForm, VoucherField


class CourseForm(forms.Form):
    """A course: what, how often, how far apart, and what suits the client."""

    treatment = forms.ModelChoiceField(
        Treatment.objects.filter(is_active=True),
        label=_("Treatment"),
        empty_label=_("Choose a treatment"),
        error_messages={"required": _("Choose a treatment.")},
    )
    count = forms.IntegerField(min_value=2, max_value=20, initial=6, label=_("Sessions"))
    weeks = forms.IntegerField(
        min_value=1,
        max_value=26,
        required=False,
        label=_("Weeks between"),
        widget=forms.NumberInput(attrs={"placeholder": _("as advised")}),
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.filter(is_active=True),
        required=False,
        empty_label=_("No preference"),
        label=_("Practitioner"),
    )
    weekdays = forms.MultipleChoiceField(
        choices=WorkingHours.Weekday.choices,
        required=False,
        label=_("Preferred days"),
        widget=forms.CheckboxSelectMultiple,
    )
    around = forms.TimeField(
        required=False,
        label=_("Preferably around"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    voucher = VoucherField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = kind
            if self.is_bound and name in self.errors:
                field.widget.attrs["class"] += " is-invalid"


class CancelSessionsForm(CancelForm):
    """How much of a course is cancelled, by whom, and at which price for that much."""

    quoted = None  # type: ignore[assignment]
    reach = forms.ChoiceField(
        choices=[(one.value, one.value) for one in Reach],
        error_messages={"required": _("Choose which visits are cancelled.")},
    )


class MoveSessionsForm(MoveForm):
    """Where a session goes, and whether the later ones go along."""

    reach = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Reach.ONE, Reach.FOLLOWING)],
        error_messages={"required": _("Choose which visits are moved.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["override"].label = _("Why outside the interval?")
