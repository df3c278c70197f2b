"""Which starts may be booked, said a second time: slowly, minute by minute, as a person would.

It shares the rows with the engine, and what a visit takes (`bookings/needs.py`, which has tables
of its own), but no arithmetic: everything here is a moment compared with a moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bookings.models import (
    By,
    Clinic,
    Need,
    Practitioner,
    Resource,
    Skill,
    SpecialHours,
    TimeOff,
    Treatment,
    WorkingHours,
)
from bookings.needs import Claim, Part, back_to_back

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PRACTITIONER = Resource.Kind.PRACTITIONER


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch in which an appointment has a resource."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SmallClinic:
    """Rows of a clinic, saved or not, and what somebody is looking for."""

    zone: ZoneInfo
    now: datetime
    clinic: Clinic
    wanted: tuple[Treatment, ...]  # the first is the treatment, the others come with it
    needs: list[Need]
    people: list[Practitioner]  # in the clinic's order
    others: list[Resource]  # rooms and devices, in the clinic's order
    skills: list[Skill]
    hours: list[WorkingHours]
    special: list[SpecialHours]
    time_off: list[TimeOff] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    by: By = By.CLIENT
    practitioner_id: int | None = None
    prefers_id: int | None = None

    @property
    def is_online(self) -> bool:
        return self.by is By.CLIENT


@dataclass(frozen=True, slots=True)
class Start:
    """A start on offer: with whom, and whether it leaves the day whole."""

    starts_at: datetime
    practitioner_id: int
    is_neat: bool


def starts_on(small: SmallClinic, day: date) -> list[Start]:
    """Return what is on offer that day, earliest first."""
    if not _may_be_looked_at(small, day):
        return []
    free = free_minutes(small, day)
    able: dict[datetime, list[Practitioner]] = {}
    for one in small.people:
        for moment in grid(small, one, day):
            if moment >= _earliest(small) and ways(small, one, moment, free):
                able.setdefault(moment, []).append(one)
    neat = {
        at: [one for one in who if _leaves_no_gap(small, one, at, free)] for at, who in able.items()
    }
    if not (small.is_online and small.clinic.gap_care != Clinic.GapCare.NONE):
        neat = able
    if small.is_online and small.clinic.gap_care == Clinic.GapCare.HIDE and any(neat.values()):
        able = neat
    return [_start(small, at, who, neat[at], day) for at, who in sorted(able.items()) if who]


def ways(
    small: SmallClinic, one: Practitioner, moment: datetime, free: dict[int, set[datetime]]
) -> list[tuple[int, ...]]:
    """Return every choice of resources, one for each claim, with which a visit could start then."""
    claims = claims_of(small, one)
    pools = []
    for claim in claims:
        every = {moment + MINUTE * number for number in range(claim.begins, claim.ends)}
        pools.append([who.pk for who in _pool(small, claim, one) if every <= free[who.pk]])
    return [choice for choice in product(*pools) if _nothing_twice(claims, choice)]


def free_minutes(small: SmallClinic, day: date) -> dict[int, set[datetime]]:
    """Return the minutes of the day, and half a day around it, in which each is there and free."""
    free = {}
    for who in [*small.people, *small.others]:
        free[who.pk] = set(_present(small, who, day))
        for off in small.time_off:
            if off.resource_id in (None, who.pk):
                free[who.pk] -= set(_minutes_touching(off.starts_at, off.ends_at))
        for one in small.taken:
            if one.resource_id == who.pk:
                free[who.pk] -= set(_minutes_touching(one.starts_at, one.ends_at))
    return free


def _present(small: SmallClinic, who: Resource, day: date) -> Iterator[datetime]:
    if isinstance(who, Practitioner):
        for near in (day - DAY, day, day + DAY):
            for opens, closes in _shifts(small, who, near):
                yield from _minutes_between(opens, closes)
    else:
        midnight = _instant(day, time(), small.zone)
        yield from _minutes_between(midnight - DAY / 2, midnight + DAY * 3 / 2)


def _minutes_between(begins: datetime, ends: datetime) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += MINUTE


def _minutes_touching(begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Yield every minute of which some second lies in a stretch."""
    return _minutes_between(begins.replace(second=0, microsecond=0), ends)


def grid(small: SmallClinic, one: Practitioner, day: date) -> Iterator[datetime]:
    """Yield the times at which the clinic starts visits in her day, whatever is taken."""
    if not _is_able(small, one):
        return
    shifts = list(_shifts(small, one, day))
    home = max((closes for _, closes in shifts), default=None)
    step = small.wanted[0].start_step or small.clinic.start_step
    fixed = {_instant(day, clock, small.zone) for clock in small.wanted[0].start_times}
    for opens, closes in shifts:
        for number, moment in enumerate(_minutes_between(opens, closes)):
            is_a_start = moment in fixed if fixed else not MINUTE * number % step
            if is_a_start and moment + MINUTE * _length(small, one) <= home:
                yield moment


def _is_able(small: SmallClinic, one: Practitioner) -> bool:
    """Tell whether somebody may be chosen, and has every skill that is asked for."""
    may_be_chosen = one.is_active and small.practitioner_id in (None, one.pk)
    every = all(_skill(small, one, treatment) for treatment in small.wanted)
    is_claimed = any(claim.kind == PRACTITIONER for claim in claims_of(small, one))
    return may_be_chosen and every and is_claimed


def _leaves_no_gap(
    small: SmallClinic, one: Practitioner, moment: datetime, free: dict[int, set[datetime]]
) -> bool:
    """Tell whether nothing too short to sell stays free before or after what she is needed for."""
    own = [claim for claim in claims_of(small, one) if claim.kind == PRACTITIONER]
    before = moment + MINUTE * (min(claim.begins for claim in own) - 1)
    after = moment + MINUTE * max(claim.ends for claim in own)
    gaps = (_run(free[one.pk], before, -MINUTE), _run(free[one.pk], after, MINUTE))
    return all(not gap or gap >= small.clinic.smallest_gap for gap in gaps)


def _run(free: set[datetime], at: datetime, step: timedelta) -> timedelta:
    """Return for how long it is free from here on."""
    length = timedelta()
    while at in free:
        at, length = at + step, length + MINUTE
    return length


def claims_of(small: SmallClinic, one: Practitioner) -> tuple[Claim, ...]:
    """Return what the whole visit takes around its start."""
    return back_to_back(
        [
            Part(
                treatment.duration_minutes,
                tuple(_claim(need) for need in small.needs if need.treatment_id == treatment.pk),
                _minutes(small, one, treatment),
            )
            for treatment in small.wanted
        ]
    )


def _length(small: SmallClinic, one: Practitioner) -> int:
    """Return how many minutes the client is there."""
    return sum(_minutes(small, one, treatment) for treatment in small.wanted)


def _claim(need: Need) -> Claim:
    group = "" if need.kind == PRACTITIONER else need.group
    return Claim(need.kind, group, need.from_minute, need.until_minute)


def _skill(small: SmallClinic, one: Practitioner, treatment: Treatment) -> Skill | None:
    for skill in small.skills:
        if (skill.practitioner_id, skill.treatment_id) == (one.pk, treatment.pk):
            return skill
    return None


def _minutes(small: SmallClinic, one: Practitioner, treatment: Treatment) -> int:
    skill = _skill(small, one, treatment)
    return (skill.minutes if skill else None) or treatment.duration_minutes


def _may_be_looked_at(small: SmallClinic, day: date) -> bool:
    today = small.now.astimezone(small.zone).date()
    if not small.is_online:
        return today <= day <= today + 730 * DAY
    own = small.wanted[0].horizon_days
    horizon = small.clinic.horizon_days if own is None else own
    nobody = any(one.booked_by == Treatment.BookedBy.NOBODY for one in small.wanted)
    closed = nobody or small.wanted[0].only_as_extra
    return not closed and today <= day <= today + horizon * DAY


def _earliest(small: SmallClinic) -> datetime:
    if not small.is_online:
        return small.now
    own = small.wanted[0].minimum_notice
    return small.now + (small.clinic.minimum_notice if own is None else own)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _is_a_week(day: date) -> bool:
    """Tell whether it is an A week: that of 1 January of the year 1 was, and so every second."""
    monday = day - DAY * day.weekday()
    return (monday - date(1, 1, 1)).days % 14 == 0


def _shifts(
    small: SmallClinic, one: Practitioner, day: date
) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when she works on a day."""
    rows: list[WorkingHours] | list[SpecialHours] = [
        row for row in small.special if (row.practitioner_id, row.works_on) == (one.pk, day)
    ]
    if not rows:
        rows = [
            row
            for row in small.hours
            if (row.practitioner_id, row.weekday) == (one.pk, day.weekday())
            and (row.weeks != WorkingHours.Weeks.A or _is_a_week(day))
            and (row.weeks != WorkingHours.Weeks.B or not _is_a_week(day))
            and (row.from_on is None or day >= row.from_on)
            and (row.until_on is None or day <= row.until_on)
        ]
    for row in rows:
        opens, closes = (_instant(day, clock, small.zone) for clock in (row.opens, row.closes))
        if opens < closes:
            yield opens, closes


def _pool(small: SmallClinic, claim: Claim, one: Practitioner) -> list[Resource]:
    if claim.kind == PRACTITIONER:
        return [one]
    wanted = (claim.kind, claim.group)
    return [who for who in small.others if who.is_active and (who.kind, who.group) == wanted]


def _nothing_twice(claims: tuple[Claim, ...], choice: tuple[int, ...]) -> bool:
    """Tell whether no room or device would serve two claims at once; a person is one person."""
    return not any(
        choice[one] == choice[other] and claims[one].overlaps(claims[other])
        for one in range(len(claims))
        for other in range(one)
        if claims[one].kind != PRACTITIONER
    )


def _start(
    small: SmallClinic,
    at: datetime,
    who: list[Practitioner],
    neat: list[Practitioner],
    day: date,
) -> Start:
    """Let her own practitioner come first, then who can start then without leaving a gap."""
    chosen = _chosen(small, who, day)
    if neat and chosen.pk != small.prefers_id:
        chosen = _chosen(small, neat, day)
    return Start(at, chosen.pk, chosen in neat)


def _chosen(small: SmallClinic, who: list[Practitioner], day: date) -> Practitioner:
    """Return her own practitioner if she can, else who has the fewest minutes taken that day."""

    def order(one: Practitioner) -> tuple[bool, int]:
        minutes = {
            minute
            for stretch in small.taken
            if stretch.resource_id == one.pk
            for minute in _minutes_touching(stretch.starts_at, stretch.ends_at)
            if minute.astimezone(small.zone).date() == day
        }
        return one.pk != small.prefers_id, len(minutes)

    return min(who, key=order)
