"""What came of each visit that was due, and which places in the agenda were lost: pure rules."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Who comes later than this after the start, came late.
LATE = timedelta(minutes=15)
#: No visit is longer than this, so no other can begin earlier and still overlap.
LONGEST = timedelta(hours=12)
#: A place counts as refilled when at least this part of its time went to others.
REFILLED = 0.5


class Outcome(StrEnum):
    """What came of a visit; every due visit whose end is known has exactly one."""

    CAME = "came"
    CAME_LATE = "came_late"
    CANCELLED_EARLY = "cancelled_early"
    CANCELLED_LATE = "cancelled_late"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Visit:
    """A place in the agenda that was agreed with a client, and how she left it.

    A moved appointment is two visits: the place she let go by moving, and the place she took.
    """

    appointment_id: int
    treatment_id: int
    practitioner_id: int
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime  # when the appointment was made
    taken_at: datetime  # when it got this place: made, or last moved
    free_until: datetime  # the deadline that was shown
    price_cents: int
    status: str  # of the appointment; means nothing when the place was let go by moving
    arrived_at: datetime | None = None
    released_at: datetime | None = None  # cancelled, or moved away
    released_by: str = ""
    was_moved: bool = False
    reason: str = ""
    was_asked: bool = False  # to confirm, about this time
    said_yes: bool = False


def is_due(visit: Visit) -> bool:
    """Tell whether the client was expected: agreed, and not taken away by the clinic."""
    return visit.released_at is None or visit.released_by == "client"


def outcome_of(visit: Visit) -> Outcome | None:
    """Return what came of a due visit, or nothing when nobody has noted it yet."""
    if visit.released_at is not None:
        early = visit.released_at <= visit.free_until
        return Outcome.CANCELLED_EARLY if early else Outcome.CANCELLED_LATE
    if visit.status == "no_show":
        return Outcome.NO_SHOW
    if visit.status in ("arrived", "completed"):
        late = visit.arrived_at is not None and visit.arrived_at > visit.starts_at + LATE
        return Outcome.CAME_LATE if late else Outcome.CAME
    return None


@dataclass(frozen=True, slots=True)
class Judged:
    """A due visit with what came of it, and whether its place was lost."""

    visit: Visit
    outcome: Outcome | None
    was_refilled: bool

    @property
    def is_wasted(self) -> bool:
        """She left the place too late to be sure of filling it, or did not come."""
        return self.outcome in (Outcome.CANCELLED_LATE, Outcome.NO_SHOW)

    @property
    def is_lost(self) -> bool:
        return self.is_wasted and not self.was_refilled


def judge(visits: Iterable[Visit]) -> list[Judged]:
    """Return each due visit with its outcome; give all visits, or refills are not seen."""
    diaries: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        diaries[visit.practitioner_id].append(visit)
    return [judged for diary in diaries.values() for judged in _judge_diary(diary)]


def _judge_diary(diary: list[Visit]) -> list[Judged]:
    diary.sort(key=lambda visit: visit.starts_at)
    starts = [visit.starts_at for visit in diary]
    judged = []
    for visit in diary:
        if not is_due(visit):
            continue
        outcome = outcome_of(visit)
        refilled = False
        if outcome is Outcome.CANCELLED_LATE:  # a client who does not come keeps her place
            first = bisect_left(starts, visit.starts_at - LONGEST)
            last = bisect_left(starts, visit.ends_at)
            refilled = was_refilled(visit, diary[first:last])
        judged.append(Judged(visit, outcome, refilled))
    return judged


def was_refilled(visit: Visit, others: Sequence[Visit]) -> bool:
    """Tell whether at least half of a place that came free went to somebody else."""
    taken = [
        (max(other.starts_at, visit.starts_at), min(other.ends_at, visit.ends_at))
        for other in others
        if _filled_after(other, visit)
    ]
    filled, until = timedelta(), visit.starts_at
    for start, end in sorted(taken):
        filled += max(end - max(start, until), timedelta())
        until = max(until, end)
    return filled >= (visit.ends_at - visit.starts_at) * REFILLED


def _filled_after(other: Visit, visit: Visit) -> bool:
    """Tell whether `other` took the place that `visit` left, and answers for it from then on.

    One that was let go early in its turn, or by the clinic, left the place as empty as it was.
    """
    if visit.released_at is None or other.taken_at < visit.released_at:
        return False
    return is_due(other) and outcome_of(other) is not Outcome.CANCELLED_EARLY


def count(judged: Iterable[Judged]) -> Counter[Outcome]:
    """Count the visits of each outcome; those not noted yet are in none."""
    return Counter(one.outcome for one in judged if one.outcome is not None)
