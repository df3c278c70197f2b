"""What the clinic says and when: texts, rules, changes of those, and WhatsApp's approval."""

from datetime import time, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Consent, Treatment
from reminders.examples import example
from reminders.rules import (
    AROUND_VISIT,
    DaysAfterAt,
    DaysBeforeAt,
    HoursAfter,
    HoursBefore,
    Offset,
    On,
    RuleSpec,
)
from reminders.wording import segments, unknown_placeholders

#: Of an SMS filled in with long words: each part is paid for.
MOST_PARTS = 6


class Text(models.Model):
    """What is said in one language, with placeholders."""

    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject of the e-mail"), max_length=120)
    text = models.TextField(_("text message"))
    email_text = models.TextField(_("text of the e-mail"), blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        for field in ("subject", "text", "email_text"):
            if unknown := unknown_placeholders(getattr(self, field)):
                names = ", ".join(f"{{{name}}}" for name in unknown)
                raise ValidationError({field: _("Unknown placeholder: %s") % names})
        parts = segments(example(self.text))
        if parts > MOST_PARTS:
            told = _("This takes %(parts)s SMS parts, more than %(most)s. Make it shorter.")
            raise ValidationError({"text": told % {"parts": parts, "most": MOST_PARTS}})


class Wording(Text):
    """One of the clinic's texts in one language."""

    class Key(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        CONFIRM_QUESTION = "confirm_question", _("question to confirm")
        REMINDER = "reminder", _("reminder the day before")
        PREPARATION = "preparation", _("how to prepare")
        AFTER_VISIT = "after_visit", _("after the visit")
        CANCELLED = "cancelled", _("cancelled")
        PAY_LINK = "pay_link", _("link to pay")
        OFFER = "offer", _("offer of a time that came free")
        CUE = "cue", _("her plan, at its own moment")
        REPLY_CONFIRMED = "reply_confirmed", _("answer to yes")
        REPLY_LINK = "reply_link", _("answer with the link")

    key = models.CharField(_("text"), max_length=20, choices=Key)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="one_wording_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} ({self.language})"


class TemplateApproval(models.Model):
    """What WhatsApp said last of the template for a text; without one it is sent by SMS."""

    wording = models.CharField(max_length=20, choices=Wording.Key, unique=True)
    content_sid = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("approval of a WhatsApp template")
        verbose_name_plural = _("approvals of WhatsApp templates")
        ordering = ["wording"]

    def __str__(self) -> str:
        return f"{self.wording} {self.status}"


SAID_AFTER = (Wording.Key.AFTER_VISIT,)


class RuleQuerySet(models.QuerySet["Rule"]):
    """Rules to look at."""

    def in_use(self) -> Self:
        """Return those that are followed, each with its treatments. Two queries."""
        return self.filter(is_active=True).prefetch_related("treatments")


class Rule(models.Model):
    """The clinic's: when this happens, send that, at this offset."""

    class Event(models.TextChoices):
        AGREED = On.AGREED.value, _("booked or moved")
        BEFORE_START = On.BEFORE_START.value, _("before the start")
        AFTER_VISIT = On.AFTER_VISIT.value, _("after the visit")
        CANCELLED = On.CANCELLED.value, _("cancelled")
        PAYMENT_ASKED = On.PAYMENT_ASKED.value, _("payment asked")
        OFFERED = On.OFFERED.value, _("a time offered from the waitlist")
        CUE = On.CUE.value, _("the moment in her plan, if she wants that")

    class Reach(models.TextChoices):
        CHOSEN = "chosen", _("as the client chose")
        TEXT = "text", _("SMS or WhatsApp only")
        EMAIL = "email", _("e-mail only")

    name = models.CharField(_("name"), max_length=80)
    on = models.CharField(_("when"), max_length=20, choices=Event)
    hours = models.PositiveSmallIntegerField(_("hours before or after"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days before or after"), null=True, blank=True)
    at_time = models.TimeField(_("at"), null=True, blank=True)
    wording = models.CharField(_("text"), max_length=20, choices=Wording.Key)
    reach = models.CharField(_("by"), max_length=10, choices=Reach, default=Reach.CHOSEN)
    asks = models.BooleanField(_("asks to confirm"), default=False)
    least_notice = models.DurationField(
        _("only when agreed at least so long before"), default=timedelta()
    )
    treatments = models.ManyToManyField(
        Treatment,
        blank=True,
        related_name="rules",
        verbose_name=_("only of these treatments"),
        help_text=_("None chosen: of all of them."),
    )
    purpose = models.CharField(
        _("for what"),
        max_length=10,
        choices=Consent.Purpose,
        default=Consent.Purpose.SERVICE,
        help_text=_("Tips and news only go to who allowed them."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("What was due before is not told.")
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(on__in=["before_start", "after_visit"])
                | Q(hours__isnull=False)
                | (Q(days__isnull=False) & Q(at_time__isnull=False)),
                name="a_rule_before_or_after_says_how_long",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what makes no sense at its moment, whoever writes it down."""
        is_after = self.on == On.AFTER_VISIT
        if is_after and self.asks:
            raise ValidationError({"asks": _("After a visit there is nothing to confirm.")})
        if is_after and self.wording not in SAID_AFTER:
            told = _("This text is about a visit to come. Choose another.")
            raise ValidationError({"wording": told})
        if not is_after and self.wording in SAID_AFTER:
            told = _("This text is about a visit that was. Choose another.")
            raise ValidationError({"wording": told})
        if not is_after and self.purpose == Consent.Purpose.NEWS:
            told = _("Before a visit, messages are about that visit.")
            raise ValidationError({"purpose": told})

    @property
    def spec(self) -> RuleSpec:
        """The rule as values."""
        return RuleSpec(
            rule_id=self.pk,
            on=On(self.on),
            offset=self._offset,
            asks=self.asks,
            least_notice=self.least_notice,
            treatment_ids=self._treatment_ids,
            is_news=self.purpose == Consent.Purpose.NEWS,
            since=self.since,
        )

    @property
    def _treatment_ids(self) -> frozenset[int]:
        """Return what a rule with a moment is about; one that waits for an event tells of all."""
        if self.on not in AROUND_VISIT:
            return frozenset()
        return frozenset(one.pk for one in self.treatments.all())

    @property
    def _offset(self) -> Offset | None:
        is_after = self.on == On.AFTER_VISIT
        if self.hours is not None:
            return HoursAfter(self.hours) if is_after else HoursBefore(self.hours)
        if self.days is None:
            return None
        at = self.at_time or time(9)
        return DaysAfterAt(self.days, at) if is_after else DaysBeforeAt(self.days, at)


class RuleChange(models.Model):
    """The rules are other ones since then, and how far the waiting steps have followed."""

    changed_at = models.DateTimeField()
    total = models.PositiveIntegerField(help_text=_("Appointments to come at that moment."))
    done = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0, help_text=_("The last appointment looked at."))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of the rules")
        verbose_name_plural = _("changes of the rules")

    def __str__(self) -> str:
        return f"rule change {self.pk}: {self.done} of {self.total}"
