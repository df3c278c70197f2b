"""How made-up appointments end: done, missed or cancelled, with the money that follows."""

from datetime import datetime, timedelta
from random import Random

from bookings.models import Appointment, By
from bookings.terms import cancellation_fee, quote
from clinic.demo.behaviour import Course, Fate
from clinic.demo.draws import draws
from clinic.demo.rows import Kind, Story, demo_intent
from payments.models import Payment, Refund, Waiver

Status = Appointment.Status
CANCELLED_BY_CLINIC, WAIVED, FOLLOWS_LINK, CARD_WORKS = 0.12, 0.09, 0.7, 0.9
OPEN_FOR = timedelta(days=75)  # by then every fee is paid or written off
MISSED_AFTER = timedelta(minutes=45)
COMES_LATE = 0.04
# The portal's codes; not everybody says why.
HER_REASONS = {
    "": 40,
    "ill": 16,
    "busy": 15,
    "other_time": 14,
    "doubt": 6,
    "cost": 4,
    "other": 5,
}
OUR_REASONS = ("Behandelaar ziek", "Apparaat in onderhoud")
WAIVERS = ("Ziek, telefonisch besproken", "Eerste keer, uit coulance", "Sterfgeval in de familie")


def end(appointment: Appointment, deposit: Payment | None, goes: Course, story: Story) -> None:
    """Let an appointment end as it goes, as far as that has happened by now."""
    if goes.cancelled_at is not None:
        _cancel(appointment, deposit, goes.cancelled_at, story)
    elif goes.fate is not Fate.MISSES:
        _come(appointment, story)
    elif appointment.starts_at + MISSED_AFTER <= story.now:
        _miss(appointment, deposit, story)


def _come(appointment: Appointment, story: Story) -> None:
    # Dice of her own: whoever is here at one start must leave at the same time at the next.
    draw = draws("comes", appointment.starts_at.timestamp(), appointment.practitioner_id)
    delay = _delay(draw)
    arrived_at = appointment.arrived_at or appointment.starts_at + delay
    in_time = appointment.ends_at + timedelta(minutes=draw.randrange(-3, 12))
    # Who came late gets less, but not nothing.
    least = (appointment.ends_at - appointment.starts_at) * 0.7
    completed_at = max(in_time, arrived_at + least)
    if appointment.status == Status.BOOKED and arrived_at <= story.now:
        appointment.status, appointment.arrived_at = Status.ARRIVED, arrived_at
        story.tell(appointment, Kind.ARRIVED, at=arrived_at, by=By.CLINIC)
    if appointment.status == Status.ARRIVED and completed_at <= story.now:
        appointment.status, appointment.completed_at = Status.COMPLETED, completed_at
        story.tell(appointment, Kind.COMPLETED, at=completed_at, by=By.CLINIC)


def _delay(draw: Random) -> timedelta:
    """Return how long after the start she arrives: a little before it, or for once well after."""
    late = draw.randint(16, 30)
    usual = min(draw.gauss(-5, 5), 14)
    return timedelta(minutes=late if draw.random() < COMES_LATE else usual)


def _miss(appointment: Appointment, deposit: Payment | None, story: Story) -> None:
    at = appointment.starts_at + timedelta(minutes=story.draw.randrange(16, 44))
    appointment.status, appointment.no_show_at = Status.NO_SHOW, at
    appointment.fee_cents = appointment.no_show_fee_cents
    event = story.tell(appointment, Kind.NO_SHOW, at=at, by=By.CLINIC)
    settled_at = at + story.given.clinic.no_show_rest
    if settled_at > story.now:
        story.rows.left_to_payments.append(event)  # it may still be undone
    else:
        _settle(appointment, deposit, settled_at, story)


def _cancel(appointment: Appointment, deposit: Payment | None, at: datetime, story: Story) -> None:
    by = By.CLINIC if story.chance(CANCELLED_BY_CLINIC) else By.CLIENT
    if by is By.CLIENT:
        appointment.fee_cents = cancellation_fee(
            appointment.terms, starts_at=appointment.starts_at, cancelled_at=at
        )
    appointment.status, appointment.cancelled_at = Status.CANCELLED, at
    appointment.cancelled_by = by
    appointment.cancel_reason = _reason(by, story)
    story.tell(appointment, Kind.CANCELLED, at=at, by=by, fee_cents=appointment.fee_cents)
    _settle(appointment, deposit, at + story.given.clinic.undo_time, story)


def _reason(by: By, story: Story) -> str:
    if by is By.CLINIC:
        return story.draw.choice(OUR_REASONS)
    return story.draw.choices(list(HER_REASONS), weights=list(HER_REASONS.values()))[0]


def _settle(appointment: Appointment, deposit: Payment | None, at: datetime, story: Story) -> None:
    """Add the refund and the fee that the terms call for, as `payments` would have."""
    fee_cents = appointment.fee_cents
    if fee_cents and story.chance(WAIVED):
        _waive(appointment, at, story.draw.choice(WAIVERS), story)
        fee_cents = 0
    due = quote(fee_cents, deposit_paid_cents=deposit.amount_cents if deposit else 0)
    if deposit and due.refund_cents:
        _refund(deposit, due.refund_cents, at, story)
    if due.charge_cents:
        _charge(appointment, deposit, due.charge_cents, at, story)


def _waive(appointment: Appointment, at: datetime, reason: str, story: Story) -> None:
    user = story.given.desk
    story.rows.waivers.append(Waiver(appointment=appointment, reason=reason, user=user, at=at))
    story.tell(appointment, Kind.FEE_WAIVED, at=at, by=By.CLINIC, reason=reason)


def _refund(payment: Payment, cents: int, at: datetime, story: Story) -> None:
    story.rows.refunds.append(
        Refund(
            payment=payment,
            amount_cents=cents,
            purpose="settle:1",
            intent_id=payment.intent_id,
            key=f"refund:{payment.token}:settle:1",
            status=Refund.Status.SUCCEEDED,
            stripe_id=f"re_demo_{payment.token}",
            created_at=at,
            given_at=at,
        )
    )
    story.tell(payment.appointment, Kind.REFUND_STARTED, at=at, by=By.SYSTEM, amount_cents=cents)


def _charge(
    appointment: Appointment,
    deposit: Payment | None,
    cents: int,
    at: datetime,
    story: Story,
) -> None:
    """Add the fee: from the saved card at once, or by a pay link that not everybody follows."""
    fee = Payment(appointment=appointment, kind=Payment.Kind.FEE, amount_cents=cents, created_at=at)
    story.rows.payments.append(fee)
    if deposit and deposit.method == "card" and story.chance(CARD_WORKS):
        _pay(fee, at + timedelta(seconds=8), "card", story)
        return
    again = min((story.now - at).days // story.given.clinic.fee_reminder_days, 2)
    fee.asked_times = 1 + again
    fee.asked_at = at + again * timedelta(days=story.given.clinic.fee_reminder_days)
    story.tell(appointment, Kind.PAYMENT_ASKED, at=at, by=By.SYSTEM)
    paid_at = at + timedelta(hours=story.draw.expovariate(1 / 30) + 0.5)
    if story.chance(FOLLOWS_LINK):
        if paid_at < story.now:
            _pay(fee, paid_at, "ideal", story)
    elif at + OPEN_FOR < story.now:
        _end_debt(fee, deposit, at + OPEN_FOR, story)


def _end_debt(fee: Payment, deposit: Payment | None, at: datetime, story: Story) -> None:
    """Have an old debt paid after all, or written off where no deposit was kept for it."""
    if deposit:
        _pay(fee, at, "ideal", story)
        return
    fee.status = Payment.Status.VOID
    _waive(fee.appointment, at, "Niet geïnd", story)


def _pay(fee: Payment, at: datetime, method: str, story: Story) -> None:
    fee.status, fee.paid_at, fee.method = Payment.Status.PAID, at, method
    fee.intent_id = demo_intent(fee)
    cents = fee.amount_cents
    story.tell(fee.appointment, Kind.FEE_PAID, at=at, by=By.SYSTEM, amount_cents=cents)
