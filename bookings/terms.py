"""What was agreed at booking and what it costs to change one's mind: pure arithmetic in cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


def percent_of(cents: int, percent: int) -> int:
    """Return `percent` of `cents`, half a cent rounding up. The only rounding rule."""
    return (cents * percent + 50) // 100


@dataclass(frozen=True, slots=True)
class Terms:
    """Deposit, fees and free notice, in cents and elapsed time."""

    deposit_cents: int
    late_fee_cents: int
    no_show_fee_cents: int
    free_notice: timedelta  # cancel with at least this much notice and pay nothing
    move_notice: timedelta = timedelta()  # the same for moving it herself
    most_moves: int = 0  # so often she may move it herself; 0 is no limit


def combined(terms: Sequence[Terms]) -> Terms:
    """Return the terms of a visit: money adds up, and the strictest time holds."""
    limits = [one.most_moves for one in terms if one.most_moves]
    return Terms(
        deposit_cents=sum(one.deposit_cents for one in terms),
        late_fee_cents=sum(one.late_fee_cents for one in terms),
        no_show_fee_cents=sum(one.no_show_fee_cents for one in terms),
        free_notice=max(one.free_notice for one in terms),
        move_notice=max(one.move_notice for one in terms),
        most_moves=min(limits, default=0),
    )


def free_until(terms: Terms, *, starts_at: datetime) -> datetime:
    """Return the last moment at which cancelling is free."""
    return starts_at - terms.free_notice


def movable_until(terms: Terms, *, starts_at: datetime) -> datetime:
    """Return the last moment at which a client may move it herself."""
    return starts_at - terms.move_notice


def may_move(terms: Terms, *, starts_at: datetime, moved: int, at: datetime) -> bool:
    """Tell whether a client may move it herself, having done so `moved` times before."""
    in_time = at <= movable_until(terms, starts_at=starts_at)
    return in_time and not (terms.most_moves and moved >= terms.most_moves)


def cancellation_fee(terms: Terms, *, starts_at: datetime, cancelled_at: datetime) -> int:
    """Return the fee, in cents, for cancelling at `cancelled_at`."""
    on_time = cancelled_at <= free_until(terms, starts_at=starts_at)
    return 0 if on_time else terms.late_fee_cents


@dataclass(frozen=True, slots=True)
class Quote:
    """What cancelling would cost, in cents: the fee, and how it is met."""

    fee_cents: int
    deposit_kept_cents: int
    charge_cents: int
    refund_cents: int


def quote(fee_cents: int, *, deposit_paid_cents: int) -> Quote:
    """Return how a fee is met: from the deposit first, the rest charged, what is over refunded."""
    kept = min(fee_cents, deposit_paid_cents)
    return Quote(
        fee_cents=fee_cents,
        deposit_kept_cents=kept,
        charge_cents=fee_cents - kept,
        refund_cents=deposit_paid_cents - kept,
    )
