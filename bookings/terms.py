"""What the clinic asks, what was agreed at booking, and what it costs to change one's mind.

Pure arithmetic in whole cents.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: No payment online can be less than this, in cents: Stripe refuses it.
LEAST_PAYMENT_CENTS = 50


def percent_of(cents: int, percent: int) -> int:
    """Return `percent` of `cents`, half a cent rounding up. The only rounding rule."""
    return (cents * percent + 50) // 100


class Payers(StrEnum):
    """Who is asked a deposit."""

    EVERYONE = "everyone"
    NEW = "new"  # who has not been here yet, or has a record
    RECORD = "record"  # who did not come too often


@dataclass(frozen=True, slots=True)
class Known:
    """What the clinic knows of a client: whether she has been here, and how often she did not."""

    has_come: bool = False
    missed: int = 0  # as far back as the clinic looks


STRANGER = Known()


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in cents and a percentage of the price together; never more than the price."""

    cents: int = 0
    percent: int = 0

    def of(self, price_cents: int) -> int:
        """Return it in cents, for a price in cents."""
        return min(self.cents + percent_of(price_cents, self.percent), price_cents)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the clinic asks of who books something now, whatever the price."""

    deposit: Amount = Amount()
    payers: Payers = Payers.EVERYONE
    late_fee: Amount = Amount()
    free_notice: timedelta = timedelta(hours=24)
    last_minute_fee: Amount = Amount()
    last_minute: timedelta | None = None  # none: late is late
    no_show_fee: Amount = Amount()
    most_fee_cents: int | None = None  # no fee is more than this
    move_notice: timedelta | None = None  # none: as for cancelling


@dataclass(frozen=True, slots=True)
class Terms:
    """Deposit, fees and free notice, in cents and elapsed time."""

    deposit_cents: int
    late_fee_cents: int
    no_show_fee_cents: int
    free_notice: timedelta  # cancel with at least this much notice and pay nothing
    move_notice: timedelta = timedelta()  # the same for moving it herself
    most_moves: int = 0  # so often she may move it herself; 0 is no limit
    last_minute_fee_cents: int = 0
    last_minute: timedelta | None = None  # with less notice than this it costs that

    @property
    def dearest_fee_cents(self) -> int:
        """The most it can come to cost, in cents."""
        return max(self.late_fee_cents, self.last_minute_fee_cents, self.no_show_fee_cents)


def agreed(
    asked: Conditions, *, price_cents: int, pays_deposit: bool = True, most_moves: int = 0
) -> Terms:
    """Return the terms for one treatment at a price in cents, by what the clinic asks."""
    late = _fee(asked.late_fee, asked, price_cents)
    deposit_cents = asked.deposit.of(price_cents) if pays_deposit else 0
    as_for_cancelling = asked.free_notice if late else timedelta()
    return Terms(
        deposit_cents=_if_payable(deposit_cents),
        late_fee_cents=late,
        no_show_fee_cents=_fee(asked.no_show_fee, asked, price_cents),
        free_notice=asked.free_notice,
        move_notice=as_for_cancelling if asked.move_notice is None else asked.move_notice,
        most_moves=most_moves,
        last_minute=asked.last_minute,
        last_minute_fee_cents=(
            _fee(asked.last_minute_fee, asked, price_cents) if asked.last_minute else 0
        ),
    )


def asks_no_more(terms: Terms, than: Terms) -> bool:
    """Tell whether whoever agreed to one set of terms has agreed to another with it.

    No amount is more, and nothing has to be done earlier or can be done less often.
    """
    pairs: tuple[tuple[Any, Any], ...] = (
        (terms.deposit_cents, than.deposit_cents),
        (terms.late_fee_cents, than.late_fee_cents),
        (_last_minute_fee(terms), _last_minute_fee(than)),
        (terms.no_show_fee_cents, than.no_show_fee_cents),
        (terms.free_notice, than.free_notice),
        (terms.last_minute or timedelta(), than.last_minute or timedelta()),
        (terms.move_notice, than.move_notice),
        (-(terms.most_moves or sys.maxsize), -(than.most_moves or sys.maxsize)),
    )
    return all(mine <= read for mine, read in pairs)


def _if_payable(cents: int) -> int:
    return cents if cents >= LEAST_PAYMENT_CENTS else 0


def _fee(amount: Amount, asked: Conditions, price_cents: int) -> int:
    cents, most = amount.of(price_cents), asked.most_fee_cents
    return cents if most is None else min(cents, most)


def pays_deposit(payers: Payers, known: Known, *, most_missed: int) -> bool:
    """Tell whether a client is asked a deposit.

    :param most_missed: so many visits missed make a record
    """
    if payers is Payers.EVERYONE:
        return True
    has_record = known.missed >= most_missed
    return has_record or (payers is Payers.NEW and not known.has_come)


def combined(terms: Sequence[Terms]) -> Terms:
    """Return the terms of a visit: money adds up, and the strictest time holds."""
    limits = [one.most_moves for one in terms if one.most_moves]
    shortest = [one.last_minute for one in terms if one.last_minute is not None]
    return Terms(
        deposit_cents=sum(one.deposit_cents for one in terms),
        late_fee_cents=sum(one.late_fee_cents for one in terms),
        no_show_fee_cents=sum(one.no_show_fee_cents for one in terms),
        free_notice=max(one.free_notice for one in terms),
        move_notice=max(one.move_notice for one in terms),
        most_moves=min(limits, default=0),
        last_minute=max(shortest, default=None),
        # What knows no last minute costs then what it costs when late.
        last_minute_fee_cents=(sum(_last_minute_fee(one) for one in terms) if shortest else 0),
    )


def _last_minute_fee(terms: Terms) -> int:
    return terms.late_fee_cents if terms.last_minute is None else terms.last_minute_fee_cents


def costs_after(terms: Terms, *, starts_at: datetime) -> list[tuple[datetime, int]]:
    """Return after which moments cancelling costs something else, and how many cents, in order.

    Until the first of them it is free. What costs the same is one.
    """
    steps = [(terms.free_notice, terms.late_fee_cents)]
    if terms.last_minute is not None:
        steps.append((terms.last_minute, terms.last_minute_fee_cents))
    found: list[tuple[datetime, int]] = []
    for notice, cents in steps:
        if cents != (found[-1][1] if found else 0):
            found.append((starts_at - notice, cents))
    return found


def free_until(terms: Terms, *, starts_at: datetime) -> datetime:
    """Return the last moment at which cancelling is free, or in time when it is always free."""
    costs = costs_after(terms, starts_at=starts_at)
    return costs[0][0] if costs else starts_at - terms.free_notice


def movable_until(terms: Terms, *, starts_at: datetime) -> datetime:
    """Return the last moment at which a client may move it herself."""
    return starts_at - terms.move_notice


def may_move(terms: Terms, *, starts_at: datetime, moved: int, at: datetime) -> bool:
    """Tell whether a client may move it herself, having done so `moved` times before."""
    in_time = at <= movable_until(terms, starts_at=starts_at)
    return in_time and not (terms.most_moves and moved >= terms.most_moves)


def cancellation_fee(terms: Terms, *, starts_at: datetime, cancelled_at: datetime) -> int:
    """Return the fee, in cents, for cancelling at `cancelled_at`."""
    due = [
        cents for after, cents in costs_after(terms, starts_at=starts_at) if cancelled_at > after
    ]
    return due[-1] if due else 0


@dataclass(frozen=True, slots=True)
class Quote:
    """What cancelling would cost, in cents: the fee, and how it is met."""

    fee_cents: int
    deposit_kept_cents: int
    charge_cents: int
    refund_cents: int


def quote(fee_cents: int, *, deposit_paid_cents: int) -> Quote:
    """Return how a fee is met: from the deposit first, the rest charged, what is over refunded.

    A rest too small to be paid is let go.
    """
    kept = min(fee_cents, deposit_paid_cents)
    charge_cents = _if_payable(fee_cents - kept)
    return Quote(
        fee_cents=kept + charge_cents,
        deposit_kept_cents=kept,
        charge_cents=charge_cents,
        refund_cents=deposit_paid_cents - kept,
    )
