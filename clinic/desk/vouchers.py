"""Reads: finding a voucher at the desk, and what was done with it."""

from collections.abc import Sequence

from django.db.models import Q

from payments.models import Payment, Voucher
from payments.purses import paid_voucher

MOST = 20


def find_vouchers(words: str) -> list[Voucher]:
    """Return the paid vouchers with this code, or of a buyer or receiver with this name or address.

    The newest first; without words the last ones sold.
    """
    exact = paid_voucher(words)
    if exact is not None:
        return [exact]
    paid = Voucher.objects.filter(status=Voucher.Status.PAID).select_related("treatment")
    for word in words.split():
        paid = paid.filter(
            Q(buyer_name__icontains=word)
            | Q(buyer_email__icontains=word)
            | Q(for_name__icontains=word)
        )
    return list(paid.order_by("-paid_at", "-pk")[:MOST])


def visits_paid_by(voucher: Voucher) -> Sequence[Payment]:
    """Return what a voucher paid, with whose visit, the latest first."""
    drawn = Payment.objects.filter(voucher=voucher, status=Payment.Status.PAID)
    return list(drawn.select_related("appointment__client").order_by("-created_at", "-pk"))
