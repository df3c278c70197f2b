"""Fill django-agenda's tables from the made-up clinic's CSV folder."""

from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import get_current_timezone, get_current_timezone_name
from recurrence import WEEKLY, Recurrence, Rule

from bench.clinic_made_up import DAYS_AHEAD
from bench.rivals import folder as clinic
from bench.rivals.agenda.models import Availability, Booking, Practitioner, TimeSlot, Treatment

BATCH = 10_000


class Command(BaseCommand):
    """`fill FOLDER`: fill every table."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **_: object) -> None:
        for row in clinic.rows(folder, "practitioners"):
            Practitioner.objects.create(pk=clinic.number(row["key"]), name=row["name"])
        treatments = _treatments(folder)
        _hours(folder)
        _bookings(folder, treatments)


def _treatments(folder: Path) -> dict[str, Treatment]:
    made = {
        row["key"]: Treatment.objects.create(
            key=row["key"], length=timedelta(minutes=int(row["minutes"]))
        )
        for row in clinic.rows(folder, "treatments")
    }
    for row in clinic.rows(folder, "skills"):
        made[row["treatment"]].practitioners.add(clinic.number(row["practitioner"]))
    return made


def _hours(folder: Path) -> None:
    """Make the weekly hours, and let it work them out for every day ahead."""
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    for row in clinic.rows(folder, "hours"):
        hours = Availability.objects.create(
            schedule_id=clinic.number(row["practitioner"]),
            start_date=today.date(),
            start_time=row["opens"],
            end_time=row["closes"],
            recurrence=Recurrence(
                rrules=[Rule(WEEKLY, byday=int(row["weekday"]) - 1)], include_dtstart=False
            ),
            timezone=get_current_timezone_name(),
        )
        hours.refresh_from_db()  # its times are text until then
        hours.recreate_occurrences(today, today + timedelta(days=DAYS_AHEAD + 1))


def _bookings(folder: Path, treatments: dict[str, Treatment]) -> None:
    """Store them as its own saving would, many at a time."""
    found = clinic.appointments(folder)
    while batch := [_booking(one, treatments) for one in islice(found, BATCH)]:
        Booking.objects.bulk_create(batch)
        TimeSlot.objects.bulk_create(_time_slot(booking) for booking in batch)


def _booking(one: clinic.Appointment, treatments: dict[str, Treatment]) -> Any:
    starts_at = one.starts_at.replace(tzinfo=get_current_timezone())
    return Booking(
        schedule_id=one.practitioner,
        starts_at=starts_at,
        ends_at=starts_at + treatments[one.treatment].length,
        client=f"client{one.client}@example.com",
    )


def _time_slot(booking: Any) -> Any:
    return TimeSlot(
        schedule_id=booking.schedule_id,
        booking=booking,
        start=booking.starts_at,
        end=booking.ends_at,
        busy=True,
    )
