"""The ticks of this app: each reads the clock and calls one operation."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings

from bookings.clock import now
from bookings.models import Clinic
from payments import operations


@shared_task
def handle_webhooks(**kwargs: object) -> None:
    operations.handle_stripe_events(now=now())


@shared_task
def settle_appointments(**kwargs: object) -> None:
    clinic, zone = Clinic.objects.get(), ZoneInfo(settings.CLINIC_TIME_ZONE)
    operations.settle_changed(clinic=clinic, now=now())
    operations.ask_fees_again(clinic=clinic, zone=zone, now=now())
    operations.number_receipts(clinic=clinic, zone=zone, now=now())


@shared_task
def post_unposted(**kwargs: object) -> None:
    operations.post_unposted(now=now())


@shared_task
def reconcile(**kwargs: object) -> None:
    operations.reconcile_yesterday(zone=ZoneInfo(settings.CLINIC_TIME_ZONE), now=now())


@shared_task
def make_calls(**kwargs: object) -> None:
    operations.make_calls(now=now())
    operations.forget_removed_cards()


@shared_task
def ask_stripe(**kwargs: object) -> None:
    operations.ask_stripe(now=now())
    operations.release_unpaid_holds(now=now())
