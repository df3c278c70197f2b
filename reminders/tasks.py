"""The ticks of this app: each reads the clock and calls one operation."""

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings

from bookings.clock import now
from bookings.models import Clinic
from reminders import operations
from reminders.operations import Sender

log = logging.getLogger(__name__)


def clinic_sender() -> Sender:
    """Return who sends, from the clinic's row and the settings."""
    return Sender(
        clinic=Clinic.objects.get(),
        zone=ZoneInfo(settings.CLINIC_TIME_ZONE),
        base_url=settings.PUBLIC_BASE_URL,
        two_way=settings.SMS_TWO_WAY,
        reaches_demo_clients=settings.SANDBOX,
        threads=settings.SENDING_THREADS,
        doubt=timedelta(seconds=settings.DOUBT_SECONDS),
    )


@shared_task
def requeue_changed(**kwargs: object) -> None:
    operations.requeue_changed(clinic_sender())


@shared_task
def follow_rules(**kwargs: object) -> None:
    operations.follow_rules(clinic_sender(), now=now())


@shared_task
def send_due_steps(**kwargs: object) -> None:
    sender = clinic_sender()
    operations.send_due(sender, now=now(), call_help=_another_worker)
    operations.mail_vouchers(sender, now=now())


def _another_worker() -> None:
    """Let an idle worker take part, and that one the next; without a broker the next tick does."""
    try:
        send_due_steps.apply_async(expires=settings.TICK_SECONDS, retry=False)
    except Exception as error:
        log.warning("no other worker could be called: %s", type(error).__name__)


@shared_task
def handle_replies(**kwargs: object) -> None:
    operations.handle_replies(now=now())


@shared_task
def release_unanswered(**kwargs: object) -> None:
    operations.release_unanswered(clinic_sender(), now=now())


@shared_task
def check_templates(**kwargs: object) -> None:
    operations.check_templates(now=now())


@shared_task
def settle_doubtful_messages(**kwargs: object) -> None:
    sender = clinic_sender()
    operations.settle_doubts(sender, now=now())
    operations.fall_back_in_time(sender, now=now())
