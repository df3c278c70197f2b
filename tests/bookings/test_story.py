"""Whatever happens to appointments, in whatever order: no overlap, nothing lost, all agrees."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings import operations as bookings
from bookings.availability import slots_on
from bookings.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    By,
    Client,
    Clinic,
    Need,
    Practitioner,
    Resource,
    TimeOff,
)
from bookings.periods import Period
from bookings.reference import current
from bookings.search import search_for, treatment_ids_of
from reminders import operations as reminders
from reminders.models import Rule, Step
from reminders.operations.facts import background_of
from reminders.operations.queueing import wanted_steps
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    DeviceFactory,
    TreatmentFactory,
    UserFactory,
    a_clinic,
    a_search,
)
from tests.reminders.verbs import a_sender
from tests.when import ZONE, at

Kind, Status = AppointmentEvent.Kind, Appointment.Status
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
UNDO = timedelta(minutes=3)
REFUSALS = (bookings.SlotTaken, bookings.NotOffered)
# What each event makes of an appointment; the others leave its status alone.
MADE_BY: dict[str, str] = {
    Kind.HELD: Status.HELD,
    Kind.BOOKED: Status.BOOKED,
    Kind.EXPIRED: Status.EXPIRED,
    Kind.CANCELLED: Status.CANCELLED,
    Kind.CANCEL_UNDONE: Status.BOOKED,
}
MONEY = "price_cents deposit_cents late_fee_cents no_show_fee_cents".split()
chance = st.integers(0, 10_000)


def a_small_clinic():
    """Return three treatments: an ordinary one, one that asks a deposit, and one for a device."""
    plain = a_clinic(practitioners=2, rooms=2)
    dear = TreatmentFactory(duration_minutes=60, deposit_cents=2500)
    laser = TreatmentFactory(duration_minutes=40)
    laser.needs.all().delete()
    for kind, group, begins, ends in (
        ("practitioner", "", 0, 10),  # then it works by itself
        ("practitioner", "", 25, 40),
        ("room", "behandelkamer", -5, 45),
        ("device", "laser", 5, 60),
    ):
        Need.objects.create(
            treatment=laser, kind=kind, group=group, from_minute=begins, until_minute=ends
        )
    DeviceFactory()
    for one in Practitioner.objects.all():
        one.treatments.add(dear, laser)
    plain.extras.add(laser)
    Clinic.objects.update(gap_care=Clinic.GapCare.NONE)
    return [plain, dear, laser]


class Story(RuleBasedStateMachine):
    """A clinic on two days, and all that people may do there."""

    cannot_pay: tuple[type[Exception], ...] = ()

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = NOW
        self.status: dict[int, str] = {}  # what should be true of each appointment
        self.agreed: dict[int, list[int]] = {}

    @initialize()
    def open_the_clinic(self):
        self.treatments = a_small_clinic()
        self.user, self.client = UserFactory(), ClientFactory()

    def teardown(self):
        if self.status:
            self.steps_follow()
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # What may happen.

    @rule(which=chance, when=chance, extra=st.booleans())
    def hold(self, which, when, extra):
        treatment = self.treatments[which % 3]
        extras = (self.treatments[2],) if extra and which % 3 == 0 else ()
        search = a_search(treatment, now=self.now, extras=extras)
        hold = self.at_some_time(when, search, lambda at: bookings.hold(search, starts_at=at))
        if hold:
            self.status[hold.pk] = Status.HELD
            self.agreed[hold.pk] = self.money(hold)

    @rule(which=chance, when=chance)
    def move_hold(self, which, when):
        hold = self.one_of(which, Status.HELD)
        search = hold and search_for(hold, self.clinic, zone=ZONE, now=self.now)

        def move(starts_at):
            return bookings.move_hold(hold.pk, search, starts_at=starts_at)

        if hold and self.is_live(hold) and hold.payment_started_at is None:
            self.at_some_time(when, search, move)
        elif hold:
            # Who comes too late or is paying is told so, or told first that the time is gone.
            with pytest.raises((bookings.NoMoreTime, *REFUSALS)):
                move(hold.starts_at)

    @rule(which=chance)
    def extend(self, which):
        hold = self.one_of(which, Status.HELD)
        if hold and self.is_live(hold):
            try:
                bookings.extend_hold(hold.pk, self.clinic, now=self.now)
            except bookings.NoMoreTime:
                assert hold.held_until <= hold.created_at + self.clinic.hold_longest

    @rule(which=chance)
    def book(self, which):
        hold = self.one_of(which, Status.HELD)
        if not hold:
            return
        try:
            with transaction.atomic():
                if hold.deposit_cents:
                    self.pay(hold)
                else:
                    self.give_details(hold)
                    bookings.book(hold.pk, now=self.now)
        except bookings.HoldLapsed:
            assert not self.is_live(hold)
        except self.cannot_pay:
            pass
        else:
            self.status[hold.pk] = Status.BOOKED

    @rule(which=chance)
    def late_money(self, which):
        lapsed = self.one_of(which, Status.EXPIRED)
        if not lapsed:
            return
        try:
            self.come_late(lapsed)
        except bookings.HoldLapsed:
            pass
        else:
            self.status[lapsed.pk] = Status.BOOKED

    @rule(which=chance, when=chance, by=st.sampled_from([By.CLIENT, By.CLINIC]))
    def move(self, which, when, by):
        appointment = self.one_of(which, Status.BOOKED)
        if not appointment:
            return
        search = search_for(appointment, self.clinic, zone=ZONE, now=self.now, by=by)
        may = by is By.CLINIC or bookings.may_be_moved(appointment, now=self.now)

        def move(starts_at):
            return bookings.reschedule(
                appointment.pk, search, starts_at=starts_at, user=self.user, reason="ziek"
            )

        if may and appointment.starts_at > self.now:
            self.at_some_time(when, search, move)
        elif slots := self.slots(search):
            with pytest.raises(bookings.NotMovable):
                move(slots[when % len(slots)].starts_at)

    @rule(which=chance)
    def confirm(self, which):
        appointment = self.one_of(which, Status.BOOKED)
        if appointment and appointment.starts_at > self.now:
            bookings.confirm(appointment.pk, by=By.CLIENT, now=self.now)

    @rule(which=chance, by=st.sampled_from([By.CLIENT, By.CLINIC]))
    def cancel(self, which, by):
        appointment = self.one_of(which, Status.BOOKED)
        if not appointment or appointment.starts_at <= self.now:
            return
        late = appointment.starts_at - self.now < appointment.free_notice
        fee = appointment.late_fee_cents if late and by is By.CLIENT else 0
        assert bookings.cancel(appointment.pk, by=by, now=self.now) == fee
        self.status[appointment.pk] = Status.CANCELLED

    @rule(which=chance)
    def undo(self, which):
        cancelled = self.one_of(which, Status.CANCELLED)
        if not cancelled:
            return
        try:
            bookings.undo_cancel(cancelled.pk, within=UNDO, by=By.CLINIC, now=self.now)
        except bookings.NotUndoable:
            pass
        else:
            assert self.now < cancelled.cancelled_at + UNDO
            self.status[cancelled.pk] = Status.BOOKED

    @rule(which=chance, hour=st.integers(0, 30), hours=st.integers(1, 9))
    def somebody_is_away(self, which, hour, hours):
        everybody = [None, *Resource.objects.order_by("pk").values_list("pk", flat=True)]
        begins = at("2026-03-11 07:00") + timedelta(hours=hour)
        period = Period(begins, begins + timedelta(hours=hours))
        off = bookings.add_time_off(everybody[which % len(everybody)], period)
        assert set(bookings.hit_by(off, now=self.now).values_list("status", flat=True)) <= {
            Status.HELD,
            Status.BOOKED,
        }

    @precondition(lambda self: TimeOff.objects.exists())
    @rule(which=chance)
    def back_again(self, which):
        away = list(TimeOff.objects.order_by("pk"))
        bookings.remove_time_off(away[which % len(away)].pk)

    @rule(which=chance)
    def another_room(self, which):
        booked = self.one_of(which, Status.BOOKED)
        room = booked and booked.allocations.filter(resource__kind=Resource.Kind.ROOM).first()
        other = room and Resource.objects.filter(kind="room").exclude(pk=room.resource_id).first()
        if not other:
            return
        try:
            with transaction.atomic():
                bookings.change_place(
                    booked.pk, allocation_id=room.pk, to=other.pk, now=self.now, user=self.user
                )
        except bookings.SlotTaken:
            pass

    @rule(minutes=st.sampled_from([1, 5, 16, 16, 130, 2 * 24 * 60]))
    def time_goes_on(self, minutes):
        self.now += MINUTE * minutes

    @rule()
    def holds_lapse(self):
        lapsed = [
            hold.pk
            for hold in Appointment.objects.filter(status=Status.HELD)
            if self.can_lapse(hold)
        ]
        assert bookings.expire_holds(now=self.now) == len(lapsed)
        self.status |= dict.fromkeys(lapsed, Status.EXPIRED)

    @rule()
    def steps_follow(self):
        """Let the waiting messages follow, and see that they are those the rules call for."""
        sender = self.sender()
        reminders.requeue_changed(sender)
        rules = list(Rule.objects.in_use())
        everything = list(Appointment.objects.all())
        background = background_of(everything, zone=sender.zone)
        wanted_now = wanted_steps(everything, rules, background, sender=sender)
        for appointment in everything:
            wanted = wanted_now[appointment.pk]
            waiting = Step.objects.filter(appointment=appointment, status=Step.Status.WAITING)
            assert sorted(waiting.values_list("rule", "anchor_at", "due_at")) == sorted(
                (step.rule_id, step.anchor_at, step.due_at) for step in wanted
            )

    # What must hold after each of them.

    @invariant()
    def nothing_is_lost(self):
        assert dict(Appointment.objects.values_list("pk", "status")) == self.status

    @invariant()
    def nobody_is_taken_twice(self):
        last: dict[int, Allocation] = {}
        for one in Allocation.objects.order_by("resource", "period"):
            before = last.get(one.resource_id)
            assert before is None or before.period.upper <= one.period.lower
            last[one.resource_id] = one

    @invariant()
    def each_takes_what_its_visit_claims(self):
        taken = defaultdict(list)
        for pk, kind, group, period in Allocation.objects.values_list(
            "appointment", "resource__kind", "resource__group", "period"
        ):
            taken[pk].append((kind, group, period.lower, period.upper))
        for one in Appointment.objects.all():
            expected = self.claims_of(one) if one.status in Appointment.TAKING else []
            assert sorted(taken[one.pk]) == sorted(expected)

    @invariant()
    def events_tell_the_same_story(self):
        told: dict[int, str] = {}
        moves: dict[int, int] = defaultdict(int)
        for pk, kind in AppointmentEvent.objects.values_list("appointment", "kind"):
            told[pk] = self.made_by(pk, kind) or told[pk]
            moves[pk] += kind == Kind.MOVED
        assert told == self.status
        assert {one.pk: one.moves for one in Appointment.objects.all()} == {
            pk: moves[pk] for pk in told
        }

    @invariant()
    def money_stays_as_agreed(self):
        for one in Appointment.objects.all():
            assert self.money(one) == self.agreed[one.pk]
            assert one.fee_cents in (0, one.late_fee_cents)

    # The words they are told in.

    @property
    def clinic(self):
        return Clinic.objects.get()

    def sender(self):
        return a_sender()

    def money(self, appointment):
        return [getattr(appointment, name) for name in MONEY]

    def one_of(self, which, status):
        pks = [pk for pk, mine in self.status.items() if mine == status]
        return Appointment.objects.get(pk=pks[which % len(pks)]) if pks else None

    def is_live(self, hold):
        return hold.held_until > self.now

    def made_by(self, pk, kind):
        return MADE_BY.get(kind)

    def can_lapse(self, hold):
        return not self.is_live(hold)

    def pay(self, hold):
        self.give_details(hold)
        bookings.book_paid(hold.pk, now=self.now)

    def come_late(self, lapsed):
        Appointment.objects.filter(pk=lapsed.pk).update(
            client=self.client, terms_accepted_at=lapsed.created_at
        )
        bookings.book_paid(lapsed.pk, now=self.now)

    def is_away(self, appointment):
        """Tell whether somebody or something it takes is not there then."""
        return any(
            TimeOff.objects.filter(
                Q(resource=None) | Q(resource=one.resource_id),
                starts_at__lt=one.period.upper,
                ends_at__gt=one.period.lower,
            ).exists()
            for one in appointment.allocations.all()
        )

    def slots(self, search):
        days = [START.date(), START.date() + DAY]
        return [slot for slots in slots_on(search, days=days).values() for slot in slots]

    def at_some_time(self, when, search, act):
        """Do it at a time that is shown, which must work; now and then at another, which must not.

        Not every minute of the day: what is near to each other meets.
        """
        slots = self.slots(search)
        if when % 5 and slots:
            return act(slots[when % len(slots)].starts_at)
        other = START + 15 * MINUTE * (when % 40)
        if other not in [slot.starts_at for slot in slots]:
            with pytest.raises(REFUSALS):
                act(other)
        return None

    def give_details(self, hold):
        details = bookings.ClientDetails(
            first_name="Zoë",
            last_name="de Vries",
            phone="+31612345678",
            email="zoe@example.nl",
            reach_by=Client.ReachBy.SMS,
        )
        bookings.give_details(hold.pk, details, note="", zone=ZONE, now=self.now)
        accepted = bookings.Acceptance(text="gelezen", version="1", address=None, device="test")
        bookings.accept_terms(hold.pk, accepted, now=self.now)

    def claims_of(self, appointment):
        visit = current().visit(treatment_ids_of(appointment), appointment.practitioner_id)
        return [
            (
                claim.kind,
                claim.group or "practitioner",
                appointment.starts_at + MINUTE * claim.begins,
                appointment.starts_at + MINUTE * claim.ends,
            )
            for claim in visit.claims
        ]


@pytest.mark.django_db
def test_whatever_happens_all_agrees():
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=max(settings().max_examples // 4, 10),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
