"""The rows of this app."""

from payments.models.books import Difference, LedgerEntry, Reconciliation, VatRate
from payments.models.debts import Attempt, Payment, Refund, StripeCustomer, StripeEvent, Waiver
from payments.models.disputes import Dispute
from payments.models.receipts import Receipt
from payments.models.vouchers import CourseOffer, Voucher

__all__ = [
    "Attempt",
    "CourseOffer",
    "Difference",
    "Dispute",
    "LedgerEntry",
    "Payment",
    "Receipt",
    "Reconciliation",
    "Refund",
    "StripeCustomer",
    "StripeEvent",
    "VatRate",
    "Voucher",
    "Waiver",
]
