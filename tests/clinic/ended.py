"""Visits that are over, as their rows stand afterwards; the report only reads."""

from datetime import timedelta

from bookings.models import Appointment, By, Practitioner
from payments.models import Payment
from tests.factories import ClientFactory
from tests.when import at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEE, PRICE = 4500, 9500


def an_ended(treatment, start, status="completed", **facts):
    """Return an appointment at `start`, booked ten days before, as the rows stand afterwards."""
    starts_at = at(start)
    return Appointment.objects.create(
        client=facts.pop("client", None) or ClientFactory(),
        treatment=treatment,
        practitioner=facts.pop("practitioner", None) or Practitioner.objects.earliest("pk"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        status=status,
        price_cents=PRICE,
        late_fee_cents=FEE,
        no_show_fee_cents=PRICE,
        free_notice=DAY,
        created_at=starts_at - 10 * DAY,
        booked_at=facts.pop("booked_at", starts_at - 10 * DAY),
        no_show_at=starts_at + HOUR if status == "no_show" else None,
        **facts,
    )


def a_cancelled(treatment, start, *, before, by=By.CLIENT, **facts):
    late = by is By.CLIENT and before < DAY
    return an_ended(
        treatment,
        start,
        "cancelled",
        cancelled_at=at(start) - before,
        cancelled_by=by,
        fee_cents=FEE if late else 0,
        **facts,
    )


def a_payment(appointment, kind, cents, *, paid=None, created=None, status=None):
    return Payment.objects.create(
        appointment=appointment,
        kind=kind,
        amount_cents=cents,
        status=status or ("paid" if paid else "open"),
        paid_at=at(paid) if paid else None,
        created_at=at(created or paid),
    )
