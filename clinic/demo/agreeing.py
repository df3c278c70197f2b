"""From a made-up visit to a booked appointment: hold, terms, deposit."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bookings.asked import columns_of, terms_of
from bookings.models import Allocation, Appointment, By, Extra
from clinic.demo.moving import Move
from clinic.demo.rows import Kind, Rows, Story, demo_intent
from clinic.demo.visits import Visit
from clinic.policy import policy_text
from payments.models import Payment

BY_PHONE, BY_CARD = 0.25, 0.35
HoldKind = Appointment.HoldKind


def agree(visit: Visit, moves: Sequence[Move], story: Story) -> tuple[Appointment, Payment | None]:
    """Add the appointment as it was booked, and what led to it; return it with its deposit."""
    booked_at = visit.course.booked_at
    appointment = _appointment(visit, story)
    appointment.moves = len(moves)
    appointment.moves_by_client = sum(1 for move in moves if move.by is By.CLIENT)
    first_start = moves[0].was if moves else visit.starts_at
    _accept_terms(appointment, first_start, story, at=booked_at - timedelta(minutes=1))
    story.rows.appointments.append(appointment)
    _add_extras(appointment, visit, story)
    phoned = appointment.hold_kind == HoldKind.PAY_LINK
    held_by = By.CLINIC if phoned else By.CLIENT
    story.tell(appointment, Kind.HELD, at=appointment.created_at, by=held_by)
    deposit = _deposit(appointment, booked_at, story) if appointment.deposit_cents else None
    booked_by = held_by if deposit is None else By.CLIENT
    story.tell(appointment, Kind.BOOKED, at=booked_at, by=booked_by)
    for move in moves:
        story.tell(appointment, Kind.MOVED, at=move.at, by=move.by, **move.facts)
    if appointment.confirmed_at:
        story.tell(appointment, Kind.CONFIRMED, at=appointment.confirmed_at, by=By.CLIENT)
    if visit.course.cancelled_at is None:
        _take(appointment, visit, story.rows)
    return appointment, deposit


def _appointment(visit: Visit, story: Story) -> Appointment:
    booked_at = visit.course.booked_at
    terms = terms_of(
        visit.choice.treatments,
        visit.choice.asked.prices,
        story.given.clinic,
        client=None,
        now=booked_at,
    )
    phoned = story.chance(BY_PHONE)
    return Appointment(
        client=visit.client,
        treatment=visit.treatment,
        practitioner_id=visit.practitioner_id,
        any_practitioner=not phoned and story.chance(0.4),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        status=Appointment.Status.BOOKED,
        price_cents=visit.choice.asked.price_cents,
        hold_kind=HoldKind.PAY_LINK if phoned else HoldKind.BROWSER,
        **columns_of(terms),
        created_at=booked_at - timedelta(minutes=story.draw.randrange(3, 12)),
        booked_at=booked_at,
        confirmed_at=visit.course.confirmed_at,
    )


def _add_extras(appointment: Appointment, visit: Visit, story: Story) -> None:
    for position, treatment in enumerate(visit.choice.treatments[1:], start=1):
        alone = story.given.asked_by([treatment], visit.practitioner_id)
        assert alone is not None  # who gives the whole visit can give each part of it
        story.rows.extras.append(
            Extra(
                appointment=appointment,
                treatment=treatment,
                position=position,
                minutes=alone.minutes,
                price_cents=alone.price_cents,
            )
        )


def _accept_terms(
    appointment: Appointment, first_start: datetime, story: Story, *, at: datetime
) -> None:
    """Write down the terms as she read them: about the time she booked first."""
    client = appointment.client
    assert client is not None
    appointment.terms_version = story.given.clinic.terms_version
    appointment.terms_accepted_at = at
    appointment.terms_text = policy_text(
        appointment.terms,
        starts_at=first_start,
        now=at,
        language=client.language,
        zone=story.given.zone,
    )


def _deposit(appointment: Appointment, paid_at: datetime, story: Story) -> Payment:
    payment = Payment(
        appointment=appointment,
        kind=Payment.Kind.DEPOSIT,
        amount_cents=appointment.deposit_cents,
        status=Payment.Status.PAID,
        method="card" if story.chance(BY_CARD) else "ideal",
        created_at=appointment.created_at,
        paid_at=paid_at,
    )
    payment.intent_id = demo_intent(payment)
    story.rows.payments.append(payment)
    cents = payment.amount_cents
    if appointment.hold_kind == HoldKind.PAY_LINK:
        payment.asked_at = asked_at = appointment.created_at
        story.tell(appointment, Kind.PAYMENT_ASKED, at=asked_at, by=By.CLINIC)
    story.tell(appointment, Kind.DEPOSIT_PAID, at=paid_at, by=By.CLIENT, amount_cents=cents)
    return payment


def _take(appointment: Appointment, visit: Visit, rows: Rows) -> None:
    rows.allocations.extend(
        Allocation(
            appointment=appointment,
            resource_id=resource,
            period=DateTimeTZRange(period.start, period.end, "[)"),
        )
        for resource, period in visit.choice.claims
    )
