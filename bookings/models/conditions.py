"""What the clinic asks: the same columns for the clinic, a treatment and a group of clients."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.terms import Amount, Conditions, Payers

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _cents(label: "_StrPromise") -> "models.PositiveIntegerField[int, int]":
    return models.PositiveIntegerField(label, default=0)


def _percent(label: "_StrPromise") -> "models.PositiveSmallIntegerField[int, int]":
    help_text = _("A sum and a percentage add up, to the price at most.")
    return models.PositiveSmallIntegerField(label, default=0, help_text=help_text)


class WithConditions(models.Model):
    """Deposit, fees and notice, as they are asked of who books from now on."""

    class DepositFrom(models.TextChoices):
        EVERYONE = Payers.EVERYONE.value, _("everyone")
        NEW = Payers.NEW.value, _("who is new, or did not come too often")
        RECORD = Payers.RECORD.value, _("who did not come too often")

    deposit_cents = _cents(_("deposit in cents"))
    deposit_percent = _percent(_("deposit in percent of the price"))
    deposit_from = models.CharField(
        _("deposit asked of"), max_length=8, choices=DepositFrom, default=DepositFrom.EVERYONE
    )
    late_fee_cents = _cents(_("fee for late cancelling in cents"))
    late_fee_percent = _percent(_("the same in percent of the price"))
    free_notice = models.DurationField(_("free notice"), default=timedelta(hours=24))
    last_minute_fee_cents = _cents(_("fee for last-minute cancelling in cents"))
    last_minute_fee_percent = _percent(_("the same in percent of the price"))
    last_minute = models.DurationField(
        _("last minute is with less notice than"),
        null=True,
        blank=True,
        help_text=_("Empty: late is late, however late."),
    )
    no_show_fee_cents = _cents(_("fee for a no-show in cents"))
    no_show_fee_percent = _percent(_("the same in percent of the price"))
    most_fee_cents = models.PositiveIntegerField(
        _("no fee above, in cents"), null=True, blank=True, help_text=_("Empty: the price.")
    )
    move_notice = models.DurationField(
        _("free notice for moving"), null=True, blank=True, help_text=_("Empty: as for cancelling.")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_percent__lte=100)
                & Q(late_fee_percent__lte=100)
                & Q(last_minute_fee_percent__lte=100)
                & Q(no_show_fee_percent__lte=100),
                name="%(class)s_asks_the_price_at_most",
            ),
            models.CheckConstraint(
                condition=Q(last_minute__isnull=True) | Q(last_minute__lt=F("free_notice")),
                name="%(class)s_last_minute_comes_later",
            ),
        ]

    @property
    def conditions(self) -> Conditions:
        """What is asked, as values."""
        return Conditions(
            deposit=Amount(self.deposit_cents, self.deposit_percent),
            payers=Payers(self.deposit_from),
            late_fee=Amount(self.late_fee_cents, self.late_fee_percent),
            free_notice=self.free_notice,
            last_minute_fee=Amount(self.last_minute_fee_cents, self.last_minute_fee_percent),
            last_minute=self.last_minute,
            no_show_fee=Amount(self.no_show_fee_cents, self.no_show_fee_percent),
            most_fee_cents=self.most_fee_cents,
            move_notice=self.move_notice,
        )

    def clean(self) -> None:
        super().clean()
        if self.last_minute is not None and self.last_minute >= self.free_notice:
            raise ValidationError({"last_minute": _("This must be less than the free notice.")})
