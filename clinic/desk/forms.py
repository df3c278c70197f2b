"""What the desk fills in."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from bookings.models import By, Client, Practitioner, Treatment
from bookings.operations import ClientDetails
from clinic.desk.booking import can_follow
from clinic.wishes import WishForm
from payments.models import Voucher
from payments.operations import Cover
from payments.purses import paid_voucher

NEW = "new"


class DeskForm(forms.Form):
    """A form whose fields look like ours, and say where something is wrong."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in self.fields.values():
            if isinstance(field.widget, forms.RadioSelect):
                continue  # these, and boxes to tick, are shown one by one
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", kind)

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.fields.keys() & self.errors.keys():
            attributes = self.fields[name].widget.attrs
            attributes["class"] = f"{attributes.get('class', '')} is-invalid".strip()
            attributes["aria-describedby"] = f"id_{name}_error"


class CancelForm(forms.Form):
    """Who cancels decides what it costs; the price shown comes back, so that it cannot change."""

    by = forms.ChoiceField(
        choices=By.choices, error_messages={"required": _("Choose who cancels.")}
    )
    reason = forms.CharField(required=False, max_length=200)
    quoted = forms.IntegerField(min_value=0)

    def clean_by(self) -> By:
        by = By(self.cleaned_data["by"])
        if by is By.SYSTEM:
            raise forms.ValidationError(_("Choose who cancels."))
        return by


class WaiveForm(forms.Form):
    """Why the client is let off, and what is still asked of her."""

    reason = forms.CharField(
        max_length=200,
        error_messages={"required": _("Write down why the fee is waived.")},
    )
    still_asked = forms.DecimalField(
        required=False, min_value=0, max_digits=8, decimal_places=2, localize=True
    )

    @property
    def still_asked_cents(self) -> int:
        """What is still asked; nothing, when nothing was filled in."""
        return int((self.cleaned_data["still_asked"] or 0) * 100)


class PlaceForm(forms.Form):
    """Which room or device an appointment gives up, and which one it gets."""

    allocation = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    to = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class TimeField(forms.CharField):
    """An instant as the list of times sent it."""

    default_error_messages = {"required": _("Choose a time.")}

    def to_python(self, value: str | None) -> datetime | None:  # type: ignore[override]
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise forms.ValidationError(_("Choose a time from the list.")) from error
        if moment.tzinfo is None:
            raise forms.ValidationError(_("Choose a time from the list."))
        return moment


class DayField(forms.DateField):
    """A day, with the browser's own way of choosing one."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d"]


class ClockField(forms.TimeField):
    """A time of day, with the browser's own way of choosing one."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    input_formats = ["%H:%M", "%H:%M:%S"]


class VoucherField(forms.CharField):
    """The code of a voucher as the client reads it out; without a code there is none."""

    def __init__(self) -> None:
        super().__init__(
            required=False, max_length=40, label=_("Code of a voucher or a prepaid course")
        )
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: str | None) -> Voucher | None:
        typed: str = super().clean(value)
        found = paid_voucher(typed)
        if typed and found is None:
            raise forms.ValidationError(_("We do not know this code. Let it be read out again."))
        return found


class OverrideField(forms.CharField):
    """The desk's reason to let a client come sooner after the last time than is usual."""

    def __init__(self) -> None:
        super().__init__(
            required=False, max_length=200, label=_("Why may it be so soon after the last time?")
        )


class MoveForm(DeskForm):
    """Where an appointment goes."""

    practitioner = forms.ModelChoiceField(
        Practitioner.objects.filter(is_active=True),
        required=False,
        empty_label=_("No preference"),
        label=_("Practitioner"),
    )
    day = DayField(label=_("Day"))
    starts_at = TimeField()
    reason = forms.CharField(
        max_length=200,
        label=_("Why is it moved?"),
        error_messages={"required": _("Write down why, for whoever asks later.")},
    )
    override = OverrideField()


class WhoForm(DeskForm):
    """Which client: one the clinic knows, or a new one."""

    client = forms.CharField(error_messages={"required": _("Choose a client, or a new one.")})
    first_name = forms.CharField(required=False, max_length=60, label=_("First name"))
    last_name = forms.CharField(required=False, max_length=80, label=_("Last name"))
    phone = PhoneNumberField(required=False, region="NL", label=_("Mobile number"))
    email = forms.EmailField(required=False, label=_("E-mail address"))

    def clean_client(self) -> Client | None:
        """Return the client chosen, or nothing for a new one."""
        chosen = str(self.cleaned_data["client"])
        if chosen == NEW:
            return None
        client = Client.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        if client is None:
            raise forms.ValidationError(_("Choose a client, or a new one."))
        return client

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        if "client" in data and data["client"] is None:
            wanted = {
                "first_name": _("Fill in the first name."),
                "last_name": _("Fill in the last name."),
                "phone": _("Fill in a mobile number, so that we can send a text."),
                "email": _("Fill in the e-mail address."),
            }
            for name, words in wanted.items():
                if name not in self.errors and not data.get(name):
                    self.add_error(name, words)
        return data

    def details(self) -> ClientDetails:
        """Return the client as she told herself, to find or to add."""
        client: Client | None = self.cleaned_data["client"]
        if client is not None:
            return ClientDetails(
                first_name=client.first_name,
                last_name=client.last_name,
                phone=client.phone.as_e164,
                email=client.email,
                reach_by=Client.ReachBy(client.reach_by),
                language=client.language,
            )
        return ClientDetails(
            first_name=self.cleaned_data["first_name"],
            last_name=self.cleaned_data["last_name"],
            phone=self.cleaned_data["phone"].as_e164,
            email=self.cleaned_data["email"],
            reach_by=Client.ReachBy.SMS,
        )


class ContactForm(DeskForm):
    """How a client can be reached."""

    phone = PhoneNumberField(
        region="NL",
        label=_("Mobile number"),
        error_messages={"required": _("Fill in a mobile number, so that we can send a text.")},
    )
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail address"),
        error_messages={"required": _("Fill in the e-mail address.")},
    )
    reach_by = forms.ChoiceField(choices=Client.ReachBy.choices, label=_("Reminded by"))

    def __init__(self, client: Client, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.client = client

    def clean_reach_by(self) -> Client.ReachBy:
        """Let WhatsApp be chosen by whoever has allowed it herself, for the number she has."""
        chosen = Client.ReachBy(self.cleaned_data["reach_by"])
        is_new = self.cleaned_data.get("phone") != self.client.phone
        may_not = is_new or self.client.whatsapp_opted_in_at is None
        if chosen is Client.ReachBy.WHATSAPP and may_not:
            raise forms.ValidationError(
                _("For this number she has not allowed WhatsApp. She can do that when she books.")
            )
        return chosen


class PhoneForm(WhoForm):
    """A booking by telephone: for whom, what, with whom, when."""

    treatment = forms.ModelChoiceField(
        Treatment.objects.filter(is_active=True),
        label=_("Treatment"),
        empty_label=_("Choose a treatment"),
        error_messages={"required": _("Choose a treatment.")},
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.filter(is_active=True),
        required=False,
        empty_label=_("No preference"),
        label=_("Practitioner"),
    )
    extra = forms.ModelMultipleChoiceField(
        Treatment.objects.filter(is_active=True), required=False, label=_("In the same visit")
    )
    day = DayField(label=_("Day"))
    starts_at = TimeField()
    note = forms.CharField(required=False, max_length=500, label=_("Remark"))
    voucher = VoucherField()
    covers = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    rest = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    override = OverrideField()

    def told_cover(self) -> Cover | None:
        """Return what the client was told that her voucher pays."""
        covers, rest = self.cleaned_data["covers"], self.cleaned_data["rest"]
        return None if covers is None or rest is None else Cover(covers, covers + rest)

    def clean_extra(self) -> list[Treatment]:
        treatment, extras = self.cleaned_data.get("treatment"), self.cleaned_data["extra"]
        if treatment is None:
            return []
        may_follow = can_follow(treatment)
        if any(one not in may_follow for one in extras):
            raise forms.ValidationError(_("This cannot be added to that treatment."))
        return [one for one in may_follow if one in extras]


class WaitForm(WhoForm, WishForm):
    """For the waitlist: for whom, what, and when it would suit."""

    treatment = forms.ModelChoiceField(
        Treatment.objects.filter(is_active=True),
        label=_("Treatment"),
        empty_label=_("Choose a treatment"),
        error_messages={"required": _("Choose a treatment.")},
    )

    def clean(self) -> dict[str, object]:
        data = super().clean()
        treatment, who = data.get("treatment"), data.get("practitioner")
        if isinstance(who, Practitioner) and treatment is not None:
            skilled = who.skills.filter(treatment__in=[treatment])
            if not skilled.exists():
                self.add_error("practitioner", _("She does not give this treatment."))
        return data
