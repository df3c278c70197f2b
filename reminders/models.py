"""If-then plans, the clinic's rules and texts, the queue of steps, and the messages themselves."""

import secrets
import uuid
from datetime import time, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings.models import Appointment, Client, User
from reminders.rules import DaysBeforeAt, HoursBefore, On, RuleSpec
from reminders.wording import unknown_placeholders

BY_HAND = "by_hand"  # the wording of a step that has its own text


def new_mark() -> str:
    """Return a few letters that make a message's link its own."""
    return secrets.token_urlsafe(5)


class IfThenPlan(models.Model):
    """The client's own sentence for one appointment: cue, action, and perhaps an obstacle."""

    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="if_then_plan")
    offered_at = models.DateTimeField()
    written_when = models.CharField(_("appointment as she wrote it"), max_length=120, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    cue_on = models.DateField(null=True, blank=True)
    cue_at = models.TimeField(null=True, blank=True)
    action = models.CharField(_("then"), max_length=160, blank=True)
    obstacle = models.CharField(_("if something comes up"), max_length=160, blank=True)
    answer = models.CharField(_("then I"), max_length=160, blank=True)
    repeated_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    tells = models.BooleanField(
        _("told at that moment"), default=False, help_text=_("She asked for it herself.")
    )
    worry = models.CharField(_("what she dreads"), max_length=160, blank=True)
    worry_answer = models.CharField(_("what helps her then"), max_length=160, blank=True)
    edits = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("if-then plan")
        verbose_name_plural = _("if-then plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(written_at__isnull=True)
                | (Q(cue_on__isnull=False) & Q(cue_at__isnull=False) & ~Q(action="")),
                name="a_written_plan_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"plan {self.appointment_id}"


class Question(models.Model):
    """What a client dreads or wants to know before a visit, for her own practitioner to answer."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="questions")
    text = models.CharField(max_length=500)
    is_worry = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(answered_at=None), name="question_open")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(is_worry=True, answered_at=None),
                name="one_open_worry_per_visit",
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Wording(models.Model):
    """One text in one language, with placeholders."""

    class Key(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        CONFIRM_QUESTION = "confirm_question", _("question to confirm")
        REMINDER = "reminder", _("reminder the day before")
        CANCELLED = "cancelled", _("cancelled")
        PAY_LINK = "pay_link", _("link to pay")
        OFFER = "offer", _("offer of a time that came free")
        CUE = "cue", _("her plan, at its own moment")
        REPLY_CONFIRMED = "reply_confirmed", _("answer to yes")
        REPLY_LINK = "reply_link", _("answer with the link")

    key = models.CharField(_("text"), max_length=20, choices=Key)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject of the e-mail"), max_length=120)
    text = models.TextField(_("text message"))
    email_text = models.TextField(_("text of the e-mail"), blank=True)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="one_wording_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} ({self.language})"

    def clean(self) -> None:
        for field in ("subject", "text", "email_text"):
            if unknown := unknown_placeholders(getattr(self, field)):
                names = ", ".join(f"{{{name}}}" for name in unknown)
                raise ValidationError({field: _("Unknown placeholder: %s") % names})


class TemplateApproval(models.Model):
    """What WhatsApp said last of the template for a text; without one it is sent by SMS."""

    wording = models.CharField(max_length=20, choices=Wording.Key, unique=True)
    content_sid = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("approval of a WhatsApp template")
        verbose_name_plural = _("approvals of WhatsApp templates")
        ordering = ["wording"]

    def __str__(self) -> str:
        return f"{self.wording} {self.status}"


class Rule(models.Model):
    """The clinic's: when this happens, send that, at this offset."""

    class Event(models.TextChoices):
        AGREED = On.AGREED.value, _("booked or moved")
        BEFORE_START = On.BEFORE_START.value, _("before the start")
        CANCELLED = On.CANCELLED.value, _("cancelled")
        PAYMENT_ASKED = On.PAYMENT_ASKED.value, _("payment asked")
        OFFERED = On.OFFERED.value, _("a time offered from the waitlist")
        CUE = On.CUE.value, _("the moment in her plan, if she wants that")

    class Reach(models.TextChoices):
        CHOSEN = "chosen", _("as the client chose")
        TEXT = "text", _("SMS or WhatsApp only")
        EMAIL = "email", _("e-mail only")

    name = models.CharField(_("name"), max_length=80)
    on = models.CharField(_("when"), max_length=20, choices=Event)
    hours_before = models.PositiveSmallIntegerField(_("hours before"), null=True, blank=True)
    days_before = models.PositiveSmallIntegerField(_("days before"), null=True, blank=True)
    at_time = models.TimeField(_("at"), null=True, blank=True)
    wording = models.CharField(_("text"), max_length=20, choices=Wording.Key)
    reach = models.CharField(_("by"), max_length=10, choices=Reach, default=Reach.CHOSEN)
    asks = models.BooleanField(_("asks to confirm"), default=False)
    least_notice = models.DurationField(
        _("only when agreed at least so long before"), default=timedelta()
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(on="before_start")
                | Q(hours_before__isnull=False)
                | (Q(days_before__isnull=False) & Q(at_time__isnull=False)),
                name="a_rule_before_the_start_says_how_long",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> RuleSpec:
        """The rule as values."""
        offset: HoursBefore | DaysBeforeAt | None = None
        if self.hours_before is not None:
            offset = HoursBefore(self.hours_before)
        elif self.days_before is not None:
            offset = DaysBeforeAt(self.days_before, self.at_time or time(9))
        return RuleSpec(
            rule_id=self.pk,
            on=On(self.on),
            offset=offset,
            asks=self.asks,
            least_notice=self.least_notice,
        )


class RuleChange(models.Model):
    """The rules are other ones since then, and how far the waiting steps have followed."""

    changed_at = models.DateTimeField()
    total = models.PositiveIntegerField(help_text=_("Appointments to come at that moment."))
    done = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0, help_text=_("The last appointment looked at."))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of the rules")
        verbose_name_plural = _("changes of the rules")

    def __str__(self) -> str:
        return f"rule change {self.pk}: {self.done} of {self.total}"


class InboundMessage(models.Model):
    """A reply as it came in."""

    sid = models.CharField(max_length=40, unique=True)
    channel = models.CharField(max_length=10, choices=Client.ReachBy)
    phone = PhoneNumberField()
    body = models.TextField(blank=True)
    button = models.CharField(max_length=120, blank=True)
    opt_out = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    meaning = models.CharField(max_length=10, blank=True)
    for_desk = models.BooleanField(
        default=False, help_text=_("Somebody has to read it: no rule could answer it.")
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    needed_answer = models.BooleanField(
        default=True, help_text=_("Somebody answered it; “thank you” needs no answer.")
    )

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        indexes = [
            models.Index(fields=["phone", "received_at"], name="inbound_by_phone"),
            models.Index(
                fields=["received_at"],
                condition=Q(for_desk=True, answered_at=None),
                name="inbound_open",
            ),
        ]

    def __str__(self) -> str:
        return self.sid


class Step(models.Model):
    """One action a rule calls for, an answer to a reply, or what somebody wrote by hand."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        DONE = "done", _("done")
        DROPPED = "dropped", _("no longer wanted")
        MISSED = "missed", _("missed")
        FAILED = "failed", _("failed")

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="steps")
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, blank=True, related_name="steps")
    reply_to = models.OneToOneField(
        InboundMessage, models.CASCADE, null=True, blank=True, related_name="answer"
    )
    wording = models.CharField(
        max_length=20, choices=[*Wording.Key.choices, (BY_HAND, _("message by hand"))]
    )
    text = models.TextField(blank=True, help_text=_("What somebody at the desk wrote."))
    written_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    first_by = models.CharField(max_length=10, choices=Client.ReachBy, blank=True)
    answer_by = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Until when she was told to answer, or her time goes to somebody else."),
    )
    reach = models.CharField(max_length=10, choices=Rule.Reach)
    asks = models.BooleanField(default=False)
    anchor_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useless_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    reason = models.CharField(max_length=120, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, help_text=_("On the real clock."))

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["due_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="waiting"), name="step_waiting"),
            models.Index(
                fields=["leased_until"], condition=Q(status="claimed"), name="step_claimed"
            ),
            models.Index(
                fields=["answer_by"], condition=Q(answer_by__isnull=False), name="step_answer_by"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "rule", "anchor_at"], name="step_queued_once"
            ),
            models.CheckConstraint(
                condition=(Q(text="") & (Q(rule__isnull=False) ^ Q(reply_to__isnull=False)))
                | (~Q(text="") & Q(rule=None, reply_to=None)),
                name="a_step_is_for_a_rule_or_a_reply_or_by_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording} {self.due_at:%Y-%m-%d %H:%M} {self.status}"


class Message(models.Model):
    """The text as sent on one channel, with its delivery state."""

    class Status(models.TextChoices):
        NEW = "new", _("new")
        SENDING = "sending", _("being sent")
        UNKNOWN = "unknown", _("not sure it was sent")
        ACCEPTED = "accepted", _("accepted")
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("not delivered")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    mark = models.CharField(max_length=12, unique=True, default=new_mark, editable=False)
    step = models.ForeignKey(Step, models.CASCADE, related_name="messages")
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="messages")
    channel = models.CharField(_("by"), max_length=10, choices=Client.ReachBy)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    content_sid = models.CharField(max_length=40, blank=True)
    content_variables = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    sid = models.CharField(max_length=40, unique=True, null=True, blank=True)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    looked_for = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often the vendor was asked whether it was sent.")
    )
    look_after = models.DateTimeField(null=True, blank=True, help_text=_("On the real clock."))
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "channel"], name="one_message_per_step_and_channel"
            )
        ]
        indexes = [models.Index(fields=["to", "created_at"], name="message_by_receiver")]

    def __str__(self) -> str:
        return f"{self.channel} {self.status}"
