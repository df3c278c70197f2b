"""Reads: how vouchers stand, and what was done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from payments.models import Payment, Refund, Voucher
from payments.vouchers import Purse


def purse_of(voucher: Voucher) -> Purse:
    """Return how a voucher stands, in two queries."""
    drawn = Payment.objects.filter(voucher=voucher, status=Payment.Status.PAID)
    back = Q(refunds__status=Refund.Status.ON_VOUCHER)
    returned = drawn.aggregate(cents=Sum("refunds__amount_cents", filter=back))["cents"]
    return Purse(
        value_cents=voucher.value_cents if voucher.paid_at else 0,
        given_back_cents=voucher.given_back_cents,
        drawn_cents=drawn.aggregate(cents=Sum("amount_cents"))["cents"] or 0,
        returned_cents=returned or 0,
        session_cents=voucher.session_cents,
    )


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
