"""What clients fill in."""

from datetime import date, time, timedelta

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from bookings import formats
from bookings.models import Appointment, Client
from bookings.operations import ClientDetails
from clinic.portal.shown import language, zone
from reminders import plans
from reminders.operations import PlanText
from reminders.operations.releasing import NO_ANSWER

ReachBy = Client.ReachBy
_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202e", "\u202d"}


def clean_line(text: str) -> str:
    """Return one line of text without invisible or control characters."""
    kept = (c for c in text if c not in _INVISIBLE and (c.isprintable() or c.isspace()))
    return " ".join("".join(kept).split())


class Line(forms.CharField):
    """One line of text, cleaned."""

    def to_python(self, value: object) -> str:
        return clean_line(super().to_python(value) or "")


Kind = phonenumbers.PhoneNumberType
MOBILE = (Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.PERSONAL_NUMBER)


class DetailsForm(forms.Form):
    """Who she is and how she wants to be reminded."""

    first_name = Line(
        label=_("First name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Fill in your first name.")},
    )
    last_name = Line(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Fill in your last name.")},
    )
    phone = PhoneNumberField(
        label=_("Mobile number"),
        region="NL",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={
            "required": _("Fill in your mobile number."),
            "invalid": _("Enter a mobile number such as 06 12 34 56 78."),
        },
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Fill in your e-mail address."),
            "invalid": _("Enter an e-mail address such as name@example.nl."),
        },
    )
    reach_by = forms.ChoiceField(
        label=_("How shall we remind you?"),
        choices=[
            (ReachBy.SMS, _("By text message (SMS)")),
            (ReachBy.WHATSAPP, _("By WhatsApp")),
            (ReachBy.EMAIL, _("By e-mail")),
        ],
        widget=forms.RadioSelect,
        initial=ReachBy.SMS,
    )
    whatsapp_consent = forms.BooleanField(
        label=_("You may send me messages about my appointment by WhatsApp."),
        required=False,
    )
    note = Line(
        label=_("Anything we should know? (not required)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_phone(self) -> PhoneNumber:
        number: PhoneNumber = self.cleaned_data["phone"]
        if phonenumbers.number_type(number) not in MOBILE:
            raise ValidationError(self.fields["phone"].error_messages["invalid"])
        return number

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("reach_by") == ReachBy.WHATSAPP and not cleaned.get("whatsapp_consent"):
            self.add_error(
                "whatsapp_consent", _("Tick this if you want WhatsApp, or choose another way.")
            )
        return cleaned

    def details(self) -> ClientDetails:
        """Return what was filled in."""
        told = self.cleaned_data
        consent = str(self.fields["whatsapp_consent"].label) if told["whatsapp_consent"] else ""
        return ClientDetails(
            first_name=told["first_name"],
            last_name=told["last_name"],
            phone=told["phone"].as_e164,
            email=told["email"],
            reach_by=ReachBy(told["reach_by"]),
            language=language(),
            whatsapp_consent=consent,
        )


OWN = "own"
ACTIONS = {
    "nl": [
        "ga ik met de fiets naar de kliniek",
        "ga ik met de auto naar de kliniek",
        "ga ik met het openbaar vervoer naar de kliniek",
        "ga ik lopend naar de kliniek",
        "rond ik mijn werk af en ga ik op weg",
    ],
    "en": [
        "cycle to the clinic",
        "drive to the clinic",
        "take public transport to the clinic",
        "walk to the clinic",
        "finish my work and set off",
    ],
}
PROBLEMS = {
    "no_day": _("Write the day too, for example “wednesday 15 May”."),
    "no_time": _("Write the time too, for example “9:15”."),
    "other_day": _("That is another day than your appointment. It is %(moment)s."),
    "other_time": _("That is another time than your appointment. It is %(moment)s."),
    "cue_day": _("Choose the day itself or the evening before."),
    "cue_evening": _("On the day before, choose a moment in the evening, from 17:00."),
    "cue_after": _("Choose a moment before your appointment starts."),
}


class PlanForm(forms.Form):
    """The appointment in her own writing, and the if-then plan."""

    written_when = Line(
        label=_("When is your appointment? Write down day and time"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write down the day and the time of your appointment.")},
    )
    cue_day = forms.ChoiceField(label=_("Day"))
    cue_time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Fill in at what time.")},
    )
    action = forms.ChoiceField(
        label=_("What will you do then?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you will do, or write it in your own words.")},
    )
    own_action = Line(label=_("In your own words"), max_length=160, required=False)
    obstacle = Line(
        label=_("If this comes up (not required)"),
        max_length=160,
        required=False,
    )
    answer = Line(label=_("then I do this (not required)"), max_length=160, required=False)
    tells = forms.BooleanField(label=_("Send me my plan at that moment"), required=False)
    worry = Line(label=_("I dread this"), max_length=160, required=False)
    worry_answer = Line(label=_("This helps me then"), max_length=160, required=False)

    def __init__(self, appointment: Appointment, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.appointment = appointment
        local = appointment.starts_at.astimezone(zone())
        days = [local.date(), local.date() - timedelta(days=1)]
        shown = [formats.day(day, language(), zone=zone()) for day in days]
        shown[1] = _("%(day)s, in the evening") % {"day": shown[1]}
        cue_day = self.fields["cue_day"]
        assert isinstance(cue_day, forms.ChoiceField)
        cue_day.choices = [(day.isoformat(), words) for day, words in zip(days, shown, strict=True)]
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)
        action.choices = [(a, a) for a in ACTIONS[language()]] + [(OWN, _("in my own words"))]
        self.fields["cue_time"].initial = (local - timedelta(minutes=45)).time()

    def clean_written_when(self) -> str:
        text: str = self.cleaned_data["written_when"]
        try:
            plans.check_written(text, starts_at=self.appointment.starts_at, zone=zone())
        except plans.Problem as problem:
            raise self._told(problem) from problem
        return text

    def _told(self, problem: plans.Problem) -> ValidationError:
        moment = formats.moment_in_words(self.appointment.starts_at, language(), zone=zone())
        return ValidationError(PROBLEMS[problem.code], params={"moment": moment})

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("action") == OWN and not cleaned.get("own_action"):
            self.add_error("own_action", _("Write in your own words what you will do."))
        if cleaned.get("obstacle") and not cleaned.get("answer"):
            self.add_error("answer", _("Write what you will do if that comes up."))
        if "cue_day" in cleaned and "cue_time" in cleaned:
            self._check_cue()
        return cleaned

    def _check_cue(self) -> None:
        cue_on, cue_at = self._cue()
        try:
            plans.check_cue(cue_on, cue_at, starts_at=self.appointment.starts_at, zone=zone())
        except plans.Problem as problem:
            self.add_error("cue_time", self._told(problem))

    def _cue(self) -> tuple[date, time]:
        return date.fromisoformat(self.cleaned_data["cue_day"]), self.cleaned_data["cue_time"]

    def plan_text(self) -> PlanText:
        """Return the plan as written."""
        told = self.cleaned_data
        cue_on, cue_at = self._cue()
        action = told["own_action"] if told["action"] == OWN else told["action"]
        return PlanText(
            written_when=told["written_when"],
            cue_on=cue_on,
            cue_at=cue_at,
            action=action,
            obstacle=told["obstacle"],
            answer=told["answer"],
            tells=told["tells"],
            worry=told["worry"],
            worry_answer=told["worry_answer"],
        )


class QuestionForm(forms.Form):
    """What she wants to know before she comes."""

    text = Line(
        label=_("Your question"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your question.")},
    )


class RepeatForm(forms.Form):
    """The plan said back: she finds the words that complete her own sentence."""

    action = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the words that complete your plan.")},
    )

    def __init__(self, beginning: str, wanted: str, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.wanted = wanted
        others = [a for a in ACTIONS[language()] if a != wanted][:2]
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)
        action.label = beginning
        action.choices = [(words, words) for words in sorted([wanted, *others])]

    def clean_action(self) -> str:
        said: str = self.cleaned_data["action"]
        if said != self.wanted:
            raise ValidationError(
                _("Nearly. Your plan says: “%(action)s”."), params={"action": self.wanted}
            )
        return said


class AcceptForm(forms.Form):
    """The one unticked box, about exactly what this page showed."""

    accept = forms.BooleanField(
        label=_("I have read this and agree."),
        error_messages={"required": _("Tick the box if you agree. Then we can go on.")},
    )
    read = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, read: str, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.now_shown = read
        self.initial["read"] = read

    @classmethod
    def again(cls, form: "AcceptForm", read: str) -> "AcceptForm":
        """Return the form with its errors, about what the page shows now."""
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["read"] = read  # type: ignore[index]
        if "read" in form.errors:
            form.add_error(None, form.errors.pop("read").as_data())
        return form

    def clean_read(self) -> str:
        if self.cleaned_data["read"] != self.now_shown:
            raise ValidationError(_("Something changed since you opened this page. Look again."))
        return self.now_shown


REASONS = [
    ("busy", _("Too busy")),
    ("ill", _("Ill")),
    ("other_time", _("Another time suits me better")),
    ("doubt", _("I am in doubt about the treatment")),
    ("cost", _("The costs")),
    ("other", _("Something else")),
]


def reason_in_words(reason: str) -> str:
    """Return a reason for cancelling as people say it: a client's by its code, the desk's own."""
    known = dict(REASONS) | {NO_ANSWER: _("no answer to our question")}
    return str(known.get(reason, reason))


class CancelForm(forms.Form):
    """Why, if she wants to say; and what she was told it costs."""

    reason = forms.ChoiceField(
        label=_("Would you like to tell us why? (not required)"),
        choices=REASONS,
        required=False,
        widget=forms.RadioSelect,
    )
    quoted_cents = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
