"""Experiments: two ways, shared out over the clients by chance, and who took part."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Client
from reminders.arms import Arm
from reminders.models.rules import Text, Wording


class Experiment(models.Model):
    """One question with an answer: its size and what counts are fixed before it starts."""

    class Of(models.TextChoices):
        TEXT = "text", _("another text")
        PLAN = "plan", _("with or without an if-then plan")

    class Outcome(models.TextChoices):
        SAID_YES = "said_yes", _("she says that she comes")
        LOST = "lost", _("her place is lost")

    name = models.CharField(_("name"), max_length=80)
    of = models.CharField(max_length=5, choices=Of)
    wording = models.CharField(max_length=20, choices=Wording.Key, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    usual_percent = models.DecimalField(max_digits=4, decimal_places=1)
    other_percent = models.DecimalField(max_digits=4, decimal_places=1)
    per_arm = models.PositiveIntegerField(help_text=_("Clients in each half, on average."))
    weeks = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How long it would take, as printed before the start.")
    )
    started_at = models.DateTimeField()
    stopped_because = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    takes_other = models.BooleanField(
        null=True, blank=True, help_text=_("What was decided at the end.")
    )

    class Meta:
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["of", "wording"],
                condition=Q(closed_at=None),
                name="one_experiment_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(of="text") ^ Q(wording=""), name="an_experiment_with_a_text_names_it"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | (Q(takes_other=None, stopped_because="")),
                name="an_open_experiment_is_not_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def size(self) -> int:
        """How many clients take part in all."""
        return 2 * self.per_arm


class OtherText(Text):
    """The text that is tried in one language; what half of the clients get."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="texts")
    usual_text = models.TextField(help_text=_("What the other half got meanwhile."))

    class Meta:
        verbose_name = _("other text")
        verbose_name_plural = _("other texts")
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "language"], name="one_other_text_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.experiment} ({self.language})"


class Participation(models.Model):
    """A client who takes part, from the first visit on for which it made a difference.

    What comes of that visit counts, whatever she does with the message: as was shared out.
    """

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="participations")
    client = models.ForeignKey(Client, models.CASCADE, related_name="participations")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True)
    arm = models.CharField(max_length=5, choices=[(arm.value, arm.value) for arm in Arm])
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "client"], name="a_client_takes_part_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.arm}"
