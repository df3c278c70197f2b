"""Reads: how a course of sessions is planned, and how it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bookings.models import (
    Appointment,
    AppointmentEvent,
    By,
    PlannedSession,
    Treatment,
    TreatmentPlan,
)
from bookings.series import Band

FIRST_WITHIN = 28  # days


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


def stands(session: PlannedSession) -> bool:
    """Tell whether a session has an appointment that the clinic expects or has seen."""
    return session.appointment is not None and session.appointment.status in Appointment.AGREED


def days_for(
    sessions: Sequence[PlannedSession],
    session: PlannedSession,
    starts: Mapping[int, date],
    *,
    today: date,
    zone: ZoneInfo,
) -> tuple[date, date]:
    """Return the first and the last day for a session, between those around it.

    The first one counts from today: that is when it is planned.

    :param starts: by a session's place, the days of those that are planned anew
    """
    days = {
        one.position: one.appointment.starts_at.astimezone(zone).date()
        for one in sessions
        if stands(one) and one.appointment
    }
    days |= starts
    before = max((one for one in days if one < session.position), default=0)
    first = session.band.first(days.get(before, today))
    last = session.band.last(days.get(before, today))
    after = next(
        (one for one in sessions if one.position > session.position and one.position in days), None
    )
    if after is not None and after.position not in starts:
        first = max(first, days[after.position] - timedelta(days=after.most_days))
        last = min(last, days[after.position] - timedelta(days=after.least_days))
    return first, last


def days_of(appointment_id: int, *, today: date, zone: ZoneInfo) -> tuple[date, date] | None:
    """Return the first and the last day for an appointment in its course; nothing without one."""
    course = PlannedSession.objects.filter(plan__sessions__appointment=appointment_id)
    sessions = list(course.order_by("position").select_related("treatment", "appointment"))
    this = next((one for one in sessions if one.appointment_id == appointment_id), None)
    return None if this is None else days_for(sessions, this, {}, today=today, zone=zone)


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
