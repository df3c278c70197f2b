"""Reads: how a course of sessions is planned, when it could be, and how it stands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bookings.board import Board, Slot
from bookings.eligibility import interval_problem
from bookings.models import (
    Appointment,
    AppointmentEvent,
    By,
    Client,
    PlannedSession,
    Treatment,
    TreatmentPlan,
)
from bookings.search import Search
from bookings.series import ANY, Band, Session, Start, Stuck, Wish, propose, ranked

FIRST_WITHIN = 28  # days
LOOK_AROUND = timedelta(days=28)  # so far outside a band other days are looked for
Times = dict[date, dict[int, Slot]]  # by day, by minute of that day on the clinic's clock


@dataclass(frozen=True, slots=True)
class Planned:
    """One session as it is planned, and its appointment if it has one that stands."""

    treatment: Treatment
    band: Band
    expected_result: str = ""
    appointment: Appointment | None = None


def evenly(treatment: Treatment, count: int, *, days: int) -> list[Planned]:
    """Return so many sessions of a treatment, `days` apart with a quarter of that to spare."""
    spare = days // 4
    first = Planned(treatment, Band(0, FIRST_WITHIN, 0))
    later = Planned(treatment, Band(max(days - spare, 1), days + spare, days))
    return spaced([first] + [later] * (count - 1))


def spaced(sessions: Iterable[Planned]) -> list[Planned]:
    """Return the sessions with at least as long between them as their treatments ask."""
    found: list[Planned] = []
    for one in sessions:
        least = max([one.band.least, *_asked(found, one.treatment)])
        advised = max(one.band.advised, least)
        band = Band(least, max(one.band.most, advised), advised)
        found.append(replace(one, band=band))
    return found


def _asked(earlier: Sequence[Planned], treatment: Treatment) -> Iterator[int]:
    """Yield what each earlier session asks of the distance from the last of them."""
    meanwhile = 0
    for one in reversed(earlier):
        yield max(days_between(one.treatment, treatment), 1) - meanwhile
        meanwhile += one.band.least


def days_between(earlier: Treatment, later: Treatment) -> int:
    """Return how many days the treatments themselves ask between one and the other."""
    same = (later.least_days_between or 0) if earlier.pk == later.pk else 0
    is_before = later.prerequisite_id == earlier.pk
    return max(same, later.prerequisite_days_before if is_before else 0)


@dataclass(frozen=True, slots=True)
class Offered:
    """What is proposed for one session, and what else there is."""

    planned: Planned
    slot: Slot | None  # none: impossible, gone, or an earlier session has no day yet
    others: tuple[Slot, ...] = ()  # the best first; those outside the band when it is impossible
    first: date | None = None  # the days it may come
    last: date | None = None

    @property
    def is_impossible(self) -> bool:
        return self.slot is None and self.first is not None


def propose_series(
    planned: Sequence[Planned],
    search: Search,
    *,
    after: date,
    wish: Wish = ANY,
    client: Client | None = None,
    chosen: Sequence[datetime] = (),
) -> list[Offered]:
    """Propose a time for each session. A query for each treatment, and one for the client.

    :param search: by whom, when, and with whom; each session's own treatment is looked for
    :param after: the day from which the first session's band counts
    :param chosen: the starts of the first sessions, if those were chosen; the others follow them
    """
    local = [_start(moment, search.zone) for moment in chosen]
    times = _times(planned, search, after=after, chosen=local, client=client)
    free = [_own(one, search.zone) or times[one.treatment.pk] for one in planned]
    sessions = [
        Session(one.band, {day: list(minutes) for day, minutes in slots.items()})
        for one, slots in zip(planned, free, strict=True)
    ]
    last = local[-1] if local else None
    proposal = propose(
        sessions[len(local) :],
        after=last.day if last else after,
        wish=wish,
        near=last.minute if last else None,
    )
    starts, stuck = [*local, *proposal.starts], proposal.stuck
    return [
        Offered(one, None)
        if number > len(starts)
        else _impossible(one, slots, stuck)
        if number == len(starts) and stuck is not None
        else _offered(one, session, slots, starts, number, after=after, wish=wish)
        for number, (one, session, slots) in enumerate(zip(planned, sessions, free, strict=True))
    ]


def _offered(
    planned: Planned,
    session: Session,
    slots: Times,
    starts: Sequence[Start],
    number: int,
    *,
    after: date,
    wish: Wish,
) -> Offered:
    before = starts[number - 1] if number else None
    day = before.day if before else after
    near = before.minute if before else None
    best = ranked(session, after=day, wish=wish, near=near)
    start = starts[number]
    return Offered(
        planned,
        slot=slots.get(start.day, {}).get(start.minute),
        others=tuple(slots[one.day][one.minute] for one in best if one != start),
        first=planned.band.first(day),
        last=planned.band.last(day),
    )


def _impossible(planned: Planned, slots: Times, stuck: Stuck) -> Offered:
    near = tuple(slots[one.day][one.minute] for one in stuck.nearest)
    return Offered(planned, None, near, stuck.first, stuck.last)


def _times(
    planned: Sequence[Planned],
    search: Search,
    *,
    after: date,
    chosen: Sequence[Start],
    client: Client | None,
) -> dict[int, Times]:
    """Return by treatment when its sessions could be, read once for all of them."""
    spans = list(_spans(planned, after=after, chosen=chosen))
    found: dict[int, Times] = {}
    busy = _visits(client, planned, search.zone)
    for pk, treatment in {one.treatment.pk: one.treatment for one in planned}.items():
        own = [span for one, span in zip(planned, spans, strict=True) if one.treatment.pk == pk]
        first = max(min(span[0] for span in own), search.today)
        last = min(max(span[1] for span in own), search.last_day)
        found[pk] = _free(replace(search, treatment=treatment), first, last, busy.get(pk, []))
    return found


def _spans(
    planned: Sequence[Planned], *, after: date, chosen: Sequence[Start]
) -> Iterator[tuple[date, date]]:
    """Yield for each session the days worth looking at."""
    first = last = after
    for number, one in enumerate(planned):
        first, last = one.band.first(first), one.band.last(last)
        yield first - LOOK_AROUND, last + LOOK_AROUND
        if number < len(chosen):
            first = last = chosen[number].day


def _free(search: Search, first: date, last: date, busy: Sequence[date]) -> Times:
    if last < first or search.is_closed_online:
        return {}
    board = Board.read(search, first, last)
    least = search.treatment.least_days_between
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {
        day: {_start(slot.starts_at, search.zone).minute: slot for slot in reversed(slots)}
        for day in days
        if not interval_problem(busy, on=day, least_days=least) and (slots := board.slots(day))
    }


def _visits(
    client: Client | None, planned: Sequence[Planned], zone: ZoneInfo
) -> dict[int, list[date]]:
    """Return by treatment on which days the client comes for it, outside this course."""
    if client is None:
        return {}
    visits = Appointment.objects.filter(
        client=client,
        treatment__in={one.treatment.pk for one in planned},
        status__in=Appointment.AGREED,
    ).exclude(pk__in=[one.appointment.pk for one in planned if one.appointment])
    found: dict[int, list[date]] = {}
    for treatment_id, starts_at in visits.values_list("treatment", "starts_at"):
        found.setdefault(treatment_id, []).append(starts_at.astimezone(zone).date())
    return found


def _own(planned: Planned, zone: ZoneInfo) -> Times:
    """Return the one time of a session that has its appointment; nothing for the others."""
    booked = planned.appointment
    if booked is None:
        return {}
    start = _start(booked.starts_at, zone)
    return {start.day: {start.minute: Slot(booked.starts_at, booked.practitioner_id)}}


def _start(moment: datetime, zone: ZoneInfo) -> Start:
    local = moment.astimezone(zone)
    return Start(local.date(), local.hour * 60 + local.minute)


class Reach(StrEnum):
    """How much of a course a change is about."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"

    def holds(self, position: int, this: int) -> bool:
        """Tell whether a change of the session at `this` is about the one at `position`."""
        return {
            Reach.ONE: position == this,
            Reach.FOLLOWING: position >= this,
            Reach.ALL: True,
        }[self]


def reached(
    sessions: Iterable[PlannedSession], appointment_id: int, reach: Reach, *, now: datetime
) -> list[Appointment]:
    """Return the visits to come that a change is about, in the order of the course.

    :param sessions: those of the appointment's course, in their order
    """
    this = next(one.position for one in sessions if one.appointment_id == appointment_id)
    return [
        one.appointment
        for one in sessions
        if one.appointment is not None
        and one.appointment.status == Appointment.Status.BOOKED
        and one.appointment.starts_at > now
        and reach.holds(one.position, this)
    ]


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session of a course as it stands, after the one before it that stands."""

    planned: PlannedSession
    day: date | None  # none: it is still to be booked
    before: date | None  # the day of the last one before it that stands

    @property
    def is_inside(self) -> bool | None:
        """Tell whether she came back within the interval; nothing when that cannot be said."""
        if self.day is None or self.before is None:
            return None
        return self.planned.band.holds(self.before, self.day)

    @property
    def window(self) -> tuple[date, date] | None:
        """The days it should come, as far as those are known."""
        band = self.planned.band
        return None if self.before is None else (band.first(self.before), band.last(self.before))


@dataclass(frozen=True, slots=True)
class Course:
    """A treatment plan with its sessions, and how often it was moved."""

    plan: TreatmentPlan
    sittings: tuple[Sitting, ...]
    moves: int = 0  # moving several at once is one move
    moves_by_client: int = 0

    @property
    def done(self) -> int:
        """How many sessions were given."""
        given = Appointment.Status.COMPLETED
        return sum(
            1 for one in self.sittings if one.day and _status(one.planned.appointment) == given
        )

    @property
    def repeats(self) -> int:
        """How often she came back, or will: the sessions after another that stand."""
        return sum(1 for one in self.sittings if one.is_inside is not None)

    @property
    def repeats_in_time(self) -> int:
        """How often that is within the interval."""
        return sum(1 for one in self.sittings if one.is_inside)

    def number_of(self, appointment_id: int) -> int:
        """Return which session an appointment is, the first being 1."""
        return next(
            one.planned.position
            for one in self.sittings
            if one.planned.appointment_id == appointment_id
        )

    def coming(self, appointment_id: int, reach: Reach, *, now: datetime) -> list[Appointment]:
        """Return the visits to come that a change of this reach is about, in their order."""
        sessions = [one.planned for one in self.sittings]
        return reached(sessions, appointment_id, reach, now=now)


def course_of(appointment: Appointment, *, zone: ZoneInfo) -> Course | None:
    """Return the course that an appointment is a session of; nothing when it stands alone."""
    plan_id = PlannedSession.objects.filter(appointment=appointment).values_list("plan").first()
    return None if plan_id is None else read_course(plan_id[0], zone=zone)


def read_course(plan_id: int, *, zone: ZoneInfo) -> Course:
    """Return a course as it stands. Three queries."""
    plan = TreatmentPlan.objects.select_related("client").get(pk=plan_id)
    rows = PlannedSession.objects.filter(plan=plan).order_by("position")
    rows = rows.select_related("treatment", "appointment__practitioner", "appointment__treatment")
    sittings, before = [], None
    for row in rows:
        day = _day(row.appointment, zone)
        sittings.append(Sitting(row, day, before))
        before = day or before
    ids = [one.planned.appointment_id for one in sittings if one.planned.appointment_id]
    acts = _moves(ids)
    by_client = sum(1 for by in acts if by == By.CLIENT)
    return Course(plan, tuple(sittings), moves=len(acts), moves_by_client=by_client)


def _status(appointment: Appointment | None) -> str:
    return appointment.status if appointment else ""


def _day(appointment: Appointment | None, zone: ZoneInfo) -> date | None:
    if appointment is None or appointment.status not in Appointment.AGREED:
        return None
    return appointment.starts_at.astimezone(zone).date()


def _moves(appointment_ids: Iterable[int]) -> list[str]:
    """Return by whom each move was; those of one act are one."""
    moved = AppointmentEvent.objects.filter(
        appointment__in=appointment_ids, kind=AppointmentEvent.Kind.MOVED
    )
    acts = {
        (at, *facts["batch"]) if "batch" in facts else (pk,): by
        for pk, at, by, facts in moved.values_list("pk", "at", "by", "facts")
    }
    return list(acts.values())
