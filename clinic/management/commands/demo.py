"""`manage.py demo`: the demo clinic, made, topped up or removed."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction

from bookings.clock import now
from bookings.models import Client, Clinic
from clinic.demo.days_off import add_days_off
from clinic.demo.history import Size, make_or_top_up
from clinic.demo.reference import add_reference
from clinic.demo.removal import remove
from clinic.demo.staff import LOGINS, PASSWORD, add_staff, demo_logins


class Command(BaseCommand):
    help = "Make the demo clinic, or bring it up to the clinic's clock; --remove takes it away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="delete the made-up clients")
        parser.add_argument(
            "--again", action="store_true", help="make them anew after they were removed"
        )
        parser.add_argument("--months", type=int, default=Size().months, help="of history")
        parser.add_argument("--clients", type=int, default=Size().clients, help="how many")

    @no_translations
    def handle(self, *args: object, **options: int) -> None:
        if options["remove"]:
            self._remove()
            return
        if not (settings.SANDBOX or settings.DEBUG):
            raise CommandError(
                "Made-up clients have no place in a real clinic: set SANDBOX or DEBUG to make them."
            )
        if self._was_removed() and not options["again"]:
            self.stdout.write("There are no made-up clients here; --again makes them (anew).")
            return
        self._make(Size(months=options["months"], clients=options["clients"]))

    def _was_removed(self) -> bool:
        """Tell whether this clinic does without made-up clients: it removed them, or is real."""
        made_up = Client.objects.filter(is_demo=True).exists() or demo_logins().exists()
        return Clinic.objects.exists() and not made_up

    @transaction.atomic
    def _make(self, size: Size) -> None:
        zone, moment = ZoneInfo(settings.CLINIC_TIME_ZONE), now()
        if not Clinic.objects.exists():
            add_reference()
            add_days_off(zone=zone, now=moment)
            self._say("The clinic, its treatments and who works there.")
        add_staff()
        make_or_top_up(size, zone=zone, now=moment, say=self._say)
        self._say(f"Log in as {', '.join(LOGINS)}; the password of each is {PASSWORD}.")

    def _remove(self) -> None:
        removed = remove()
        for name, count in removed.items():
            self._say(f"Removed: {count} {name}.")
        if not removed:
            self._say("There was nothing to remove.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
