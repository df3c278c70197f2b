"""The ticks of this app: each reads the clock and calls one operation."""

from celery import shared_task

from bookings import operations
from bookings.clock import now


@shared_task
def expire_holds(**kwargs: object) -> None:
    operations.expire_holds(now=now())
