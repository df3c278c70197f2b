"""The queue: what waits to be sent, and the messages themselves."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Client, User
from reminders.models.replies import InboundMessage
from reminders.models.rules import Rule, Wording

BY_HAND = "by_hand"  # the wording of a step that has its own text


def new_mark() -> str:
    """Return a few letters that make a message's link its own."""
    return secrets.token_urlsafe(5)


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

    #: Handed over, and not known to have arrived.
    ON_ITS_WAY = (Status.ACCEPTED, Status.QUEUED, Status.SENT)

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
        indexes = [
            models.Index(fields=["to", "created_at"], name="message_by_receiver"),
            models.Index(fields=["created_at"], name="message_by_moment"),
            models.Index(
                fields=["sent_at"],
                condition=Q(channel="whatsapp", status__in=["accepted", "queued", "sent"]),
                name="whatsapp_on_its_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.status}"
