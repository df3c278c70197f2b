"""Debts, the attempts to have them paid, refunds, and what Stripe told us."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Client, User
from bookings.models.appointments import new_token
from payments.models.vouchers import Voucher


class StripeCustomer(models.Model):
    """A client as Stripe knows her, with the card she let us keep."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="stripe_customer")
    customer_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    card_id = models.CharField(max_length=80, blank=True)
    card_brand = models.CharField(max_length=30, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_saved_at = models.DateTimeField(null=True, blank=True)
    card_removed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("From then on it is not charged, and Stripe is told.")
    )

    class Meta:
        verbose_name = _("client at Stripe")
        verbose_name_plural = _("clients at Stripe")

    def __str__(self) -> str:
        return self.customer_id or f"client {self.client_id}"

    @property
    def has_card(self) -> bool:
        """Tell whether there is a card that may be charged."""
        return bool(self.card_id) and self.card_removed_at is None


class Payment(models.Model):
    """One debt of one appointment: its deposit, or its fee."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("deposit")
        FEE = "fee", _("fee")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        VOID = "void", _("no longer due")

    #: The method of what was drawn from a voucher; others are as Stripe names them.
    VOUCHER = "voucher"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, choices=Kind)
    amount_cents = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    reference = models.UUIDField(
        unique=True, default=uuid.uuid4, editable=False, help_text=_("What Stripe knows it by.")
    )
    intent_id = models.CharField(max_length=80, blank=True)
    method = models.CharField(max_length=30, blank=True)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="payments"
    )
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the client was sent a link to pay.")
    )
    asked_times = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "kind"],
                condition=~Q(status="void"),
                name="one_debt_of_a_kind_per_appointment",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="a_debt_is_of_something"),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="paid_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents} {self.status}"


class Attempt(models.Model):
    """One try at one debt: the exact request, and what came of it."""

    class Way(models.TextChoices):
        CHECKOUT = "checkout", _("payment page")
        OFF_SESSION = "off_session", _("saved card")

    class Status(models.TextChoices):
        NEW = "new", _("new")
        SENT = "sent", _("sent")
        OPEN = "open", _("open")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    UNSETTLED = (Status.NEW, Status.SENT, Status.OPEN)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=12, choices=Way)
    key = models.CharField(max_length=100, unique=True)
    request = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    stripe_id = models.CharField(max_length=80, blank=True, db_index=True)
    intent_id = models.CharField(max_length=80, blank=True, db_index=True)
    url = models.TextField(blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    check_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, help_text=_("On the real clock."))

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="attempts_are_numbered"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(status__in=["new", "sent", "open"]),
                name="one_unsettled_attempt_per_debt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"


class Refund(models.Model):
    """Money given back of one payment."""

    class Status(models.TextChoices):
        NEW = "new", _("new")
        SENT = "sent", _("sent")
        PENDING = "pending", _("under way")
        SUCCEEDED = "succeeded", _("given back")
        FAILED = "failed", _("failed")
        BY_BANK = "by_bank", _("given back by bank")
        BY_DISPUTE = "by_dispute", _("given back by the card's own bank")
        ON_VOUCHER = "on_voucher", _("back on the voucher")
        VOID = "void", _("no longer due")

    #: Statuses in which the client has her money.
    GIVEN = (Status.SUCCEEDED, Status.BY_BANK, Status.BY_DISPUTE, Status.ON_VOUCHER)

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount_cents = models.PositiveIntegerField()
    purpose = models.CharField(max_length=40)
    intent_id = models.CharField(max_length=80)
    key = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    stripe_id = models.CharField(max_length=80, blank=True, db_index=True)
    error = models.CharField(max_length=200, blank=True)
    to_see = models.BooleanField(
        default=False,
        help_text=_("Made in Stripe's dashboard, and not seen by the desk yet."),
    )
    created_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, help_text=_("On the real clock."))

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [
            models.Index(
                fields=["created_at"],
                name="refunds_for_the_desk",
                condition=Q(to_see=True) | Q(status="failed"),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "purpose"], name="one_refund_of_a_payment_per_purpose"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="a_refund_is_of_something"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["succeeded", "by_bank", "by_dispute", "on_voucher"])
                | Q(given_at__isnull=False),
                name="given_back_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"

    @property
    def is_double(self) -> bool:
        """Tell whether it gives back what came in once too often."""
        return self.purpose.startswith("double:")


class Waiver(models.Model):
    """The clinic's word that it asks less than the fee of one appointment, or nothing, and why."""

    class Why(models.TextChoices):
        DESK = "desk", _("by the desk")
        REFILLED = "refilled", _("the time went to somebody else")
        NOT_REMINDED = "not_reminded", _("no reminder was delivered")

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="waiver")
    why = models.CharField(max_length=12, choices=Why, default=Why.DESK)
    reason = models.CharField(max_length=200, blank=True)
    fee_cents = models.PositiveIntegerField(default=0, help_text=_("What is still asked."))
    user = models.ForeignKey(User, models.SET_NULL, null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(why="desk") | ~Q(reason=""), name="the_desk_says_why_it_waives"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.reason or self.why}"

    @property
    def in_words(self) -> str:
        """Why, as people read it."""
        return self.reason or self.get_why_display()


class StripeEvent(models.Model):
    """A verified message from Stripe: a hint to fetch the object, kept once."""

    event_id = models.CharField(max_length=80, primary_key=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("message from Stripe")
        verbose_name_plural = _("messages from Stripe")
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(handled_at__isnull=True),
                name="stripe_event_to_handle",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.type}"
