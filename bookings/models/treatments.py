"""What the clinic gives, what it takes to give it, and on what terms."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.models.resources import Resource
from bookings.terms import Terms


class Treatment(models.Model):
    """What is given: duration, price, needs and terms."""

    slug = models.SlugField(_("address"), unique=True)
    category = models.CharField(_("category"), max_length=60)
    category_en = models.CharField(_("category in English"), max_length=60, blank=True)
    name_nl = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    summary_nl = models.CharField(_("one line of benefit"), max_length=200)
    summary_en = models.CharField(_("one line of benefit in English"), max_length=200, blank=True)
    prepare_nl = models.TextField(_("what to do beforehand"), blank=True)
    prepare_en = models.TextField(_("what to do beforehand in English"), blank=True)
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    price_cents = models.PositiveIntegerField(_("price in cents"))
    deposit_cents = models.PositiveIntegerField(_("deposit in cents"), default=0)
    late_fee_cents = models.PositiveIntegerField(_("fee for late cancelling in cents"), default=0)
    no_show_fee_cents = models.PositiveIntegerField(_("fee for a no-show in cents"), default=0)
    free_notice = models.DurationField(_("free notice"), default=timedelta(hours=24))
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__gt=0), name="treatment_takes_time"
            ),
            models.CheckConstraint(
                condition=Q(deposit_cents__lte=F("price_cents")),
                name="deposit_is_at_most_the_price",
            ),
            models.CheckConstraint(
                condition=Q(late_fee_cents__lte=F("price_cents"))
                & Q(no_show_fee_cents__lte=F("price_cents")),
                name="fees_are_at_most_the_price",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def _in_language(self, field: str) -> str:
        english = (get_language() or "nl").startswith("en")
        dutch: str = getattr(self, field if field == "category" else f"{field}_nl")
        return (getattr(self, f"{field}_en") or dutch) if english else dutch

    @property
    def name(self) -> str:
        return self._in_language("name")

    @property
    def summary(self) -> str:
        return self._in_language("summary")

    @property
    def prepare(self) -> str:
        return self._in_language("prepare")

    @property
    def category_name(self) -> str:
        return self._in_language("category")

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def terms(self) -> Terms:
        """What a client agrees to who books it today."""
        return Terms(
            deposit_cents=self.deposit_cents,
            late_fee_cents=self.late_fee_cents,
            no_show_fee_cents=self.no_show_fee_cents,
            free_notice=self.free_notice,
        )


class Need(models.Model):
    """What a treatment takes of a kind of resource, and from when to when around its start."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="needs")
    kind = models.CharField(_("kind"), max_length=12, choices=Resource.Kind)
    group = models.CharField(_("group"), max_length=40, blank=True)
    from_minute = models.SmallIntegerField(_("from minute"), default=0)
    until_minute = models.SmallIntegerField(_("until minute"))

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_minute__gt=F("from_minute")), name="need_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.group} {self.from_minute}-{self.until_minute}"
