"""The ledger, to which is only ever added, and the rates of VAT."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Treatment
from payments.ledger import MOVES
from payments.ledger import Kind as LedgerKind
from payments.models.debts import Payment, Refund
from payments.models.vouchers import Voucher


class LedgerEntry(models.Model):
    """An amount that moved from one account to another; never changed, never deleted.

    With one amount and two accounts in a row, the books always balance.
    """

    class Account(models.TextChoices):
        STRIPE = "stripe", _("Received through Stripe")
        BANK = "bank", _("Given back by bank")
        DISPUTES = "disputes", _("Taken by a card's bank")
        OPEN_FEES = "open_fees", _("Open fees")
        VOUCHERS = "vouchers", _("Left in vouchers")
        DEPOSITS = "deposits", _("Deposits held")
        REFUNDS = "refunds", _("To be given back")
        VISITS = "visits", _("Earned with visits")
        FEES = "fees", _("Earned with fees")
        VAT = "vat", _("VAT")
        LOSSES = "losses", _("Lost to disputes")

    class Kind(models.TextChoices):
        DEPOSIT_RECEIVED = "deposit_received", _("deposit received")
        DEPOSIT_DRAWN = "deposit_drawn", _("deposit from a voucher")
        RECEIVED_TWICE = "received_twice", _("received once too often")
        DEPOSIT_KEPT = "deposit_kept", _("deposit kept for a fee")
        DEPOSIT_USED = "deposit_used", _("deposit set off against the visit")
        VAT = "vat", _("VAT in the visit")
        DEPOSIT_REFUND = "deposit_refund", _("deposit to be given back")
        FEE_ASKED = "fee_asked", _("fee asked")
        FEE_RECEIVED = "fee_received", _("fee received")
        FEE_REFUND = "fee_refund", _("fee to be given back")
        GIVEN_BACK = "given_back", _("given back")
        GIVEN_BY_BANK = "given_by_bank", _("given back by bank")
        DISPUTED = "disputed", _("taken back by the card's bank")
        GIVEN_BY_DISPUTE = "given_by_dispute", _("given back by the card's bank")
        DISPUTE_LOST = "dispute_lost", _("lost to a dispute")
        BACK_ON_VOUCHER = "back_on_voucher", _("back on the voucher")
        VOUCHER_SOLD = "voucher_sold", _("voucher sold")
        VOUCHER_GIVEN_BACK = "voucher_returned", _("purchase of a voucher given back")

    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="ledger")
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, related_name="ledger")
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="ledger", db_index=False
    )
    refund = models.ForeignKey(
        Refund, models.PROTECT, null=True, related_name="ledger", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    debit = models.CharField(max_length=12, choices=Account)
    credit = models.CharField(max_length=12, choices=Account)
    amount_cents = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="entry_is_of_something"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="entry_moves_between_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, voucher__isnull=True)
                | Q(appointment__isnull=True, voucher__isnull=False),
                name="entry_is_about_a_visit_or_a_voucher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents}"

    @property
    def signed_cents(self) -> int:
        """The amount, below nothing when it takes back what was written before."""
        _credit, debit = MOVES[LedgerKind(self.kind)]
        return self.amount_cents if self.debit == debit else -self.amount_cents


class Reconciliation(models.Model):
    """One day compared with Stripe: how much moved there, and what does not agree."""

    on = models.DateField(unique=True)
    at = models.DateTimeField()
    receipts = models.PositiveIntegerField(help_text=_("How many there were at Stripe."))
    refunds = models.PositiveIntegerField(help_text=_("How many there were at Stripe."))

    class Meta:
        verbose_name = _("comparison with Stripe")
        verbose_name_plural = _("comparisons with Stripe")
        ordering = ["-on"]

    def __str__(self) -> str:
        return str(self.on)


class Difference(models.Model):
    """Something that does not agree between Stripe and our books."""

    class Of(models.TextChoices):
        RECEIPT = "receipt", _("received")
        REFUND = "refund", _("given back")
        DISPUTE = "dispute", _("disputed")

    class What(models.TextChoices):
        NOT_OURS = "not_ours", _("at Stripe, and not in the books")
        NOT_AT_STRIPE = "not_at_stripe", _("in the books, and not at Stripe")
        AMOUNT = "amount", _("another amount")

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="differences")
    of = models.CharField(max_length=8, choices=Of)
    what = models.CharField(max_length=16, choices=What)
    stripe_id = models.CharField(max_length=80)
    stripe_cents = models.PositiveIntegerField()
    our_cents = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("difference with Stripe")
        verbose_name_plural = _("differences with Stripe")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "of", "stripe_id"], name="a_difference_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.stripe_id} {self.what}"


class VatRate(models.Model):
    """The rate of VAT from a date on, for every treatment or for one."""

    treatment = models.ForeignKey(
        Treatment,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="vat_rates",
        verbose_name=_("treatment"),
        help_text=_("Empty: for all that have no rate of their own."),
    )
    hundredths = models.PositiveSmallIntegerField(
        _("rate in hundredths of a percent"), help_text=_("2100 is 21 %, 0 is exempt.")
    )
    from_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "from_on"],
                nulls_distinct=False,
                name="one_vat_rate_from_a_date",
            ),
            models.CheckConstraint(
                condition=Q(hundredths__lte=10_000), name="vat_is_at_most_the_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{Decimal(self.hundredths).scaleb(-2).normalize():f} % {self.from_on}"
