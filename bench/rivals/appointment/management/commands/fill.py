"""Fill django-appointment's tables from the made-up clinic's CSV folder.

Lunch is an unavailability on each day ahead: a weekday has one stretch of working hours there.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice, pairwise
from pathlib import Path

from appointment.models import (
    Appointment,
    AppointmentRequest,
    Config,
    Service,
    StaffMember,
    Unavailability,
    WorkingHours,
)
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from bench.clinic_made_up import DAYS_AHEAD, GRID
from bench.rivals import folder as clinic

BATCH = 10_000
STAFF_FROM = 1_000_000  # the log-ins of the practitioners, apart from those of the clients


class Command(BaseCommand):
    """`fill FOLDER`: fill every table that its pages read."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **_: object) -> None:
        Config.objects.create(
            slot_duration=GRID, lead_time=time(9), finish_time=time(17, 30), website_name="Clinic"
        )
        services = _services(folder)
        _people(folder)
        _skills(folder, services)
        _hours(folder)
        _appointments(folder, services)


def _services(folder: Path) -> dict[str, Service]:
    return {
        row["key"]: Service.objects.create(
            name=row["key"],
            duration=timedelta(minutes=int(row["minutes"])),
            price=int(row["price_cents"]) / 100,
        )
        for row in clinic.rows(folder, "treatments")
    }


def _people(folder: Path) -> None:
    account = get_user_model()
    account.objects.bulk_create(
        account(
            pk=clinic.number(row["key"]),
            username=row["key"],
            first_name=row["first_name"],
            last_name=row["last_name"],
            email=row["email"],
        )
        for row in clinic.rows(folder, "clients")
    )
    for row in clinic.rows(folder, "practitioners"):
        number = clinic.number(row["key"])
        user = account.objects.create(
            pk=STAFF_FROM + number,
            username=row["key"],
            first_name=row["name"],
            email=f"{row['key']}@example.com",
        )
        StaffMember.objects.create(pk=number, user=user, slot_duration=GRID)


def _skills(folder: Path, services: dict[str, Service]) -> None:
    for row in clinic.rows(folder, "skills"):
        member = StaffMember.objects.get(pk=clinic.number(row["practitioner"]))
        member.services_offered.add(services[row["treatment"]])


def _hours(folder: Path) -> None:
    """Give every practitioner the span of each weekday's hours, and the gaps as unavailable."""
    rows = clinic.rows(folder, "hours")
    for (who, weekday), group in groupby(rows, lambda row: (row["practitioner"], row["weekday"])):
        shifts = list(group)
        WorkingHours.objects.create(
            staff_member_id=clinic.number(who),
            day_of_week=int(weekday) % 7,  # Sunday is 0
            start_time=shifts[0]["opens"],
            end_time=shifts[-1]["closes"],
        )
        for before, after in pairwise(shifts):
            Unavailability.objects.bulk_create(
                Unavailability(
                    staff_member_id=clinic.number(who),
                    date=day,
                    start_time=before["closes"],
                    end_time=after["opens"],
                )
                for day in _days_ahead(int(weekday))
            )


def _days_ahead(weekday: int) -> Iterator[date]:
    today = datetime.now().astimezone().date()
    days = (today + timedelta(days=n) for n in range(DAYS_AHEAD + 1))
    return (day for day in days if day.isoweekday() == weekday)


def _appointments(folder: Path, services: dict[str, Service]) -> None:
    """Store them as its own saving would, many at a time and the past ones too."""
    found = enumerate(clinic.appointments(folder), start=1)
    while batch := list(islice(found, BATCH)):
        AppointmentRequest.objects.bulk_create(
            AppointmentRequest(
                pk=number,
                date=one.starts_at.date(),
                start_time=one.starts_at.time(),
                end_time=(one.starts_at + services[one.treatment].duration).time(),
                service=services[one.treatment],
                staff_member_id=one.practitioner,
                id_request=f"filled{number}",
            )
            for number, one in batch
        )
        Appointment.objects.bulk_create(
            Appointment(
                client_id=one.client,
                appointment_request_id=number,
                phone="+31612345678",
                amount_to_pay=services[one.treatment].price,
                id_request=f"filled{number}",
            )
            for number, one in batch
        )
    _continue_numbers()


def _continue_numbers() -> None:
    """Let the next numbers follow those that were given here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('appointment_appointmentrequest', 'id'),"
            " max(id)) FROM appointment_appointmentrequest"
        )
