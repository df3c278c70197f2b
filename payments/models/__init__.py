"""The rows of this app."""

from payments.models.books import LedgerEntry, VatRate
from payments.models.debts import Attempt, Payment, Refund, StripeCustomer, StripeEvent, Waiver

__all__ = [
    "Attempt",
    "LedgerEntry",
    "Payment",
    "Refund",
    "StripeCustomer",
    "StripeEvent",
    "VatRate",
    "Waiver",
]
