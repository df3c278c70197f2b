"""The waitlist: who wants another time, what came free, and who was offered it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.appointments import Appointment, AppointmentEvent, new_token
from bookings.models.people import Client
from bookings.models.resources import Practitioner
from bookings.models.treatments import Treatment


class WaitlistEntry(models.Model):
    """That a client wants a time, or an earlier one than she has, and when it would suit her."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        HELPED = "helped", _("has a time")
        WITHDRAWN = "withdrawn", _("withdrawn")
        PASSED = "passed", _("time is over")

    class Part(models.TextChoices):
        MORNING = "morning", _("morning")
        AFTERNOON = "afternoon", _("afternoon")
        EVENING = "evening", _("evening")

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="waitlist_entries")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="waitlist_entries")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="waitlist_entries",
        help_text=_("The appointment that would move."),
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text=_("None: any day.")
    )
    parts = ArrayField(
        models.CharField(max_length=9, choices=Part),
        default=list,
        blank=True,
        help_text=_("None: any part of the day."),
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    address = models.CharField(max_length=64, blank=True, editable=False)  # as of a hold
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("wish on the waitlist")
        verbose_name_plural = _("waitlist")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["treatment", "created_at"],
                condition=Q(status="waiting"),
                name="waitlist_waiting",
            ),
            models.Index(
                fields=["address", "created_at"],
                condition=~Q(address=""),
                name="wish_by_address",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(status="waiting"),
                name="one_wish_per_appointment",
            ),
            models.UniqueConstraint(
                fields=["client", "treatment"],
                condition=Q(status="waiting", appointment__isnull=True),
                name="one_wish_per_client_and_treatment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.treatment_id} {self.status}"


class Opening(models.Model):
    """A time that came free and may be offered, for as long as it is of use."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        FILLED = "filled", _("filled by an offer")
        CLOSED = "closed", _("not filled by an offer")

    event = models.OneToOneField(AppointmentEvent, models.CASCADE, related_name="opening")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="openings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["starts_at"], condition=Q(status="open"), name="opening_open")
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.starts_at:%Y-%m-%d %H:%M} {self.status}"


class Offer(models.Model):
    """A freed time offered to one person, and held for her until it expires."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("not answered in time")

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="offers")
    entry = models.ForeignKey(WaitlistEntry, models.CASCADE, related_name="offers")
    hold = models.OneToOneField(
        Appointment, models.CASCADE, related_name="offer", help_text=_("What keeps the time.")
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["offered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opening"], condition=Q(status="open"), name="one_open_offer_per_opening"
            ),
            models.UniqueConstraint(fields=["opening", "entry"], name="offered_once_to_each"),
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} {self.entry_id} {self.status}"
