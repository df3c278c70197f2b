"""Treatment plans: a course of sessions, with the time that should lie between them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.appointments import Appointment, new_token
from bookings.models.people import Client
from bookings.models.treatments import Treatment
from bookings.series import Band


class TreatmentPlan(models.Model):
    """A course of sessions for one client."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="treatment_plans")
    name = models.CharField(_("name"), max_length=80)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("treatment plan")
        verbose_name_plural = _("treatment plans")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class PlannedSession(models.Model):
    """One session of a plan: what is given, how long after the one before, what it should bring."""

    plan = models.ForeignKey(TreatmentPlan, models.CASCADE, related_name="sessions")
    position = models.PositiveSmallIntegerField()
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="+")
    least_days = models.PositiveSmallIntegerField(
        _("days after the one before, at least"), default=0
    )
    advised_days = models.PositiveSmallIntegerField(_("days after the one before, advised"))
    most_days = models.PositiveSmallIntegerField(_("days after the one before, at most"))
    expected_result = models.CharField(_("what to expect"), max_length=200, blank=True)
    appointment = models.OneToOneField(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="planned_session"
    )

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="session_has_its_place"),
            models.CheckConstraint(
                condition=Q(advised_days__gte=F("least_days"), most_days__gte=F("advised_days")),
                name="session_band_is_a_band",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.position}"

    @property
    def band(self) -> Band:
        """How far from the session before it may come; the first counts from being planned."""
        return Band(self.least_days, self.most_days, self.advised_days)
