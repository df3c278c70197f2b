"""Vouchers: money that was paid beforehand, as a gift or for a course of sessions."""

import secrets
import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Treatment
from bookings.models.appointments import new_token

# Without letters and digits that look alike, so that a code can be read aloud.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """Return a code that nobody guesses: 12 of 30 letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))


class CourseOffer(models.Model):
    """A number of sessions of one treatment that is sold beforehand, at a price for all."""

    treatment = models.ForeignKey(
        Treatment, models.CASCADE, related_name="course_offers", verbose_name=_("treatment")
    )
    sessions = models.PositiveSmallIntegerField(_("sessions"), validators=[MinValueValidator(2)])
    session_cents = models.PositiveIntegerField(
        _("price of a session in cents"), validators=[MinValueValidator(100)]
    )
    is_active = models.BooleanField(_("for sale"), default=True)

    class Meta:
        verbose_name = _("prepaid course")
        verbose_name_plural = _("prepaid courses")
        ordering = ["treatment", "sessions"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "sessions"], name="one_price_for_so_many_sessions"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sessions} x {self.treatment}"

    @property
    def price_cents(self) -> int:
        """What all sessions cost together, in cents."""
        return self.sessions * self.session_cents


class Voucher(models.Model):
    """A purchase, and the money that is still in it; whoever holds the code may use it.

    What it is worth now is never stored: it is what was paid, less what was drawn, and what came
    back (`payments/vouchers.py`).
    """

    class Kind(models.TextChoices):
        GIFT = "gift", _("gift voucher")
        COURSE = "course", _("prepaid course")

    class Status(models.TextChoices):
        NEW = "new", _("new")
        SENT = "sent", _("being paid")
        OPEN = "open", _("payment page open")
        PAID = "paid", _("paid")
        EXPIRED = "expired", _("not paid")

    UNSETTLED = (Status.NEW, Status.SENT, Status.OPEN)

    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    reference = models.UUIDField(
        unique=True, default=uuid.uuid4, editable=False, help_text=_("What Stripe knows it by.")
    )
    value_cents = models.PositiveIntegerField()
    treatment = models.ForeignKey(Treatment, models.PROTECT, null=True, blank=True)
    session_cents = models.PositiveIntegerField(default=0)
    buyer_name = models.CharField(max_length=120)
    buyer_email = models.EmailField()
    language = models.CharField(max_length=2, default="nl")
    for_name = models.CharField(max_length=60, blank=True)
    wish = models.CharField(max_length=200, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField()
    valid_until = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    request = models.JSONField()
    stripe_id = models.CharField(max_length=80, blank=True, db_index=True)
    intent_id = models.CharField(max_length=80, blank=True, db_index=True)
    method = models.CharField(max_length=30, blank=True)
    url = models.TextField(blank=True)
    expires_at = models.DateTimeField()
    check_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, help_text=_("On the real clock."))
    paid_at = models.DateTimeField(null=True, blank=True)
    given_back_cents = models.PositiveIntegerField(
        default=0, help_text=_("Of the purchase, by Stripe.")
    )
    given_back_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_leased_until = models.DateTimeField(
        null=True, blank=True, help_text=_("On the real clock.")
    )
    mailings = models.PositiveSmallIntegerField(default=0, help_text=_("Asked for by the desk."))
    mail_error = models.CharField(max_length=200, blank=True)
    answer_by = models.DateTimeField(
        null=True, blank=True, help_text=_("A bank asks the purchase back, and waits until then.")
    )
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When somebody dealt with what was given back.")
    )
    buyer_address = models.CharField(max_length=32, blank=True, help_text=_("A keyed hash."))

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        indexes = [
            models.Index(
                fields=["given_back_at"],
                name="vouchers_for_the_desk",
                condition=Q(given_back_cents__gt=0)
                | Q(answer_by__isnull=False)
                | ~Q(mail_error=""),
            ),
            models.Index(
                fields=["buyer_address", "created_at"],
                name="vouchers_of_an_address",
                condition=~Q(buyer_address=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(value_cents__gt=0), name="a_voucher_is_of_something"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False),
                name="voucher_paid_says_when",
            ),
            models.CheckConstraint(
                condition=Q(given_back_cents__lte=F("value_cents")),
                name="no_more_goes_back_than_a_voucher_cost",
            ),
            models.CheckConstraint(
                condition=Q(kind="gift", treatment__isnull=True, session_cents=0)
                | Q(kind="course", treatment__isnull=False, session_cents__gt=0),
                name="a_course_is_of_sessions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value_cents} {self.status}"

    @property
    def is_unseen(self) -> bool:
        """Tell whether something was given back that nobody at the desk has dealt with."""
        if self.given_back_at is None:
            return False
        return self.seen_at is None or self.seen_at < self.given_back_at

    @property
    def key(self) -> str:
        """What Stripe knows the purchase's one request by."""
        return f"voucher:{self.reference}"

    @property
    def code_in_words(self) -> str:
        """The code in groups of four, as it is printed."""
        return "-".join(self.code[n : n + 4] for n in range(0, len(self.code), 4))
