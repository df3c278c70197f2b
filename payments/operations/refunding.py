"""What the desk does about refunds: given by bank, or made in Stripe's dashboard and looked at."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By, User
from payments.models import Dispute, Refund
from payments.operations.posting import post

Kind = AppointmentEvent.Kind
Status = Refund.Status


class NothingToGive(Exception):
    """No refund of this appointment waits to be given by bank, or was."""


def give_by_bank(appointment_id: int, *, user: User, now: datetime) -> int:
    """Note that the failed refunds of an appointment were given by bank; return the cents.

    :raises NothingToGive: if none failed
    """
    changed = {"status": Status.BY_BANK, "given_at": now}
    return _note(appointment_id, Status.FAILED, changed, Kind.REFUND_GIVEN, user=user, now=now)


def not_given_by_bank(appointment_id: int, *, user: User, now: datetime) -> int:
    """Take that back; return the cents that wait again.

    :raises NothingToGive: if none was given by bank
    """
    changed = {"status": Status.FAILED, "given_at": None}
    return _note(appointment_id, Status.BY_BANK, changed, Kind.REFUND_FAILED, user=user, now=now)


def see_refunds(appointment_id: int) -> int:
    """Note that somebody at the desk has seen what was given back in Stripe's dashboard.

    Return how many refunds that were.

    :raises NothingToGive: if there is nothing to be seen
    """
    waiting = Refund.objects.filter(payment__appointment=appointment_id, to_see=True)
    count = waiting.update(to_see=False)
    if not count:
        raise NothingToGive
    return count


@transaction.atomic
def _note(
    appointment_id: int,
    was: Refund.Status,
    changed: Mapping[str, object],
    kind: AppointmentEvent.Kind,
    *,
    user: User,
    now: datetime,
) -> int:
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    refunds = Refund.objects.filter(payment__appointment=appointment_id, status=was)
    # What her bank has taken may still be hers without us.
    refunds = refunds.exclude(payment__disputes__status__in=Dispute.OPEN)
    found = dict(refunds.select_for_update(of=("self",)).values_list("pk", "amount_cents"))
    if not found:
        raise NothingToGive
    Refund.objects.filter(pk__in=found).update(**changed)
    cents = sum(found.values())
    bookings.record(appointment, kind, at=now, by=By.CLINIC, user=user, amount_cents=cents)
    post(appointment_id, now=now)
    return cents
