"""Vouchers: what they are worth, how they are sold, and how a visit is paid from one."""

import json
from datetime import date, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic
from bookings.operations import Acceptance
from payments import operations as payments
from payments.models import Difference, Payment, Receipt, Refund, Voucher
from payments.operations.selling import Purchase
from payments.purses import purse_of, uses_of, vouchers_in_trouble
from payments.standing import standing_of
from payments.stripe_gateway import _client
from payments.vouchers import Purse, is_valid, pays
from tests.bookings.rivals import at_once, kinds
from tests.factories import (
    ClientFactory,
    TreatmentFactory,
    UserFactory,
    a_clinic,
    a_hold,
    a_search,
)
from tests.payments.books import balances, general_rate
from tests.payments.test_thread import HOUR, signed
from tests.sandboxed import workday
from tests.when import ZONE

DAY = timedelta(days=1)
PRICE, SESSION = 9500, 8000
Status = Voucher.Status


@pytest.mark.parametrize(
    ("case", "purse", "left", "sessions", "rest"),
    [
        ("untouched", Purse(48000, session_cents=SESSION), 48000, 6, 0),
        ("two drawn", Purse(48000, drawn_cents=16000, session_cents=SESSION), 32000, 4, 0),
        (
            "a late fee was kept of one",
            Purse(48000, drawn_cents=8000, returned_cents=4000, session_cents=SESSION),
            44000,
            5,
            4000,
        ),
        ("a gift has no sessions", Purse(5000, drawn_cents=1200), 3800, 0, 3800),
        ("given back by hand", Purse(5000, given_back_cents=5000), 0, 0, 0),
        ("given back after it was drawn", Purse(5000, 5000, drawn_cents=2000), 0, 0, 0),
    ],
)
def test_what_is_left(case, purse, left, sessions, rest):
    assert (purse.left_cents, purse.sessions_left, purse.rest_cents) == (left, sessions, rest), case


@pytest.mark.parametrize(
    ("case", "purse", "short"),
    [
        ("nothing was given back", Purse(5000, drawn_cents=5000), 0),
        ("given back before it was used", Purse(5000, 5000), 0),
        ("given back after it was used", Purse(5000, 5000, drawn_cents=2000), 2000),
        (
            "of which some has come back",
            Purse(5000, 5000, drawn_cents=2000, returned_cents=500),
            1500,
        ),
    ],
)
def test_what_was_used_and_given_back_as_well(case, purse, short):
    assert purse.short_cents == short, case


@pytest.mark.parametrize(
    ("case", "purse", "deposit", "expected"),
    [
        ("a session of a course", Purse(16000, session_cents=SESSION), 2500, SESSION),
        ("the last of it is no session", Purse(7999, session_cents=SESSION), 0, None),
        ("a gift pays what is in it", Purse(5000), 2500, 5000),
        ("but no more than the price", Purse(20000), 2500, PRICE),
        ("exactly the deposit", Purse(2500), 2500, 2500),
        ("a cent less than the deposit", Purse(2499), 2500, None),
        ("nothing is in it", Purse(5000, drawn_cents=5000), 0, None),
    ],
)
def test_what_it_pays(case, purse, deposit, expected):
    assert pays(purse, price_cents=PRICE, deposit_cents=deposit) == expected, case


def test_its_last_day_counts():
    last = date(2026, 3, 31)
    assert [is_valid(last, on=last + n * DAY) for n in (-1, 0, 1)] == [True, True, False]


@pytest.fixture
def treatment(db):
    general_rate()
    return a_clinic(deposit_cents=2500)


def today(world):
    return world.now().astimezone(ZONE).date()


def buy(world, treatment=None, *, cents=48000, method="ideal", hears=True, **more):
    """Buy a gift, or a course of a treatment, as the shop does."""
    course = {"treatment_id": treatment.pk, "session_cents": SESSION} if treatment else {}
    purchase = Purchase(
        kind=Voucher.Kind.COURSE if treatment else Voucher.Kind.GIFT,
        value_cents=cents,
        buyer_name="Anna Koper",
        buyer_email="anna@example.org",
        language="nl",
        valid_until=today(world) + 730 * DAY,
        **(course | more),
    )
    voucher = payments.order_voucher(
        purchase, paid_url="http://k.example/b/", back_url="http://k.example/", now=world.now()
    )
    payments.pay_page(voucher.pk, now=world.now())
    voucher.refresh_from_db()
    world.post(f"/control/checkout/{voucher.stripe_id}/pay", method=method)
    if hears:
        payments.check_sale(voucher, now=world.now())
        voucher.refresh_from_db()
    return voucher


def hold(world, treatment, *, days=7, **who):
    return a_hold(treatment, starts_at=workday(world.now(), days=days), now=world.now(), **who)


def agree(world, hold):
    said = Acceptance(text="zoals gelezen", version="1", address=None, device="")
    bookings.accept_terms(hold.pk, said, now=world.now())


def booked(world, treatment, voucher, **more):
    """A visit that a voucher pays for."""
    one = hold(world, treatment, **more)
    payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
    agree(world, one)
    payments.draw(one.pk, voucher.pk, on=today(world), now=world.now())
    one.refresh_from_db()
    return one


def left(voucher):
    voucher.refresh_from_db()
    return purse_of(voucher).left_cents


def end(world, appointment, *, late, by=By.CLIENT):
    """Cancel it, in time or an hour before, and let money follow."""
    if late:
        ahead = appointment.starts_at - HOUR - world.now()
        world.post("/control/clock", seconds=int(ahead.total_seconds()))
    bookings.cancel(appointment.pk, by=by, now=world.now())
    world.post("/control/clock", seconds=600)
    payments.settle_changed(clinic=Clinic.objects.get(), now=world.now())
    payments.make_calls(now=world.now())


def test_a_voucher_is_sold_once_and_stands_as_a_debt(world, treatment):
    voucher = buy(world)
    payments.check_sale(voucher, now=world.now())
    assert payments.ask_stripe(now=world.now() + HOUR) == 0

    assert (voucher.status, voucher.method, left(voucher)) == (Status.PAID, "ideal", 48000)
    assert balances() == {"stripe": 48000, "vouchers": -48000}
    (session,) = world.money("sessions")
    assert session["customer"] is None
    assert "kuur" not in json.dumps(session["metadata"])


def test_a_second_click_gets_the_same_page_and_paid_is_paid(world, treatment):
    voucher = buy(world, hears=False)
    first = voucher.url
    assert payments.pay_page(voucher.pk, now=world.now()) == first
    payments.check_sale(voucher, now=world.now())
    with pytest.raises(payments.AlreadyPaid):
        payments.pay_page(voucher.pk, now=world.now())


def test_an_answer_lost_after_the_work_sells_one_voucher(world, treatment):
    world.fault("lost_answer", path="/v1/checkout/sessions", times=3)
    purchase = Purchase(
        kind=Voucher.Kind.GIFT,
        value_cents=5000,
        buyer_name="Anna",
        buyer_email="anna@example.org",
        language="nl",
        valid_until=today(world),
    )
    told = {"paid_url": "http://k.example/b/", "back_url": "http://k.example/"}
    voucher = payments.order_voucher(purchase, **told, now=world.now())
    with pytest.raises(payments.PaymentsDown):
        payments.pay_page(voucher.pk, now=world.now())
    Voucher.objects.update(leased_until="2020-01-01T00:00Z")
    payments.ask_stripe(now=world.now())

    voucher.refresh_from_db()
    assert voucher.status == Status.OPEN
    assert len(world.money("sessions")) == 1


@pytest.mark.parametrize("told", ["by webhook", "by the sweeper", "by night"])
def test_a_buyer_who_does_not_come_back_has_her_voucher(world, treatment, told):
    voucher = buy(world, hears=False)
    if told == "by webhook":
        for event in world.money("events"):
            body = json.dumps(event).encode()
            seal = signed(world, body)
            payments.receive_stripe_event(body=body, signature=seal, now=world.now())
        payments.handle_stripe_events(now=world.now())
    elif told == "by the sweeper":
        payments.ask_stripe(now=world.now() + HOUR)
    else:
        payments.reconcile(today(world), zone=ZONE, now=world.now())

    assert left(voucher) == 48000
    payments.reconcile(today(world), zone=ZONE, now=world.now())
    assert not Difference.objects.exists()


def test_what_was_not_paid_is_worth_nothing(world, treatment):
    voucher = buy(world, hears=False)
    voucher.refresh_from_db()
    one = hold(world, treatment)
    with pytest.raises(payments.VoucherOver):
        payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
    assert left(voucher) == 0


def test_a_session_is_paid_from_a_course_and_asks_nothing_else(world, treatment):
    voucher = buy(world, treatment)
    one = booked(world, treatment, voucher)

    assert (one.status, one.price_cents, one.deposit_cents) == ("booked", SESSION, SESSION)
    assert (one.late_fee_cents, one.no_show_fee_cents) == (4500, SESSION)  # never above the price
    assert left(voucher) == 40000
    assert balances(one) == {"vouchers": SESSION, "deposits": -SESSION}
    assert len(world.money("charges")) == 1  # the voucher's own
    with pytest.raises(payments.AlreadyPaid):
        payments.draw(one.pk, voucher.pk, on=today(world), now=world.now())


def test_a_gift_pays_as_much_as_is_in_it(world, treatment):
    voucher = buy(world, cents=5000)
    one = booked(world, treatment, voucher)
    assert (one.price_cents, one.deposit_cents, left(voucher)) == (PRICE, 5000, 0)
    with pytest.raises(payments.VoucherEmpty):
        booked(world, treatment, voucher, days=10)


@pytest.mark.parametrize(
    ("case", "late", "by", "back", "fees"),
    [
        ("in time", False, By.CLIENT, SESSION, 0),
        ("late", True, By.CLIENT, SESSION - 4500, 4500),
        ("by the clinic", True, By.CLINIC, SESSION, 0),
    ],
)
def test_cancelled_it_comes_back_as_the_terms_say(world, treatment, case, late, by, back, fees):
    voucher = buy(world, treatment)
    one = booked(world, treatment, voucher)

    end(world, one, late=late, by=by)

    assert left(voucher) == 40000 + back, case
    assert balances() == {"stripe": 48000, "vouchers": -40000 - back} | (
        {"fees": -fees} if fees else {}
    )
    assert world.money("refunds") == []
    (refund,) = Refund.objects.all()
    assert (refund.status, refund.amount_cents) == ("on_voucher", back)
    assert standing_of(one.pk).refund_status == "given_back"
    (use,) = uses_of(voucher)
    assert (use.cents, use.returned_cents) == (SESSION, back)


def test_it_moves_along_with_its_appointment(world, treatment):
    voucher = buy(world, treatment)
    one = booked(world, treatment, voucher)
    later = workday(world.now(), days=9)
    search = a_search(treatment, now=world.now(), ignoring=one.pk)
    bookings.reschedule(one.pk, search, starts_at=later, reason="")

    one.refresh_from_db()
    assert (one.starts_at, one.status, one.price_cents) == (later, "booked", SESSION)
    assert left(voucher) == 40000
    end(world, one, late=False)
    assert left(voucher) == 48000


def test_a_visit_that_was_given_is_earned_with_its_vat(world, treatment):
    voucher = buy(world, treatment)
    one = booked(world, treatment, voucher)
    Appointment.objects.update(status="completed", completed_at=world.now())
    payments.post(one.pk, now=world.now())
    assert balances(one) == {"vouchers": SESSION, "visits": -6612, "vat": -1388}


@pytest.mark.parametrize(
    ("case", "change", "refusal"),
    [
        ("its last day has passed", {"valid_until": date(2026, 1, 1)}, payments.VoucherOver),
        ("given back in the dashboard", {"given_back_cents": 48000}, payments.VoucherEmpty),
    ],
)
def test_what_cannot_be_used_is_refused(world, treatment, case, change, refusal):
    voucher = buy(world)
    Voucher.objects.update(**change)
    voucher.refresh_from_db()
    one = hold(world, treatment)
    with pytest.raises(refusal):
        payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
    one.refresh_from_db()
    assert (one.deposit_cents, one.by_voucher) == (2500, False)


def test_a_course_is_for_its_own_treatment(world, treatment):
    voucher = buy(world, TreatmentFactory())
    one = hold(world, treatment)
    with pytest.raises(payments.VoucherForAnother):
        payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())


def test_without_the_voucher_it_costs_what_it_did(world, treatment):
    voucher = buy(world, treatment)
    one = hold(world, treatment)
    payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
    agree(world, one)

    bookings.ask_as_usual(one.pk, now=world.now())

    one.refresh_from_db()
    assert (one.price_cents, one.deposit_cents, one.by_voucher) == (PRICE, 2500, False)
    assert one.terms_accepted_at is None  # that was about something else
    assert left(voucher) == 48000


def test_a_voucher_given_back_by_hand_is_worth_less(world, treatment):
    voucher = buy(world, method="card")
    _client().v1.refunds.create({"payment_intent": voucher.intent_id, "amount": 8000})
    payments.reconcile(today(world), zone=ZONE, now=world.now())

    assert left(voucher) == 40000
    assert balances() == {"stripe": 40000, "vouchers": -40000}
    assert not Difference.objects.exists()


def test_what_a_bank_has_taken_is_not_in_it_until_it_was_won(world, treatment):
    voucher = buy(world, method="card")
    (charge,) = world.money("charges")
    dispute = world.post("/control/dispute", charge=charge["id"])["dispute"]
    hear(world)

    assert left(voucher) == 0
    assert balances() == {}
    one = hold(world, treatment)
    with pytest.raises(payments.VoucherEmpty):
        payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
    payments.reconcile(today(world), zone=ZONE, now=world.now())
    assert not Difference.objects.exists()

    world.post("/control/dispute", dispute=dispute["id"], status="won")
    hear(world)

    assert left(voucher) == 48000
    assert balances() == {"stripe": 48000, "vouchers": -48000}


def hear(world):
    for event in world.money("events"):
        body = json.dumps(event).encode()
        payments.receive_stripe_event(body=body, signature=signed(world, body), now=world.now())
    payments.handle_stripe_events(now=world.now())


def test_a_bank_that_asks_a_voucher_back_is_a_task_until_it_has_decided(world, treatment):
    buy(world, method="card")
    (charge,) = world.money("charges")
    dispute = world.post("/control/dispute", charge=charge["id"])["dispute"]
    hear(world)
    (task,) = vouchers_in_trouble(8)
    assert task.is_asked_back
    assert task.voucher.answer_by > world.now()

    world.post("/control/dispute", dispute=dispute["id"], status="lost")
    hear(world)

    assert vouchers_in_trouble(8) == []  # nothing was used of it


def test_what_was_given_back_after_it_was_used_is_a_task_until_somebody_saw_to_it(
    world, treatment, django_assert_num_queries
):
    for number in range(3):
        voucher = buy(world, method="card")
        booked(world, treatment, voucher, days=7 + 7 * number, client=ClientFactory())
        _client().v1.refunds.create({"payment_intent": voucher.intent_id, "amount": 44000})
    assert vouchers_in_trouble(8) == []
    payments.reconcile(today(world), zone=ZONE, now=world.now())

    with django_assert_num_queries(3):
        found = vouchers_in_trouble(8)
    assert [one.short_cents for one in found] == [PRICE - 4000] * 3
    for one in found[1:]:
        payments.see_to_voucher(one.voucher.pk, now=world.now())
    with django_assert_num_queries(3):
        assert len(vouchers_in_trouble(8)) == 1


def test_what_comes_back_after_its_last_day_can_still_be_used(world, treatment):
    voucher = buy(world)
    one = booked(world, treatment, voucher)
    Voucher.objects.update(valid_until=today(world))
    world.post("/control/clock", seconds=3 * 86400)

    end(world, one, late=False)

    voucher.refresh_from_db()
    assert voucher.valid_until == today(world) + 90 * DAY
    assert booked(world, treatment, voucher, days=20).status == "booked"


def test_a_deposit_that_was_asked_and_not_paid_is_let_go(world, treatment):
    """Stripe was down when she went to pay: she takes her voucher instead."""
    voucher, one = buy(world), hold(world, treatment)
    payments.deposit_of(one.pk, now=world.now())

    payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
    agree(world, one)
    payments.draw(one.pk, voucher.pk, on=today(world), now=world.now())

    states = list(Payment.objects.order_by("pk").values_list("status", "voucher"))
    assert states == [("void", None), ("paid", voucher.pk)]


def in_one_go(world, hold, voucher, shown):
    said = Acceptance(text="voorgelezen", version="1", address=None, device="")
    on, now = today(world), world.now()
    return payments.pay_by_voucher(hold.pk, voucher, shown, said, on=on, now=now)


def test_paid_agreed_and_booked_in_one_go(world, treatment):
    voucher, one = buy(world, treatment), hold(world, treatment)
    cover = payments.cover_of_hold(voucher, one, on=today(world), now=world.now())
    assert cover == payments.Cover(cents=SESSION, price_cents=SESSION)

    in_one_go(world, one, voucher, cover)

    one.refresh_from_db()
    assert (one.status, one.terms_text, left(voucher)) == ("booked", "voorgelezen", 40000)


def test_what_it_pays_is_what_was_shown_or_nothing_changes(world, treatment):
    voucher, one = buy(world, cents=9000), hold(world, treatment)
    shown = payments.cover_of_hold(voucher, one, on=today(world), now=world.now())
    Voucher.objects.filter(pk=voucher.pk).update(given_back_cents=1000)
    voucher.refresh_from_db()

    with pytest.raises(payments.VoucherChanged):
        in_one_go(world, one, voucher, shown)

    one.refresh_from_db()
    assert (one.status, one.deposit_cents, one.by_voucher) == ("held", 2500, False)
    assert one.terms_text == "zoals gelezen"
    assert left(voucher) == 8000


def test_a_pay_link_asks_the_usual_deposit_whatever_voucher_was_in_hand(world, treatment):
    voucher, one = buy(world, treatment), hold(world, treatment)
    payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())

    asked = payments.ask_deposit(one.pk, user=UserFactory(), now=world.now())

    one.refresh_from_db()
    assert (asked.amount_cents, one.deposit_cents, one.by_voucher) == (2500, 2500, False)


def test_its_receipt_names_the_buyer(world, treatment):
    buy(world)
    payments.number_receipts(clinic=Clinic.objects.get(), zone=ZONE, now=world.now())
    (receipt,) = Receipt.objects.all()
    assert (receipt.entry.kind, receipt.said["client"]) == ("voucher_sold", "Anna Koper")


@pytest.mark.usefixtures("committed")
def test_the_last_of_it_is_drawn_once(world):
    general_rate()
    treatment = a_clinic(practitioners=4, rooms=4, deposit_cents=2500)
    voucher = buy(world, treatment, cents=SESSION)
    holds = [hold(world, treatment, days=7, client=ClientFactory()) for _ in range(4)]
    for one in holds:
        payments.choose_voucher(one.pk, voucher, on=today(world), now=world.now())
        agree(world, one)
    on, now = today(world), world.now()

    def drawing(one):
        return lambda: payments.draw(one.pk, voucher.pk, on=on, now=now)

    answers = at_once([drawing(one) for one in holds])

    assert kinds(answers) == {"Payment": 1, "VoucherEmpty": 3}
    assert left(voucher) == 0
    assert Payment.objects.filter(voucher=voucher).count() == 1
    assert Appointment.objects.filter(status="booked").count() == 1
