"""The rows of this app."""

from payments.models.books import Difference, LedgerEntry, Reconciliation, VatRate
from payments.models.debts import Attempt, Payment, Refund, StripeCustomer, StripeEvent, Waiver

__all__ = [
    "Attempt",
    "Difference",
    "LedgerEntry",
    "Payment",
    "Reconciliation",
    "Refund",
    "StripeCustomer",
    "StripeEvent",
    "VatRate",
    "Waiver",
]
