"""What a message's status and error mean for us. Pure: the vendor's numbers as data."""

from datetime import timedelta
from enum import StrEnum

RANKS = {
    "new": 0,
    "sending": 0,
    "unknown": 0,
    "accepted": 1,
    "queued": 1,
    "scheduled": 1,
    "sent": 3,
    "failed": 4,
    "undelivered": 4,
    "canceled": 4,
    "delivered": 5,
    "read": 6,
}
FAILED = frozenset({"failed", "undelivered", "canceled"})


def supersedes(new: str, old: str) -> bool:
    """Tell whether a status may take the place of another: they only move forward.

    One that we do not know takes no place: the vendor may say more than we asked for.
    """
    return new in RANKS and RANKS[new] > RANKS.get(old, 0)


class Effect(StrEnum):
    """What an error asks of us."""

    NUMBER_DEAD = "number_dead"
    OPTED_OUT = "opted_out"
    CHANNEL_DOWN = "channel_down"
    TRANSIENT = "transient"
    OUR_MISTAKE = "our_mistake"
    UNKNOWN = "unknown"


_CODES = {
    Effect.NUMBER_DEAD: "21211 21614 21635 30006 30005 63003 63024",
    Effect.OPTED_OUT: "21610 63014 63033",
    Effect.CHANNEL_DOWN: (
        "20003 21408 21603 21606 21703 21704 21705 21712 63007 21608 63015 30002 63001 63019 "
        "63032 63041 63042 63051"
    ),
    Effect.TRANSIENT: "20429 20500 21611 30001 30003 30008 30410 30450 63018 63038",
    Effect.OUR_MISTAKE: (
        "21612 21617 21619 21654 21655 21656 30007 63005 63013 63016 63027 63028 63030 63049"
    ),
}
EFFECTS = {int(code): effect for effect, codes in _CODES.items() for code in codes.split()}


def effect_of(code: int | None) -> Effect:
    """Return what an error code asks of us."""
    return EFFECTS.get(code or 0, Effect.UNKNOWN)


#: How long a WhatsApp message may be on its way, by the event of its rule; then another way is
#: tried. What is not named here has an e-mail beside it, or is over sooner.
ARRIVES_WITHIN = {
    "before_start": timedelta(hours=2),
    "offered": timedelta(minutes=10),
}
