"""The tables that django-agenda has its project make; a schedule is a practitioner's.

Two things make a package of 2021 run on this Django, and are ours: the time zone is taken as it
is instead of through `pytz`, and a booking has its key before it is saved, since the package
looks at the booking's time slots first, which Django no longer allows without a key.
"""

import uuid
from datetime import timedelta, tzinfo

from django.db import models
from django_agenda.models import (
    AbstractAvailability,
    AbstractAvailabilityOccurrence,
    AbstractBooking,
    AbstractSchedule,
    AbstractTimeSlot,
)
from django_agenda.time_span import TimeSpan


class Practitioner(AbstractSchedule):
    """Whose schedule it is."""

    name = models.CharField(max_length=80)


class Treatment(models.Model):
    """How long it takes, and who gives it."""

    key = models.CharField(max_length=64, unique=True)
    length = models.DurationField(default=timedelta(minutes=30))
    practitioners = models.ManyToManyField(Practitioner)

    objects: models.Manager["Treatment"] = models.Manager()

    def __str__(self) -> str:
        return self.key


class Availability(AbstractAvailability):
    """Working hours."""

    class AgendaMeta:
        schedule_model = Practitioner

    def get_timezone(self) -> tzinfo:
        return self.timezone


class AvailabilityOccurrence(AbstractAvailabilityOccurrence):
    """Working hours on one day."""

    class AgendaMeta:
        schedule_model = Practitioner
        availability_model = Availability


class Booking(AbstractBooking):
    """An appointment."""

    class AgendaMeta:
        schedule_model = Practitioner

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    client = models.CharField(max_length=120)

    def get_reserved_spans(self) -> list[TimeSpan]:
        return [TimeSpan(self.starts_at, self.ends_at)]


class TimeSlot(AbstractTimeSlot):
    """The time that a booking takes."""

    class AgendaMeta:
        schedule_model = Practitioner
        booking_model = Booking
