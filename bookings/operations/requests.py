"""Requests that carry a key of their own, so that asking twice books once."""

from datetime import datetime, timedelta

from bookings.models import BookingRequest

KEPT = timedelta(days=1)


def claim_request(key: str, *, fingerprint: str, now: datetime) -> BookingRequest | None:
    """Take a key for what the caller's transaction does; the earlier request if there was one.

    A rival with the same key waits here until that transaction has ended.
    """
    BookingRequest.objects.bulk_create(
        [BookingRequest(key=key, fingerprint=fingerprint, created_at=now)], ignore_conflicts=True
    )
    known = BookingRequest.objects.get(key=key)
    return known if known.status_code else None


def keep_answer(key: str, *, status_code: int, answer: str) -> None:
    """Write down what a claimed request was answered."""
    BookingRequest.objects.filter(key=key).update(status_code=status_code, answer=answer)


def forget_requests(*, now: datetime) -> int:
    """Delete what was answered long ago; return how many."""
    return BookingRequest.objects.filter(created_at__lte=now - KEPT).delete()[0]
