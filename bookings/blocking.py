"""Reads: what stands in the way of a time that is gone, and when the next one is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.availability import slots_on
from bookings.board import Board, Slot
from bookings.minutes import minute_of
from bookings.needs import PRACTITIONER, Claim
from bookings.reference import pool_for
from bookings.search import Search

AHEAD = 28  # days in which the next free time is looked for


@dataclass(frozen=True, slots=True)
class Blocked:
    """Those of whom one was needed and none is free; away when none of them is even there."""

    resource_ids: tuple[int, ...]
    is_away: bool


def blocked_at(search: Search, starts_at: datetime) -> list[Blocked]:
    """Return what is not free for a start: the practitioners, rooms or devices. One query.

    Nothing when each could be had by itself, but not all of them together.
    """
    day = starts_at.astimezone(search.zone).date()
    board = Board.read(search, day, day)
    found = []
    for pool, claim in _pools(board).items():
        first, last = (minute_of(starts_at) + minute for minute in (claim.begins, claim.ends))
        if not any(board.occupied.is_free(one, first, last) for one in pool):
            wanted = board.occupied.span.holding([(first, last)])
            there = [one for one in pool if board.occupied.there(one) & wanted == wanted]
            found.append(Blocked(pool, is_away=not there))
    return found


def _pools(board: Board) -> dict[tuple[int, ...], Claim]:
    """Return who and what a visit could take, each with the claim on it."""
    pools: dict[tuple[int, ...], Claim] = {}
    for who in board.able:
        visit = board.reference.visit(board.search.treatment_ids, who)
        for claim in visit.claims if visit else ():
            is_person = claim.kind == PRACTITIONER
            pool = tuple(board.able) if is_person else pool_for(claim, who, board.reference)
            pools.setdefault(pool, claim)
    return pools


def next_slot(search: Search, *, after: datetime) -> Slot | None:
    """Return the first free slot after a moment, within four weeks. One query."""
    first: date = after.astimezone(search.zone).date()
    by_day = slots_on(search, days=[first + timedelta(days=n) for n in range(AHEAD)])
    slots = (slot for slots in by_day.values() for slot in slots if slot.starts_at > after)
    return min(slots, default=None)
