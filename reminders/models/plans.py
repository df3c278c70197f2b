"""What a client plans and asks: her if-then plan, and questions before a visit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, User


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
