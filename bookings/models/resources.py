"""What a treatment takes: practitioners, rooms, devices, and when they are there."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from bookings.hours import EVERY_WEEK, WEEK_A, WEEK_B


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
    import_key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)

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
        "bookings.Treatment",
        related_name="practitioners",
        through="bookings.Skill",
        verbose_name=_("skills"),
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


class Skill(models.Model):
    """That a practitioner gives a treatment; at her own pace and price, if she has one."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="skills")
    treatment = models.ForeignKey("bookings.Treatment", models.CASCADE, related_name="skills")
    minutes = models.PositiveSmallIntegerField(
        _("own minutes"), null=True, blank=True, help_text=_("Empty: as long as it usually takes.")
    )
    price_cents = models.PositiveIntegerField(
        _("own price in cents"), null=True, blank=True, help_text=_("Empty: the usual price.")
    )

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "treatment"], name="skill_is_had_once"),
            models.CheckConstraint(condition=~Q(minutes=0), name="skill_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.treatment_id}"


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


def _same(*fields: str) -> tuple[Func, str]:
    """Exclude rows in which these numbers are the same; needs no btree_gist, unlike `=`."""
    first, last = fields[0], fields[-1]
    return Func(F(first), F(last), Value("[]"), function="int8range"), RangeOperators.OVERLAPS


def _same_hours() -> tuple[Func, str]:
    """Exclude rows whose times of day overlap."""
    return (
        Func(
            F("opens"),
            F("closes"),
            # In this order, or the migration writer sees another constraint.
            arg_joiner=", '2000-01-01'::date + ",
            function="tsrange",
            template="tsrange('2000-01-01'::date + %(expressions)s)",
        ),
        RangeOperators.OVERLAPS,
    )


class WorkingHours(models.Model):
    """A practitioner's weekly pattern, on the clinic's clock; a break is the time between two."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class Weeks(models.IntegerChoices):
        EVERY = EVERY_WEEK, _("every week")
        A = WEEK_A, _("A weeks")
        B = WEEK_B, _("B weeks")

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))
    weeks = models.PositiveSmallIntegerField(_("which weeks"), choices=Weeks, default=Weeks.EVERY)
    from_on = models.DateField(_("valid from"), null=True, blank=True)
    until_on = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["practitioner", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="working_hours_close_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True)
                | Q(until_on__isnull=True)
                | Q(until_on__gte=F("from_on")),
                name="working_hours_end_after_they_begin",
            ),
            ExclusionConstraint(
                name="working_hours_do_not_overlap",
                expressions=[
                    _same("practitioner"),
                    _same("weekday"),
                    _same_hours(),
                    (
                        # Every week meets both the A weeks and the B weeks.
                        Func(
                            Case(When(weeks=WEEK_B, then=Value(WEEK_B)), default=Value(WEEK_A)),
                            Case(When(weeks=WEEK_A, then=Value(WEEK_A)), default=Value(WEEK_B)),
                            Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("from_on"), F("until_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class SpecialHours(models.Model):
    """When a practitioner works on one date, instead of the weekly pattern."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="special_hours")
    works_on = models.DateField(_("date"))
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("hours on one date")
        verbose_name_plural = _("hours on one date")
        ordering = ["works_on", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="special_hours_close_after_opening"
            ),
            ExclusionConstraint(
                name="special_hours_do_not_overlap",
                expressions=[
                    _same("practitioner"),
                    (
                        Func(F("works_on"), F("works_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                    _same_hours(),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.works_on} {self.opens:%H:%M}-{self.closes:%H:%M}"


class TimeOff(models.Model):
    """A stretch in which a resource is not there: leave, illness, maintenance.

    Without a resource the whole clinic is closed. It may lie over appointments: those are then
    to be resolved one by one.
    """

    resource = models.ForeignKey(
        Resource,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="time_off",
        verbose_name=_("who or what (nothing: the whole clinic)"),
    )
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
        indexes = [
            models.Index(fields=["resource", "starts_at"], name="time_off_by_start"),
            models.Index(fields=["ends_at"], name="time_off_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.resource or _('the clinic')}: {self.starts_at:%Y-%m-%d %H:%M}"
