"""Disputes: a card's bank takes money back until it has decided who is right."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.debts import Payment


class Dispute(models.Model):
    """A payment that its cardholder's bank asks back."""

    class Status(models.TextChoices):
        ASKED = "asked", _("waits for our answer")
        ANSWERED = "answered", _("the bank is looking at it")
        WON = "won", _("decided for the clinic")
        LOST = "lost", _("decided for the client")

    #: Statuses in which the bank may still decide either way.
    OPEN = (Status.ASKED, Status.ANSWERED)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=10, choices=Status)
    reason = models.CharField(max_length=60)
    amount_cents = models.PositiveIntegerField()
    taken_cents = models.PositiveIntegerField(
        help_text=_("What the bank has now; nothing as long as it only asks.")
    )
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["asked", "answered"]) | Q(closed_at__isnull=False),
                name="decided_says_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stripe_id} {self.status}"
