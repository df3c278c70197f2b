"""`python -m tests.bookings.rival`: a process of its own that waits for the word and then acts.

Reads a line of JSON from standard input, what to do and with what, and says that it is ready; acts
at the next line, and writes what came of it. So time and again, until nothing more is to be read.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any


def main() -> None:
    """Do as told, on a connection to the database that DATABASE_URL names."""
    import django

    django.setup()

    from django.db import connection

    acts = _acts()
    while line := sys.stdin.readline():
        what, told = json.loads(line)
        connection.ensure_connection()
        say("ready")
        sys.stdin.readline()
        try:
            answer = type(acts[what](**told)).__name__
        except Exception as error:
            answer = type(error).__name__
        say(answer)


def say(word: str) -> None:
    """Tell who started this process."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _acts() -> dict[str, Callable[..., Any]]:
    from bookings import operations as bookings
    from bookings.models import Appointment, Clinic, Treatment, TreatmentPlan
    from bookings.periods import Period
    from tests.bookings.courses import book
    from tests.factories import a_search
    from tests.when import ZONE

    def hold(treatment: int, starts_at: str, practitioner: int | None = None) -> Appointment:
        search = a_search(Treatment.objects.get(pk=treatment), practitioner_id=practitioner)
        return bookings.hold(search, starts_at=datetime.fromisoformat(starts_at))

    def move(appointment: int, starts_at: str) -> Appointment:
        row = Appointment.objects.select_related("treatment").get(pk=appointment)
        search = a_search(row.treatment, ignoring=appointment)
        return bookings.reschedule(appointment, search, starts_at=datetime.fromisoformat(starts_at))

    def offer(now: str) -> int:
        clinic, at = Clinic.objects.get(), datetime.fromisoformat(now)
        bookings.fill_openings(clinic=clinic, zone=ZONE, now=at)
        return 0

    def series(plan: int, treatment: int, starts: list[str]) -> Any:
        moments = [datetime.fromisoformat(one) for one in starts]
        row = Treatment.objects.get(pk=treatment)
        return book(TreatmentPlan.objects.get(pk=plan), moments, row)

    def away(resource: int, begins: str, ends: str) -> Any:
        period = Period(datetime.fromisoformat(begins), datetime.fromisoformat(ends))
        return bookings.add_time_off(resource, period)

    return {"hold": hold, "move": move, "offer": offer, "series": series, "away": away}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    main()
