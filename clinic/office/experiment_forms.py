"""The forms of an experiment: what is tried, what counts, and how it ends."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.office.statistics import size_per_arm
from reminders.examples import example
from reminders.models import Experiment, OtherText, Wording
from reminders.operations import Design, OtherWords
from reminders.wording import placeholders, segments

Of = Experiment.Of
#: A text that lacks what these say would be worse, whatever came of it: that is not tried.
NEEDED = frozenset("link moment until how expires amount money release".split())
MOST_CLIENTS = 100_000
LANGUAGES = {
    "nl": gettext_lazy("Dutch"),
    "nl-u": gettext_lazy("Dutch, formal"),
    "en": gettext_lazy("English"),
}


class ExperimentForm(forms.Form):
    """All that is fixed before an experiment starts."""

    name = forms.CharField(max_length=80, label=gettext_lazy("Name"))
    usual_percent = forms.DecimalField(
        label=gettext_lazy("How often it happens now, in percent"),
        min_value=Decimal("0.1"),
        max_value=Decimal("99.9"),
        decimal_places=1,
        localize=True,
    )
    other_percent = forms.DecimalField(
        label=gettext_lazy("From which percentage on would it be worth it?"),
        min_value=Decimal("0.1"),
        max_value=Decimal("99.9"),
        decimal_places=1,
        localize=True,
    )

    def __init__(
        self,
        texts: Sequence[Wording],
        outcomes: Sequence[Experiment.Outcome],
        data: Any = None,
        **more: Any,
    ) -> None:
        """Ask for another text in each language of `texts`, if there are any."""
        super().__init__(data, **more)
        self.texts = texts
        choices = [(one.value, one.label) for one in outcomes]
        self.fields["outcome"] = forms.ChoiceField(
            label=_("What counts"), choices=choices, widget=forms.RadioSelect
        )
        for text in texts:
            self._ask_for(text)
        self.order_fields(["name", "outcome"])

    def _ask_for(self, text: Wording) -> None:
        named = {"language": LANGUAGES.get(text.language, text.language)}
        self.fields[_name("text", text)] = forms.CharField(
            label=_("The other text, in %(language)s") % named,
            initial=text.text,
            max_length=1000,
            widget=forms.Textarea({"rows": 4, "lang": text.language[:2]}),
        )
        if text.email_text:
            self.fields[_name("email", text)] = forms.CharField(
                label=_("The other e-mail, in %(language)s") % named,
                initial=text.email_text,
                max_length=5000,
                widget=forms.Textarea({"rows": 10, "lang": text.language[:2]}),
            )

    def clean(self) -> dict[str, Any]:
        """Check the texts against what they stand beside, and the two percentages."""
        cleaned: dict[str, Any] = super().clean() or {}
        for text in self.texts:
            self._check_beside(_name("text", text), text.text)
            if text.email_text:
                self._check_beside(_name("email", text), text.email_text)
            self._check_alone(text)
        if not self.errors and self.texts and not self._says_something_else():
            raise ValidationError(_("The other text says the same as yours. Change something."))
        usual, other = cleaned.get("usual_percent"), cleaned.get("other_percent")
        if usual is not None and other is not None and usual == other:
            self.add_error("other_percent", _("These two are the same. What would be worth it?"))
        elif usual is not None and other is not None and self._size(cleaned) > MOST_CLIENTS:
            self.add_error(
                "other_percent", _("So small a difference takes more clients than there are.")
            )
        return cleaned

    def _check_alone(self, text: Wording) -> None:
        """Check another text as every text of the clinic is."""
        names = {"text": _name("text", text), "email_text": _name("email", text)}
        said = {field: self.cleaned_data.get(name, "") for field, name in names.items()}
        try:
            OtherText(subject=text.subject, **said).clean()
        except ValidationError as error:
            for field, problems in error.message_dict.items():
                self.add_error(names[field], problems)

    def _check_beside(self, name: str, usual: str) -> None:
        said = self.cleaned_data.get(name, "")
        missing = (placeholders(usual) & NEEDED) - placeholders(said)
        if said and missing:
            names = ", ".join(f"{{{one}}}" for one in sorted(missing))
            self.add_error(name, _("Your own text says this as well: %s") % names)

    def _says_something_else(self) -> bool:
        return any(
            (said.text.split(), said.email_text.split())
            != (usual.text.split(), usual.email_text.split())
            for said, usual in zip(self._other_words(), self.texts, strict=True)
        )

    def _other_words(self) -> Iterator[OtherWords]:
        said = self.cleaned_data
        for text in self.texts:
            yield OtherWords(
                language=text.language,
                subject=text.subject,
                text=said[_name("text", text)],
                email_text=said.get(_name("email", text), ""),
            )

    @staticmethod
    def _size(said: dict[str, Any]) -> int:
        return size_per_arm(float(said["usual_percent"]) / 100, float(said["other_percent"]) / 100)

    @property
    def per_arm(self) -> int:
        """How many clients each half needs. Only of a valid form."""
        return self._size(self.cleaned_data)

    @property
    def parts(self) -> list[tuple[str, int, int]]:
        """Language, and of how many SMS parts the usual and the other text are."""
        return [
            (
                str(LANGUAGES.get(usual.language, usual.language)),
                segments(example(usual.text)),
                segments(example(other.text)),
            )
            for usual, other in zip(self.texts, self._other_words(), strict=True)
        ]

    def design(self, *, weeks: int | None) -> Design:
        """Return what was said, as values."""
        said = self.cleaned_data
        return Design(
            name=said["name"],
            of=Of.TEXT if self.texts else Of.PLAN,
            wording=self.texts[0].key if self.texts else "",
            outcome=said["outcome"],
            usual_percent=said["usual_percent"],
            other_percent=said["other_percent"],
            per_arm=self.per_arm,
            weeks=weeks,
            texts=list(self._other_words()),
        )


def _name(kind: str, text: Wording) -> str:
    return f"{kind}_{text.language}"


class StopForm(forms.Form):
    """Why an experiment ends before its end."""

    because = forms.CharField(
        max_length=200,
        label=gettext_lazy("Why do you stop?"),
        error_messages={"required": gettext_lazy("Write down why you stop.")},
    )
