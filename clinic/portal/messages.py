"""Which messages she gets, and by which way: chosen by herself, at any time."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings import operations as bookings
from bookings.clock import now
from bookings.models import Client
from clinic.access import appointment_by_token
from clinic.portal.forms import DetailsForm
from reminders.operations.reaching import is_stopped

ReachBy = Client.ReachBy


class MessagesForm(forms.Form):
    """How she is reminded, and whether she wants more than that."""

    reach_by = forms.ChoiceField(
        label=gettext_lazy("How shall we remind you?"),
        choices=ReachBy.choices,
        widget=forms.RadioSelect,
    )
    whatsapp_consent = forms.BooleanField(
        label=DetailsForm.base_fields["whatsapp_consent"].label, required=False
    )
    news_by_email = forms.BooleanField(
        label=gettext_lazy("Tips and news by e-mail, now and then."), required=False
    )
    news_by_text = forms.BooleanField(
        label=gettext_lazy("Tips and news by SMS or WhatsApp, now and then."), required=False
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("reach_by") == ReachBy.WHATSAPP and not cleaned.get("whatsapp_consent"):
            self.add_error(
                "whatsapp_consent", _("Tick this if you want WhatsApp, or choose another way.")
            )
        return cleaned

    @property
    def choice(self) -> bookings.MessageChoice:
        """Return what she chose, in the words as she read them."""
        chose = self.cleaned_data
        consent = str(self.fields["whatsapp_consent"].label) if chose["whatsapp_consent"] else ""
        labels = (self.fields[name].label for name in ("news_by_email", "news_by_text"))
        return bookings.MessageChoice(
            reach_by=chose["reach_by"],
            whatsapp_consent=consent,
            news_by_email=chose["news_by_email"],
            news_by_text=chose["news_by_text"],
            news_wording=" ".join(str(label) for label in labels),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Show what she gets now; a submit keeps what she wants from now on."""
    mine = appointment_by_token(token)
    client = mine.client
    assert client is not None  # the link is only given to who has one
    form = MessagesForm(request.POST or None, initial=_now(client))
    if request.method == "POST" and form.is_valid():
        bookings.choose_messages(client.pk, form.choice, now=now())
        messages.success(request, _("Kept. From now on it is as you chose."))
        return redirect("portal:appointment", token=token)
    context = {"token": token, "form": form, "client": client}
    context["is_stopped"] = is_stopped(client, client.reach_by)
    status = 422 if form.errors else 200
    return render(request, "portal/messages.html", context, status=status)


def _now(client: Client) -> dict[str, object]:
    return {
        "reach_by": client.reach_by,
        "whatsapp_consent": client.whatsapp_opted_in_at is not None,
        "news_by_email": client.news_by_email_at is not None,
        "news_by_text": client.news_by_text_at is not None,
    }
