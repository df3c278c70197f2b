"""What clients said about messages: kept as a list that only grows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.people import Client


class Consent(models.Model):
    """What a client allowed or stopped: by which way, for what, when, and in which words."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("about her own appointments")
        NEWS = "news", _("tips and news")

    class Source(models.TextChoices):
        PAGE = "page", _("on a page of the clinic")
        REPLY = "reply", _("by a reply")
        TELEPHONE_COMPANY = "company", _("told by the telephone company")
        DESK = "desk", _("by the desk")

    client = models.ForeignKey(Client, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("for what"), max_length=10, choices=Purpose)
    channel = models.CharField(_("by"), max_length=10, choices=Client.ReachBy)
    is_given = models.BooleanField(_("allowed"))
    at = models.DateTimeField(_("when"))
    source = models.CharField(_("how"), max_length=10, choices=Source)
    wording = models.TextField(_("in which words"), blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {'yes' if self.is_given else 'no'}"
