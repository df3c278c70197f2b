"""When a fee that was agreed is not asked after all: pure rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum, auto

from bookings.periods import Period, subtract

# A telephone that is off or out of reach hears of a text later.
PATIENCE = timedelta(hours=1)


def is_refilled(given_back: Period, others: Iterable[Period]) -> bool:
    """Tell whether at least half of a time that was given back went to others."""
    left = sum((one.end - one.start for one in subtract([given_back], others)), timedelta())
    return left * 2 <= given_back.end - given_back.start


class Reminded(Enum):
    """Whether a reminder reached a client before her appointment ended."""

    YES = auto()  # or none was due
    NO = auto()
    PERHAPS = auto()  # it was sent just now, and no word of it has come yet


def reminded(
    *, was_due: bool, has_arrived: bool, sent_at: datetime | None, now: datetime
) -> Reminded:
    """Return whether she was reminded, by what is known now.

    :param sent_at: when the last one that was due was sent; none when none was
    """
    if has_arrived or not was_due:
        return Reminded.YES
    waits = sent_at is not None and now < sent_at + PATIENCE
    return Reminded.PERHAPS if waits else Reminded.NO
