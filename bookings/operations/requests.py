"""Requests that carry a key of their own, so that asking twice books once."""

from datetime import datetime, timedelta

from django.db import connection

from bookings.models import BookingRequest

KEPT = timedelta(days=1)
# A rival with the same key waits in it until this transaction has ended.
ANSWERED = """
INSERT INTO bookings_bookingrequest (key, fingerprint, status_code, answer, created_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""


class AnsweredBefore(Exception):
    """A request with this key was answered already."""


def keep_answer(
    key: str, *, fingerprint: str, status_code: int, answer: str, now: datetime
) -> None:
    """Write down what a request was answered, with what the caller's transaction did for it.

    :raises AnsweredBefore: if there is an answer under this key
    """
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, [key, fingerprint, status_code, answer, now])
        if cursor.fetchone() is None:
            raise AnsweredBefore


def forget_requests(*, now: datetime) -> int:
    """Delete what was answered long ago; return how many."""
    return BookingRequest.objects.filter(created_at__lte=now - KEPT).delete()[0]
