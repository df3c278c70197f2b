"""Receipts: numbered papers about money that came in or went back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.books import LedgerEntry


class Receipt(models.Model):
    """One numbered paper, about one entry of the ledger; never changed, never deleted.

    What it says is copied when it gets its number: a paper does not change when a name does.
    """

    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="receipt")
    series = models.CharField(
        max_length=12, help_text=_("The year; the made-up clients of a demo have one of their own.")
    )
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    said = models.JSONField()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["series", "number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="receipts_are_numbered"),
            models.CheckConstraint(condition=Q(number__gt=0), name="receipts_count_from_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The number as it is printed: “2026-00012”."""
        return f"{self.series}-{self.number:05}"
