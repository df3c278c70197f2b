"""Many appointments whose messages are to be planned and sent, written straight into the tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bookings.models import (
    Appointment,
    AppointmentEvent,
    By,
    Client,
    Practitioner,
    Treatment,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AT_ONCE = 5_000


def fill(count: int, *, now: datetime) -> None:
    """Book so many appointments, a minute apart from ten days on, each of a client of her own."""
    treatment = Treatment.objects.create(
        slug="huidanalyse", name_nl="Huidanalyse", duration_minutes=30, price_cents=5000
    )
    practitioner = Practitioner.objects.create(name="Noor de Wit", role="Huidtherapeut")
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        clients = Client.objects.bulk_create(_clients(numbers, now))
        visits = [
            _visit(treatment, practitioner, client, now + 10 * DAY + number * MINUTE, now)
            for number, client in zip(numbers, clients, strict=True)
        ]
        AppointmentEvent.objects.bulk_create(
            AppointmentEvent(
                appointment=one, kind=AppointmentEvent.Kind.BOOKED, at=now, by=By.CLIENT, facts={}
            )
            for one in Appointment.objects.bulk_create(visits)
        )


def _clients(numbers: range, now: datetime) -> Iterator[Client]:
    for number in numbers:
        yield Client(
            first_name="Sanne",
            last_name=f"Bakker {number}",
            phone=f"+316{number + 10_000_000:08d}",
            email=f"sanne{number}@example.nl",
            created_at=now,
        )


def _visit(
    treatment: Treatment,
    practitioner: Practitioner,
    client: Client,
    starts_at: datetime,
    now: datetime,
) -> Appointment:
    return Appointment(
        treatment=treatment,
        practitioner=practitioner,
        client=client,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=treatment.duration_minutes),
        status=Appointment.Status.BOOKED,
        created_at=now,
        booked_at=now,
        free_notice=DAY,
        price_cents=treatment.price_cents,
        terms_text="Gratis annuleren tot 24 uur van tevoren.",
    )
