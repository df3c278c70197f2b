"""What an answer from Stripe means for us: each in one transaction, any number of times."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By
from payments.models import Attempt, Payment, Refund, StripeCustomer, Voucher
from payments.operations.posting import post
from payments.stripe_gateway import Card, Intent, RefundState, Session

Kind = AppointmentEvent.Kind
PENDING = ("pending", "requires_action")
RETURNED_LASTS = timedelta(days=90)


def _locked(attempt_id: int) -> Attempt:
    """Lock appointment, payment and attempt, in that order."""
    ids = Attempt.objects.values_list("payment_id", "payment__appointment_id").get(pk=attempt_id)
    payment_id, appointment_id = ids
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    payment.appointment = appointment
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    attempt.payment = payment
    return attempt


@transaction.atomic
def apply_session(attempt_id: int, session: Session, *, now: datetime) -> None:
    """Act on a payment page as Stripe says it is now."""
    attempt = _locked(attempt_id)
    # Money counts even when its row was closed before: it books, or it goes back.
    closed = attempt.status not in Attempt.UNSETTLED
    if attempt.status == Attempt.Status.SUCCEEDED or (closed and not session.is_paid):
        return
    if session.is_paid:
        wrong = session.amount_cents != attempt.payment.amount_cents or session.currency != "eur"
        if wrong:
            # Never book on another amount than was asked: the desk looks at it.
            _finish(attempt, Attempt.Status.FAILED, error="paid another amount than was asked")
            bookings.record(
                attempt.payment.appointment,
                Kind.PAYMENT_WRONG,
                at=now,
                by=By.SYSTEM,
                amount_cents=session.amount_cents,
            )
            return
        attempt.intent_id = session.intent_id
        _finish(attempt, Attempt.Status.SUCCEEDED)
        if session.saved_card:
            _keep_card(attempt, session.saved_card, now=now)
        _received(attempt.payment, intent_id=session.intent_id, method=session.method, now=now)
        post(attempt.payment.appointment_id, now=now)
    elif session.status == "expired":
        _finish(attempt, Attempt.Status.EXPIRED)
    elif session.session_id != attempt.stripe_id:
        attempt.stripe_id, attempt.url = session.session_id, session.url
        attempt.status = Attempt.Status.OPEN
        attempt.leased_until = None
        attempt.check_at = now
        attempt.save(update_fields=["stripe_id", "url", "status", "leased_until", "check_at"])


@transaction.atomic
def apply_intent(attempt_id: int, intent: Intent, *, now: datetime) -> None:
    """Act on a charge of a saved card as Stripe says it is now."""
    attempt = _locked(attempt_id)
    closed = attempt.status not in Attempt.UNSETTLED
    is_paid = intent.status == "succeeded"
    if attempt.status == Attempt.Status.SUCCEEDED or (closed and not is_paid):
        return
    attempt.intent_id = attempt.stripe_id = intent.intent_id
    if intent.status == "succeeded":
        _finish(attempt, Attempt.Status.SUCCEEDED)
        _received(attempt.payment, intent_id=intent.intent_id, method="card", now=now)
        post(attempt.payment.appointment_id, now=now)
    elif intent.status != "processing":
        _finish(attempt, Attempt.Status.FAILED, error=intent.error_code or intent.status)
        ask_by_link(attempt.payment, now=now)


@transaction.atomic
def apply_decline(attempt_id: int, *, code: str, intent_id: str, now: datetime) -> None:
    """The bank said no: ask by pay link instead."""
    attempt = _locked(attempt_id)
    if attempt.status not in Attempt.UNSETTLED:
        return
    attempt.intent_id = attempt.stripe_id = intent_id
    _finish(attempt, Attempt.Status.FAILED, error=code)
    ask_by_link(attempt.payment, now=now)


def fail_attempt(attempt: Attempt, *, error: str) -> None:
    """Note that Stripe will not do this; a new attempt may be made."""
    _finish(attempt, Attempt.Status.FAILED, error=error)


def ask_by_link(payment: Payment, *, now: datetime) -> None:
    """Have the client sent our own pay link for this debt, once."""
    if payment.status != Payment.Status.OPEN or payment.asked_at is not None:
        return
    payment.asked_at, payment.asked_times = now, 1
    payment.save(update_fields=["asked_at", "asked_times"])
    bookings.record(
        payment.appointment, Kind.PAYMENT_ASKED, at=now, by=By.SYSTEM, payment=payment.pk
    )


def _finish(attempt: Attempt, status: Attempt.Status, *, error: str = "") -> None:
    attempt.status, attempt.error, attempt.leased_until = status, error[:200], None
    attempt.save(update_fields=["status", "error", "leased_until", "stripe_id", "intent_id"])


def _keep_card(attempt: Attempt, card: Card, *, now: datetime) -> None:
    """Keep the card with the customer who paid, whoever the appointment is for by now."""
    StripeCustomer.objects.filter(customer_id=attempt.request["customer"]).update(
        card_id=card.card_id,
        card_brand=card.brand,
        card_last4=card.last4,
        card_saved_at=now,
        card_removed_at=None,
    )


def _received(payment: Payment, *, intent_id: str, method: str, now: datetime) -> None:
    """Money has come in for this debt: once, late, or one time too many."""
    if payment.status != Payment.Status.OPEN:
        # Paid twice, or waived while she was paying: it goes straight back.
        add_refund(
            payment,
            payment.amount_cents,
            purpose=f"double:{intent_id}",
            intent_id=intent_id,
            now=now,
        )
        return
    payment.status, payment.paid_at = Payment.Status.PAID, now
    payment.intent_id, payment.method = intent_id, method
    payment.save(update_fields=["status", "paid_at", "intent_id", "method"])
    if payment.kind == Payment.Kind.FEE:
        bookings.record(
            payment.appointment,
            Kind.FEE_PAID,
            at=now,
            by=By.SYSTEM,
            amount_cents=payment.amount_cents,
        )
        return
    bookings.record(
        payment.appointment,
        Kind.DEPOSIT_PAID,
        at=now,
        by=By.CLIENT,
        amount_cents=payment.amount_cents,
    )
    _book_or_refund(payment, now=now)


def _book_or_refund(deposit: Payment, *, now: datetime) -> None:
    try:
        bookings.book_paid(deposit.appointment_id, now=now)
    except bookings.AlreadyBooked:
        pass
    except (bookings.HoldLapsed, bookings.DetailsMissing):
        # The money came too late. Left to raise, this would roll everything back
        # and Stripe would deliver the message again for days.
        add_refund(deposit, deposit.amount_cents, purpose="late", intent_id="", now=now)


def add_refund(
    payment: Payment, amount_cents: int, *, purpose: str, intent_id: str, now: datetime
) -> None:
    """Write down that money goes back; the call is made later. A repeat changes nothing."""
    _, is_new = Refund.objects.get_or_create(
        payment=payment,
        purpose=purpose,
        defaults={
            "amount_cents": amount_cents,
            "intent_id": intent_id or payment.intent_id,
            "key": f"refund:{payment.reference}:{purpose}",
            "created_at": now,
            # What came from a voucher is there again at once; nobody is to be called for it.
            **({"status": Refund.Status.ON_VOUCHER, "given_at": now} if payment.voucher_id else {}),
        },
    )
    if is_new and payment.voucher_id:
        # What comes back can be used for a while, also when the voucher's time was nearly over.
        day = now.astimezone(ZoneInfo(settings.CLINIC_TIME_ZONE)).date() + RETURNED_LASTS
        Voucher.objects.filter(pk=payment.voucher_id, valid_until__lt=day).update(valid_until=day)
    if is_new:
        bookings.record(
            payment.appointment,
            Kind.REFUND_STARTED,
            at=now,
            by=By.SYSTEM,
            amount_cents=amount_cents,
        )


@transaction.atomic
def apply_refund(refund_id: int, state: RefundState, *, now: datetime) -> None:
    """Act on a refund as Stripe says it is now; once it succeeded it stays so."""
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    fails_later = refund.status == Refund.Status.SUCCEEDED and state.status == "failed"
    ended = (*Refund.GIVEN, Refund.Status.FAILED, Refund.Status.VOID)
    if refund.status in ended and not fails_later:
        return
    refund.stripe_id = state.refund_id
    refund.leased_until = None
    if state.status == "succeeded":
        refund.status, refund.given_at = Refund.Status.SUCCEEDED, now
    elif state.status in PENDING:
        refund.status = Refund.Status.PENDING
    else:
        _fail(refund, error=state.status, now=now)
    refund.save(update_fields=["stripe_id", "status", "given_at", "error", "leased_until"])
    post(refund.payment.appointment_id, now=now)


@transaction.atomic
def apply_foreign_refund(state: RefundState, *, now: datetime) -> None:
    """Book a refund that somebody made in Stripe's dashboard, of a payment of ours.

    It counts as the one that we were about to make, or could not, when that is of as much.
    """
    payment = Payment.objects.filter(intent_id=state.intent_id, paid_at__isnull=False).first()
    if not state.intent_id or payment is None:
        return  # none of ours
    # Whoever else hears of it now finds it booked.
    Appointment.objects.select_for_update(no_key=True).get(pk=payment.appointment_id)
    known = payment.refunds.filter(stripe_id=state.refund_id)
    unmade = payment.refunds.select_for_update().filter(
        status=Refund.Status.NEW, intent_id=state.intent_id, amount_cents=state.amount_cents
    )
    mine = known.first() or unmade.first() or _foreign(payment, state, now=now)
    apply_refund(mine.pk, state, now=now)


def _foreign(payment: Payment, state: RefundState, *, now: datetime) -> Refund:
    """Write down a refund that we did not think of.

    What else was about to go back was reckoned without it: the next settling does that anew.
    """
    waiting = payment.refunds.filter(status=Refund.Status.NEW, purpose__startswith="settle:")
    waiting.update(status=Refund.Status.VOID)
    purpose = f"dashboard:{state.refund_id}"[:40]
    add_refund(payment, state.amount_cents, purpose=purpose, intent_id=state.intent_id, now=now)
    refund = payment.refunds.get(purpose=purpose)
    # It has been made: nobody is to make it again.
    refund.status, refund.stripe_id, refund.to_see = Refund.Status.PENDING, state.refund_id, True
    refund.save(update_fields=["status", "stripe_id", "to_see"])
    return refund


@transaction.atomic
def fail_refund(refund_id: int, *, error: str, now: datetime) -> None:
    """Note that Stripe will not give this back: the desk must do it by bank."""
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    _fail(refund, error=error, now=now)
    refund.leased_until = None
    refund.save(update_fields=["status", "error", "leased_until"])
    post(refund.payment.appointment_id, now=now)


def _fail(refund: Refund, *, error: str, now: datetime) -> None:
    refund.status, refund.error = Refund.Status.FAILED, error[:200]
    bookings.record(
        refund.payment.appointment,
        Kind.REFUND_FAILED,
        at=now,
        by=By.SYSTEM,
        amount_cents=refund.amount_cents,
    )
