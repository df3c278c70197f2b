"""The clinic, its zone and its now: read once, at the edge of a request."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings.clock import now
from bookings.models import Clinic


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when the desk is."""

    clinic: Clinic
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        """Return the day of an instant on the clinic's clock."""
        return moment.astimezone(self.zone).date()

    def wall(self, moment: datetime) -> str:
        """Write an instant as the clinic's clock shows it, without an offset."""
        return f"{moment.astimezone(self.zone):%Y-%m-%dT%H:%M}"


def here() -> Here:
    """Read the clinic and the clock."""
    return Here(clinic=Clinic.objects.get(), zone=ZoneInfo(settings.CLINIC_TIME_ZONE), now=now())
