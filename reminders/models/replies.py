"""What clients write back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings.models import Client, User


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
