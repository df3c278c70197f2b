"""What a visit takes around its start: the needs of its treatments, one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

PRACTITIONER = "practitioner"  # of this kind a visit takes one and the same throughout


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of resource from one minute to another around the start; before it is negative."""

    kind: str
    group: str
    begins: int
    ends: int

    @property
    def minutes(self) -> int:
        return self.ends - self.begins

    def overlaps(self, other: "Claim") -> bool:
        """Tell whether both are taken at some moment."""
        return self.begins < other.ends and other.begins < self.ends

    def is_alike(self, other: "Claim") -> bool:
        """Tell whether the same resources could meet both."""
        return (self.kind, self.group) == (other.kind, other.group)


@dataclass(frozen=True, slots=True)
class Part:
    """One treatment of a visit: its usual minutes, the claims in those, and its minutes now."""

    usual_minutes: int
    claims: tuple[Claim, ...]
    minutes: int


def stretched(part: Part) -> tuple[Claim, ...]:
    """Return the claims for a treatment that takes longer or shorter than usual.

    What lies before the start or after the end keeps its length (clean-up takes as long as it
    takes); what lies in between stretches along, and never vanishes.
    """
    if part.minutes == part.usual_minutes:
        return part.claims
    usual, now = part.usual_minutes, part.minutes

    def moved(minute: int) -> int:
        if minute <= 0:
            return minute
        return minute + now - usual if minute >= usual else minute * now // usual

    return tuple(
        replace(
            claim, begins=moved(claim.begins), ends=max(moved(claim.ends), moved(claim.begins) + 1)
        )
        for claim in part.claims
    )


def back_to_back(parts: Sequence[Part]) -> tuple[Claim, ...]:
    """Return the claims of a visit whose treatments follow each other without a pause.

    Where one treatment still needs what the next one needs too, it is one claim: the client
    stays in her room, and its cleaning waits until she has left it.
    """
    taken: list[Claim] = []
    start = 0
    for part in parts:
        later = [
            replace(claim, begins=claim.begins + start, ends=claim.ends + start)
            for claim in stretched(part)
        ]
        taken = _joined(taken, later)
        start += part.minutes
    return tuple(_of_one_person(taken))


def _joined(earlier: list[Claim], later: Iterable[Claim]) -> list[Claim]:
    """Join each later claim with the earlier one it touches, each of those at most once."""
    waiting, done = list(earlier), []
    for claim in later:
        same = next(
            (one for one in waiting if one.is_alike(claim) and one.ends >= claim.begins), None
        )
        if same is None:
            done.append(claim)
            continue
        waiting.remove(same)
        done.append(
            replace(same, begins=min(same.begins, claim.begins), ends=max(same.ends, claim.ends))
        )
    return waiting + done


def _of_one_person(claims: Sequence[Claim]) -> list[Claim]:
    """Join the claims on the practitioner wherever they touch: she cannot be taken twice."""
    own: list[Claim] = []
    for claim in sorted(
        (one for one in claims if one.kind == PRACTITIONER), key=lambda one: one.begins
    ):
        if own and claim.begins <= own[-1].ends:
            own[-1] = replace(own[-1], ends=max(own[-1].ends, claim.ends))
        else:
            own.append(claim)
    return own + [one for one in claims if one.kind != PRACTITIONER]


def compete(claims: Sequence[Claim]) -> bool:
    """Tell whether two claims want the same kind at the same moment, so that each needs its own."""
    return any(
        one.is_alike(other) and one.overlaps(other)
        for number, one in enumerate(claims)
        for other in claims[number + 1 :]
    )
