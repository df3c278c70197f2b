"""What a receipt says, copied when it gets its number. Whole cents."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """Who received what from whom, and for which visit or voucher."""

    clinic: str
    address: str
    registration: str  # at the chamber of commerce
    vat_number: str
    client: str
    treatments: Sequence[str]
    visit_at: datetime | None  # none for a voucher
    method: str  # as Stripe names it: card, ideal
    rates: Sequence[int]  # of VAT for this visit, in hundredths of a percent
    vat_cents: int  # in the amount, when the visit is given; 0 in costs

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can keep it."""
        return asdict(self) | {"visit_at": self.visit_at and self.visit_at.isoformat()}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Said":
        """Return what was kept."""
        at = stored["visit_at"]
        visit_at = datetime.fromisoformat(at) if at else None
        return cls(**{**stored, "visit_at": visit_at})


def series_of(at: datetime, *, is_demo: bool) -> str:
    """Return within which numbers follow each other: a year, by the clinic's own clock.

    :param at: in the clinic's zone
    """
    return f"demo{at.year}" if is_demo else str(at.year)
