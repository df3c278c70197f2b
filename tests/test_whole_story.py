"""The story of the agenda with its waitlist and its money: all still agrees, to the cent."""

import contextlib
from itertools import groupby

import pytest
from django.db import transaction
from django.db.models import Q, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By, Offer, Opening, WaitlistEntry
from clinic.papers.receipt import cents_of
from payments import operations as payments
from payments.models import Attempt, Payment, Receipt, Refund
from payments.operations.checkout import ReturnTo, _open_attempt
from payments.operations.outcomes import apply_refund, apply_session
from payments.stripe_gateway import RefundState, Session
from tests.bookings.test_story import UNDO, Kind, Status, Story, chance
from tests.bookings.waiting import MARCH
from tests.factories import ClientFactory
from tests.payments.books import balances
from tests.when import ZONE

# Her wish is past when she cancels what would move; the time offered can still be hers.
WAITING_OR_PAST = (WaitlistEntry.Status.WAITING, WaitlistEntry.Status.PASSED)
BACK = ReturnTo("http://127.0.0.1/betaald", "http://127.0.0.1/terug")


class WholeStory(Story):
    """What the clinic does about times that come free, and about deposits and fees."""

    cannot_pay = (payments.PaymentsDown, payments.NothingToPay, payments.AlreadyPaid)

    @initialize(whens=st.lists(chance, min_size=4, max_size=8))
    def open_the_clinic(self, whens):
        super().open_the_clinic()
        self.opened: list[int] = []  # the pages on which a deposit can be paid
        for number, when in enumerate(whens):
            self.book_straight_away(number, when)
            if number % 2:
                self.wait_for_a_time(number)
            else:
                self.ask_for_an_earlier_time(-1)

    @rule(which=chance, when=chance)
    def book_straight_away(self, which, when):
        self.hold(which, when, extra=False)
        self.book(-1)

    @rule(which=chance)
    def cancel_and_think_no_more(self, which):
        self.cancel(which, By.CLIENT)
        self.now += 2 * UNDO
        self.offers_are_made()

    # Times that come free.

    @rule(which=chance)
    def ask_for_an_earlier_time(self, which):
        appointment = self.one_of(which, Status.BOOKED)
        if appointment and appointment.starts_at > self.now:
            bookings.ask_earlier(appointment.pk, MARCH, zone=ZONE, now=self.now)

    @rule(which=chance)
    def wait_for_a_time(self, which):
        treatment = self.treatments[which % 3]
        bookings.join_waitlist(ClientFactory(), treatment, MARCH, zone=ZONE, now=self.now)

    @rule()
    def offers_are_made(self):
        self.holds_lapse()
        bookings.fill_openings(clinic=self.clinic, zone=ZONE, now=self.now)
        for offer in Offer.objects.select_related("hold"):
            if offer.hold_id not in self.status:
                self.status[offer.hold_id] = Status.HELD
                self.agreed[offer.hold_id] = self.money(offer.hold)

    @rule(which=chance)
    def say_yes(self, which):
        offer = self.an_offer(which)
        if not offer:
            return
        moving = offer.entry.appointment
        moves = moving is not None and self.status[moving.pk] == Status.BOOKED
        moves = moves and moving.starts_at > self.now
        try:
            bookings.accept_offer(offer.pk, clinic=self.clinic, zone=ZONE, now=self.now)
        except bookings.OfferGone:
            assert offer.expires_at <= self.now or self.is_away(offer.hold)
        else:
            self.status[offer.hold_id] = Status.EXPIRED if moves else Status.HELD
            if moves:
                moving.refresh_from_db()
                assert moving.starts_at == offer.hold.starts_at

    @rule(which=chance)
    def say_no(self, which):
        offer = self.an_offer(which)
        if not offer:
            return
        try:
            bookings.decline_offer(offer.pk, now=self.now)
        except bookings.OfferGone:
            assert offer.expires_at <= self.now
        else:
            self.status[offer.hold_id] = Status.EXPIRED

    # Money.

    @rule(which=chance)
    def open_the_page(self, which):
        hold = self.one_of(which, Status.HELD)
        if hold and hold.deposit_cents and self.is_live(hold):
            with contextlib.suppress(*self.cannot_pay), transaction.atomic():
                self.page_of(hold)

    def page_of(self, hold):
        if hold.payment_started_at is None:
            self.give_details(hold)
        debt = payments.deposit_of(hold.pk, now=self.now)
        page = _open_attempt(debt.pk, "cus_1", BACK, now=self.now)
        if page.pk not in self.opened:
            apply_session(page.pk, a_session(page, "open"), now=self.now)
            self.opened.append(page.pk)
        return page

    @rule(which=chance)
    def money_comes(self, which):
        """In time, late, or a second time: it books, or it goes back."""
        if not self.opened:
            return
        page = Attempt.objects.get(pk=self.opened[which % len(self.opened)])
        apply_session(page.pk, a_session(page, "paid"), now=self.now)
        hold = Appointment.objects.get(pk=page.payment.appointment_id)
        if hold.status != self.status[hold.pk]:
            assert (self.status[hold.pk], hold.status) in (
                (Status.HELD, Status.BOOKED),
                (Status.EXPIRED, Status.BOOKED),
            )
            self.status[hold.pk] = hold.status

    @rule(which=chance)
    def a_refund_arrives(self, which):
        refunds = list(Refund.objects.order_by("pk"))
        if refunds:
            refund = refunds[which % len(refunds)]
            told = "failed" if which % 7 == 0 else "succeeded"
            state = RefundState(f"re_{refund.pk}", told, refund.amount_cents, refund.key)
            apply_refund(refund.pk, state, now=self.now)

    @rule(which=chance)
    def nobody_pays(self, which):
        """The page closes; when the time is over the hold goes, as `payments` lets it go."""
        if not self.opened:
            return
        page = Attempt.objects.get(pk=self.opened[which % len(self.opened)])
        apply_session(page.pk, a_session(page, "expired"), now=self.now)
        if bookings.expire(page.payment.appointment_id, now=self.now):
            self.status[page.payment.appointment_id] = Status.EXPIRED

    @rule()
    def money_follows(self):
        """Once all is settled, what is kept of each deposit is what the terms say."""
        payments.settle_changed(clinic=self.clinic, now=self.now)
        for debt in Payment.objects.select_related("appointment"):
            ended = debt.appointment.cancelled_at
            settled = not ended or self.now >= ended + self.clinic.undo_time
            if debt.kind == Payment.Kind.DEPOSIT and settled:
                assert kept_of(debt) == self.to_keep(debt), debt
        for appointment in Appointment.objects.filter(status__in=(Status.BOOKED, Status.HELD)):
            debts = Payment.objects.filter(appointment=appointment)
            held = sum(kept_of(debt) for debt in debts if debt.kind == Payment.Kind.DEPOSIT)
            assert -balances(appointment).get("deposits", 0) == held

    @invariant()
    def nothing_is_given_back_that_was_not_received(self):
        for debt in Payment.objects.all():
            assert 0 <= kept_of(debt) <= debt.amount_cents

    @invariant()
    def the_ledger_holds_what_came_in_and_did_not_go_back(self):
        found = balances()
        paid = Payment.objects.exclude(paid_at=None).aggregate(cents=Sum("amount_cents"))
        back = Refund.objects.aggregate(
            given=Sum("amount_cents", filter=Q(status=Refund.Status.SUCCEEDED)),
            owed=Sum("amount_cents", filter=~Q(status=Refund.Status.SUCCEEDED)),
            twice=Sum("amount_cents", filter=Q(purpose__startswith="double:")),
        )
        received = (paid["cents"] or 0) + (back["twice"] or 0)
        assert found.get("stripe", 0) == received - (back["given"] or 0)
        assert found.get("refunds", 0) == -(back["owed"] or 0)

    @invariant()
    def receipts_have_no_gap_and_add_up_to_what_is_at_stripe(self):
        payments.number_receipts(clinic=self.clinic, zone=ZONE, now=self.now)
        receipts = Receipt.objects.select_related("entry").order_by("series", "number")
        by_year = groupby(receipts, key=lambda one: one.series)
        for _year, theirs in by_year:
            numbers = [one.number for one in theirs]
            assert numbers == list(range(1, len(numbers) + 1))
        assert sum(cents_of(one.entry) for one in receipts) == balances().get("stripe", 0)

    @invariant()
    def one_open_attempt_for_each_debt(self):
        open_ = Attempt.objects.filter(status__in=Attempt.UNSETTLED)
        debts = list(open_.values_list("payment", flat=True))
        assert len(debts) == len(set(debts))

    @invariant()
    def an_offer_keeps_its_time_while_it_stands(self):
        for offer in Offer.objects.filter(status=Offer.Status.OPEN).select_related("hold"):
            assert offer.hold.status in (Status.HELD, Status.EXPIRED)
            assert offer.opening.status == Opening.Status.OPEN
            assert offer.entry.status in WAITING_OR_PAST

    # What of the smaller story is different here.

    def one_of(self, which, status):
        """Return no hold that only an offer keeps: nobody has its link."""
        found = super().one_of(which, status)
        offers = Offer.objects.filter(hold=found) if found else Offer.objects.none()
        if status == Status.HELD:
            offers = offers.filter(status=Offer.Status.OPEN)
        return None if offers.exists() and status != Status.BOOKED else found

    def made_by(self, pk, kind):
        if kind == Kind.OFFER_ENDED:  # by her no; otherwise its hold has lapsed, or was moved
            said_no = Offer.objects.filter(hold=pk, status=Offer.Status.DECLINED).exists()
            return Status.EXPIRED if said_no else None
        if kind == Kind.OFFER_TAKEN:
            moved = AppointmentEvent.objects.filter(kind=Kind.MOVED)
            gave = moved.filter(facts__offer=Offer.objects.get(hold=pk).pk).exists()
            return Status.EXPIRED if gave else Status.HELD
        return super().made_by(pk, kind)

    def can_lapse(self, hold):
        return super().can_lapse(hold) and hold.payment_started_at is None

    def pay(self, hold):
        page = self.page_of(hold)
        apply_session(page.pk, a_session(page, "paid"), now=self.now)

    def come_late(self, lapsed):
        if Payment.objects.filter(appointment=lapsed).exists():
            raise bookings.HoldLapsed  # her money comes by its own page
        super().come_late(lapsed)

    # The words they are told in.

    def an_offer(self, which):
        open_ = Offer.objects.filter(status=Offer.Status.OPEN).order_by("pk")
        offers = list(open_.select_related("hold", "entry__appointment"))
        return offers[which % len(offers)] if offers else None

    def to_keep(self, debt):
        appointment = debt.appointment
        if debt.status != Payment.Status.PAID or appointment.status == Status.EXPIRED:
            return 0
        if appointment.status == Status.CANCELLED:
            return min(appointment.fee_cents, debt.amount_cents)
        return debt.amount_cents


def kept_of(debt):
    """Return what has come in for a debt and was not given back, in cents."""
    refunds = Refund.objects.filter(payment=debt).exclude(purpose__startswith="double:")
    given = refunds.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    return (debt.amount_cents if debt.paid_at else 0) - given


def a_session(page, how):
    """Return what Stripe tells of a payment page."""
    return Session(
        session_id=f"cs_{page.pk}",
        status={"paid": "complete"}.get(how, how),
        is_paid=how == "paid",
        amount_cents=page.payment.amount_cents,
        currency="eur",
        url=f"https://pay.example/{page.pk}",
        attempt_key=page.key,
        intent_id=f"pi_{page.pk}" if how == "paid" else "",
        method="card",
        saved_card=None,
    )


@pytest.mark.django_db
def test_whatever_happens_times_and_money_agree():
    run_state_machine_as_test(
        WholeStory,
        settings=settings(
            max_examples=max(settings().max_examples // 4, 10),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
