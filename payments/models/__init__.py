"""The rows of this app."""

from payments.models.books import Difference, LedgerEntry, Reconciliation, VatRate
from payments.models.debts import Attempt, Payment, Refund, StripeCustomer, StripeEvent, Waiver
from payments.models.disputes import Dispute
from payments.models.receipts import Receipt

__all__ = [
    "Attempt",
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
    "Waiver",
]
