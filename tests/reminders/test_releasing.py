"""Who was asked twice and does not answer: told so first, and never who paid or wrote back."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import By, Client, Clinic
from payments.models import Payment
from reminders import operations as reminders
from reminders.models import Message, Step, Wording
from reminders.rules import answer_by
from tests.factories import a_search
from tests.payments.books import paid_deposit
from tests.reminders.verbs import DAY, HOUR, asked, bodies, reply, tick
from tests.sandboxed import workday
from tests.when import at

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SAID = "Zonder antwoord gaat de tijd naar wie wacht."


@pytest.mark.parametrize(
    ("case", "now", "cutoff", "quiet", "until"),
    [
        ("in the morning", "2026-03-10 09:00", 3, "2026-03-10 21:00", "2026-03-10 13:00"),
        ("to the minute before the night", "2026-03-10 17:00", 3, "2026-03-10 21:00", "same day"),
        ("into the night", "2026-03-10 17:01", 3, "2026-03-10 21:00", ""),
        ("no night", "2026-03-10 22:00", 3, "", "2026-03-11 02:00"),
        ("nobody could come any more", "2026-03-11 03:01", 3, "", ""),
        ("just", "2026-03-11 03:00", 3, "", "2026-03-11 07:00"),
        ("over the change of the clock", "2026-03-28 23:00", 3, "", "2026-03-29 04:00"),
    ],
)
def test_answer_by(case, now, cutoff, quiet, until):
    until = "2026-03-10 21:00" if until == "same day" else until
    starts_at = at("2026-03-29 10:00" if "clock" in case else "2026-03-11 10:00")

    found = answer_by(
        at(now),
        starts_at=starts_at,
        answer_time=4 * HOUR,
        cutoff=cutoff * HOUR,
        quiet_begins=at(quiet) if quiet else None,
    )

    assert found == (at(until) if until else None)


@pytest.fixture
def sender(sender):
    sender.clinic.unanswered = Clinic.Unanswered.RELEASE
    sender.clinic.save()
    return sender


def arrived(*, status="delivered", now):
    for message in Message.objects.exclude(sid=None):
        reminders.receive_status(
            key=str(message.key), sid=message.sid, status=status, error_code=None, now=now
        )


def asked_twice(world, treatment, sender, *, status="delivered", **client):
    """Return an appointment that was asked about and reminded of, and until when to answer."""
    appointment, now = asked(world, treatment, sender, **client)
    arrived(now=now)
    second = appointment.starts_at - DAY - HOUR
    tick(sender, now=second)
    arrived(status=status, now=second)
    return appointment, second + sender.clinic.answer_time


def is_released(appointment, sender, *, now):
    count = reminders.release_unanswered(sender, now=now)
    appointment.refresh_from_db()
    assert count == (appointment.status == "cancelled")
    return count == 1


def test_the_text_says_so_and_then_the_time_is_free(world, treatment, sender):
    appointment, until = asked_twice(world, treatment, sender)

    assert "Graag vóór vandaag om 13:00 uur: antwoord JA. " + SAID in bodies(world)[-1]
    assert not is_released(appointment, sender, now=until - SECOND)
    assert is_released(appointment, sender, now=until)
    assert (appointment.cancelled_by, appointment.cancel_reason, appointment.fee_cents) == (
        By.CLINIC,
        "no_answer",
        0,
    )
    tick(sender, now=until + sender.clinic.undo_time)
    assert "is geannuleerd" in bodies(world)[-1]
    assert bookings.hold(a_search(treatment, now=until), starts_at=appointment.starts_at)


def test_by_default_the_desk_calls_and_the_text_says_nothing(world, treatment, sender):
    sender.clinic.unanswered = Clinic.Unanswered.CALL
    appointment, until = asked_twice(world, treatment, sender)

    assert SAID not in bodies(world)[-1]
    assert not is_released(appointment, sender, now=until + HOUR)


@pytest.mark.parametrize("body", ["JA", "nee", "Kan ik iemand meenemen?", "STOP"])
def test_who_writes_anything_back_keeps_it(world, treatment, sender, body):
    appointment, until = asked_twice(world, treatment, sender)
    reply(world, appointment, body, now=until - MINUTE)

    assert not is_released(appointment, sender, now=until)
    assert not is_released(appointment, sender, now=until + HOUR)


@pytest.mark.parametrize("status", ["sent", "undelivered"])
def test_what_did_not_arrive_releases_nothing(world, treatment, sender, status):
    appointment, until = asked_twice(world, treatment, sender, status=status)

    assert not is_released(appointment, sender, now=until)


def test_a_paid_deposit_is_never_let_go_without_asking(world, treatment, sender):
    appointment, _ = asked(world, treatment, sender)
    paid_deposit(appointment)
    tick(sender, now=appointment.starts_at - DAY - HOUR)

    assert SAID not in bodies(world)[-1]
    assert not Step.objects.exclude(answer_by=None).exists()


def test_a_deposit_paid_meanwhile_keeps_it(world, treatment, sender):
    appointment, until = asked_twice(world, treatment, sender)
    paid_deposit(appointment)

    assert Payment.objects.filter(appointment=appointment).exists()
    assert not is_released(appointment, sender, now=until)


def test_who_said_yes_is_not_asked_again(world, treatment, sender):
    appointment, now = asked(world, treatment, sender)
    reply(world, appointment, "JA", now=now + MINUTE)
    tick(sender, now=appointment.starts_at - DAY - HOUR)

    assert "tijd voor je gereserveerd" in bodies(world)[-1]
    assert SAID not in bodies(world)[-1]


def test_another_time_is_another_question(world, treatment, sender):
    appointment, until = asked_twice(world, treatment, sender)
    search = a_search(treatment, now=until, ignoring=appointment.pk, by=By.CLINIC)
    later = workday(until, days=5)
    bookings.reschedule(appointment.pk, search, starts_at=later, reason="past beter")

    assert not is_released(appointment, sender, now=until)


def test_an_approved_template_cannot_say_it_so_the_desk_calls(world, treatment, sender):
    appointment, until = asked_twice(
        world,
        treatment,
        sender,
        reach_by=Client.ReachBy.WHATSAPP,
        whatsapp_opted_in_at=world.now(),
    )

    assert not Step.objects.exclude(answer_by=None).exists()
    assert not is_released(appointment, sender, now=until)


def test_a_clinic_that_changes_its_mind_releases_nothing(world, treatment, sender):
    appointment, until = asked_twice(world, treatment, sender)
    sender.clinic.unanswered = Clinic.Unanswered.CALL

    assert not is_released(appointment, sender, now=until)


def test_a_text_without_the_placeholder_releases_nothing(world, treatment, sender):
    Wording.objects.filter(key="reminder").update(text="Tot {until}! {link}")
    appointment, until = asked_twice(world, treatment, sender)

    assert not is_released(appointment, sender, now=until)
