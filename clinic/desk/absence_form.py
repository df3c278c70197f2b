"""Who or what is not there, from when until when, and why."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Resource
from bookings.periods import Period, day_period, wall_clock
from clinic.desk.forms import ClockField, DayField, DeskForm
from clinic.desk.here import Here

CLINIC = "clinic"
LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=3 * 366)


class AbsenceForm(DeskForm):
    """Whole days, or from one time to another; without times a day is all of it."""

    who = forms.ChoiceField(
        label=_("Who or what?"), error_messages={"required": _("Choose who or what.")}
    )
    first_day = DayField(label=_("From"), error_messages={"required": _("Fill in the first day.")})
    opens = ClockField(label=_("From what time?"), required=False)
    last_day = DayField(label=_("Until and including"), required=False)
    closes = ClockField(label=_("Until what time?"), required=False)
    reason = forms.CharField(
        max_length=120,
        label=_("Reason"),
        error_messages={"required": _("Write down why, for whoever looks at the agenda.")},
    )

    def __init__(self, here: Here, *args: object, may_close: bool, **kwargs: object) -> None:
        self.here = here
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = list(_choices(may_close=may_close))

    @property
    def resource_id(self) -> int | None:
        """Who or what is not there; nothing is the whole clinic."""
        who: str = self.cleaned_data["who"]
        return None if who == CLINIC else int(who)

    @property
    def period(self) -> Period:
        """From when until when, by the clinic's clock."""
        period: Period = self.cleaned_data["period"]
        return period

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        if self.errors:
            return data
        first, last = data["first_day"], data["last_day"] or data["first_day"]
        assert isinstance(first, date)
        assert isinstance(last, date)
        today = self.here.today
        if abs(last - first) > LONGEST or abs(first - today) > FARTHEST:
            raise forms.ValidationError(
                _("Choose days within a year of each other, and not far off.")
            )
        start, end = self._instants(first, last)
        if end <= start:
            raise forms.ValidationError(_("It ends before it begins."))
        if end <= self.here.now:
            raise forms.ValidationError(_("That time is over."))
        return {**data, "period": Period(start, end)}

    def _instants(self, first: date, last: date) -> tuple[datetime, datetime]:
        zone, opens, closes = (
            self.here.zone,
            self.cleaned_data["opens"],
            self.cleaned_data["closes"],
        )
        return (
            wall_clock(first, opens, zone) if opens else day_period(first, zone).start,
            wall_clock(last, closes, zone) if closes else day_period(last, zone).end,
        )


def _choices(*, may_close: bool) -> Iterator[tuple[str, object]]:
    yield "", _("Choose who or what")
    if may_close:
        yield CLINIC, _("The whole clinic")
    rows = list(Resource.objects.filter(is_active=True))
    for kind, title in (
        (Resource.Kind.PRACTITIONER, _("Practitioners")),
        (Resource.Kind.ROOM, _("Rooms")),
        (Resource.Kind.DEVICE, _("Devices")),
    ):
        if of_kind := [(str(one.pk), one.name) for one in rows if one.kind == kind]:
            yield str(title), of_kind
