"""Locks in the database, by which those who change the agenda take turns.

Two sizes, each held until the transaction ends. Whoever books shares the clinic with all others
who do, and has the day for herself: there is an end to a day's rooms, whoever it is for. Whoever
changes what the clinic offers, notes that somebody is away or books many days at once has the
clinic for herself; triggers see to the first two, so that nothing can change in between, not even
by hand.

Everybody takes them in this order: the clinic, then days as they follow each other. The lock of an
internet address is the last of all.
"""

from django.db import connection

from bookings.minutes import DAY, Span

TO_TAKE = """
SELECT pg_advisory_xact_lock_shared(0, 0);
SELECT pg_advisory_xact_lock(0, day) FROM generate_series(%(first)s::int, %(last)s::int) AS day;
"""
ALONE = "SELECT pg_advisory_xact_lock(0, 0)"


def days(span: Span) -> dict[str, int]:
    """Return the values of `TO_TAKE` for a span: days since 1970, in UTC."""
    return {"first": span.first // DAY, "last": (span.last - 1) // DAY}


def lock_to_take(span: Span) -> None:
    """Wait for whoever takes anything in these days, or changes what there is to take."""
    with connection.cursor() as cursor:
        cursor.execute(TO_TAKE, days(span))


def lock_clinic() -> None:
    """Wait for all who are booking, and let nobody else begin."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)


def lock_address(address: str) -> None:
    """Let requests from one internet address take turns, or each would be counted as the first.

    :param address: a keyed hash of where the request came from
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"address:{address}"])
