"""What the clinic gives, what it takes to give it, and on what terms."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.models.conditions import WithConditions
from bookings.models.resources import Resource
from bookings.terms import agreed


class Treatment(WithConditions):
    """What is given: duration, price, needs and terms."""

    class BookedBy(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        EXISTING = "existing", _("clients we know")
        NOBODY = "nobody", _("nobody, only the desk")

    slug = models.SlugField(_("address"), unique=True)
    category = models.CharField(_("category"), max_length=60)
    category_en = models.CharField(_("category in English"), max_length=60, blank=True)
    name_nl = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    summary_nl = models.CharField(_("one line of benefit"), max_length=200)
    summary_en = models.CharField(_("one line of benefit in English"), max_length=200, blank=True)
    prepare_nl = models.TextField(_("what to do beforehand"), blank=True)
    prepare_en = models.TextField(_("what to do beforehand in English"), blank=True)
    feels_nl = models.TextField(
        _("how it feels"), blank=True, help_text=_("Honestly: does it hurt, where, for how long?")
    )
    feels_en = models.TextField(_("how it feels, in English"), blank=True)
    expect_nl = models.TextField(
        _("what it does"),
        blank=True,
        help_text=_("For most people, after how many times, and what it does not do."),
    )
    expect_en = models.TextField(_("what it does, in English"), blank=True)
    after_nl = models.TextField(
        _("afterwards"), blank=True, help_text=_("What is normal, and when to call.")
    )
    after_en = models.TextField(_("afterwards, in English"), blank=True)
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    price_cents = models.PositiveIntegerField(_("price in cents"))
    as_clinic = models.BooleanField(
        _("deposit and fees as the clinic's own"),
        default=False,
        help_text=_("What is filled in for this treatment then waits, and is not asked."),
    )
    is_active = models.BooleanField(_("offered"), default=True)

    # When it can be booked; empty is as the clinic does.
    minimum_notice = models.DurationField(_("minimum notice"), null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(_("bookable days ahead"), null=True, blank=True)
    start_step = models.DurationField(_("start grid"), null=True, blank=True)
    start_times = ArrayField(
        models.TimeField(),
        verbose_name=_("fixed start times"),
        default=list,
        blank=True,
        help_text=_("Only at these times, with commas between: 9:00, 13:00."),
    )
    least_days_between = models.PositiveSmallIntegerField(
        _("days between two, at least"), null=True, blank=True
    )
    advised_days_between = models.PositiveSmallIntegerField(
        _("days between two, advised"), null=True, blank=True
    )
    prerequisite = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opens",
        verbose_name=_("only after"),
        help_text=_("A patch test or an intake that must have been done, and not have failed."),
    )
    prerequisite_days_before = models.PositiveSmallIntegerField(
        _("days that must lie between"), default=0
    )
    prerequisite_valid_days = models.PositiveSmallIntegerField(
        _("days that it stays good"), null=True, blank=True
    )
    booked_by = models.CharField(
        _("who books it online"), max_length=8, choices=BookedBy, default=BookedBy.EVERYONE
    )
    extras = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="extra_to",
        blank=True,
        verbose_name=_("can be followed by"),
        help_text=_("Treatments that can be added in the same visit, without a pause."),
    )
    only_as_extra = models.BooleanField(_("only together with another"), default=False)
    offer_notice = models.DurationField(
        _("no offers of a freed time so shortly before"), null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        ordering = ["position", "pk"]
        constraints = [
            *WithConditions.Meta.constraints,
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
            models.CheckConstraint(
                condition=~Q(prerequisite=F("pk")), name="treatment_does_not_wait_for_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        terms = agreed(self.conditions, price_cents=self.price_cents or 0)
        if not self.as_clinic and terms.no_show_fee_cents < terms.dearest_fee_cents:
            told = _("Not coming would be cheaper than cancelling. Ask at least as much for it.")
            raise ValidationError({"no_show_fee_cents": told})

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
    def feels(self) -> str:
        return self._in_language("feels")

    @property
    def expect(self) -> str:
        return self._in_language("expect")

    @property
    def after(self) -> str:
        return self._in_language("after")

    @property
    def has_card(self) -> bool:
        """Whether the clinic says honestly what the treatment is like."""
        return bool(self.feels or self.expect or self.after)

    @property
    def category_name(self) -> str:
        return self._in_language("category")

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)


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
