"""One appointment at the desk, and what can be done with it."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic
from payments import operations as payments
from payments.models import Dispute, Payment, Refund, Waiver
from payments.operations.outcomes import apply_foreign_refund, fail_refund
from payments.stripe_gateway import RefundState
from tests.clinic.desk.presses import DAY, HOUR, cancel, press, status_of
from tests.factories import (
    START,
    ClientFactory,
    TreatmentFactory,
    a_search,
    an_appointment,
)
from tests.payments.books import paid_deposit
from tests.when import at

Status = Appointment.Status


def test_the_card_tells_everything(desk, treatment):
    one = an_appointment(treatment)

    page = desk.get(f"/desk/afspraak/{one.pk}/").content.decode()
    inside = desk.get(f"/desk/afspraak/{one.pk}/", headers={"X-Dialog": "1"}).content.decode()

    assert "<html" in page
    assert "<html" not in inside
    for words in ("Acne treatment", "zoals gelezen", f"tel:{one.client.phone.as_e164}", "€95.00"):
        assert words in page
        assert words in inside


def test_every_treatment_of_the_visit_is_on_the_card_and_the_list(desk, treatment):
    mask = TreatmentFactory(name_en="Mask")
    mask.practitioners.set(treatment.practitioners.all())
    search = a_search(treatment, by=By.CLINIC, extras=(mask,))
    one = bookings.hold(search, starts_at=START, client=ClientFactory())

    for address in (f"/desk/afspraak/{one.pk}/", f"/desk/lijst/{DAY}/"):
        assert "Acne treatment + Mask" in desk.get(address).content.decode()


def test_arriving_and_thinking_again(desk, treatment):
    one = an_appointment(treatment)

    answer = press(desk, one, "aanwezig", next=f"/desk/agenda/{DAY}/")

    assert (answer.status_code, answer["Location"]) == (302, f"/desk/agenda/{DAY}/")
    assert status_of(one) == Status.ARRIVED
    agenda = desk.get(f"/desk/agenda/{DAY}/").content.decode()
    assert f'action="/desk/afspraak/{one.pk}/niet-aanwezig/"' in agenda
    press(desk, one, "niet-aanwezig")
    assert status_of(one) == Status.BOOKED


def test_the_last_thing_done_is_said_once(desk, treatment):
    press(desk, an_appointment(treatment), "aanwezig")

    says = [b"is here" in desk.get(f"/desk/lijst/{DAY}/").content for _ in range(2)]

    assert says == [True, False]


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("not begun", "no-show"),
        ("not here", "klaar"),
        ("not here, undone", "niet-aanwezig"),
        ("no no-show", "toch-gekomen"),
        ("not cancelled", "toch-niet-annuleren"),
    ],
)
def test_what_cannot_be_done_changes_nothing(desk, treatment, case, name):
    one = an_appointment(treatment)
    before = one.events.count()

    answer = press(desk, one, name)

    assert answer.status_code == 409
    assert b"Nothing was changed" in answer.content
    assert (status_of(one), one.events.count()) == (Status.BOOKED, before)


def test_a_way_back_to_elsewhere_is_not_taken(desk, treatment):
    one = an_appointment(treatment)
    for elsewhere in ("https://elsewhere.example/desk/", "//elsewhere.example/desk/", "/admin/"):
        answer = press(desk, one, "bevestigd", next=elsewhere)
        assert answer["Location"] == "/desk/"


def test_a_no_show_is_undone_while_it_rests(desk, clock, treatment):
    one = an_appointment(treatment)
    clock(START + HOUR)
    press(desk, one, "no-show")
    assert Appointment.objects.get(pk=one.pk).fee_cents == 9500

    clock(START + timedelta(hours=26))
    assert press(desk, one, "toch-gekomen").status_code == 409
    clock(START + timedelta(hours=24))
    press(desk, one, "toch-gekomen")

    assert status_of(one) == Status.BOOKED


@pytest.mark.parametrize(("by", "fee"), [("clinic", 0), ("client", 4500)])
def test_who_cancels_decides_what_it_costs(desk, treatment, by, fee):
    one = an_appointment(treatment)
    assert "€45.00" in desk.get(f"/desk/afspraak/{one.pk}/").content.decode()

    assert cancel(desk, one, by=by, quoted=4500, reason="griep").status_code == 302

    one.refresh_from_db()
    assert (one.status, one.fee_cents, one.cancel_reason) == (Status.CANCELLED, fee, "griep")


@pytest.mark.parametrize(
    ("case", "fields", "code"),
    [
        ("nobody chosen", {"quoted": 4500}, 400),
        ("somebody unknown", {"by": "system", "quoted": 4500}, 400),
        ("another price than shown", {"by": "client", "quoted": 0}, 409),
        ("no price", {"by": "client"}, 400),
    ],
)
def test_cancelling_is_refused(desk, treatment, case, fields, code):
    one = an_appointment(treatment)

    assert cancel(desk, one, **fields).status_code == code

    assert status_of(one) == Status.BOOKED


def test_cancelling_is_undone_within_three_minutes(desk, clock, treatment):
    one = an_appointment(treatment)
    cancel(desk, one, by="clinic", quoted=0)
    clock(START - HOUR + timedelta(minutes=2))
    press(desk, one, "toch-niet-annuleren")
    assert status_of(one) == Status.BOOKED

    cancel(desk, one, by="clinic", quoted=0)
    clock(START - HOUR + timedelta(minutes=6))
    assert press(desk, one, "toch-niet-annuleren").status_code == 409
    assert status_of(one) == Status.CANCELLED


def test_a_fee_is_waived_with_a_reason(desk, treatment):
    one = an_appointment(treatment)
    address = f"/desk/afspraak/{one.pk}/kwijtschelden/"
    assert desk.post(address, {"reason": "aardig"}).status_code == 409
    cancel(desk, one, by="client", quoted=4500)

    assert desk.post(address, {"reason": " "}).status_code == 400
    assert not Waiver.objects.exists()
    assert desk.post(address, {"reason": "Ziekenhuis"}).status_code == 302

    waiver = Waiver.objects.get()
    assert (waiver.appointment_id, waiver.reason) == (one.pk, "Ziekenhuis")


def test_a_fee_is_lowered_with_a_reason(desk, treatment):
    one = an_appointment(treatment)
    address = f"/desk/afspraak/{one.pk}/kwijtschelden/"
    cancel(desk, one, by="client", quoted=4500)
    for wrong in ("-1", "veel", "12,345"):
        answer = desk.post(address, {"reason": "File", "still_asked": wrong})
        assert answer.status_code == 400
    assert desk.post(address, {"reason": "File", "still_asked": "45.00"}).status_code == 409
    assert not Waiver.objects.exists()

    assert desk.post(address, {"reason": "File", "still_asked": "12.50"}).status_code == 302

    waiver = Waiver.objects.get()
    assert (waiver.reason, waiver.fee_cents) == ("File", 1250)
    page = desk.get(f"/desk/afspraak/{one.pk}/").content.decode()
    assert "€12.50 is still asked." in page
    assert "Waive or lower the fee of €12.50" in page


def test_a_failed_refund_is_a_task_until_it_was_given_by_bank(desk, treatment):
    one = paid_deposit(an_appointment(treatment))
    cancel(desk, one, by="clinic", quoted=0)
    payments.settle_changed(clinic=Clinic.objects.get(), now=START)
    fail_refund(Refund.objects.get().pk, error="account closed", now=START)
    address = f"/desk/afspraak/{one.pk}/"
    assert "Given back by bank" in desk.get(address).content.decode()
    assert "Refund of €25.00 failed." in desk.get(f"/desk/agenda/{DAY}/").content.decode()

    assert press(desk, one, "per-bank").status_code == 302
    assert press(desk, one, "per-bank").status_code == 409

    assert "Given back by bank" not in desk.get(address).content.decode()
    assert Refund.objects.get().status == "by_bank"
    assert press(desk, one, "niet-per-bank").status_code == 302
    assert Refund.objects.get().status == "failed"


def test_a_refund_made_in_stripes_dashboard_is_a_task_until_somebody_saw_it(desk, treatment):
    one = paid_deposit(an_appointment(treatment))
    payment = one.payments.get()
    Payment.objects.filter(pk=payment.pk).update(intent_id="pi_1")
    state = RefundState("re_1", "succeeded", 1000, refund_key="", intent_id="pi_1")
    apply_foreign_refund(state, now=START)
    address = f"/desk/afspraak/{one.pk}/"
    assert "This refund was meant so" in desk.get(address).content.decode()
    agenda = desk.get(f"/desk/agenda/{DAY}/").content.decode()
    assert "€10.00 was given back in Stripe" in agenda

    assert press(desk, one, "teruggave-gezien").status_code == 302
    assert press(desk, one, "teruggave-gezien").status_code == 409

    assert "This refund was meant so" not in desk.get(address).content.decode()
    assert "given back in Stripe" not in desk.get(f"/desk/agenda/{DAY}/").content.decode()
    assert Refund.objects.get().status == "succeeded"


def test_a_dispute_is_a_task_until_it_was_answered(desk, treatment):
    one = paid_deposit(an_appointment(treatment))
    cancel(desk, one, by="clinic", quoted=0)
    payments.settle_changed(clinic=Clinic.objects.get(), now=START)
    fail_refund(Refund.objects.get().pk, error="charge_disputed", now=START)
    told = {"reason": "general", "amount_cents": 2500, "taken_cents": 2500}
    dispute = Dispute.objects.create(
        payment=one.payments.get(),
        stripe_id="du_1",
        status="asked",
        opened_at=START,
        answer_by=START + 168 * HOUR,
        **told,
    )
    agenda, card = f"/desk/agenda/{DAY}/", f"/desk/afspraak/{one.pk}/"

    page = desk.get(agenda).content.decode()

    assert "asks €25.00 back. Answer in Stripe before Wed 18 Mar" in page
    assert "Refund of €25.00 failed." not in page  # the bank may still give it
    assert f"/desk/afspraak/{one.pk}/kosten.pdf" in desk.get(card).content.decode()
    assert "waits for our answer" in desk.get(card).content.decode()
    dispute.status, dispute.closed_at = "lost", START
    dispute.save()
    assert "asks €25.00 back" not in desk.get(agenda).content.decode()
    assert "decided for the client" in desk.get(card).content.decode()


def test_the_desk_reads_how_the_costs_add_up(desk, treatment):
    one = paid_deposit(an_appointment(treatment))
    cancel(desk, one, by="client", quoted=4500)
    address = f"/desk/afspraak/{one.pk}/kosten/"
    assert address in desk.get(f"/desk/afspraak/{one.pk}/").content.decode()

    page = desk.get(address).content.decode()

    assert "zoals gelezen" in page
    assert "Asked besides" in page


def move(desk, one, **fields):
    return desk.post(f"/desk/afspraak/{one.pk}/verplaatsen/", {"do": "move", "day": DAY, **fields})


def test_moving_keeps_the_appointment_and_offers_the_way_back(desk, treatment):
    one = an_appointment(treatment)
    later = START + 3 * HOUR
    offered = desk.get(f"/desk/afspraak/{one.pk}/verplaatsen/").content.decode()
    assert later.isoformat() in offered

    assert move(desk, one, starts_at=later.isoformat(), reason="file").status_code == 302

    one.refresh_from_db()
    assert (one.starts_at, one.status, one.moves) == (later, Status.BOOKED, 1)
    assert one.events.get(kind="moved").facts["reason"] == "file"
    assert START.isoformat() in desk.get(f"/desk/agenda/{DAY}/").content.decode()


@pytest.mark.parametrize(
    ("case", "starts_at", "code"),
    [
        ("no time", "", 400),
        ("no time at all", "morgen", 400),
        ("a time without a zone", "2026-03-11T13:00", 400),
        ("taken", "2026-03-11T14:00+01:00", 409),
        ("off the grid", "2026-03-11T13:07+01:00", 409),
        ("in the past", "2026-03-10T13:00+01:00", 409),
    ],
)
def test_moving_is_refused(desk, treatment, case, starts_at, code):
    an_appointment(treatment, starts_at=at("2026-03-11 14:00"))
    one = an_appointment(treatment)

    assert move(desk, one, starts_at=starts_at, reason="ziek").status_code == code

    one.refresh_from_db()
    assert (one.starts_at, one.moves) == (START, 0)
