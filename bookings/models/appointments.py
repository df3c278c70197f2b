"""Appointments, what they take, and what happened to them."""

import secrets
from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from bookings.models.people import Client, User
from bookings.models.resources import Practitioner, Resource
from bookings.models.treatments import Treatment
from bookings.terms import Terms


def new_token() -> str:
    """Return a secret that nobody can guess, short enough for a text message (96 bits)."""
    return secrets.token_urlsafe(12)


class By(models.TextChoices):
    """Who did it."""

    CLIENT = "client", _("client")
    CLINIC = "clinic", _("clinic")
    SYSTEM = "system", _("system")


class Appointment(models.Model):
    """One client, one treatment, one period."""

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        ARRIVED = "arrived", _("Arrived")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("No-show")
        EXPIRED = "expired", _("Expired")

    class HoldKind(models.TextChoices):
        BROWSER = "browser", _("browser")
        PAY_LINK = "pay_link", _("pay link")
        OFFER = "offer", _("offer")
        DESK = "desk", _("desk")

    class Result(models.TextChoices):
        PASSED = "passed", _("good")
        FAILED = "failed", _("not good")

    #: Statuses in which it takes its resources.
    TAKING = (Status.HELD, Status.BOOKED, Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW)
    #: Statuses of somebody the clinic expects or has seen.
    AGREED = (Status.BOOKED, Status.ARRIVED, Status.COMPLETED)

    token = models.CharField(max_length=32, default=new_token, editable=False)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.HELD)
    price_cents = models.PositiveIntegerField()
    note = models.CharField(_("remark"), max_length=500, blank=True)
    any_practitioner = models.BooleanField(default=False)

    # The hold.
    hold_kind = models.CharField(max_length=10, choices=HoldKind, default=HoldKind.BROWSER)
    held_until = models.DateTimeField(null=True, blank=True)
    hold_extensions = models.PositiveSmallIntegerField(default=0)
    hold_address = models.CharField(max_length=64, blank=True)
    hold_visitor = models.CharField(max_length=64, blank=True)
    payment_started_at = models.DateTimeField(null=True, blank=True)

    # The terms, as agreed.
    deposit_cents = models.PositiveIntegerField(default=0)
    late_fee_cents = models.PositiveIntegerField(default=0)
    no_show_fee_cents = models.PositiveIntegerField(default=0)
    free_notice = models.DurationField()
    move_notice = models.DurationField(default=timedelta())
    most_moves = models.PositiveSmallIntegerField(default=0)
    last_minute_fee_cents = models.PositiveIntegerField(default=0)
    last_minute = models.DurationField(null=True, blank=True)
    by_voucher = models.BooleanField(
        default=False, help_text=_("What is asked beforehand comes from a voucher.")
    )
    terms_version = models.CharField(max_length=20, blank=True)
    terms_text = models.TextField(blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    terms_address = models.GenericIPAddressField(null=True, blank=True)
    terms_device = models.CharField(max_length=300, blank=True)

    # What happened.
    created_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=10, choices=By, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    no_show_at = models.DateTimeField(null=True, blank=True)
    fee_cents = models.PositiveIntegerField(
        default=0, help_text=_("What cancelling or missing it costs, by the terms.")
    )
    result = models.CharField(
        _("result"),
        max_length=6,
        choices=Result,
        blank=True,
        help_text=_("Of a patch test or an intake that opens other treatments."),
    )
    moves = models.PositiveSmallIntegerField(default=0)
    moves_by_client = models.PositiveSmallIntegerField(default=0)
    import_key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["starts_at", "status"], name="appointment_by_start"),
            models.Index(fields=["status"], name="appointment_by_status"),
            models.Index(
                fields=["held_until"],
                name="appointment_held_until",
                condition=Q(status="held"),
            ),
            models.Index(
                fields=["hold_address", "created_at"],
                name="appointment_by_address",
                condition=~Q(hold_address=""),
            ),
        ]
        constraints = [
            # `unique=True` would keep a second index, for searches by pattern.
            models.UniqueConstraint(fields=["token"], name="appointment_by_token"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=False) | Q(status__in=["held", "expired"]),
                name="only_a_hold_has_no_client",
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False),
                name="a_hold_knows_its_end",
            ),
            models.UniqueConstraint(
                fields=["hold_visitor"],
                condition=Q(status="held") & ~Q(hold_visitor=""),
                name="one_open_hold_per_visitor",
            ),
            models.CheckConstraint(
                condition=(Q(status="cancelled") & Q(cancelled_at__isnull=False))
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
                name="cancelled_exactly_when_it_says_when",
            ),
            models.CheckConstraint(
                condition=(Q(status="no_show") & Q(no_show_at__isnull=False))
                | (~Q(status="no_show") & Q(no_show_at__isnull=True)),
                name="no_show_exactly_when_it_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.starts_at:%Y-%m-%d %H:%M} {self.status}"

    @property
    def terms(self) -> Terms:
        """The terms as they were agreed."""
        return Terms(
            deposit_cents=self.deposit_cents,
            late_fee_cents=self.late_fee_cents,
            no_show_fee_cents=self.no_show_fee_cents,
            free_notice=self.free_notice,
            move_notice=self.move_notice,
            most_moves=self.most_moves,
            last_minute_fee_cents=self.last_minute_fee_cents,
            last_minute=self.last_minute,
        )


class Extra(models.Model):
    """A further treatment in the same visit, given right after the one before it."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="extras")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    price_cents = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "position"], name="extra_has_its_place")
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} +{self.treatment_id}"


class Allocation(models.Model):
    """A resource taken by an appointment for a period; never overlaps another of that resource."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="allocations")
    # No index of its own, which would be read through all of history: the period finds it.
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="allocations", db_index=False
    )
    period = DateTimeRangeField()

    class Meta:
        constraints = [
            # The period comes first, so that what is taken in a span is found by the same index.
            # int8range instead of `resource WITH =`: it needs no btree_gist extension.
            ExclusionConstraint(
                name="resource_never_double_booked",
                expressions=[
                    ("period", RangeOperators.OVERLAPS),
                    (
                        Func(F("resource"), F("resource"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False), name="allocation_takes_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.period}"


class EventQuerySet(QuerySet["AppointmentEvent"]):
    def unhandled_by(self, reader: str) -> "EventQuerySet":
        """Return the events that `reader` has no receipt for, however late they were committed."""
        receipts = EventReceipt.objects.filter(event=OuterRef("pk"), reader=reader)
        return self.filter(~Exists(receipts))


class AppointmentEvent(models.Model):
    """Something that happened to an appointment: history, audit trail and inbox in one."""

    class Kind(models.TextChoices):
        HELD = "held", _("Time held")
        HOLD_MOVED = "hold_moved", _("Other time held")
        EXPIRED = "expired", _("Hold lapsed")
        BOOKED = "booked", _("Booked")
        CONFIRMED = "confirmed", _("Confirmed")
        MOVED = "moved", _("Moved")
        PLACE_CHANGED = "place_changed", _("Other room or device")
        RESULT_NOTED = "result_noted", _("Result noted")
        OFFERED = "offered", _("Offered")
        OFFER_TAKEN = "offer_taken", _("Offer accepted")
        OFFER_ENDED = "offer_ended", _("Offer over")
        CANCELLED = "cancelled", _("Cancelled")
        CANCEL_UNDONE = "cancel_undone", _("Cancelling undone")
        ARRIVED = "arrived", _("Arrived")
        ARRIVAL_UNDONE = "arrival_undone", _("Arrival undone")
        COMPLETED = "completed", _("Completed")
        NO_SHOW = "no_show", _("No-show")
        NO_SHOW_UNDONE = "no_show_undone", _("No-show undone")
        PAYMENT_ASKED = "payment_asked", _("Payment asked")
        PAYMENT_WRONG = "payment_wrong", _("Another amount was paid")
        DEPOSIT_PAID = "deposit_paid", _("Deposit paid")
        FEE_PAID = "fee_paid", _("Fee paid")
        FEE_WAIVED = "fee_waived", _("Fee waived")
        PLANNED = "planned", _("If-then plan written")
        REMINDER_SENT = "reminder_sent", _("Reminder sent")
        REMINDED = "reminded", _("Reminder delivered")
        NOT_REMINDED = "not_reminded", _("Reminder not delivered")
        REFUND_STARTED = "refund_started", _("Refund started")
        REFUND_FAILED = "refund_failed", _("Refund failed")
        REFUND_GIVEN = "refund_given", _("Refunded by bank")
        DISPUTED = "disputed", _("Payment disputed")
        DISPUTE_ENDED = "dispute_ended", _("Dispute decided")

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    by = models.CharField(max_length=10, choices=By)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["appointment", "kind"], name="event_by_appointment")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind}"


class EventReceipt(models.Model):
    """One reader's word that it has handled one event."""

    event = models.ForeignKey(AppointmentEvent, models.CASCADE, related_name="receipts")
    reader = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "reader"], name="event_handled_once_by_each")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.reader}"
