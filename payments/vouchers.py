"""What is left in a voucher, and what it pays of a visit. Pure, in whole cents."""

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Purse:
    """A voucher as it stands."""

    value_cents: int  # what was paid for it
    given_back_cents: int = 0  # of the purchase itself
    drawn_cents: int = 0  # by visits
    returned_cents: int = 0  # from visits that were cancelled in time
    session_cents: int = 0  # of a course: what one session takes; 0 for a gift

    @property
    def left_cents(self) -> int:
        """What can still be drawn; never below nothing."""
        return max(self.value_cents - self._spent_cents, 0)

    @property
    def short_cents(self) -> int:
        """What was drawn and has been given back as well: visits that nobody has paid for."""
        return max(self._spent_cents - self.value_cents, 0)

    @property
    def _spent_cents(self) -> int:
        return self.given_back_cents + self.drawn_cents - self.returned_cents

    @property
    def sessions_left(self) -> int:
        """How many whole sessions of a course are left; 0 for a gift."""
        return self.left_cents // self.session_cents if self.session_cents else 0

    @property
    def rest_cents(self) -> int:
        """What is left of a course beside its whole sessions, or of a gift."""
        return self.left_cents - self.sessions_left * self.session_cents


def pays(purse: Purse, *, price_cents: int, deposit_cents: int) -> int | None:
    """Return what a voucher pays of a visit, in cents; none when it cannot be used for it.

    A course pays one session. A gift pays as much of the price as is in it, and at least the
    deposit that is asked.
    """
    if purse.session_cents:
        return purse.session_cents if purse.sessions_left else None
    cents = min(purse.left_cents, price_cents)
    return cents if cents and cents >= deposit_cents else None


def is_valid(until: date, *, on: date) -> bool:
    """Tell whether a voucher can be drawn on a day; its last day counts."""
    return on <= until


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month if it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
