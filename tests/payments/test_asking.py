"""Open fees: asked again a few times, not in quiet hours, and then a task for the desk."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Clinic
from payments import operations as payments
from payments.models import Attempt, Payment
from payments.open_fees import fees_for_the_desk
from tests.factories import START, an_appointment
from tests.when import ZONE, at

DAY = timedelta(days=1)
LATE = START - timedelta(hours=1)
ASKED = LATE + timedelta(minutes=3)  # at three minutes past nine


@pytest.fixture
def fee(treatment):
    """A fee that was asked by link on the 11th of March."""
    appointment = an_appointment(treatment)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=LATE)
    payments.settle_changed(clinic=Clinic.objects.get(), now=ASKED)
    return Payment.objects.get(kind="fee")


def ask(now):
    return payments.ask_fees_again(clinic=Clinic.objects.get(), zone=ZONE, now=now)


def at_the_desk(now):
    return list(fees_for_the_desk(Clinic.objects.get(), now=now))


def events(fee):
    return fee.appointment.events.filter(kind="payment_asked").count()


def test_it_is_asked_twice_more_and_then_left_to_the_desk(fee):
    days = [day for day in range(30) if ask(ASKED + day * DAY)]
    assert (days, events(fee)) == ([4, 8], 3)
    fee.refresh_from_db()
    assert (fee.asked_times, fee.asked_at) == (3, ASKED + 8 * DAY)
    assert at_the_desk(ASKED + 12 * DAY - timedelta(seconds=1)) == []
    assert at_the_desk(ASKED + 12 * DAY) == [fee]


@pytest.mark.parametrize(
    ("case", "moment", "asked"),
    [
        ("a second too soon", "2026-03-15 09:02:59", 0),
        ("just then", "2026-03-15 09:03", 1),
        ("in the night", "2026-03-16 03:00", 0),
        ("a second before quiet is over", "2026-03-16 07:59:59", 0),
        ("when quiet is over", "2026-03-16 08:00", 1),
        ("a second before it is quiet", "2026-03-16 20:59:59", 1),
        ("when it is quiet", "2026-03-16 21:00", 0),
        ("clock went forward, still quiet", "2026-03-29 07:59:59", 0),
        ("clock went forward, quiet is over", "2026-03-29 08:00", 1),
        ("clock went back, still quiet", "2026-10-25 07:59:59", 0),
        ("clock went back, quiet is over", "2026-10-25 08:00", 1),
    ],
)
def test_when_it_is_asked(fee, case, moment, asked):
    assert ask(at(moment)) == asked
    assert events(fee) == 1 + asked


@pytest.mark.parametrize("status", ["paid", "void"])
def test_what_is_paid_or_waived_is_not_asked(fee, status):
    Payment.objects.update(status=status, paid_at=ASKED)
    assert (ask(ASKED + 9 * DAY), at_the_desk(ASKED + 99 * DAY)) == (0, [])


def test_who_is_on_the_payment_page_is_left_alone(fee):
    Attempt.objects.create(
        payment=fee, number=1, way="checkout", key="k", request={}, status="open", created_at=ASKED
    )
    assert ask(ASKED + 4 * DAY) == 0


def test_the_clinic_may_not_ask_again_at_all(fee):
    Clinic.objects.update(fee_reminders=0)
    assert ask(ASKED + 4 * DAY) == 0
    assert at_the_desk(ASKED + 4 * DAY) == [fee]
