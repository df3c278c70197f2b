"""Reads: how vouchers stand, and what was done with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Sum

from payments.models import Payment, Refund, Voucher
from payments.vouchers import Purse


def paid_voucher(typed: str) -> Voucher | None:
    """Return the voucher with a code, once it was paid for; however the code is written."""
    code = "".join(c for c in typed.upper() if c.isalnum())
    paid = Voucher.objects.select_related("treatment").filter(status=Voucher.Status.PAID)
    return paid.filter(code=code).first() if code else None


def purse_of(voucher: Voucher) -> Purse:
    """Return how a voucher stands, in two queries."""
    return purses_of([voucher])[voucher.pk]


def purses_of(vouchers: Collection[Voucher]) -> dict[int, Purse]:
    """Return how each voucher stands, by its number, in two queries."""
    drawn = Payment.objects.filter(voucher__in=vouchers, status=Payment.Status.PAID)
    back = Q(refunds__status=Refund.Status.ON_VOUCHER)
    by_voucher = drawn.order_by().values_list("voucher")
    taken = dict(by_voucher.annotate(cents=Sum("amount_cents")))
    returned = dict(by_voucher.annotate(cents=Sum("refunds__amount_cents", filter=back)))
    return {
        one.pk: Purse(
            value_cents=one.value_cents if one.paid_at else 0,
            given_back_cents=one.given_back_cents,
            drawn_cents=taken.get(one.pk) or 0,
            returned_cents=returned.get(one.pk) or 0,
            session_cents=one.session_cents,
        )
        for one in vouchers
    }


@dataclass(frozen=True, slots=True)
class Trouble:
    """A voucher that somebody should look at, and what is the matter; money in cents."""

    voucher: Voucher
    short_cents: int  # drawn, and given back as well

    @property
    def is_asked_back(self) -> bool:
        """Tell whether the buyer's bank waits for an answer."""
        return self.voucher.answer_by is not None


def vouchers_in_trouble(most: int) -> list[Trouble]:
    """Return what the desk should look at, the newest first. Three queries at most, mostly one.

    Asked back by a bank, given back after it was used, or never mailed.
    """
    unseen = Q(seen_at__isnull=True) | Q(seen_at__lt=F("given_back_at"))
    trouble = Q(given_back_cents__gt=0) & unseen | Q(answer_by__isnull=False) | ~Q(mail_error="")
    newest = (F("given_back_at").desc(nulls_last=True), "-pk")
    rows = list(Voucher.objects.filter(trouble).order_by(*newest)[: 3 * most])
    purses = purses_of(rows) if rows else {}
    found = [Trouble(one, purses[one.pk].short_cents) for one in rows]
    return [one for one in found if one.short_cents or one.is_asked_back or one.voucher.mail_error][
        :most
    ]


@dataclass(frozen=True, slots=True)
class Use:
    """When a voucher paid for a visit, how much in cents, and what of that came back.

    Not for what: the link of a gift is kept by who gave it as well.
    """

    at: datetime
    cents: int
    returned_cents: int


def uses_of(voucher: Voucher) -> Sequence[Use]:
    """Return how a voucher was used, the latest first, in one query."""
    back = Q(refunds__status=Refund.Status.ON_VOUCHER)
    drawn = Payment.objects.filter(voucher=voucher, status=Payment.Status.PAID)
    rows = drawn.annotate(back=Sum("refunds__amount_cents", filter=back))
    found = rows.order_by("-created_at", "-pk")
    return [Use(one.created_at, one.amount_cents, one.back or 0) for one in found]
