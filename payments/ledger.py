"""The books of a visit: which amounts must stand in which accounts, by the facts. Whole cents.

Every movement goes from one account to another, so the books balance by how they are written. A
movement adds to the account it debits and takes from the account it credits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Account(StrEnum):
    """Where money is, whose it is, and what it was earned with."""

    STRIPE = "stripe"  # ours: received through Stripe, and not given back
    BANK = "bank"  # ours: what was given back by bank is missing there
    DISPUTES = "disputes"  # ours, perhaps: taken by a card's bank, that has not decided
    OPEN_FEES = "open_fees"  # ours: asked, and not yet received
    VOUCHERS = "vouchers"  # a debt: what is left in vouchers
    DEPOSITS = "deposits"  # a debt: held for visits to come
    REFUNDS = "refunds"  # a debt: to be given back
    VISITS = "visits"  # earned: deposits set off against a visit that was given
    FEES = "fees"  # earned: deposits kept, and fees, for late cancelling and no-shows
    VAT = "vat"  # a debt: the tax in what was earned with visits
    LOSSES = "losses"  # gone: what a card's bank gave back, and we did not owe


class Kind(StrEnum):
    """Why an amount moves."""

    DEPOSIT_RECEIVED = "deposit_received"
    DEPOSIT_DRAWN = "deposit_drawn"
    RECEIVED_TWICE = "received_twice"
    DEPOSIT_KEPT = "deposit_kept"
    DEPOSIT_USED = "deposit_used"
    VAT = "vat"
    DEPOSIT_REFUND = "deposit_refund"
    FEE_ASKED = "fee_asked"
    FEE_RECEIVED = "fee_received"
    FEE_REFUND = "fee_refund"
    GIVEN_BACK = "given_back"
    GIVEN_BY_BANK = "given_by_bank"
    DISPUTED = "disputed"
    GIVEN_BY_DISPUTE = "given_by_dispute"
    DISPUTE_LOST = "dispute_lost"
    BACK_ON_VOUCHER = "back_on_voucher"
    VOUCHER_SOLD = "voucher_sold"
    VOUCHER_GIVEN_BACK = "voucher_returned"


#: From which account (credit) to which (debit) each kind moves its amount.
MOVES: dict[Kind, tuple[Account, Account]] = {
    Kind.DEPOSIT_RECEIVED: (Account.DEPOSITS, Account.STRIPE),
    Kind.DEPOSIT_DRAWN: (Account.DEPOSITS, Account.VOUCHERS),
    Kind.RECEIVED_TWICE: (Account.REFUNDS, Account.STRIPE),
    Kind.DEPOSIT_KEPT: (Account.FEES, Account.DEPOSITS),
    Kind.DEPOSIT_USED: (Account.VISITS, Account.DEPOSITS),
    Kind.VAT: (Account.VAT, Account.VISITS),
    Kind.DEPOSIT_REFUND: (Account.REFUNDS, Account.DEPOSITS),
    Kind.FEE_ASKED: (Account.FEES, Account.OPEN_FEES),
    Kind.FEE_RECEIVED: (Account.OPEN_FEES, Account.STRIPE),
    Kind.FEE_REFUND: (Account.REFUNDS, Account.FEES),
    Kind.GIVEN_BACK: (Account.STRIPE, Account.REFUNDS),
    Kind.GIVEN_BY_BANK: (Account.BANK, Account.REFUNDS),
    Kind.DISPUTED: (Account.STRIPE, Account.DISPUTES),
    Kind.GIVEN_BY_DISPUTE: (Account.DISPUTES, Account.REFUNDS),
    Kind.DISPUTE_LOST: (Account.DISPUTES, Account.LOSSES),
    Kind.BACK_ON_VOUCHER: (Account.VOUCHERS, Account.REFUNDS),
    Kind.VOUCHER_SOLD: (Account.VOUCHERS, Account.STRIPE),
    Kind.VOUCHER_GIVEN_BACK: (Account.STRIPE, Account.VOUCHERS),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a movement is about: its kind, with the payment or the refund if there is one."""

    kind: Kind
    payment_id: int | None = None
    refund_id: int | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount in cents that must have moved, since when."""

    subject: Subject
    cents: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Debt:
    """A deposit or a fee as it stands; `paid_at` when its money came in."""

    payment_id: int
    is_fee: bool
    is_void: bool
    cents: int
    asked_at: datetime
    paid_at: datetime | None
    by_voucher: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """Money that goes back: promised at one moment, and there at another."""

    refund_id: int
    payment_id: int
    of_fee: bool
    is_double: bool  # it came in twice
    cents: int
    at: datetime
    given_at: datetime | None
    how: Kind = Kind.GIVEN_BACK


@dataclass(frozen=True, slots=True)
class Contest:
    """What a card's bank has taken of a payment; `lost_at` when it was decided for the client."""

    payment_id: int
    cents: int
    at: datetime
    lost_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sale:
    """A voucher as it was paid, and what was given back of the purchase."""

    cents: int
    paid_at: datetime | None
    given_back_cents: int = 0
    given_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A treatment of the visit: its price in cents, and its VAT in hundredths of a percent."""

    cents: int
    vat_rate: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of the appointment: given, or ended in a way that can no longer be undone."""

    parts: Sequence[Part]
    given_at: datetime | None = None
    ended_at: datetime | None = None


def movements(
    visit: Visit, debts: Iterable[Debt], backs: Iterable[Back], contests: Iterable[Contest] = ()
) -> list[Movement]:
    """Return all that must have moved for an appointment, by the facts as they are now."""
    owed, given_back = list(debts), list(backs)
    moved = [one for debt in owed for one in _of_debt(debt)]
    moved += [one for back in given_back for one in _of_refund(back)]
    moved += _of_contests(list(contests), given_back)
    left = sum(debt.cents for debt in owed if debt.paid_at and not debt.is_fee)
    left -= sum(back.cents for back in given_back if not (back.of_fee or back.is_double))
    moved += _of_what_is_left(visit, left)
    return [one for one in moved if one.cents]


def movements_of_sale(sale: Sale) -> list[Movement]:
    """Return all that must have moved for a voucher itself, by the facts as they are now."""
    moved = []
    if sale.paid_at is not None:
        moved.append(Movement(Subject(Kind.VOUCHER_SOLD), sale.cents, sale.paid_at))
    if sale.given_back_at is not None:
        given = Subject(Kind.VOUCHER_GIVEN_BACK)
        moved.append(Movement(given, sale.given_back_cents, sale.given_back_at))
    return [one for one in moved if one.cents]


def _of_debt(debt: Debt) -> Iterable[Movement]:
    if debt.is_fee and not debt.is_void:
        yield Movement(Subject(Kind.FEE_ASKED, debt.payment_id), debt.cents, debt.asked_at)
    if debt.paid_at is not None:
        kind = Kind.FEE_RECEIVED if debt.is_fee else Kind.DEPOSIT_RECEIVED
        if debt.by_voucher:
            kind = Kind.DEPOSIT_DRAWN
        yield Movement(Subject(kind, debt.payment_id), debt.cents, debt.paid_at)


def _of_refund(back: Back) -> Iterable[Movement]:
    kind = Kind.FEE_REFUND if back.of_fee else Kind.DEPOSIT_REFUND
    if back.is_double:
        kind = Kind.RECEIVED_TWICE
    yield Movement(Subject(kind, back.payment_id, back.refund_id), back.cents, back.at)
    if back.given_at is not None:
        given = Subject(back.how, back.payment_id, back.refund_id)
        yield Movement(given, back.cents, back.given_at)


def _of_contests(contests: Sequence[Contest], backs: Sequence[Back]) -> Iterator[Movement]:
    """Yield what banks have taken of each payment, and what of it we lost without owing it."""
    for payment_id in sorted({one.payment_id for one in contests}):
        theirs = [one for one in contests if one.payment_id == payment_id]
        taken = Subject(Kind.DISPUTED, payment_id)
        yield Movement(taken, sum(one.cents for one in theirs), min(one.at for one in theirs))
        lost = [one for one in theirs if one.lost_at is not None]
        met = (
            back.cents
            for back in backs
            if back.payment_id == payment_id and back.how == Kind.GIVEN_BY_DISPUTE
        )
        for last in lost[-1:]:
            cents = sum(one.cents for one in lost) - sum(met)
            yield Movement(Subject(Kind.DISPUTE_LOST, payment_id), cents, last.lost_at or last.at)


def _of_what_is_left(visit: Visit, cents: int) -> Iterable[Movement]:
    """Yield where the deposit goes, as far as it was not given back: to the visit or the fees."""
    if visit.given_at is not None:
        yield Movement(Subject(Kind.DEPOSIT_USED), cents, visit.given_at)
        yield Movement(Subject(Kind.VAT), vat_in(cents, visit.parts), visit.given_at)
    elif visit.ended_at is not None:
        yield Movement(Subject(Kind.DEPOSIT_KEPT), cents, visit.ended_at)


def vat_in(cents: int, parts: Sequence[Part]) -> int:
    """Return the VAT in an amount that was paid for some treatments, by the share of each."""
    shares = shared(cents, [part.cents for part in parts])
    return sum(
        share - without_vat(share, part.vat_rate) for share, part in zip(shares, parts, strict=True)
    )


def without_vat(cents: int, rate: int) -> int:
    """Return an amount without the VAT in it, half a cent rounding up.

    :param rate: in hundredths of a percent: 2100 is 21 %
    """
    whole = 10_000 + rate
    return (cents * 10_000 * 2 + whole) // (whole * 2)


def shared(cents: int, weights: Sequence[int]) -> list[int]:
    """Return an amount divided by weight, to the cent: the largest remainders get the cents left.

    Evenly, when nothing weighs anything.
    """
    if not weights:
        return []
    weighing = list(weights) if sum(weights) else [1] * len(weights)
    total = sum(weighing)
    shares = [cents * weight // total for weight in weighing]
    by_rest = sorted(range(len(weighing)), key=lambda n: -(cents * weighing[n] % total))
    for n in by_rest[: cents - sum(shares)]:
        shares[n] += 1
    return shares
