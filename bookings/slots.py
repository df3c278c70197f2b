"""Which starts fit, and with which resources: pure arithmetic over sets of minutes.

A start is a minute of a span; every set here is about the same span (`bookings/minutes.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bookings.minutes import begins_of_runs, room_around, shifted
from bookings.needs import Claim

Free = Mapping[int, int]  # by resource, its free minutes; the preferred one first


def grid_starts(stretches: Iterable[tuple[int, int]], *, step: int, last: int) -> int:
    """Return the starts on each stretch's own grid, none after `last`.

    The grid begins with the stretch, so an odd booking never moves the starts after it.
    """
    starts = 0
    for begin, end in stretches:
        count = -(-(min(end, last + 1) - begin) // step)
        if count > 0:
            starts |= _every(step, count) << begin
    return starts


@lru_cache(maxsize=512)
def _every(step: int, count: int) -> int:
    """Return the set of 0, step, 2 * step … with `count` members."""
    found, known = 1, 1
    while known < count:
        more = min(known, count - known)
        found |= (found & ((1 << (more * step)) - 1)) << (known * step)
        known += more
    return found


def fitting(claim: Claim, free: Iterable[int]) -> int:
    """Return the starts at which one of these resources is free for the whole claim."""
    able = 0
    for minutes in free:
        able |= begins_of_runs(minutes, length=claim.minutes)
    return shifted(able, -claim.begins)


def without_gaps(free: int, claims: Sequence[Claim], *, smallest: int) -> int:
    """Return the starts that leave no stretch free around the claims that is too short to sell.

    Nothing left over is fine, and so is a stretch of at least `smallest` minutes.
    """
    begins = min(claim.begins for claim in claims)
    ends = max(claim.ends for claim in claims)
    enough = begins_of_runs(free, length=smallest)
    neat_before = ~(free << 1) | (enough << smallest)
    neat_after = ~free | enough
    return shifted(neat_before, -begins) & shifted(neat_after, -ends)


def assign(
    claims: Sequence[Claim], free: Sequence[Free], start: int, *, taken: Sequence[int] = ()
) -> tuple[int, ...] | None:
    """Return a resource for each claim at `start`, or nothing when they do not all fit.

    No resource serves two claims that overlap. Of the resources that are free, the one with the
    least free time around is taken first: longer stretches stay whole for longer treatments.

    :param free: for each claim, the resources that could meet it
    :param taken: the resources already chosen for the first claims
    """
    number = len(taken)
    if number == len(claims):
        return tuple(taken)
    for resource in _best_first(claims[number], free[number], start):
        if _is_taken(resource, claims, taken):
            continue
        found = assign(claims, free, start, taken=[*taken, resource])
        if found is not None:
            return found
    return None


def _best_first(claim: Claim, free: Free, start: int) -> list[int]:
    begin, end = start + claim.begins, start + claim.ends
    if begin < 0:
        return []
    wanted = ((1 << claim.minutes) - 1) << begin
    able = [who for who, minutes in free.items() if minutes & wanted == wanted]
    return sorted(able, key=lambda who: room_around(free[who], begin, end))


def _is_taken(resource: int, claims: Sequence[Claim], taken: Sequence[int]) -> bool:
    mine = claims[len(taken)]
    earlier = zip(claims, taken, strict=False)
    return any(who == resource and claim.overlaps(mine) for claim, who in earlier)
