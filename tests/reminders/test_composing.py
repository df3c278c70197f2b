"""What a message says about money, and of her plan after a move."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import AppointmentEvent, By, Clinic
from payments import operations as payments
from payments.models import Payment
from reminders.operations.composing import plan_sentence
from tests.factories import NOW, UserFactory, a_clinic, an_appointment
from tests.reminders.verbs import DAY, HOUR, bodies, booked, tick, with_plan
from tests.sandboxed import workday
from tests.when import ZONE

MINUTE = timedelta(minutes=1)
Kind = AppointmentEvent.Kind


def cancelled_late(world, treatment, sender, **client):
    """Return an appointment cancelled an hour before, with a deposit paid, and the moment."""
    appointment = booked(world, treatment, **client)
    tick(sender, now=world.now())
    Payment.objects.create(
        appointment=appointment,
        kind="deposit",
        amount_cents=2500,
        status="paid",
        created_at=world.now(),
        paid_at=world.now(),
    )
    now = appointment.starts_at - HOUR
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    return appointment, now


def waive(appointment, *, now):
    payments.waive(
        appointment.pk, reason="ziek", user=UserFactory(), clinic=Clinic.objects.get(), now=now
    )


def test_a_late_cancellation_says_its_fee(world, treatment, sender):
    _, now = cancelled_late(world, treatment, sender)
    tick(sender, now=now + 4 * MINUTE)

    assert "De kosten zijn € 45,00." in bodies(world)[-1]
    assert "gaat terug" not in bodies(world)[-1]


def test_a_fee_waived_in_time_is_not_told(world, treatment, sender):
    appointment, now = cancelled_late(world, treatment, sender)
    waive(appointment, now=now + MINUTE)
    tick(sender, now=now + 4 * MINUTE)

    assert "kosten" not in bodies(world)[-1]
    assert "De aanbetaling van € 25,00 gaat terug." in bodies(world)[-1]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "voor de gemiste afspraak staat nog € 95,00 open, zoals afgesproken."),
        ("en", "for the appointment you missed €95.00 is due, as agreed."),
    ],
)
def test_the_pay_link_of_a_missed_appointment_says_so(world, treatment, sender, language, said):
    appointment = booked(world, treatment, language=language)
    tick(sender, now=world.now())
    start = appointment.starts_at
    bookings.mark_no_show(appointment.pk, now=start + HOUR, user=UserFactory())
    payments.settle(appointment.pk, clinic=sender.clinic, now=start + 2 * DAY)
    ask(appointment, now=start + 2 * DAY)
    tick(sender, now=start + 2 * DAY)

    assert said in bodies(world)[-1]


def test_the_pay_link_of_a_late_cancellation_says_so(world, treatment, sender):
    appointment = booked(world, treatment)
    tick(sender, now=world.now())
    now = appointment.starts_at - HOUR
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    payments.settle(appointment.pk, clinic=sender.clinic, now=now + HOUR)
    ask(appointment, now=now + HOUR)
    tick(sender, now=now + HOUR)

    assert any("voor de late annulering staat nog € 45,00 open" in body for body in bodies(world))


def ask(appointment, *, now):
    """Have the client sent the link to pay her fee, as when her card was declined."""
    fee = Payment.objects.get(appointment=appointment, kind="fee")
    if fee.asked_at is None:
        Payment.objects.filter(pk=fee.pk).update(asked_at=now)
        bookings.record(appointment, Kind.PAYMENT_ASKED, at=now, by=By.SYSTEM, payment=fee.pk)


@pytest.mark.parametrize(
    ("case", "days", "clock", "said"),
    [
        ("as she wrote it", 9, "10:00", True),
        ("later that day", 9, "15:00", True),
        ("at the very moment of her plan", 9, "09:00", True),
        ("before the moment of her plan", 9, "08:59", False),
        ("to another week", 16, "10:00", False),
    ],
)
def test_a_plan_is_said_only_where_it_still_fits(db, case, days, clock, said):
    appointment = an_appointment(a_clinic(), starts_at=workday(NOW, days=9), now=NOW)
    with_plan(appointment, now=NOW)  # at 9:00
    appointment.starts_at = workday(NOW, days=days, clock=clock)

    sentence = plan_sentence(appointment, language="nl", zone=ZONE)

    assert bool(sentence) is said, case
    if said:
        assert sentence.endswith("om 9:00 uur is, dan ga ik met de fiets naar de kliniek.")
