"""The shared inbox: who waits for an answer, the talk with her, and the answer."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookings.models import Appointment, Client, User
from clinic.access import appointment_for_staff, inbound_for_staff, staff_only, staff_user
from clinic.desk.choosing import row_in
from clinic.desk.forms import DeskForm
from clinic.desk.here import here
from clinic.desk.inbox import Talk, read_answered, read_inbox, read_questions, read_talk
from clinic.desk.page import Values, page, say, way_back
from clinic.desk.views.agenda import STAFF
from clinic.nudge import nudge
from reminders import operations as reminders
from reminders.again import NoLongerTrue, text_again
from reminders.models import InboundMessage, Step
from reminders.tasks import clinic_sender

LONGEST = 1000  # some seven parts of an SMS


class WriteForm(DeskForm):
    """What somebody writes to a client."""

    text = forms.CharField(
        max_length=LONGEST,
        label=gettext_lazy("Your message"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write your message first.")},
    )

    def clean_text(self) -> str:
        """Keep the line breaks as one sign each, and refuse what no telephone can show."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if "\x00" in text or not text:
            raise forms.ValidationError(_("Write your message first."))
        return text


class AnswerForm(WriteForm):
    """An answer, and to whom of those who share a number."""

    client = forms.ModelChoiceField(
        queryset=Client.objects.none(),
        label=gettext_lazy("For whom"),
        error_messages={"required": gettext_lazy("Choose for whom this is.")},
    )

    waits = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, talk: Talk, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.talk = talk
        self.fields["waits"].initial = talk.waiting.pk if talk.waiting else None
        field = self.fields["client"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Client.objects.filter(pk__in=[one.pk for one in talk.clients])
        if len(talk.clients) == 1:
            field.widget, field.initial = forms.HiddenInput(), talk.clients[0]

    def clean_waits(self) -> int | None:
        """Take only what waits, or waited, in this very talk."""
        waits: int | None = self.cleaned_data["waits"]
        if waits and not InboundMessage.objects.filter(pk=waits, phone=self.talk.phone).exists():
            raise forms.ValidationError(_("This page is of another talk. Open it again."))
        return waits


@require_GET
@staff_only(*STAFF)
def inbox(request: HttpRequest) -> HttpResponse:
    """Show who waits for an answer, and what was answered lately."""
    at = here()
    context: Values = {
        "area": "inbox",
        "waiting": read_inbox(at),
        "questions": read_questions(at),
        "answered": read_answered(at),
    }
    return page(request, "desk/inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*STAFF)
def talk(request: HttpRequest, inbound_id: int) -> HttpResponse:
    """Show the talk with a number; a submit answers what waits, or writes once more."""
    inbound, at = inbound_for_staff(inbound_id), here()
    said = read_talk(inbound, at)
    form = AnswerForm(said, request.POST or None)
    if request.method != "POST":
        return _talk(request, inbound, said, form)
    if not form.is_valid():
        return _talk(request, inbound, said, form, status=422)
    try:
        _write(inbound, form.cleaned_data, user=staff_user(request), now=at.now)
    except reminders.AlreadyAnswered:
        # What she typed stays, and may go after all: the page no longer says that it waits.
        given = {name: form.cleaned_data[name] for name in ("text", "client")}
        kept = AnswerForm(read_talk(inbound, at), initial=given)
        why = _("Somebody has just answered this. Read it below. You can still send yours.")
        return _talk(request, inbound, kept.talk, kept, refusal=why, status=409)
    except reminders.NobodyThere:
        why = _("This client has no appointment with us, so please call.")
        return _talk(request, inbound, said, form, refusal=why, status=409)
    _send(request, form.cleaned_data["client"])
    return HttpResponseRedirect(reverse("desk:inbox"))


def _write(inbound: InboundMessage, given: dict[str, Any], *, user: User, now: datetime) -> None:
    text, client = given["text"], given["client"]
    if waiting := given["waits"]:
        reminders.answer(waiting, text, client_id=client.pk, user=user, now=now)
    else:
        reminders.write_again(inbound, text, client_id=client.pk, user=user, now=now)


def _talk(
    request: HttpRequest,
    inbound: InboundMessage,
    said: Talk,
    form: AnswerForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: Values = {
        "area": "inbox",
        "talk": said,
        "form": form,
        "inbound": inbound,
        "refusal": refusal,
    }
    return page(request, "desk/talk.html", context, status=status)


@require_POST
@staff_only(*STAFF)
def no_answer(request: HttpRequest, inbound_id: int) -> HttpResponse:
    """Note that somebody read it, and that it needs no answer."""
    inbound_for_staff(inbound_id)
    try:
        reminders.needs_no_answer(inbound_id, user=staff_user(request), now=here().now)
    except reminders.AlreadyAnswered:
        say(request, _("Somebody has just dealt with this."))
    else:
        say(request, _("Read. It waits no longer."))
    return HttpResponseRedirect(reverse("desk:inbox"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*STAFF)
def write(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Write to the client of an appointment, outside the rules."""
    appointment, at = appointment_for_staff(appointment_id), here()
    client = appointment.client
    if client is None:
        say(request, _("Nobody has given a number for this time yet."))
        return HttpResponseRedirect(reverse("desk:appointment", args=[appointment_id]))
    form = WriteForm(request.POST or None, initial={"text": _beginning(request, appointment)})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            text, user = form.cleaned_data["text"], staff_user(request)
            reminders.write_by_hand(appointment_id, text, user=user, now=at.now)
            _send(request, client)
            return HttpResponseRedirect(reverse("desk:appointment", args=[appointment_id]))
        status = 422
    back = reverse("desk:appointment", args=[appointment_id])
    context: Values = {
        "form": form,
        "client": client,
        "appointment": appointment,
        "next": way_back(request, default=back),
    }
    return page(request, "desk/write.html", context, status=status)


def _beginning(request: HttpRequest, appointment: Appointment) -> str:
    """Return what there is to begin with: a message that is sent again, or a greeting."""
    assert appointment.client is not None  # just looked at
    if request.method == "POST" or "again" not in request.GET:
        return _greeting(appointment.client)
    try:
        step = row_in(Step, request.GET["again"])
        if step is None or step.appointment_id != appointment.pk:
            raise NoLongerTrue
        return text_again(step.pk, sender=clinic_sender(), now=here().now)
    except NoLongerTrue:
        say(request, _("That message would not be true any more. Write what is."))
        return _greeting(appointment.client)


def _greeting(client: Client) -> str:
    return f"{'Hi' if client.language.startswith('en') else 'Hoi'} {client.first_name}, "


def _send(request: HttpRequest, client: Client) -> None:
    nudge("reminders.tasks.send_due_steps")
    say(request, _("Your message to %(name)s is on its way.") % {"name": client.full_name})
