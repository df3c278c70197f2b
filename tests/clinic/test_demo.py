"""The demo clinic: believable, adding up, quiet, kept up with the clock, and gone when told to."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from pytest_django import DjangoDbBlocker

from bookings.availability import shifts_on
from bookings.courses import read_course
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    By,
    Client,
    Clinic,
    Device,
    EventReceipt,
    Extra,
    Need,
    Offer,
    Opening,
    PlannedSession,
    Practitioner,
    Room,
    Skill,
    TimeOff,
    Treatment,
    TreatmentPlan,
    User,
    WaitlistEntry,
    WorkingHours,
)
from bookings.operations import fill_openings, refuse_ineligible, to_resolve
from bookings.reference import current
from bookings.terms import quote
from clinic.demo.days_off import add_days_off
from clinic.demo.ending import HER_REASONS
from clinic.demo.history import Size, make_or_top_up
from clinic.demo.reference import add_reference
from clinic.demo.removal import remove
from clinic.demo.staff import add_staff
from clinic.office.trials import Stage, progress_of, result_of
from clinic.portal.forms import REASONS
from payments.models import Payment, Refund, Voucher, Waiver
from payments.operations.settling import settle_changed
from payments.standing import standings_of
from reminders.models import Experiment, IfThenPlan, Rule, Step, Wording
from reminders.operations import change_rules, follow_rules
from reminders.tasks import clinic_sender
from tests.factories import ClientFactory
from tests.payments.books import balances
from tests.when import ZONE, at

NOW = at("2026-03-05 15:10")  # a Thursday, well into the day
SIZE = Size(months=3, clients=350, coming_days=25)
Status = Appointment.Status
Kind = AppointmentEvent.Kind
ENDED = (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)


def make(*, later: timedelta = timedelta()) -> None:
    make_or_top_up(SIZE, zone=ZONE, now=NOW + later, say=lambda line: None)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo clinic, made once for all of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        add_reference()
        add_days_off(zone=ZONE, now=NOW)
        add_staff()
        make()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(made: None, db: None) -> None:
    """The demo clinic as it was made; what a test does to it is undone.

    Asks for `db` too: by that pytest-django sees that this file needs a test database.
    """


def counts() -> dict[str, int]:
    """Return how many rows each table holds."""
    return {
        model._meta.label: model._default_manager.count()
        for app in ("bookings", "payments", "reminders")
        for model in apps.get_app_config(app).get_models()
    }


def test_the_clinic_is_as_promised(demo: None) -> None:
    assert (Room.objects.count(), Device.objects.count()) == (4, 3)
    assert Practitioner.objects.count() == 5
    assert Treatment.objects.count() == 20
    assert {user.username: user.check_password("linde-demo") for user in User.objects.all()} == {
        "balie": True,
        "noor": True,
        "eigenaar": True,
    }
    assert Practitioner.objects.get(user__username="noor").name == "Noor de Wit"
    kinds = Counter(
        (bool(t.deposit_cents), t.no_show_fee_cents > t.deposit_cents, bool(t.no_show_fee_cents))
        for t in Treatment.objects.all()
    )
    # Nothing asked; a deposit that covers the fee; a card kept for the rest; a pay link.
    wanted = [(False, False, False), (True, False, True), (True, True, True), (False, True, True)]
    assert all(kinds[kind] for kind in wanted), kinds


def test_the_past_is_believable(demo: None) -> None:
    past = Appointment.objects.filter(starts_at__lt=NOW - timedelta(days=1))
    total = past.count()
    by_status = Counter(past.values_list("status", flat=True))

    assert 400 < total < 1500
    assert set(by_status) == {"completed", "no_show", "cancelled"}
    assert 0.78 < by_status["completed"] / total < 0.92
    assert 0.02 < by_status["no_show"] / total < 0.08
    assert 0.05 < by_status["cancelled"] / total < 0.16
    assert 0.3 < past.exclude(confirmed_at=None).count() / total < 0.7
    assert IfThenPlan.objects.exclude(written_at=None).exclude(skipped_at=None).count() == 0


def test_who_confirmed_was_asked(demo: None) -> None:
    asked = Step.objects.filter(
        asks=True, status="done", wording="confirm_question", anchor_at=F("appointment__starts_at")
    )
    past = Appointment.objects.filter(starts_at__lt=NOW)
    told = AppointmentEvent.objects.filter(kind=Kind.CONFIRMED, by=By.CLIENT)
    confirmed = dict(
        Appointment.objects.exclude(confirmed_at=None).values_list("pk", "confirmed_at")
    )

    assert dict(told.values_list("appointment", "at")) == confirmed
    assert set(confirmed) <= set(asked.values_list("appointment", flat=True))
    for step in asked.select_related("appointment"):
        assert step.due_at <= (step.appointment.cancelled_at or NOW)
        assert step.appointment.starts_at - step.appointment.booked_at >= timedelta(days=4)
    of_past = asked.filter(appointment__in=past)
    said_yes = of_past.exclude(appointment__confirmed_at=None)
    assert 0.3 < of_past.count() / past.count() < 0.9
    assert 0.55 < said_yes.count() / of_past.count() < 0.75


def test_some_come_late_and_nobody_leaves_before_she_came(demo: None) -> None:
    came = list(Appointment.objects.filter(status=Status.COMPLETED))
    delays = [one.arrived_at - one.starts_at for one in came if one.arrived_at]
    late = [delay for delay in delays if delay > timedelta(minutes=15)]

    assert 0.02 < len(late) / len(came) < 0.07
    assert max(late) <= timedelta(minutes=30)
    assert all(one.arrived_at < one.completed_at for one in came)


def test_some_were_moved_in_time(demo: None) -> None:
    moved = Appointment.objects.filter(moves__gt=0).prefetch_related("events")
    by_moves = Counter(moved.values_list("moves", flat=True))

    assert 0.03 < by_moves[1] / Appointment.objects.count() < 0.1
    assert set(by_moves) == {1, 2, 3}
    assert by_moves[3] < by_moves[1] / 5
    for one in moved:
        changes = [event for event in one.events.all() if event.kind == Kind.MOVED]
        assert len(changes) == one.moves
        last = min(one.confirmed_at or NOW, one.cancelled_at or NOW, one.starts_at)
        order = [one.booked_at, *(change.at for change in changes), last]
        assert order == sorted(order)
        for change in changes:
            was = datetime.fromisoformat(change.facts["was"])
            who = Practitioner.objects.get(pk=change.facts["was_practitioner"])
            assert set(change.facts) == {"was", "was_practitioner", "reason"}
            assert change.at <= was - one.free_notice
            shifts = shifts_on(who, was.astimezone(ZONE).date(), ZONE)
            assert any(s.start <= was and was + one.treatment.duration <= s.end for s in shifts)
            assert one.treatment in who.treatments.all()


def test_the_desk_forgot_to_note_a_few_visits_of_yesterday(demo: None) -> None:
    over = Appointment.objects.filter(ends_at__lt=NOW - timedelta(hours=2), status=Status.BOOKED)

    assert over.count() in (2, 3)
    assert {one.starts_at.date() for one in over} == {NOW.date() - timedelta(days=1)}


def test_clients_say_why_in_the_words_of_the_portal(demo: None) -> None:
    hers = Appointment.objects.filter(cancelled_by=By.CLIENT).values_list(
        "cancel_reason", flat=True
    )

    assert set(hers) == {"", *dict(REASONS)} == set(HER_REASONS)


def test_what_the_sandbox_must_know_of_a_payment_is_in_its_intent(demo: None) -> None:
    for payment in Payment.objects.filter(status="paid", voucher=None):
        assert re.fullmatch(rf"pi_demo_{payment.amount_cents}_[a-z0-9]+", payment.intent_id)


def test_the_days_to_come_are_about_seventy_percent_full(demo: None) -> None:
    days = [(NOW + timedelta(days=n)).date() for n in range(1, 25)]
    working = taken = timedelta()
    for practitioner in Practitioner.objects.prefetch_related("working_hours"):
        for day in days:
            for shift in shifts_on(practitioner, day, ZONE):
                working += shift.end - shift.start
                for period in practitioner.allocations.filter(
                    period__overlap=(shift.start, shift.end)
                ).values_list("period", flat=True):
                    taken += period.upper - period.lower

    assert 0.6 < taken / working < 0.8


def test_today_follows_the_hour(demo: None) -> None:
    today = Appointment.objects.filter(starts_at__date=NOW.date()).exclude(status="cancelled")
    over = {a.status for a in today if a.ends_at < NOW - timedelta(hours=1)}
    later = {a.status for a in today if a.starts_at > NOW + timedelta(hours=1)}

    assert over <= {"completed", "no_show"}
    assert "completed" in over
    assert later == {"booked"}


def test_what_takes_time_takes_all_that_its_treatments_need(demo: None) -> None:
    for appointment in Appointment.objects.prefetch_related("allocations", "extras"):
        starts_at = appointment.starts_at
        treatments = (appointment.treatment_id, *(e.treatment_id for e in appointment.extras.all()))
        visit = current().visit(treatments, appointment.practitioner_id)
        assert visit is not None
        taken = Counter(
            (
                (allocation.period.lower - starts_at) // timedelta(minutes=1),
                (allocation.period.upper - starts_at) // timedelta(minutes=1),
            )
            for allocation in appointment.allocations.all()
        )
        asked = Counter((claim.begins, claim.ends) for claim in visit.claims)
        assert taken == (asked if appointment.status in Appointment.TAKING else Counter())
        assert appointment.ends_at - starts_at == timedelta(minutes=visit.minutes)
        assert appointment.price_cents == visit.price_cents or appointment.by_voucher


def test_history_shows_what_practitioners_and_extras_may_differ_in(demo: None) -> None:
    peels = Appointment.objects.filter(treatment__slug="fruitzuurpeeling", extras=None)
    with_extra = Appointment.objects.exclude(extras=None)

    assert set(peels.values_list("practitioner__name", "price_cents")) == {
        ("Noor de Wit", 6900),
        ("Esmée Kok", 6900),
        ("Fatima el Idrissi", 5900),
    }
    assert set(with_extra.values_list("extras__treatment__slug", flat=True)) == {
        "kalmerend-masker",
        "led-licht",
    }
    assert 0.02 < with_extra.count() / Appointment.objects.count() < 0.15


def test_everybody_waited_long_enough_and_did_first_what_comes_first(demo: None) -> None:
    seen = Appointment.objects.filter(status__in=Appointment.AGREED).select_related("treatment")
    for one in seen.exclude(treatment__least_days_between=None, treatment__prerequisite=None):
        assert one.client is not None
        refuse_ineligible(
            one.client,
            [one.treatment],
            starts_at=one.starts_at,
            zone=ZONE,
            by=By.CLIENT,
            ignoring=one.pk,
        )


def test_one_client_is_in_the_middle_of_a_course(demo: None) -> None:
    course = read_course(TreatmentPlan.objects.get().pk, zone=ZONE)
    sessions = [one.planned for one in course.sittings]

    assert [
        (one.treatment.slug, one.appointment and (one.appointment.status, one.appointment.result))
        for one in sessions
    ] == [
        ("patchtest-laser", (Status.COMPLETED, "passed")),
        ("tatoeage-verwijderen", (Status.COMPLETED, "")),
        ("tatoeage-verwijderen", (Status.COMPLETED, "")),
        ("tatoeage-verwijderen", (Status.BOOKED, "")),
        ("tatoeage-verwijderen", (Status.BOOKED, "")),
        ("tatoeage-verwijderen", None),
    ]
    assert all(one.expected_result for one in sessions)
    assert [one.is_inside for one in course.sittings] == [None, True, True, True, True, None]
    hers = Step.objects.filter(appointment__planned_session__plan=course.plan)
    assert hers.filter(due_at__lte=NOW).exclude(status="done").count() == 0
    assert hers.filter(status="waiting").count() > 0


def test_two_wait_for_a_time(demo: None) -> None:
    waiting = WaitlistEntry.objects.filter(status="waiting").order_by("pk")

    assert [one.appointment is not None for one in waiting] == [False, True]
    with_time = waiting[1].appointment
    assert with_time is not None
    assert (with_time.status, with_time.client) == (Status.BOOKED, waiting[1].client)
    fill_openings(clinic=Clinic.objects.get(), zone=ZONE, now=NOW)
    assert (Opening.objects.count(), waiting.count()) == (0, 2)


def test_nothing_lies_in_the_days_off(demo: None) -> None:
    away = to_resolve(now=NOW)

    assert [
        (
            str(one.time_off.resource or ""),
            one.time_off.reason,
            one.time_off.starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
            one.hits,
        )
        for one in away
    ] == [
        ("Noor de Wit", "Nascholing", "2026-03-17T13:00+01:00", 0),
        ("", "Koningsdag", "2026-04-27T00:00+02:00", 0),
    ]


def test_somebody_works_every_other_saturday_at_other_hours(demo: None) -> None:
    esmee = Practitioner.objects.get(name="Esmée Kok")
    saturdays = [at("2026-03-07 12:00").date() + timedelta(days=7 * n) for n in range(4)]
    opens = [
        shift.start.astimezone(ZONE).hour for d in saturdays for shift in shifts_on(esmee, d, ZONE)
    ]

    assert opens in ([9, 12, 9, 12], [12, 9, 12, 9])


def test_every_ledger_adds_up(demo: None) -> None:
    ended = list(Appointment.objects.filter(status__in=ENDED))
    waived = set(Waiver.objects.values_list("appointment", flat=True))
    standings = standings_of(appointment.pk for appointment in ended)
    for appointment in ended:
        standing = standings[appointment.pk]
        assert standing.deposit_paid_cents == appointment.deposit_cents
        if appointment.no_show_at and appointment.no_show_at > NOW - timedelta(hours=24):
            assert (standing.refunded_cents, standing.fee_cents) == (0, 0)  # it may be undone
            continue
        fee_cents = 0 if appointment.pk in waived else appointment.fee_cents
        due = quote(fee_cents, deposit_paid_cents=standing.deposit_paid_cents)
        if appointment.status == Status.COMPLETED:
            assert (standing.refunded_cents, standing.fee_cents) == (0, 0)
        else:
            kept = standing.deposit_paid_cents - standing.refunded_cents
            assert (kept, standing.fee_cents) == (due.deposit_kept_cents, due.charge_cents)


def test_the_books_say_what_the_rows_say(demo: None) -> None:
    def together(rows: QuerySet[Any]) -> int:
        return rows.aggregate(cents=Sum("amount_cents"))["cents"] or 0

    found = balances()

    paid = together(Payment.objects.exclude(paid_at=None).filter(voucher=None))
    drawn = together(Payment.objects.exclude(voucher=None))
    given_back = together(Refund.objects.filter(status=Refund.Status.SUCCEEDED))
    open_fees = together(Payment.objects.filter(kind="fee", status="open"))
    sold = sum(Voucher.objects.values_list("value_cents", flat=True))
    assert -found["vouchers"] == sold - drawn > 0
    assert drawn > 0
    assert found["stripe"] == paid + sold - given_back
    assert found["open_fees"] == open_fees > 0
    coming = Payment.objects.filter(appointment__status=Status.BOOKED)
    assert -found["deposits"] >= together(coming.exclude(paid_at=None)) > 0


def test_nothing_is_done_twice(demo: None) -> None:
    sender = clinic_sender()
    unhandled = AppointmentEvent.objects.unhandled_by("payments").exclude(
        appointment__status="held"
    )
    steps = set(Step.objects.values_list("pk", "status"))

    assert set(unhandled.values_list("kind", flat=True)) <= {Kind.NO_SHOW}
    settle_changed(clinic=sender.clinic, now=NOW)
    change_rules(now=NOW)
    follow_rules(sender, now=NOW)

    assert Refund.objects.exclude(status="succeeded").count() == 0
    assert Payment.objects.filter(created_at=NOW, kind="fee").count() == 0
    # Editing a rule must not tell anybody again what she was told weeks ago.
    assert set(Step.objects.values_list("pk", "status")) == steps


def test_a_second_start_changes_nothing(demo: None) -> None:
    before = counts()

    make()

    assert counts() == before


def test_the_same_dice_fall_the_same_way(demo: None) -> None:
    first = _story()
    remove()
    add_staff()

    make()

    assert _story() == first


def _story() -> list[tuple[object, ...]]:
    appointments = Appointment.objects.order_by("starts_at", "practitioner", "created_at")
    return list(
        appointments.values_list(
            "starts_at", "client__email", "treatment__slug", "status", "booked_at", "fee_cents"
        )
    )


def test_a_later_start_brings_everything_up_to_date(demo: None) -> None:
    last = Appointment.objects.filter(planned_session=None).order_by("starts_at").last()
    real = _real_appointment()
    assert last is not None
    later = timedelta(days=20)

    make(later=later)

    past = Appointment.objects.filter(ends_at__lt=NOW + later - timedelta(hours=2))
    open_ones = past.filter(client__is_demo=True, status__in=["booked", "arrived"])
    assert {one.starts_at.date() for one in open_ones} == {(NOW + later).date() - timedelta(days=1)}
    assert open_ones.count() in (2, 3)
    assert Appointment.objects.filter(starts_at__gt=last.starts_at).count() > 100
    waiting = Step.objects.filter(status="waiting").exclude(appointment__status="held")
    assert waiting.exclude(appointment__status="booked").count() == 0
    real.refresh_from_db()
    assert real.status == Status.BOOKED
    before = counts()
    make(later=later)
    assert counts() == before


def _real_appointment() -> Appointment:
    """Return an appointment of a client who is not made up, of yesterday and left open."""
    return Appointment.objects.create(
        client=ClientFactory(),
        treatment=Treatment.objects.all()[0],
        practitioner=Practitioner.objects.all()[0],
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW - timedelta(days=1) + timedelta(minutes=25),
        status=Status.BOOKED,
        price_cents=4500,
        free_notice=timedelta(hours=24),
        created_at=NOW - timedelta(days=3),
        booked_at=NOW - timedelta(days=3),
    )


def test_removing_takes_the_made_up_and_leaves_the_rest(demo: None) -> None:
    real = _real_appointment()
    AppointmentEvent.objects.create(appointment=real, kind=Kind.BOOKED, at=NOW, by=By.CLIENT)
    settings_before = _settings()

    removed = remove()

    assert Client.objects.get() == real.client
    assert Appointment.objects.get() == real
    assert AppointmentEvent.objects.count() == 1
    left = (
        *(Allocation, EventReceipt, Payment, Refund, Waiver, Step, IfThenPlan, User),
        *(TreatmentPlan, PlannedSession, WaitlistEntry, Opening, Offer, Extra),
    )
    assert [model._default_manager.count() for model in left] == [0] * len(left)
    assert _settings() == settings_before
    assert sum(removed.values()) > 1000
    assert remove() == {}


def _settings() -> list[list[Any]]:
    models = (Clinic, Treatment, Need, Skill, WorkingHours, TimeOff, Room, Device, Rule, Wording)
    return [list(model._default_manager.order_by("pk").values()) for model in models] + [
        list(Practitioner.objects.order_by("pk").values("pk", "name", "role", "is_active")),
    ]


def test_made_up_clients_can_be_nobody(demo: None) -> None:
    clients = Client.objects.all()

    assert all(client.is_demo for client in clients)
    assert all(client.phone.is_valid() for client in clients)
    assert all(client.phone.as_e164.startswith("+3166") for client in clients)  # never a telephone
    domains = {client.email.partition("@")[2] for client in clients}
    assert domains == {"example.com", "example.net", "example.org"}


def test_an_experiment_is_at_its_end(made):
    experiment = Experiment.objects.get()

    (progress,) = progress_of([experiment], now=NOW)
    result = result_of(experiment, now=NOW)

    assert (progress.stage, progress.entered) == (Stage.READY, experiment.size)
    assert result.usual.entered + result.other.entered == experiment.size >= 100
    assert result.usual.outcome.k
    assert result.other.outcome.k
    assert not result.is_more_than_chance  # nothing but chance was at work
