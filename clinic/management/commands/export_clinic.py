"""`manage.py export_clinic`: the clinic as a folder of CSV files, for any other system."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import connection, transaction

from clinic.exchange.writing import NotEmpty, write_folder


class Command(BaseCommand):
    help = "Export the clinic to a new folder of CSV files (docs/import.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    @no_translations
    def handle(self, *args: object, folder: Path, **options: object) -> None:
        is_alone = not connection.in_atomic_block
        try:
            with transaction.atomic():
                if is_alone:  # every statement sees one moment, whoever books in between
                    _look_once()
                zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
                write_folder(folder, zone=zone, say=self.stdout.write)
        except (NotEmpty, OSError) as error:
            raise CommandError(str(error)) from error


def _look_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
