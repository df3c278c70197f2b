"""What a treatment takes: practitioners, rooms, devices, and when they are there."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class Resource(models.Model):
    """Anything an appointment can take that nobody else may have at the same time."""

    class Kind(models.TextChoices):
        PRACTITIONER = "practitioner", _("practitioner")
        ROOM = "room", _("room")
        DEVICE = "device", _("device")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, editable=False)
    group = models.CharField(
        _("group"), max_length=40, help_text=_("What a need asks for, such as “laser room”.")
    )
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Practitioner(Resource):
    """Who treats."""

    user = models.OneToOneField(
        "bookings.User", models.SET_NULL, null=True, blank=True, verbose_name=_("log-in")
    )
    role = models.CharField(_("role"), max_length=80)
    role_en = models.CharField(_("role in English"), max_length=80, blank=True)
    treatments = models.ManyToManyField(
        "bookings.Treatment", related_name="practitioners", blank=True, verbose_name=_("skills")
    )

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["position", "pk"]

    def save(self, *args: object, **kwargs: object) -> None:
        self.kind, self.group = Resource.Kind.PRACTITIONER, "practitioner"
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        words = self.name.split(" ")
        return (words[0][:1] + words[-1][:1]).upper()


class Room(Resource):
    """Where."""

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")

    def save(self, *args: object, **kwargs: object) -> None:
        self.kind = Resource.Kind.ROOM
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Device(Resource):
    """With which machine."""

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def save(self, *args: object, **kwargs: object) -> None:
        self.kind = Resource.Kind.DEVICE
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class WorkingHours(models.Model):
    """A practitioner's weekly pattern, on the clinic's clock."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["practitioner", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="working_hours_close_after_opening"
            ),
            ExclusionConstraint(
                name="working_hours_do_not_overlap",
                expressions=[
                    (
                        Func(
                            F("practitioner"),
                            F("practitioner"),
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("weekday"), F("weekday"), Value("[]"), function="int4range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("opens"),
                            F("closes"),
                            # In this order, or the migration writer sees another constraint.
                            arg_joiner=", '2000-01-01'::date + ",
                            function="tsrange",
                            template="tsrange('2000-01-01'::date + %(expressions)s)",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class TimeOff(models.Model):
    """A stretch in which a resource is not there: leave, illness, maintenance."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("time off")
        verbose_name_plural = _("time off")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="time_off_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["resource", "starts_at"], name="time_off_by_start")]

    def __str__(self) -> str:
        return f"{self.resource}: {self.starts_at:%Y-%m-%d %H:%M}"
