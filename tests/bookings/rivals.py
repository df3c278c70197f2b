"""Many at the same moment, each with a database connection of her own."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from bookings.models import Allocation
from tests.sandboxed import eventually


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of them at the same moment; return what each answered, or raised."""
    barrier = Barrier(len(acts))

    def when_all_are_ready(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(when_all_are_ready, acts))


def wait_until_somebody_waits() -> None:
    """Return once somebody waits for a lock in this database."""

    def waits() -> bool:
        with connection.cursor() as cursor:
            # Or a transaction sees what it saw at first.
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            )
            return bool(cursor.fetchone()[0])

    eventually(waits)


def kinds(answers: Iterable[Any]) -> Counter[str]:
    """Count the answers by their kind: “Appointment”, “SlotTaken” …"""
    return Counter(type(answer).__name__ for answer in answers)


def overlaps() -> list[tuple[Allocation, Allocation]]:
    """Return every two allocations of one resource that share a moment: there should be none."""
    every = list(Allocation.objects.order_by("resource", "period"))
    return [
        (one, other)
        for number, one in enumerate(every)
        for other in every[number + 1 :]
        if one.resource_id == other.resource_id
        and one.period.lower < other.period.upper
        and other.period.lower < one.period.upper
    ]
