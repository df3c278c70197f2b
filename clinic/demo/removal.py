"""Taking the made-up clients away again, and leaving the clinic's settings alone."""

from django.db import transaction
from django.db.models import Q, QuerySet

from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Client,
    EventReceipt,
    TreatmentPlan,
    WaitlistEntry,
)
from clinic.demo.rows import count_anew
from clinic.demo.staff import demo_logins
from payments.models import (
    Attempt,
    LedgerEntry,
    Payment,
    Receipt,
    Refund,
    StripeCustomer,
    Voucher,
    Waiver,
)
from reminders.models import Experiment, IfThenPlan, InboundMessage, Message, Participation, Step


@transaction.atomic
def remove() -> dict[str, int]:
    """Delete the demo clients with all that is theirs, and the demo log-ins; return what went."""
    count_anew()
    removed: dict[str, int] = {}
    for rows in _of_demo_clients():
        name = str(rows.model._meta.verbose_name_plural)  # noqa: SLF001 (Django's public API)
        count = rows.delete()[1].get(rows.model._meta.label, 0)  # noqa: SLF001
        removed[name] = removed.get(name, 0) + count
    return {name: count for name, count in removed.items() if count}


def _of_demo_clients() -> list[QuerySet]:  # type: ignore[type-arg]
    """Return everything that goes, in an order in which nothing is missed by what is left."""
    clients = Client.objects.filter(is_demo=True)
    appointments = Appointment.objects.filter(client__is_demo=True)
    theirs = Q(appointment__client__is_demo=True)
    paid = Q(payment__appointment__client__is_demo=True)
    real_numbers = Client.objects.filter(is_demo=False).values("phone")
    replies = InboundMessage.objects.filter(phone__in=clients.values("phone"))
    real = Participation.objects.filter(client__is_demo=False).values("experiment")
    made_up = Participation.objects.filter(client__is_demo=True).values("experiment")
    return [
        Experiment.objects.filter(pk__in=made_up).exclude(pk__in=real),
        Receipt.objects.filter(series__startswith="demo"),
        LedgerEntry.objects.filter(theirs | Q(voucher__is_demo=True)),
        Refund.objects.filter(paid),
        Attempt.objects.filter(paid),
        Payment.objects.filter(theirs),
        Voucher.objects.filter(is_demo=True),
        Waiver.objects.filter(theirs),
        Message.objects.filter(theirs),
        Step.objects.filter(theirs),
        replies.exclude(phone__in=real_numbers),
        IfThenPlan.objects.filter(theirs),
        WaitlistEntry.objects.filter(client__is_demo=True),
        TreatmentPlan.objects.filter(client__is_demo=True),
        EventReceipt.objects.filter(event__appointment__client__is_demo=True),
        AppointmentEvent.objects.filter(theirs),
        Allocation.objects.filter(theirs),
        appointments,
        StripeCustomer.objects.filter(client__is_demo=True),
        clients,
        demo_logins(),
    ]
