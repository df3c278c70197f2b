"""The admin: the clinic's rules and texts to change, what was sent to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.admin_parts import LookOnly, LookOnlyAdmin, ModelAdmin, TabularInline
from bookings.clock import now
from reminders import operations
from reminders.examples import example
from reminders.models import IfThenPlan, InboundMessage, Message, Rule, Step, Wording
from reminders.operations.experimenting import is_being_tried
from reminders.wording import PLACEHOLDERS, segments

if TYPE_CHECKING:
    WordingModelForm = ModelForm[Wording]
else:
    WordingModelForm = ModelForm


@admin.register(Rule)
class RuleAdmin(ModelAdmin):
    list_display = ["name", "on", "hours", "days", "at_time", "wording", "is_active"]
    fieldsets = [
        (None, {"fields": ["name", "is_active", "on"]}),
        (
            _("How long before the start, or after the visit"),
            {
                "description": _(
                    "Hours count in elapsed time; days at a time mean the clinic's own clock."
                ),
                "fields": ["hours", "days", "at_time", "least_notice"],
            },
        ),
        (_("What is sent"), {"fields": ["wording", "reach", "asks", "treatments", "purpose"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: Any) -> None:
        """Save the rule, and let the waiting messages of every appointment to come follow it."""
        if obj.is_active and not form.initial.get("is_active"):
            obj.since = now()  # what was due before is not told any more
        super().save_model(request, obj, form, change)
        change = operations.change_rules(now=now())
        said = gettext("The messages of %(count)s appointments to come follow in a moment.")
        messages.info(request, said % {"count": change.total})

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what was sent refers to it. It can be taken out of use."""
        return False


class WordingForm(WordingModelForm):
    """A text, with what can be filled in said beside it."""

    class Meta:
        model = Wording
        fields = ["key", "language", "subject", "text", "email_text"]
        help_texts = {
            "text": format_lazy(
                "{} {}",
                _("Can be filled in:"),
                ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS)),
            ),
            "email_text": _("Left empty, the e-mail says the same as the text message."),
            "language": _("nl, nl-u (formal) or en."),
        }

    def clean(self) -> dict[str, Any] | None:
        """Keep a text as it is while it is being tried out: else the answer would mean nothing."""
        cleaned = super().clean()
        if cleaned and is_being_tried(cleaned.get("key", "")):
            raise ValidationError(
                _("This text is being tried out. Close or stop that experiment first.")
            )
        return cleaned


@admin.register(Wording)
class WordingAdmin(ModelAdmin):
    form = WordingForm
    list_display = ["key", "language", "subject", "parts"]
    list_filter = ["key", "language"]
    search_fields = ["subject", "text", "email_text"]
    fields = ["key", "language", "subject", "text", "cost", "email_text"]
    readonly_fields = ["cost"]

    @admin.display(description=_("SMS parts"))
    def parts(self, wording: Wording) -> int:
        return segments(example(wording.text))

    @admin.display(description=_("With a long name, a plan and a long link"))
    def cost(self, wording: Wording) -> SafeString | str:
        if not wording.text:
            return ""
        text = example(wording.text)
        said = gettext("%(count)s SMS parts, each is paid for.") % {"count": segments(text)}
        return format_html("{}<br>{}", text, said)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: a rule or an answer would have nothing to say."""
        return False


class MessageInline(LookOnly, TabularInline):
    model = Message
    fields = ["channel", "to", "status", "error_code", "created_at", "delivered_at"]


@admin.register(Step)
class StepAdmin(LookOnlyAdmin):
    list_display = ["due_at", "client", "wording", "reach", "status", "reason"]
    list_filter = ["status", "wording"]
    list_select_related = ["appointment__client"]
    search_fields = ["appointment__client__last_name"]
    ordering = ["-due_at"]
    inlines = [MessageInline]

    @admin.display(description=_("client"), ordering="appointment__client__last_name")
    def client(self, step: Step) -> str:
        return str(step.appointment.client or "")


@admin.register(Message)
class MessageAdmin(LookOnlyAdmin):
    list_display = ["created_at", "to", "channel", "status", "error_code", "delivered_at"]
    list_filter = ["channel", "status"]
    search_fields = ["to", "sid"]
    ordering = ["-created_at"]


@admin.register(InboundMessage)
class InboundMessageAdmin(LookOnlyAdmin):
    list_display = ["received_at", "phone", "channel", "meaning", "handled_at"]
    list_filter = ["channel", "meaning"]
    search_fields = ["phone", "sid"]
    ordering = ["-received_at"]


@admin.register(IfThenPlan)
class IfThenPlanAdmin(LookOnlyAdmin):
    list_display = ["offered_at", "client", "cue_on", "cue_at", "action", "repeated_at"]
    list_filter = ["offered_at"]
    list_select_related = ["appointment__client"]
    search_fields = ["appointment__client__last_name", "action"]
    ordering = ["-offered_at"]

    @admin.display(description=_("client"), ordering="appointment__client__last_name")
    def client(self, plan: IfThenPlan) -> str:
        return str(plan.appointment.client or "")
