"""When an agreed fee is not asked after all: nobody was reminded, or the time was filled."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import AppointmentEvent, By, Clinic
from payments import operations as payments
from payments.models import Payment, Waiver
from payments.standing import standing_of
from tests.factories import (
    START,
    ClientFactory,
    TreatmentFactory,
    UserFactory,
    a_search,
    an_appointment,
)
from tests.payments.books import balances, paid_deposit

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATE = START - 2 * HOUR
LATE_FEE, DEPOSIT, NO_SHOW = 4500, 2500, 9500
Kind = AppointmentEvent.Kind


@pytest.fixture
def appointment(treatment):
    return paid_deposit(an_appointment(treatment))


def asks(**rules):
    Clinic.objects.update(**rules)
    return Clinic.objects.get()


def tell(appointment, kind, *, at, start=START):
    said = {"start": start.isoformat()}
    bookings.record(appointment, kind, at=at, by=By.SYSTEM, **said)


def cancelled(appointment, *, at=LATE):
    bookings.cancel(appointment.pk, by=By.CLIENT, now=at)
    return appointment


def settle(*, at=LATE):
    clinic = Clinic.objects.get()
    payments.settle_changed(clinic=clinic, now=at + clinic.undo_time)


def asked(appointment):
    """Return what is open of the fee beside the deposit, and what goes back, in cents."""
    standing = standing_of(appointment.pk)
    return standing.fee_cents, standing.refunded_cents


FULL, NOTHING = (LATE_FEE - DEPOSIT, 0), (0, DEPOSIT)


@pytest.mark.parametrize(
    ("case", "told", "expected"),
    [
        ("none was due yet", [], FULL),
        ("sent and delivered", [(Kind.REMINDER_SENT, -5), (Kind.REMINDED, -5)], FULL),
        ("sent, and never delivered", [(Kind.REMINDER_SENT, -5)], NOTHING),
        ("not sent at all", [(Kind.NOT_REMINDED, -5)], NOTHING),
        ("one failed, another arrived", [(Kind.NOT_REMINDED, -9), (Kind.REMINDED, -5)], FULL),
        ("sent after she cancelled", [(Kind.REMINDER_SENT, 1)], FULL),
        ("the report came late", [(Kind.REMINDER_SENT, -1), (Kind.REMINDED, 0.02)], FULL),
    ],
)
def test_without_a_delivered_reminder_there_is_no_fee(appointment, case, told, expected):
    for kind, hours in told:
        tell(appointment, kind, at=LATE + hours * HOUR)
    cancelled(appointment)

    settle()

    assert asked(appointment) == expected
    waived = standing_of(appointment.pk).waived_because
    assert bool(waived) is (expected == NOTHING)


@pytest.mark.parametrize(
    ("case", "comes", "expected"), [("it arrived", True, FULL), ("no word of it", False, NOTHING)]
)
def test_a_reminder_sent_just_before_has_an_hour_to_arrive(appointment, case, comes, expected):
    sent = LATE - 10 * MINUTE
    tell(appointment, Kind.REMINDER_SENT, at=sent)
    cancelled(appointment)
    settle(at=sent + HOUR - 4 * MINUTE)
    assert asked(appointment) == (0, 0)  # neither asked nor let go
    if comes:
        tell(appointment, Kind.REMINDED, at=sent + HOUR - MINUTE)
    settle(at=sent + HOUR)
    assert asked(appointment) == expected


def test_a_reminder_of_another_time_is_none_of_this_one(appointment):
    tell(appointment, Kind.REMINDED, at=LATE - HOUR, start=START - HOUR)
    tell(appointment, Kind.NOT_REMINDED, at=LATE - HOUR)
    cancelled(appointment)
    settle()
    assert asked(appointment) == NOTHING


def test_the_owner_may_ask_the_fee_all_the_same(appointment):
    asks(fee_needs_reminder=False)
    tell(appointment, Kind.NOT_REMINDED, at=LATE - HOUR)
    cancelled(appointment)
    settle()
    assert asked(appointment) == FULL
    assert not Waiver.objects.exists()


def test_who_was_not_reminded_and_did_not_come_pays_nothing(appointment):
    """N3: the terms promise a fee, and the reason why it was not asked is told."""
    tell(appointment, Kind.NOT_REMINDED, at=LATE)
    bookings.mark_no_show(appointment.pk, now=START, user=UserFactory())
    payments.settle_changed(clinic=Clinic.objects.get(), now=START + 24 * HOUR)

    waiver = Waiver.objects.get()
    assert (waiver.why, waiver.fee_cents, waiver.user) == ("not_reminded", 0, None)
    assert appointment.events.filter(kind="fee_waived", by="system").count() == 1
    assert asked(appointment) == NOTHING


def fill(treatment, *, starts_at=START, at=LATE + 10 * MINUTE):
    Clinic.objects.update(minimum_notice=timedelta())
    return an_appointment(treatment, starts_at=starts_at, now=at, client=ClientFactory())


def test_when_the_time_goes_to_somebody_else_nothing_is_asked(appointment, treatment):
    cancelled(appointment)
    settle()
    assert asked(appointment) == FULL

    fill(treatment)
    settle(at=LATE + HOUR)

    assert asked(appointment) == NOTHING
    assert standing_of(appointment.pk).waived_because
    assert balances(appointment) == {"stripe": DEPOSIT, "refunds": -DEPOSIT}
    assert not Payment.objects.filter(kind="fee").exclude(status="void").exists()


def test_the_clinic_may_ask_a_part_of_it(appointment, treatment):
    asks(refilled_fee_percent=40)
    cancelled(appointment)
    settle()
    fill(treatment)
    settle(at=LATE + HOUR)
    assert asked(appointment) == (0, DEPOSIT - 1800)


def test_the_clinic_may_ask_all_of_it(appointment, treatment):
    asks(refilled_fee_percent=100)
    cancelled(appointment)
    fill(treatment)
    settle()
    assert asked(appointment) == FULL
    assert not Waiver.objects.exists()


@pytest.mark.parametrize(
    ("case", "minutes", "filled"),
    [("a third of it", 15, False), ("half of it", 22, False), ("more than half", 23, True)],
)
def test_half_of_the_time_must_have_gone(appointment, treatment, case, minutes, filled):
    short = TreatmentFactory(duration_minutes=minutes)
    short.practitioners.set(treatment.practitioners.all())
    cancelled(appointment)
    fill(short)
    settle()
    assert asked(appointment) == (NOTHING if filled else FULL)


def test_who_comes_by_moving_there_counts_too(appointment, treatment):
    other = an_appointment(treatment, starts_at=START + 3 * HOUR, client=ClientFactory())
    cancelled(appointment)
    settle()
    search = a_search(treatment, now=LATE + MINUTE, by=By.CLINIC, ignoring=other.pk)
    bookings.reschedule(other.pk, search, starts_at=START, reason="wil eerder")

    settle(at=LATE + HOUR)

    assert asked(appointment) == NOTHING


def test_what_was_let_go_is_not_asked_again_when_the_other_cancels(appointment, treatment):
    cancelled(appointment)
    settle()
    other = fill(treatment)
    settle(at=LATE + HOUR)
    bookings.cancel(other.pk, by=By.CLINIC, now=LATE + HOUR)
    settle(at=LATE + HOUR)
    assert asked(appointment) == NOTHING


def test_the_desk_s_word_is_kept_when_the_rule_asks_no_less(appointment, treatment):
    cancelled(appointment)
    settle()
    user, clinic = UserFactory(), asks(refilled_fee_percent=60)
    payments.waive(
        appointment.pk, reason="file", user=user, clinic=clinic, now=LATE + HOUR, to_cents=2000
    )
    fill(treatment)
    settle(at=LATE + HOUR)

    waiver = Waiver.objects.get()
    assert (waiver.why, waiver.reason, waiver.fee_cents) == ("desk", "file", 2000)
    assert asked(appointment) == (0, DEPOSIT - 2000)


@pytest.mark.parametrize("to_cents", [LATE_FEE, LATE_FEE + 1])
def test_lowering_to_no_less_is_refused(appointment, to_cents):
    cancelled(appointment)
    settle()
    with pytest.raises(payments.NothingToWaive):
        payments.waive(
            appointment.pk,
            reason="file",
            user=UserFactory(),
            clinic=Clinic.objects.get(),
            now=LATE,
            to_cents=to_cents,
        )
    assert asked(appointment) == FULL
    assert not Waiver.objects.exists()


def test_an_undone_cancellation_forgets_its_waiver(appointment):
    tell(appointment, Kind.NOT_REMINDED, at=LATE - HOUR)
    cancelled(appointment)
    user, clinic = UserFactory(), Clinic.objects.get()
    payments.waive(appointment.pk, reason="file", user=user, clinic=clinic, now=LATE)
    bookings.undo_cancel(appointment.pk, within=clinic.undo_time, by=By.CLINIC, now=LATE + MINUTE)
    assert standing_of(appointment.pk).waived_because == ""
    tell(appointment, Kind.REMINDED, at=LATE + MINUTE)
    bookings.mark_no_show(appointment.pk, now=START, user=user)
    payments.settle_changed(clinic=clinic, now=START + 24 * HOUR)
    assert asked(appointment) == (NO_SHOW - DEPOSIT, 0)
