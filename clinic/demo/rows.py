"""Writing rows by the thousand: collected first, then a few large inserts in the right order."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.apps import apps
from django.db import connection
from django.db.models import Model

from bookings import operations as bookings
from bookings.models import Allocation, Appointment, AppointmentEvent, By, Extra, User
from bookings.operations.offering import FREEING
from bookings.operations.offering import READER as WAITLIST
from clinic.demo.given import Given
from payments.models import Payment, Refund, Waiver
from payments.operations.settling import READER as PAYMENTS
from reminders.models import IfThenPlan, Step
from reminders.operations.queueing import READER as REMINDERS

Kind = AppointmentEvent.Kind
BATCH = 2000


@dataclass(slots=True)
class Rows:
    """What is to be written about appointments, new ones first of all."""

    appointments: list[Appointment] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    plans: list[IfThenPlan] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    events: list[AppointmentEvent] = field(default_factory=list)
    left_to_payments: list[AppointmentEvent] = field(default_factory=list)

    def write(self) -> None:
        """Insert everything, and start anew."""
        self.events.sort(key=lambda event: event.at)
        for rows in self._in_order():
            if rows:
                type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
        ids = [event.pk for event in self.events]
        left = {event.pk for event in self.left_to_payments}
        freeing = [event.pk for event in self.events if event.kind in FREEING]
        bookings.handled(ids, reader=REMINDERS)
        bookings.handled(freeing, reader=WAITLIST)  # nobody is offered what came free before
        bookings.handled([pk for pk in ids if pk not in left], reader=PAYMENTS)
        for rows in self._in_order():
            rows.clear()
        self.left_to_payments.clear()

    def _in_order(self) -> tuple[list[Model], ...]:
        lists: tuple[object, ...] = (
            self.appointments,
            self.extras,
            self.allocations,
            self.payments,
            self.refunds,
            self.waivers,
            self.plans,
            self.steps,
            self.events,
        )
        return lists  # type: ignore[return-value]


def demo_intent(payment: Payment) -> str:
    """Return the intent a payment was made with; the sandbox's Stripe reads its amount here."""
    return f"pi_demo_{payment.amount_cents}_{payment.reference.hex}"


def count_anew() -> None:
    """Have PostgreSQL look how many rows there are now.

    It does so by itself a minute later, but until then, and inside one transaction always, it
    plans for empty tables and takes minutes over what should take a moment.
    """
    models = [m for app in ("bookings", "payments", "reminders") for m in _models(app)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(m._meta.db_table for m in models)}")  # noqa: SLF001


def _models(app: str) -> list[type[Model]]:
    return list(apps.get_app_config(app).get_models(include_auto_created=True))


@dataclass(frozen=True, slots=True)
class Story:
    """What telling how an appointment goes needs: the clinic, chance, the clock, and paper."""

    given: Given
    draw: Random
    now: datetime
    rows: Rows

    def tell(
        self,
        appointment: Appointment,
        kind: AppointmentEvent.Kind,
        *,
        at: datetime,
        by: By,
        **facts: object,
    ) -> AppointmentEvent:
        """Add an event, that its readers will count as handled."""
        user: User | None = self.given.desk if by is By.CLINIC else None
        event = AppointmentEvent(
            appointment=appointment, kind=kind, at=at, by=by, user=user, facts=facts
        )
        self.rows.events.append(event)
        return event

    def chance(self, share: float) -> bool:
        """Tell whether something happens that does in this share of the cases."""
        return self.draw.random() < share
