"""Selling vouchers: one purchase, one payment page, and what Stripe says became of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from payments import stripe_gateway as stripe
from payments.models import Voucher
from payments.operations.checkout import FIRST_LOOK, AlreadyPaid, NothingToPay, PaymentsDown
from payments.operations.leases import claim
from payments.operations.posting import post_voucher
from payments.purses import purse_of
from payments.requests import SESSION_LENGTH, voucher_request
from payments.stripe_gateway import Session

Status = Voucher.Status
MOST_UNPAID = 10  # purchases from one address within
AN_HOUR = timedelta(hours=1)


class TooManyPurchases(Exception):
    """So many were begun from one address, and not paid, that something is wrong there."""


class SaleRefused(Exception):
    """Stripe does not take this purchase, now or later."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What somebody wants to buy; money in cents."""

    kind: Voucher.Kind
    value_cents: int
    buyer_name: str
    buyer_email: str
    language: str
    valid_until: date
    treatment_id: int | None = None
    session_cents: int = 0
    for_name: str = ""
    wish: str = ""


def order_voucher(
    purchase: Purchase, *, paid_url: str, back_url: str, now: datetime, address: str = ""
) -> Voucher:
    """Write down a purchase with its exact request, before Stripe hears of it.

    :param paid_url: where Stripe's page sends the buyer after paying; gets the reference behind it
    :param address: a keyed hash of where the buyer is
    :raises TooManyPurchases: if this address has begun too many
    """
    begun = Voucher.objects.filter(buyer_address=address, created_at__gt=now - AN_HOUR)
    if address and begun.exclude(status=Status.PAID).count() >= MOST_UNPAID:
        raise TooManyPurchases
    voucher = Voucher(
        kind=purchase.kind,
        value_cents=purchase.value_cents,
        treatment_id=purchase.treatment_id,
        session_cents=purchase.session_cents,
        buyer_name=purchase.buyer_name,
        buyer_email=purchase.buyer_email,
        language=purchase.language,
        for_name=purchase.for_name,
        wish=purchase.wish,
        created_at=now,
        valid_until=purchase.valid_until,
        expires_at=now + SESSION_LENGTH,
        buyer_address=address,
    )
    voucher.request = voucher_request(
        key=voucher.key,
        email=purchase.buyer_email,
        reference=str(voucher.reference),
        kind=purchase.kind,
        amount_cents=purchase.value_cents,
        language=purchase.language,
        methods=settings.STRIPE_PAYMENT_METHODS,
        expires_at=voucher.expires_at,
        success_url=f"{paid_url}{voucher.reference}/",
        cancel_url=back_url,
    )
    voucher.save()
    return voucher


def begun_before(
    reference: UUID | str | None, purchase: Purchase, *, now: datetime
) -> Voucher | None:
    """Return a purchase to go on with: the very same one, while its page can still be paid."""
    unpaid = Voucher.objects.filter(status__in=Voucher.UNSETTLED, expires_at__gt=now)
    voucher = unpaid.filter(reference=reference).first() if reference else None
    if voucher is None:
        return None
    wanted = asdict(purchase) | {"valid_until": voucher.valid_until}
    is_same = all(getattr(voucher, name) == value for name, value in wanted.items())
    return voucher if is_same else None


def pay_page(voucher_id: int, *, now: datetime) -> str:
    """Return the address of a purchase's payment page; a second click gets the same page.

    :raises AlreadyPaid: if it was paid before
    :raises NothingToPay: if its page has closed: it is to be bought anew
    :raises PaymentsDown: if Stripe does not answer; the same purchase goes on at the next click
    :raises SaleRefused: if Stripe will not sell this
    """
    voucher = Voucher.objects.get(pk=voucher_id)
    if voucher.status == Status.PAID:
        raise AlreadyPaid
    if voucher.status == Status.EXPIRED or voucher.expires_at <= now:
        raise NothingToPay
    if voucher.url:
        return voucher.url
    if not claim(voucher, was=(Status.NEW, Status.SENT)):
        raise PaymentsDown  # the other click is talking to Stripe at this very moment
    try:
        return open_sale(voucher).url
    except stripe.Refused as error:
        raise SaleRefused from error
    except (stripe.OutcomeUnknown, stripe.Unavailable) as error:
        raise PaymentsDown from error


def open_sale(voucher: Voucher) -> Session:
    """Send a claimed purchase's request, and record the page it opened.

    :raises OutcomeUnknown: if no answer came: the same request is sent again after its lease
    :raises Unavailable: if Stripe is too busy, likewise
    :raises Refused: if Stripe will not sell this, now or later
    """
    sent = Voucher.objects.filter(pk=voucher.pk, status=Status.SENT)
    try:
        made = stripe.open_session(voucher.request, key=voucher.key)
    except stripe.Refused:
        sent.update(status=Status.EXPIRED, leased_until=None)
        raise
    sent.update(
        status=Status.OPEN,
        stripe_id=made.session_id,
        url=made.url,
        check_at=voucher.created_at + FIRST_LOOK,
        leased_until=None,
    )
    return made


def sale_of(key: str) -> Voucher | None:
    """Return the voucher that is sold by a key; none when it is no sale."""
    kind, _colon, reference = key.partition(":")
    return Voucher.objects.filter(reference=reference).first() if kind == "voucher" else None


def check_sale(voucher: Voucher, *, now: datetime) -> None:
    """Ask Stripe about a purchase whose page is open, and act on the answer."""
    if voucher.status == Status.OPEN:
        apply_sale(voucher.pk, stripe.session(voucher.stripe_id), now=now)


@transaction.atomic
def apply_sale(voucher_id: int, session: Session, *, now: datetime) -> None:
    """Act on a purchase's payment page as Stripe says it is now.

    Money counts even when the purchase was given up before.
    """
    voucher = Voucher.objects.select_for_update().get(pk=voucher_id)
    if voucher.status == Status.PAID:
        return
    if session.is_paid:
        _received(voucher, session, now=now)
    elif session.status == "expired" and voucher.status in Voucher.UNSETTLED:
        voucher.status, voucher.leased_until, voucher.check_at = Status.EXPIRED, None, None
        voucher.save(update_fields=["status", "leased_until", "check_at"])
    elif voucher.status == Status.SENT:
        voucher.status, voucher.leased_until, voucher.check_at = Status.OPEN, None, now
        voucher.stripe_id, voucher.url = session.session_id, session.url
        voucher.save(update_fields=["status", "leased_until", "check_at", "stripe_id", "url"])


def _received(voucher: Voucher, session: Session, *, now: datetime) -> None:
    """Note what came in. It is worth what was paid, whatever was asked."""
    if session.currency != "eur":
        return  # never ours: the nightly comparison tells of it
    voucher.status, voucher.paid_at = Status.PAID, now
    voucher.value_cents = session.amount_cents
    voucher.stripe_id, voucher.intent_id = session.session_id, session.intent_id
    voucher.method, voucher.check_at, voucher.leased_until = session.method, None, None
    voucher.save(
        update_fields=[
            "status",
            "paid_at",
            "value_cents",
            "stripe_id",
            "intent_id",
            "method",
            "check_at",
            "leased_until",
        ]
    )
    post_voucher(voucher.pk, now=now)


def hear_of_given_back(intent_id: str, *, now: datetime) -> bool:
    """Note what went back of a purchase; false if it is none of ours.

    By Stripe's dashboard, or by the bank of the card it was paid with: either way that money is not
    in the voucher any more. Asked again when somebody else noted something in between.
    """
    while voucher := Voucher.objects.filter(intent_id=intent_id).exclude(intent_id="").first():
        given = (one for one in stripe.refunds_of(intent_id) if one.status == "succeeded")
        cents = sum(one.amount_cents for one in given)
        disputes = stripe.disputes_of(intent_id)
        cents += sum(one.taken_cents for one in disputes)
        asked = [one.answer_by for one in disputes if one.needs_answer and one.answer_by]
        if _note_given_back(
            voucher, min(cents, voucher.value_cents), answer_by=min(asked, default=None), now=now
        ):
            return True
    return False


@transaction.atomic
def _note_given_back(
    seen: Voucher, cents: int, *, answer_by: datetime | None, now: datetime
) -> bool:
    """Note it unless the voucher was changed since it was seen."""
    voucher = Voucher.objects.select_for_update().get(pk=seen.pk)
    if voucher.given_back_cents != seen.given_back_cents:
        return False
    if answer_by != voucher.answer_by:
        voucher.answer_by = answer_by
        voucher.save(update_fields=["answer_by"])
    if cents != voucher.given_back_cents:
        voucher.given_back_cents, voucher.given_back_at = cents, now
        if not purse_of(voucher).short_cents:  # nothing of it was used: there is nothing to see
            voucher.seen_at = now
        voucher.save(update_fields=["given_back_cents", "given_back_at", "seen_at"])
        post_voucher(voucher.pk, now=now)
    return True


def ask_about_sale(voucher: Voucher, *, now: datetime) -> None:
    """Ask how an open purchase stands; the next look is set first, for when there is no answer."""
    Voucher.objects.filter(pk=voucher.pk).update(check_at=now + timedelta(minutes=15))
    apply_sale(voucher.pk, stripe.session(voucher.stripe_id), now=now)


def send_sale_again(voucher: Voucher, *, now: datetime) -> None:
    """Send a claimed purchase's request again with its key, while its page could still be open."""
    if voucher.expires_at <= now:
        sent = Voucher.objects.filter(pk=voucher.pk, status=Status.SENT)
        sent.update(status=Status.EXPIRED, leased_until=None)
        return
    made = open_sale(voucher)
    apply_sale(voucher.pk, stripe.session(made.session_id), now=now)


def see_to_voucher(voucher_id: int, *, now: datetime) -> None:
    """Note that somebody dealt with what was given back of a voucher that had been used."""
    Voucher.objects.filter(pk=voucher_id).update(seen_at=now)


def mail_again(voucher_id: int, *, email: str) -> None:
    """Have a paid voucher mailed once more, to this address from now on."""
    Voucher.objects.filter(pk=voucher_id, status=Status.PAID).update(
        buyer_email=email,
        mailed_at=None,
        mail_leased_until=None,
        mail_error="",
        mailings=F("mailings") + 1,
    )


def claim_mail(voucher_id: int, *, lease: timedelta) -> bool:
    """Take the mailing of a paid voucher for this worker; false if another has it, or did it."""
    free = Q(mail_leased_until__isnull=True) | Q(mail_leased_until__lt=Now())
    waiting = Voucher.objects.filter(free, pk=voucher_id, status=Status.PAID, mailed_at=None)
    return waiting.update(mail_leased_until=Now() + lease) == 1


def note_mailed(voucher: Voucher, *, error: str = "", now: datetime) -> None:
    """Note that a voucher was mailed, or why it never can be.

    Nothing when the desk has asked for it once more in the meantime.
    """
    Voucher.objects.filter(pk=voucher.pk, mailings=voucher.mailings).update(
        mailed_at=now, mail_leased_until=None, mail_error=error[:200]
    )
