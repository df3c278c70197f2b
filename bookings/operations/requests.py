"""Requests that carry a key of their own, so that asking twice books once."""

from datetime import datetime, timedelta

from django.db import connection

from bookings.models import BookingRequest

KEPT = timedelta(days=1)
# One statement that claims the key and tells whether it was free: a rival waits in it.
CLAIM = """
INSERT INTO bookings_bookingrequest (key, fingerprint, status_code, answer, created_at)
VALUES (%s, %s, 0, '', %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""


def claim_request(key: str, *, fingerprint: str, now: datetime) -> BookingRequest | None:
    """Take a key for what the caller's transaction does; the earlier request if there was one.

    A rival with the same key waits here until that transaction has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [key, fingerprint, now])
        is_new = cursor.fetchone() is not None
    return None if is_new else BookingRequest.objects.get(key=key)


def keep_answer(key: str, *, status_code: int, answer: str) -> None:
    """Write down what a claimed request was answered."""
    BookingRequest.objects.filter(key=key).update(status_code=status_code, answer=answer)


def forget_requests(*, now: datetime) -> int:
    """Delete what was answered long ago; return how many."""
    return BookingRequest.objects.filter(created_at__lte=now - KEPT).delete()[0]
