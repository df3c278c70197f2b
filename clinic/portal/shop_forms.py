"""What the buyer of a voucher fills in."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.portal.forms import Line
from payments.models import CourseOffer, Voucher
from payments.operations import Purchase

LEAST, MOST = 10, 500  # euros


class BuyForm(forms.Form):
    """Who buys, and of a gift how much it is and whom it is for."""

    amount = forms.IntegerField(
        label=_("Amount in whole euros"),
        min_value=LEAST,
        max_value=MOST,
        initial=50,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Fill in an amount."),
            "invalid": _("Fill in an amount in whole euros."),
            "min_value": _("A voucher is of at least €%(limit_value)s."),
            "max_value": _("A voucher is of at most €%(limit_value)s."),
        },
    )
    for_name = Line(label=_("For whom is it? (not required)"), max_length=60, required=False)
    wish = Line(
        label=_("Your wish on the voucher (not required)"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    buyer_name = Line(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Fill in your name.")},
    )
    buyer_email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We send the voucher there. You can pass it on, or print it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Fill in your e-mail address."),
            "invalid": _("Enter an e-mail address such as name@example.nl."),
        },
    )

    #: The purchase that a failed try has begun; it has no session to stand in.
    begun = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, course: CourseOffer | None, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.course = course
        if course is not None:
            for name in ("amount", "for_name", "wish"):
                del self.fields[name]

    def purchase(self, *, language: str, valid_until: date) -> Purchase:
        """Return what is bought, in cents."""
        told, course = self.cleaned_data, self.course
        return Purchase(
            kind=Voucher.Kind.COURSE if course else Voucher.Kind.GIFT,
            value_cents=course.price_cents if course else told["amount"] * 100,
            treatment_id=course.treatment_id if course else None,
            session_cents=course.session_cents if course else 0,
            buyer_name=told["buyer_name"],
            buyer_email=told["buyer_email"],
            language=language,
            valid_until=valid_until,
            for_name=told.get("for_name", ""),
            wish=told.get("wish", ""),
        )


class CodeForm(forms.Form):
    """The code of a voucher, as it is printed or read aloud."""

    code = forms.CharField(
        label=_("The code of your voucher"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
