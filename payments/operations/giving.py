"""Giving back what is left, when somebody has given back a part of it by hand."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from bookings.models import Appointment, Clinic
from payments.models import Refund
from payments.operations.outcomes import add_refund
from payments.operations.posting import post
from payments.operations.settling import settle


@transaction.atomic
def give_the_rest(refund_id: int, *, now: datetime) -> None:
    """Let go of a refund that is more than what is left, and give what is still to be given.

    By the terms where those said how much; otherwise all that is left of the payment.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment = refund.payment
    Appointment.objects.select_for_update(no_key=True).get(pk=payment.appointment_id)
    Refund.objects.filter(pk=refund_id).update(status=Refund.Status.VOID, leased_until=None)
    if refund.purpose.startswith("settle:"):
        settle(payment.appointment_id, clinic=Clinic.objects.get(), now=now)
        return
    others = payment.refunds.filter(intent_id=refund.intent_id).exclude(status=Refund.Status.VOID)
    given = others.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    left = min(refund.amount_cents, payment.amount_cents - given)
    if left > 0:
        purpose = f"{refund.purpose}:rest"[:40]
        add_refund(payment, left, purpose=purpose, intent_id=refund.intent_id, now=now)
    post(payment.appointment_id, now=now)
