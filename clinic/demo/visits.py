"""Filling the agenda, day by day, the way a clinic's agenda fills."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from bookings.availability import shifts_on
from bookings.models import Client, Practitioner, Treatment
from bookings.periods import Period
from bookings.reference import Visit as Asked
from clinic.demo.behaviour import LONGEST_LEAD, Course, Fate, booking_moment, course
from clinic.demo.draws import draws
from clinic.demo.given import Claims, Given, Taken, claims_for
from clinic.demo.people import Habits, habits_of
from clinic.demo.treatments import POPULARITY
from clinic.demo.unnoted import Place

GAPS = (1, 2, 3, 4)  # in steps of the start grid
AVERAGE_GAP, AVERAGE_VISIT = 37.5, 45.0  # minutes
# No agenda is fuller: the start grid, clean-up and the ends of shifts leave crumbs.
FULLEST = 0.78
REST = timedelta(days=9)  # between two visits of one client
WITH_EXTRA = 0.25  # of the visits that something could follow
NOTICE = timedelta(hours=3)
JUST_NOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment to be written: who, what, where, and how it goes."""

    client: Client
    habits: Habits
    choice: "Choice"
    practitioner_id: int
    starts_at: datetime
    course: Course

    @property
    def treatment(self) -> Treatment:
        return self.choice.treatments[0]

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.choice.asked.minutes)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.duration

    @property
    def place(self) -> Place:
        return self.starts_at, self.practitioner_id


@dataclass(frozen=True, slots=True)
class Choice:
    """What is given in a visit, what that asks of who gives it, and what it takes."""

    treatments: tuple[Treatment, ...]  # extras come after the treatment itself
    asked: Asked
    claims: Claims


@dataclass(slots=True)
class Crowd:
    """The made-up clients, their tastes, and when each was last here."""

    clients: list[Client]
    last: dict[int, date] = field(default_factory=dict)  # by number
    _fans: dict[int, tuple[list[int], list[float]]] = field(default_factory=dict)

    def learn_tastes(self, treatments: list[Treatment]) -> None:
        """Give each client two treatments that she comes for."""
        weights = [POPULARITY.get(treatment.slug, 5) for treatment in treatments]
        self._fans = {treatment.pk: ([], []) for treatment in treatments}
        for number in range(len(self.clients)):
            liked = draws("tastes", number).choices(treatments, weights=weights, k=2)
            for pk in {treatment.pk for treatment in liked}:
                self._fans[pk][0].append(number)
                self._fans[pk][1].append(habits_of(number).visits)

    def pick(self, treatment: Treatment, start: datetime, draw: Random) -> int | None:
        """Return the number of a client who might come then, or nothing."""
        fans, weights = self._fans[treatment.pk]
        asked = draw.choices(fans, weights=weights, k=8) if fans else []
        rest = max(REST, timedelta(days=treatment.least_days_between or 0))
        # When none of those who like it can come, somebody else tries it for once.
        for number in (*asked, *draw.choices(range(len(self.clients)), k=8)):
            last = self.last.get(number)
            known = self.clients[number].created_at <= start - NOTICE
            if known and (last is None or abs(start.date() - last) >= rest):
                return number
        return None


@dataclass(frozen=True, slots=True)
class Filling:
    """What filling the agenda needs to know."""

    given: Given
    crowd: Crowd
    now: datetime


@dataclass(frozen=True, slots=True)
class _Shift:
    """One practitioner's stretch of work, being filled."""

    period: Period
    practitioner: Practitioner
    filling: Filling
    taken: Taken
    draw: Random

    @property
    def given(self) -> Given:
        return self.filling.given


def visits_on(day: date, filling: Filling, taken: Taken, *, share: float) -> Iterator[Visit]:
    """Yield a day's visits, filling about `share` of the practitioners' time; updates `taken`."""
    draw = draws("day", day.isoformat())
    share *= draw.uniform(0.9, 1.1)
    for practitioner in filling.given.practitioners:
        for period in shifts_on(practitioner, day, filling.given.zone):
            shift = _Shift(period, practitioner, filling, taken, draw)
            yield from _fill(shift, idle=_idle(share))


def _idle(share: float) -> float:
    """Return the chance of a gap at each start that leaves `share` of the time taken."""
    busy = min(share / FULLEST, 1.0)
    idle = (1 - busy) * AVERAGE_VISIT
    return idle / (idle + busy * AVERAGE_GAP)


def _fill(shift: _Shift, *, idle: float) -> Iterator[Visit]:
    step = shift.given.clinic.start_step
    start = shift.period.start
    while start < shift.period.end:
        if shift.draw.random() < idle:
            start += step * shift.draw.choice(GAPS)
            continue
        until = start + step
        for visit in _at(start, shift):
            yield visit
            mine = [p.end for who, p in visit.choice.claims if who == shift.practitioner.pk]
            until = max([until, *mine])
        start += step * -((start - until) // step)  # up to the grid


def _at(start: datetime, shift: _Shift) -> Iterator[Visit]:
    """Yield the visit at one start, after those cancelled so early that they made room for it."""
    since = start - timedelta(days=LONGEST_LEAD)
    for _ in range(3):
        visit = _visit(start, shift, since=since)
        if visit is None:
            return
        yield visit
        cancelled_at = visit.course.cancelled_at
        if cancelled_at is None:
            for resource, period in visit.choice.claims:
                shift.taken.setdefault(resource, []).append(period)
            return
        refills = 0.7 if visit.course.fate is Fate.CANCELS_EARLY else 0.2
        if shift.draw.random() > refills:
            return
        since = cancelled_at


def _visit(start: datetime, shift: _Shift, *, since: datetime) -> Visit | None:
    choice = _choice(start, shift)
    if choice is None:
        return None
    treatment = choice.treatments[0]
    number = shift.filling.crowd.pick(treatment, start, shift.draw)
    if number is None:
        return None
    client = shift.filling.crowd.clients[number]
    goes = _course(start, shift, treatment, number, since=max(since, client.created_at))
    if goes is None:
        return None
    shift.filling.crowd.last[number] = start.date()
    return Visit(client, habits_of(number), choice, shift.practitioner.pk, start, goes)


def _course(
    start: datetime, shift: _Shift, treatment: Treatment, number: int, *, since: datetime
) -> Course | None:
    """Return how the visit goes, as far as it has gone, or nothing if it cannot be booked yet."""
    latest = min(start - NOTICE, shift.filling.now - JUST_NOW)
    if since >= latest:
        return None
    zone, draw = shift.given.zone, shift.draw
    day = start.astimezone(zone).date()
    whole = course(
        draw,
        habits_of(number),
        booked_at=booking_moment(day, draw, zone=zone, between=(since, latest)),
        starts_at=start,
        free_notice=treatment.free_notice,
        is_first=number not in shift.filling.crowd.last,
        has_deposit=treatment.deposit_cents > 0,
        zone=zone,
    )
    return so_far(whole, now=shift.filling.now)


def so_far(whole: Course, *, now: datetime) -> Course:
    """Return what has happened of a course by `now`; a cancellation to come is left open."""
    confirmed_at, cancelled_at = whole.confirmed_at, whole.cancelled_at
    is_open = cancelled_at is not None and cancelled_at > now - JUST_NOW
    return Course(
        booked_at=whole.booked_at,
        fate=Fate.COMES if is_open else whole.fate,
        confirmed_at=confirmed_at if confirmed_at and confirmed_at < now else None,
        cancelled_at=None if is_open else cancelled_at,
    )


def _choice(start: datetime, shift: _Shift) -> Choice | None:
    """Return what fits here with what it would take, the popular treatments most often."""
    pk, given = shift.practitioner.pk, shift.given
    able = given.treatments[pk]
    weights = [POPULARITY.get(treatment.slug, 5) for treatment in able]
    for treatment in shift.draw.choices(able, weights=weights, k=4) if able else []:
        treatments = (treatment, *_extras(treatment, shift))
        asked = given.asked_by(treatments, pk)
        if asked is None or start + timedelta(minutes=asked.minutes) > shift.period.end:
            continue
        claims = claims_for(asked.claims, start, pk, given, shift.taken)
        if claims is not None:
            return Choice(treatments, asked, claims)
    return None


def _extras(treatment: Treatment, shift: _Shift) -> list[Treatment]:
    able = shift.given.extras_of(treatment)
    return [shift.draw.choice(able)] if able and shift.draw.random() < WITH_EXTRA else []
