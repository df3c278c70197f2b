"""The ticks of this app: each reads the clock and calls one operation."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings

from bookings import operations
from bookings.clock import now
from bookings.models import Clinic


@shared_task
def expire_holds(**kwargs: object) -> None:
    operations.expire_holds(now=now())


@shared_task
def fill_openings(**kwargs: object) -> None:
    operations.fill_openings(
        clinic=Clinic.objects.get(), zone=ZoneInfo(settings.CLINIC_TIME_ZONE), now=now()
    )


@shared_task
def forget_requests(**kwargs: object) -> None:
    operations.forget_requests(now=now())
