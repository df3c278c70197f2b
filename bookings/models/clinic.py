"""The clinic itself: one row."""

from datetime import time, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings import formats
from bookings.models.conditions import WithConditions
from bookings.waitlist import OfferRules


class Clinic(WithConditions):
    """Name, address and the clinic's own defaults. There is exactly one."""

    class Address(models.TextChoices):
        INFORMAL = "je", _("je (informal)")
        FORMAL = "u", _("u (formal)")

    class Unanswered(models.TextChoices):
        CALL = "call", _("is called by the desk")
        RELEASE = "release", _("gives up the time, to who waits")

    class OfferOrder(models.TextChoices):
        FIRST = "first", _("who waits longest")
        BEST = "best", _("whom it suits best")

    class GapCare(models.TextChoices):
        NONE = "none", _("offer them like any other")
        LAST = "last", _("offer them, suggest others first")
        HIDE = "hide", _("do not offer them, unless a day has no others")

    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=30)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=10)
    city = models.CharField(_("city"), max_length=60)
    phone = PhoneNumberField(_("telephone"))
    email = models.EmailField(_("e-mail address"))
    registration = models.CharField(
        _("number at the chamber of commerce"), max_length=20, blank=True
    )
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    form_of_address = models.CharField(
        _("form of address"), max_length=2, choices=Address, default=Address.INFORMAL
    )
    sells_vouchers = models.BooleanField(
        _("gift vouchers and prepaid courses are sold online"), default=False
    )
    voucher_months = models.PositiveSmallIntegerField(
        _("months that a voucher can be used"), default=24, validators=[MinValueValidator(12)]
    )
    hold_length = models.DurationField(_("hold length"), default=timedelta(minutes=15))
    hold_extensions = models.PositiveSmallIntegerField(_("times a hold can be longer"), default=10)
    holds_per_address = models.PositiveSmallIntegerField(
        _("open holds per internet address (0: no limit)"), default=5
    )
    bookings_per_address = models.PositiveSmallIntegerField(
        _("bookings, and wishes on the waitlist, a day per internet address (0: no limit)"),
        default=20,
    )
    hold_longest = models.DurationField(
        _("longest that a hold can be made in all"), default=timedelta(hours=2)
    )
    minimum_notice = models.DurationField(_("minimum notice"), default=timedelta(hours=2))
    horizon_days = models.PositiveSmallIntegerField(_("bookable days ahead"), default=60)
    start_step = models.DurationField(_("start grid"), default=timedelta(minutes=15))
    gap_care = models.CharField(
        _("times that leave a gap nobody can book"),
        max_length=6,
        choices=GapCare,
        default=GapCare.LAST,
    )
    smallest_gap = models.DurationField(
        _("shortest stretch that can still be booked"), default=timedelta(minutes=30)
    )
    most_moves = models.PositiveSmallIntegerField(
        _("times a client may move an appointment herself (0: no limit)"), default=3
    )
    record_missed = models.PositiveSmallIntegerField(
        _("visits missed that make a record"), default=2, validators=[MinValueValidator(1)]
    )
    record_months = models.PositiveSmallIntegerField(
        _("months that a missed visit counts"), default=12
    )
    fee_needs_reminder = models.BooleanField(
        _("no fee when no reminder was delivered"),
        default=True,
        help_text=_("When one was due, and none reached the client."),
    )
    refilled_fee_percent = models.PositiveSmallIntegerField(
        _("percent of the fee still asked when the time went to somebody else"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("At least half of it. 0 is no fee, 100 is all of it."),
    )
    fee_reminders = models.PositiveSmallIntegerField(
        _("times an open fee is asked again"),
        default=2,
        help_text=_("After that it is a task at the desk."),
    )
    fee_reminder_days = models.PositiveSmallIntegerField(
        _("days between two of those"), default=4, validators=[MinValueValidator(1)]
    )
    undo_time = models.DurationField(
        _("time in which a cancellation can be undone"), default=timedelta(minutes=3)
    )
    no_show_rest = models.DurationField(
        _("time a no-show rests before it costs money"), default=timedelta(hours=24)
    )
    pay_link_length = models.DurationField(
        _("time to pay for a phone booking"), default=timedelta(hours=24)
    )
    offer_length = models.DurationField(
        _("time to accept an offered time"), default=timedelta(hours=2)
    )
    offer_length_near = models.DurationField(
        _("the same, for a time within a day"), default=timedelta(minutes=30)
    )
    offer_cutoff = models.DurationField(
        _("no offers so shortly before the start"), default=timedelta(hours=3)
    )
    offer_order = models.CharField(
        _("who is offered a time first"),
        max_length=5,
        choices=OfferOrder,
        default=OfferOrder.FIRST,
    )
    offers_per_slot = models.PositiveSmallIntegerField(
        _("people offered one time, at most (0: no limit)"), default=5
    )
    offers_per_day = models.PositiveSmallIntegerField(
        _("offers to one person a day, at most (0: no limit)"), default=2
    )
    quiet_from = models.TimeField(
        _("no reminders, offers, nor word of open fees, from"), default=time(21)
    )
    quiet_until = models.TimeField(_("until"), default=time(8))
    texts_per_day = models.PositiveSmallIntegerField(
        _("texts to one number a day, at most (0: no limit)"),
        default=6,
        help_text=_("What is above it goes by e-mail. Answers to her own texts do not count."),
    )
    texts_in_all = models.PositiveIntegerField(
        _("texts in all a day, at most (0: no limit)"),
        default=0,
        help_text=_("What is above it goes by e-mail, so that a mistake never costs a fortune."),
    )
    unanswered = models.CharField(
        _("who was asked twice and does not answer"),
        max_length=7,
        choices=Unanswered,
        default=Unanswered.CALL,
        help_text=_(
            "A time is only given to somebody else when the last text said so, it arrived, and no"
            " deposit was paid."
        ),
    )
    answer_time = models.DurationField(
        _("time to answer the last question"), default=timedelta(hours=4)
    )
    terms_version = models.CharField(_("version of the terms"), max_length=20, default="1")

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")
        constraints = [
            *WithConditions.Meta.constraints,
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_clinic"),
            models.CheckConstraint(
                condition=Q(record_missed__gte=1), name="a_record_is_of_something"
            ),
            models.CheckConstraint(
                condition=Q(refilled_fee_percent__lte=100), name="refilled_asks_no_more"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_address(self) -> str:
        return f"{self.street}, {self.postcode} {self.city}"

    @property
    def phone_display(self) -> str:
        return formats.phone_number(self.phone)

    @property
    def offer_rules(self) -> OfferRules:
        """How the clinic offers freed times, as values."""
        return OfferRules(
            length=self.offer_length,
            length_near=self.offer_length_near,
            per_slot=self.offers_per_slot,
            per_day=self.offers_per_day,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
        )
