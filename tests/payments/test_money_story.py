"""Whatever happens to money, with Stripe's real library and a Stripe that fails: it adds up.

Random stories of booking, paying, moving, cancelling, not coming, waiving and giving back, in which
messages come twice, late, in any order or never, answers are lost, and workers die in the middle.
"""

import contextlib
import json
from collections import Counter
from datetime import timedelta

import pytest
import requests
import stripe
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic
from payments import operations as payments
from payments.models import Attempt, Difference, LedgerEntry, Payment, Refund, Voucher, Waiver
from payments.operations.selling import Purchase
from payments.purses import purse_of
from payments.stripe_gateway import OutcomeUnknown, Unavailable, _client
from tests.factories import ClientFactory, UserFactory, a_clinic, a_hold, a_search
from tests.payments.test_thread import RETURN, signed
from tests.sandboxed import Running, workday
from tests.when import ZONE

Status = Appointment.Status
DEPOSIT, LATE, NO_SHOW = 2500, 4500, 9500
METHODS = ("card", "ideal", "card_declined")
FAULTS = ("lost_answer", "error_500", "error_500_after_work", "error_429", "error_409")
PASSING = (1, 4, 20, 50, 1500)  # minutes: to rethink, to pay, for a key to be forgotten
chance = st.integers(0, 10_000)
# What people and programs are told when it cannot be done: nothing was changed then.
REFUSED = (
    bookings.SlotTaken,
    bookings.NotOffered,
    bookings.NotCancellable,
    bookings.NotUndoable,
    bookings.NotMovable,
    bookings.WrongMoment,
    payments.AlreadyPaid,
    payments.NothingToPay,
    payments.PaymentsDown,
    payments.NothingToWaive,
    payments.NothingToGive,
    payments.VoucherEmpty,
    payments.VoucherOver,
)


FAILED = (OutcomeUnknown, Unavailable)


class MoneyStory(RuleBasedStateMachine):
    """A clinic, its clients, and a Stripe that cannot be relied on."""

    world: Running

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()

    @initialize()
    def open_the_clinic(self):
        self.world.post("/control/reset")
        self.treatment = a_clinic(practitioners=3, rooms=3, deposit_cents=DEPOSIT)
        Clinic.objects.update(minimum_notice=timedelta(), most_moves=0, gap_care="none")
        self.user, self.booked = UserFactory(), 0
        self.by_hand: set[int] = set()  # whose money somebody gave back in the dashboard
        self.by_bank: set[str] = set()  # what a bank has disputed
        for method in METHODS:
            self.book(method, hears=True)

    @property
    def clinic(self):
        return Clinic.objects.get()

    @property
    def now(self):
        return self.world.now()

    def one_of(self, which, rows):
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None

    @contextlib.contextmanager
    def unless_refused(self):
        with contextlib.suppress(*REFUSED), transaction.atomic():
            yield

    # What clients do.

    @rule(method=st.sampled_from(METHODS), hears=st.booleans())
    def book(self, method, hears):
        """Hold a time, open the page and pay; perhaps nobody hears that it was paid."""
        self.booked += 1
        start = workday(self.now, days=1 + self.booked % 5) + timedelta(hours=self.booked % 4)
        with self.unless_refused():
            client = ClientFactory()
            hold = a_hold(self.treatment, starts_at=start, now=self.now, client=client)
            debt = payments.deposit_of(hold.pk, now=self.now)
            payments.start_checkout(debt.pk, RETURN, now=self.now)
            page = Attempt.objects.get(payment=debt)
            self.pay_page(page, method)
            if hears:
                self.come_back(page)

    def pay_page(self, page, method):
        url = f"{self.world.url}/control/checkout/{page.stripe_id}/pay"
        requests.post(url, json={"method": method}, timeout=10)  # one that has closed says no

    def come_back(self, page):
        with contextlib.suppress(*FAILED):  # Stripe does not answer: the page says so
            payments.check_session(page.stripe_id, now=self.now)

    @rule(which=chance)
    def open_a_page(self, which):
        hold = self.one_of(which, Appointment.objects.filter(status=Status.HELD))
        with contextlib.suppress(*REFUSED):
            debt = payments.deposit_of(hold.pk, now=self.now) if hold and which % 3 else None
            debt = debt or self.one_of(which, Payment.objects.filter(status="open"))
            if debt:
                payments.start_checkout(debt.pk, RETURN, now=self.now)

    @rule(which=chance, method=st.sampled_from(METHODS))
    def pay(self, which, method):
        page = self.one_of(which, Attempt.objects.filter(way="checkout").exclude(stripe_id=""))
        if page:
            self.pay_page(page, method)

    @rule(which=chance)
    def come_back_from_the_page(self, which):
        page = self.one_of(which, Attempt.objects.filter(way="checkout").exclude(stripe_id=""))
        if page:
            self.come_back(page)

    @rule(which=chance)
    def cancel_at_the_last_moment(self, which):
        coming = Appointment.objects.filter(status=Status.BOOKED, starts_at__gt=self.now)
        if one := self.one_of(which, coming):
            left = one.starts_at - self.now - timedelta(hours=1)
            self.pass_time(left)
            with self.unless_refused():
                bookings.cancel(one.pk, by=By.CLIENT, now=self.now)

    @rule(which=chance)
    def do_not_come(self, which):
        if one := self.one_of(which, Appointment.objects.filter(status=Status.BOOKED)):
            self.pass_time(one.starts_at - self.now + timedelta(minutes=20))
            with self.unless_refused():
                bookings.mark_no_show(one.pk, now=self.now, user=self.user)

    @rule(which=chance, by=st.sampled_from([By.CLIENT, By.CLIENT, By.CLINIC]))
    def cancel(self, which, by):
        if one := self.one_of(which, Appointment.objects.filter(status=Status.BOOKED)):
            with self.unless_refused():
                bookings.cancel(one.pk, by=by, now=self.now)

    @rule(which=chance)
    def think_again(self, which):
        if one := self.one_of(which, Appointment.objects.filter(status=Status.CANCELLED)):
            with self.unless_refused():
                bookings.undo_cancel(
                    one.pk, within=self.clinic.undo_time, by=By.CLIENT, now=self.now
                )

    @rule(which=chance)
    def move(self, which):
        if one := self.one_of(which, Appointment.objects.filter(status=Status.BOOKED)):
            search = a_search(self.treatment, now=self.now, by=By.CLINIC, ignoring=one.pk)
            start = workday(self.now, days=1 + which % 5) + timedelta(hours=which % 4)
            with self.unless_refused():
                bookings.reschedule(one.pk, search, starts_at=start, reason="wil anders")

    @rule(cents=st.sampled_from([3000, 16000]), hears=st.booleans())
    def buy_a_voucher(self, cents, hears):
        """A gift, with Stripe's page; perhaps nobody hears that it was paid."""
        gift = Purchase(
            kind=Voucher.Kind.GIFT,
            value_cents=cents,
            buyer_name="Anna",
            buyer_email="anna@example.org",
            language="nl",
            valid_until=self.today + timedelta(days=730),
        )
        with contextlib.suppress(*REFUSED):
            pages = {"paid_url": RETURN.paid, "back_url": RETURN.back}
            voucher = payments.order_voucher(gift, **pages, now=self.now)
            payments.pay_page(voucher.pk, now=self.now)
            voucher.refresh_from_db()
            self.pay_page(voucher, "ideal")
            with contextlib.suppress(*FAILED):
                if hears:
                    payments.check_sale(voucher, now=self.now)

    @rule(which=chance)
    def book_by_voucher(self, which):
        if voucher := self.one_of(which, Voucher.objects.filter(status="paid")):
            self.booked += 1
            start = workday(self.now, days=1 + self.booked % 5) + timedelta(hours=self.booked % 4)
            with self.unless_refused():
                hold = a_hold(self.treatment, starts_at=start, now=self.now, client=ClientFactory())
                payments.choose_voucher(hold.pk, voucher, on=self.today, now=self.now)
                said = bookings.Acceptance(text="gelezen", version="1", address=None, device="")
                bookings.accept_terms(hold.pk, said, now=self.now)
                payments.draw(hold.pk, voucher.pk, on=self.today, now=self.now)

    @property
    def today(self):
        return self.now.astimezone(ZONE).date()

    # What the clinic does.

    @rule(which=chance)
    def undo_a_no_show(self, which):
        if one := self.one_of(which, Appointment.objects.filter(status=Status.NO_SHOW)):
            with self.unless_refused():
                bookings.undo_no_show(
                    one.pk, within=self.clinic.no_show_rest, now=self.now, user=self.user
                )

    @rule(which=chance, cents=st.sampled_from([0, 100, 2510, 3000]))
    def waive(self, which, cents):
        if one := self.one_of(which, Appointment.objects.filter(fee_cents__gt=0)):
            with self.unless_refused():
                payments.waive(
                    one.pk,
                    reason="file",
                    user=self.user,
                    clinic=self.clinic,
                    now=self.now,
                    to_cents=cents,
                )

    @rule(which=chance, cents=st.sampled_from([500, DEPOSIT]))
    def give_back_in_the_dashboard(self, which, cents):
        if debt := self.one_of(which, Payment.objects.filter(status="paid", voucher=None)):
            request = {"payment_intent": debt.intent_id, "amount": cents}
            self.by_hand.add(debt.appointment_id)  # even when the answer is lost
            with contextlib.suppress(stripe.StripeError):
                _client().v1.refunds.create(request)  # type: ignore[arg-type]

    @rule(which=chance, cents=st.sampled_from([1000, 0]))
    def a_bank_asks_money_back(self, which, cents):
        """All of a charge or a part; iDEAL and what was given back cannot be disputed."""
        charges = [one for one in self.world.money("charges") if one["paid"]]
        for charge in charges[which % len(charges) :][:1] if charges else []:
            wanted = {"charge": charge["id"], "amount": cents}
            if self.at_the_bank(wanted):
                self.by_bank.add(charge["payment_intent"])

    @rule(which=chance, status=st.sampled_from(["won", "lost", "lost", "under_review"]))
    def a_bank_decides(self, which, status):
        disputes = self.world.money("disputes")
        for dispute in disputes[which % len(disputes) :][:1] if disputes else []:
            self.at_the_bank({"dispute": dispute["id"], "status": status})

    def at_the_bank(self, wanted):
        url = f"{self.world.url}/control/dispute"
        return requests.post(url, json=wanted, timeout=10).status_code == 200

    # What the world does.

    @rule(minutes=st.sampled_from(PASSING))
    def time_passes(self, minutes):
        self.pass_time(timedelta(minutes=minutes))

    def pass_time(self, length):
        if length > timedelta():
            self.world.post("/control/clock", seconds=int(length.total_seconds()))

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 4))
    def stripe_fails(self, fault, times):
        self.world.post("/control/faults", fault=fault, times=times)

    @rule(order=st.lists(chance, max_size=6))
    def messages_arrive(self, order):
        """Some of them, in any order, some twice; the others never."""
        events = self.world.money("events")
        for which in order if events else []:
            body = json.dumps(events[which % len(events)]).encode()
            payments.receive_stripe_event(
                body=body, signature=signed(self.world, body), now=self.now
            )

    @rule(which=chance)
    def a_worker_dies_before_its_call(self, which):
        model = Refund if which % 2 else Attempt
        waiting = model.objects.filter(status="new").exclude(key__startswith="deposit:")
        if one := self.one_of(which, waiting):
            model.objects.filter(pk=one.pk).update(status="sent")
            self.leases_run_out()

    @rule()
    def leases_run_out(self):
        for model in (Attempt, Refund, Voucher):
            sent = model.objects.filter(status="sent")
            sent.update(leased_until=F("created_at") - timedelta(days=365))

    @rule()
    def a_tick(self):
        payments.handle_stripe_events(now=self.now)
        payments.settle_changed(clinic=self.clinic, now=self.now)
        payments.make_calls(now=self.now)
        payments.ask_stripe(now=self.now)
        payments.release_unpaid_holds(now=self.now)
        bookings.expire_holds(now=self.now)

    # What is always true.

    @invariant()
    def no_debt_has_two_open_attempts(self):
        open_ = Attempt.objects.filter(status__in=Attempt.UNSETTLED)
        assert not [n for n in Counter(open_.values_list("payment", flat=True)).values() if n > 1]

    @invariant()
    def nobody_is_asked_more_than_was_agreed(self):
        for fee in Payment.objects.filter(kind="fee", status="open"):
            one = fee.appointment
            assert fee.amount_cents <= max(one.late_fee_cents, one.no_show_fee_cents)
        for one in Appointment.objects.filter(status__in=(Status.CANCELLED, Status.NO_SHOW)):
            assert one.fee_cents <= (NO_SHOW if one.status == Status.NO_SHOW else LATE)

    @invariant()
    def no_more_goes_back_than_came_in(self):
        for debt in Payment.objects.all():
            refunds = debt.refunds.exclude(purpose__startswith="double:").exclude(status="void")
            back = refunds.aggregate(cents=Sum("amount_cents"))["cents"] or 0
            assert back <= (debt.amount_cents if debt.paid_at else 0)

    @invariant()
    def no_voucher_is_drawn_beyond_what_was_paid(self):
        for voucher in Voucher.objects.all():
            purse = purse_of(voucher)
            assert 0 <= purse.drawn_cents - purse.returned_cents <= purse.value_cents

    # How it ends.

    def teardown(self):
        try:
            if hasattr(self, "treatment"):
                self.all_comes_to_rest()
                self.the_end_is_what_stripe_says()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def all_comes_to_rest(self):
        for minutes in (5, 60, 60, 1500, 60, 1500, 60, 60):
            self.time_passes(minutes)
            for _ in range(2):
                self.leases_run_out()
                self.a_tick()
        events = self.world.money("events")
        self.messages_arrive(list(range(len(events))))
        for _ in range(2):
            self.a_tick()
        day = self.now.astimezone(ZONE).date()
        for back in range(9):
            payments.reconcile(day - timedelta(days=back), zone=ZONE, now=self.now)

    def the_end_is_what_stripe_says(self):
        assert list(Difference.objects.values_list("of", "what", "stripe_cents", "our_cents")) == []
        assert not Attempt.objects.filter(status__in=["new", "sent"]).exists()
        self.nobody_has_more_back_than_she_paid()
        self.what_is_left_in_vouchers_is_in_the_books()
        at_stripe = self.at_stripe()
        for one in Appointment.objects.all():
            assert self.in_the_ledger(one) == at_stripe[one.pk], one
            by_voucher = Payment.objects.filter(appointment=one).exclude(voucher=None).exists()
            if one.pk not in self.by_hand and not (by_voucher or self.was_disputed(one)):
                self.kept_is_what_was_agreed(one, at_stripe[one.pk])

    def at_stripe(self):
        """Return what Stripe holds of each appointment's money, in cents."""
        whose = dict(Attempt.objects.values_list("key", "payment__appointment"))
        found: Counter[int] = Counter()
        intents = {one["id"]: one for one in self.world.money("payment_intents")}
        intents = {key: one for key, one in intents.items() if not self.is_of_a_voucher(one)}
        for one in intents.values():
            found[whose[one["metadata"]["attempt"]]] += one["amount_received"]
        for one in self.world.money("refunds"):
            if one["status"] == "succeeded" and one["payment_intent"] in intents:
                key = intents[one["payment_intent"]]["metadata"]["attempt"]
                found[whose[key]] -= one["amount"]
        for one in self.world.money("disputes"):
            key = intents[one["payment_intent"]]["metadata"]["attempt"]
            found[whose[key]] += sum(moved["amount"] for moved in one["balance_transactions"])
        return found

    def is_of_a_voucher(self, intent):
        return intent["metadata"]["attempt"].startswith("voucher:")

    def what_is_left_in_vouchers_is_in_the_books(self):
        paid = {one["metadata"]["attempt"]: one for one in self.world.money("payment_intents")}
        for voucher in Voucher.objects.all():
            received = paid[voucher.key]["amount_received"] if voucher.key in paid else 0
            assert (voucher.value_cents if voucher.paid_at else 0) == received
        left = sum(purse_of(voucher).left_cents for voucher in Voucher.objects.all())
        totals: Counter[str] = Counter()
        for entry in LedgerEntry.objects.all():
            totals[entry.credit] += entry.amount_cents
            totals[entry.debit] -= entry.amount_cents
        assert totals["vouchers"] == left

    def was_disputed(self, appointment):
        attempts = Attempt.objects.filter(payment__appointment=appointment)
        return attempts.filter(intent_id__in=self.by_bank).exists()

    def nobody_has_more_back_than_she_paid(self):
        given: Counter[str] = Counter()
        for one in self.world.money("refunds"):
            given[one["charge"]] += one["amount"] if one["status"] != "failed" else 0
        for one in self.world.money("disputes"):
            given[one["charge"]] -= sum(moved["amount"] for moved in one["balance_transactions"])
        for charge in self.world.money("charges"):
            assert given[charge["id"]] <= charge["amount"]

    def in_the_ledger(self, appointment):
        entries = LedgerEntry.objects.filter(appointment=appointment)
        of = {"in": entries.filter(debit="stripe"), "out": entries.filter(credit="stripe")}
        sums = {side: rows.aggregate(n=Sum("amount_cents"))["n"] or 0 for side, rows in of.items()}
        return sums["in"] - sums["out"]

    def kept_is_what_was_agreed(self, appointment, cents):
        ended_at = appointment.cancelled_at or appointment.no_show_at
        # One from before an undo was about another ending.
        waiver = Waiver.objects.filter(appointment=appointment, at__gte=ended_at or self.now)
        fee = min([appointment.fee_cents, *waiver.values_list("fee_cents", flat=True)])
        if appointment.status in (Status.CANCELLED, Status.NO_SHOW):
            assert cents <= fee
        elif appointment.status == Status.BOOKED:
            assert cents == DEPOSIT
        else:
            assert cents == 0  # held and unpaid, or it came too late and went back


@pytest.mark.django_db
def test_whatever_happens_to_money_it_adds_up(world):
    MoneyStory.world = world
    run_state_machine_as_test(
        MoneyStory,
        settings=settings(
            max_examples=max(settings().max_examples // 10, 8),
            stateful_step_count=30,
            deadline=None,
            phases=[
                Phase.explicit,
                Phase.reuse,
                Phase.generate,
            ],  # a shorter story takes long to find
            suppress_health_check=list(HealthCheck),
        ),
    )
