"""`manage.py import_clinic`: a clinic from another system, out of a folder of CSV files."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction

from bookings.clock import now
from bookings.imported import Refused, Remarks
from bookings.operations.importing import Readers, import_rows
from bookings.operations.offering import READER as WAITLIST
from clinic.exchange.reading import NoFolder, read_folder
from payments.operations.settling import READER as PAYMENTS
from reminders.operations.queueing import READER as REMINDERS


class Command(BaseCommand):
    help = "Import a clinic from a folder of CSV files (docs/import.md), wholly or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and stop")
        parser.add_argument(
            "--silent", action="store_true", help="queue no reminders for what is to come either"
        )

    @no_translations
    def handle(self, *args: object, folder: Path, **options: bool) -> None:
        notes = Remarks()
        try:
            with transaction.atomic():
                self._import(folder, notes, readers=_readers(silent=options["silent"]))
                transaction.set_rollback(options["dry_run"])
        except NoFolder as error:
            raise CommandError(str(error)) from error
        except Refused as refused:
            troubles = "\n".join(_lines(refused.troubles))
            raise CommandError(f"{troubles}\nNothing was imported.") from refused
        for line in _lines(notes):
            self.stderr.write(f"Note: {line}")
        self.stdout.write(
            "This was a dry run: nothing was imported." if options["dry_run"] else "Imported."
        )

    def _import(self, folder: Path, notes: Remarks, *, readers: Readers) -> None:
        self._say("Reading the files ...")
        rows = read_folder(folder, zone=ZoneInfo(settings.CLINIC_TIME_ZONE), notes=notes)
        self._say("Writing ...")
        tallies = import_rows(rows, notes=notes, readers=readers, now=now(), say=self._say)
        for file, tally in tallies.items():
            self.stdout.write(f"{file + '.csv':<19} {tally}")

    def _say(self, line: str) -> None:
        self.stderr.write(line)
        self.stderr.flush()


def _readers(*, silent: bool) -> Readers:
    """Return who need not look at imported events: no money, no openings, and the past is told."""
    if silent:
        return Readers(of_nothing=(PAYMENTS, WAITLIST, REMINDERS))
    return Readers(of_nothing=(PAYMENTS, WAITLIST), of_what_is_to_come=(REMINDERS,))


def _lines(remarks: Remarks) -> list[str]:
    more = remarks.count - len(remarks.kept)
    return [*map(str, remarks.kept), *([f"... and {more:,} more"] if more else [])]
