"""Paying on Stripe's page: the deposit, or a fee by pay link."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By, Client, Clinic, User
from payments import stripe_gateway
from payments.models import Attempt, Payment, StripeCustomer
from payments.operations.leases import claim
from payments.operations.outcomes import apply_session, fail_attempt
from payments.requests import SESSION_LENGTH, checkout_request

# A hold outlives its payment page, so that no money can come for a time already let go.
AFTER_SESSION = timedelta(minutes=10)
FIRST_LOOK = timedelta(minutes=5)


class AlreadyPaid(Exception):
    """This debt was paid before."""


class NothingToPay(Exception):
    """This debt is no longer due, or its appointment's time is no longer kept."""


class PaymentsDown(Exception):
    """Stripe cannot be reached or does not take the request; nothing was lost."""


@dataclass(frozen=True, slots=True)
class ReturnTo:
    """Where Stripe's page sends the client: after paying, and when she goes back."""

    paid: str
    back: str


@transaction.atomic
def deposit_of(appointment_id: int, *, now: datetime) -> Payment:
    """Return the deposit's debt of an appointment, making it the first time.

    A hold moved to another treatment changes an open debt that no attempt was made for.
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    payment, _ = Payment.objects.exclude(status=Payment.Status.VOID).get_or_create(
        appointment=appointment,
        kind=Payment.Kind.DEPOSIT,
        defaults={"amount_cents": appointment.deposit_cents, "created_at": now},
    )
    if payment.status == Payment.Status.OPEN and payment.amount_cents != appointment.deposit_cents:
        payment.amount_cents = appointment.deposit_cents
        payment.save(update_fields=["amount_cents"])
    return payment


@transaction.atomic
def ask_deposit(appointment_id: int, *, user: User, now: datetime) -> Payment:
    """Have the client of a phone booking sent a link to pay her deposit; again if she lost it.

    :raises AlreadyPaid: if it was paid before
    :raises NothingToPay: if no deposit is asked, or the time is no longer kept
    """
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if appointment.status == Appointment.Status.BOOKED:
        raise AlreadyPaid
    if appointment.status != Appointment.Status.HELD:
        raise NothingToPay
    if appointment.by_voucher:  # she had one in hand, and calls to pay in the usual way
        bookings.ask_as_usual(appointment_id, now=now)
        appointment.refresh_from_db()
    if not appointment.deposit_cents:
        raise NothingToPay
    payment = deposit_of(appointment_id, now=now)
    payment.asked_at = now
    payment.save(update_fields=["asked_at"])
    bookings.record(
        payment.appointment,
        AppointmentEvent.Kind.PAYMENT_ASKED,
        at=now,
        by=By.CLINIC,
        user=user,
        payment=payment.pk,
    )
    return payment


def start_checkout(payment_id: int, return_to: ReturnTo, *, now: datetime) -> str:
    """Return the address of a payment page for this debt; a second click gets the same page.

    :raises AlreadyPaid: if it was paid before
    :raises NothingToPay: if it is no longer due, or the hold has lapsed
    :raises PaymentsDown: if Stripe does not answer; the same attempt goes on at the next click
    """
    customer_id = _customer_id(_client_of(payment_id), now=now)
    attempt = _open_attempt(payment_id, customer_id, return_to, now=now)
    if attempt.url:
        return attempt.url
    if not claim(attempt, was=(Attempt.Status.NEW, Attempt.Status.SENT)):
        raise PaymentsDown  # the other click is talking to Stripe at this very moment
    return open_page(attempt, now=now).url


def _client_of(payment_id: int) -> Client:
    payment = Payment.objects.select_related("appointment__client").get(pk=payment_id)
    if payment.appointment.client is None:
        raise NothingToPay
    return payment.appointment.client


def _customer_id(client: Client, *, now: datetime) -> str:
    customer, _ = StripeCustomer.objects.get_or_create(client=client)
    if customer.customer_id:
        return customer.customer_id
    try:
        customer.customer_id = stripe_gateway.add_customer(
            email=client.email,
            language=client.language,
            reference=str(client.pk),
            # With what is sent in the key: she may mend her address between two tries.
            key=f"customer:{customer.pk}:{_digest(client.email, client.language)}",
        )
    except (
        stripe_gateway.OutcomeUnknown,
        stripe_gateway.Unavailable,
        stripe_gateway.Refused,
    ) as error:
        raise PaymentsDown from error
    customer.save(update_fields=["customer_id"])
    return customer.customer_id


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


@transaction.atomic
def _open_attempt(
    payment_id: int, customer_id: str, return_to: ReturnTo, *, now: datetime
) -> Attempt:
    """Return the attempt to go on with, or write a new one with its exact request."""
    payment = _locked_debt(payment_id)
    last = payment.attempts.order_by("-number").first()
    if last and last.status in Attempt.UNSETTLED:
        if last.way != Attempt.Way.CHECKOUT:
            raise PaymentsDown  # the saved card is being charged at this very moment
        if last.expires_at and last.expires_at > now:
            return last
        raise PaymentsDown  # the old page must be settled first; the next tick does that
    appointment = payment.appointment
    if payment.kind == Payment.Kind.DEPOSIT:
        _keep_the_hold(appointment, now=now)
    number = last.number + 1 if last else 1
    key = f"{payment.kind}:{payment.reference}:{number}"
    expires_at = now + SESSION_LENGTH
    return Attempt.objects.create(
        payment=payment,
        number=number,
        way=Attempt.Way.CHECKOUT,
        key=key,
        created_at=now,
        expires_at=expires_at,
        request=checkout_request(
            key=key,
            customer_id=customer_id,
            reference=str(payment.reference),
            kind=payment.kind,
            amount_cents=payment.amount_cents,
            language=appointment.client.language if appointment.client else "nl",
            methods=settings.STRIPE_PAYMENT_METHODS,
            save_card=may_save_card(payment),
            expires_at=expires_at,
            success_url=return_to.paid,
            cancel_url=return_to.back,
        ),
    )


def _locked_debt(payment_id: int) -> Payment:
    """Lock appointment and payment, in that order.

    :raises AlreadyPaid: if it was paid before
    :raises NothingToPay: if it is no longer due
    """
    appointment_id = Payment.objects.values_list("appointment_id", flat=True).get(pk=payment_id)
    Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("appointment__client")
        .get(pk=payment_id)
    )
    if payment.status == Payment.Status.PAID:
        raise AlreadyPaid
    if payment.status == Payment.Status.VOID:
        raise NothingToPay
    return payment


def _keep_the_hold(appointment: Appointment, *, now: datetime) -> None:
    try:
        bookings.keep_for_payment(
            appointment.pk, until=now + SESSION_LENGTH + AFTER_SESSION, now=now
        )
    except bookings.NoMoreTime as error:
        raise NothingToPay from error


def may_save_card(payment: Payment) -> bool:
    """Keep the card only when the accepted terms could ask for more than the deposit."""
    agreed = payment.appointment.terms
    dearest = max(agreed.late_fee_cents, agreed.no_show_fee_cents)
    is_deposit = payment.kind == Payment.Kind.DEPOSIT and payment.voucher_id is None
    return is_deposit and dearest > payment.amount_cents


def open_page(attempt: Attempt, *, now: datetime) -> stripe_gateway.Session:
    """Send a claimed attempt's request, and record the page it opened.

    :raises PaymentsDown: if there is no page to send the client to
    """
    try:
        made = stripe_gateway.open_session(attempt.request, key=attempt.key)
    except stripe_gateway.Refused as error:
        fail_attempt(attempt, error=str(error))
        raise PaymentsDown from error
    except (stripe_gateway.OutcomeUnknown, stripe_gateway.Unavailable) as error:
        # Stays SENT: after its lease the same request is sent with the same key.
        raise PaymentsDown from error
    attempt.status = Attempt.Status.OPEN
    attempt.stripe_id, attempt.url = made.session_id, made.url
    attempt.check_at = attempt.created_at + FIRST_LOOK
    Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.SENT).update(
        status=attempt.status,
        stripe_id=attempt.stripe_id,
        url=attempt.url,
        check_at=attempt.check_at,
        leased_until=None,
    )
    return made


def leave_checkout(appointment_id: int, clinic: Clinic, *, now: datetime) -> None:
    """Close the payment page of a hold, so that another time may be chosen.

    :raises AlreadyPaid: if she had paid just before
    :raises PaymentsDown: if Stripe cannot be asked; the page may still be paid
    """
    attempts = Attempt.objects.filter(
        payment__appointment=appointment_id, status__in=Attempt.UNSETTLED
    )
    for attempt in attempts:
        if attempt.status != Attempt.Status.OPEN:
            raise PaymentsDown  # first find out whether a page was opened
        try:
            closed = stripe_gateway.close_session(attempt.stripe_id)
        except (stripe_gateway.OutcomeUnknown, stripe_gateway.Unavailable) as error:
            raise PaymentsDown from error
        apply_session(attempt.pk, closed, now=now)
        if closed.is_paid:
            raise AlreadyPaid
    with transaction.atomic():
        bookings.stop_paying(
            appointment_id, until=now + clinic.hold_length, most=clinic.hold_extensions
        )
        # The next time may ask another deposit, or none.
        Payment.objects.filter(
            appointment=appointment_id, kind=Payment.Kind.DEPOSIT, status=Payment.Status.OPEN
        ).update(status=Payment.Status.VOID)


def check_session(session_id: str, *, now: datetime) -> Payment | None:
    """Ask Stripe about one of our payment pages and act on the answer; none if it is not ours."""
    attempt = Attempt.objects.filter(stripe_id=session_id).select_related("payment").first()
    if attempt is None:
        return None
    if attempt.status == Attempt.Status.OPEN:
        apply_session(attempt.pk, stripe_gateway.session(session_id), now=now)
    return Payment.objects.select_related("appointment").get(pk=attempt.payment_id)
