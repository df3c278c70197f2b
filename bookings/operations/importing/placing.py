"""Giving imported appointments what their treatments take: what was named, or what is free."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bookings.imported import Remarks
from bookings.needs import PRACTITIONER, Claim
from bookings.taken import Taken

ANY, NOTHING = 0, -1  # in the place of a resource
FILE = "appointments"
Allocated = tuple[int, int, int]  # a resource, from and until in seconds since 1970


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one appointment takes: a resource, any, or nothing for each of its claims."""

    line: int
    start: int  # in seconds since 1970
    claims: tuple[Claim, ...]
    resources: tuple[int, ...]
    is_over: bool

    def each(self) -> Iterator[tuple[Claim, int, int, int]]:
        """Yield each claim with its resource, and when it begins and ends."""
        for claim, resource in zip(self.claims, self.resources, strict=True):
            yield claim, resource, self.start + claim.begins * 60, self.start + claim.ends * 60

    def named(self, kind: str) -> list[int]:
        """Return the resources of a kind that were named, lowest first."""
        pairs = zip(self.claims, self.resources, strict=True)
        return sorted(one for claim, one in pairs if claim.kind == kind and one > 0)


@dataclass(frozen=True, slots=True)
class Places:
    """What can be chosen, what is taken, and where to say that something cannot be."""

    pools: Mapping[tuple[str, str], Sequence[int]]  # rooms and devices, by kind and group
    names: Mapping[int, str]
    taken: Taken
    troubles: Remarks
    notes: Remarks


def allocate(every: Sequence[Wanted], places: Places) -> list[list[Allocated]]:
    """Return what each appointment gets: first what was named, then what is still free."""
    found: list[list[Allocated]] = [[] for _ in every]
    for wanted, mine in zip(every, found, strict=True):
        for _, resource, start, end in wanted.each():
            if resource > 0 and _is_named_free(wanted, resource, start, end, places):
                mine.append((resource, start, end))
    undecided = [number for number, wanted in enumerate(every) if ANY in wanted.resources]
    for number in sorted(undecided, key=lambda number: every[number].start):
        found[number] += _chosen(every[number], places)
    return found


def _is_named_free(wanted: Wanted, resource: int, start: int, end: int, places: Places) -> bool:
    whose = places.taken.take(resource, start, end, whose=wanted.line)
    if whose is None:
        return True
    other = (
        f"line {whose}" if whose > 0 else f"appointment {-whose}, which is in the clinic already"
    )
    name = places.names.get(resource, "a resource")
    places.troubles.add(FILE, wanted.line, f"{name} is taken then, by {other}")
    return False


def _chosen(wanted: Wanted, places: Places) -> Iterator[Allocated]:
    for claim, resource, start, end in wanted.each():
        if resource != ANY:
            continue
        pool = places.pools.get((claim.kind, claim.group), ())
        free = (
            one for one in pool if places.taken.take(one, start, end, whose=wanted.line) is None
        )
        chosen = next(free, None)
        if chosen is not None:
            yield chosen, start, end
            continue
        # Of the past only the practitioner's time is sure to be told; the future must fit.
        say: Callable[[str, int, str], None] = (
            places.notes.add if wanted.is_over else places.troubles.add
        )
        without = "; it is taken over without one" if wanted.is_over else ""
        say(FILE, wanted.line, f"no {claim.kind} of group “{claim.group}” is free then{without}")


def resources_of(
    claims: Sequence[Claim], *, practitioner: int, named: Mapping[str, Sequence[int] | None]
) -> tuple[int, ...]:
    """Return a resource for each claim, in turn the one that was named for its kind.

    :raises ValueError: if more or fewer are named than the claims of that kind
    """
    for kind, ids in named.items():
        takes = sum(claim.kind == kind for claim in claims)
        if ids is not None and len(ids) != takes:
            raise ValueError(f"{len(ids)} named as {kind}, and the treatment takes {takes}")
    left = {kind: iter(ids) for kind, ids in named.items() if ids is not None}

    def resource(claim: Claim) -> int:
        if claim.kind == PRACTITIONER:
            return practitioner
        return next(left[claim.kind]) if claim.kind in left else ANY

    return tuple(map(resource, claims))
