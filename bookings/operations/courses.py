"""Courses: planning the sessions, and booking them all or not at all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from bookings.availability import slots_on
from bookings.courses import Planned, days_for, spaced, stands
from bookings.locks import lock_clinic
from bookings.models import (
    Appointment,
    AppointmentEvent,
    Client,
    PlannedSession,
    TreatmentPlan,
)
from bookings.operations.agreeing import Acceptance, accept_terms, book
from bookings.operations.beforehand import ask_anew
from bookings.operations.events import join
from bookings.operations.gate import NotEligible, refuse_ineligible
from bookings.operations.holding import hold
from bookings.operations.live import AlreadyBooked
from bookings.operations.taking import NotOffered, SlotTaken
from bookings.search import CLINIC_HORIZON, Search

NEAREST = 3


class OutsideBand(Exception):
    """The day lies too near the session before it, or too far from it."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} - {last}")
        self.first, self.last = first, last


@dataclass(frozen=True, slots=True)
class Impossible:
    """A session that could not be at the time asked for, why, and the nearest that could."""

    position: int
    starts_at: datetime
    error: Exception
    nearest: tuple[datetime, ...] = ()


class SeriesImpossible(Exception):
    """Not every session could be at its time, so nothing was changed."""

    def __init__(self, problems: Sequence[Impossible]) -> None:
        super().__init__([(one.position, repr(one.error)) for one in problems])
        self.problems = tuple(problems)


#: What can be wrong with the time of one session.
REFUSED = (SlotTaken, NotOffered, NotEligible, OutsideBand)


@transaction.atomic
def plan_course(
    client: Client, sessions: Sequence[Planned], *, now: datetime, name: str = ""
) -> TreatmentPlan:
    """Plan the sessions of a course; none has a date yet.

    Between two lies at least as long as their treatments ask, whatever was planned.
    """
    plan = TreatmentPlan.objects.create(
        client=client, name=name or sessions[-1].treatment.name, created_at=now
    )
    PlannedSession.objects.bulk_create(
        PlannedSession(
            plan=plan,
            position=position,
            treatment=one.treatment,
            least_days=one.band.least,
            advised_days=one.band.advised,
            most_days=one.band.most,
            expected_result=one.expected_result,
        )
        for position, one in enumerate(spaced(sessions), start=1)
    )
    return plan


def book_series(
    plan_id: int,
    starts: Mapping[int, datetime],
    search: Search,
    *,
    accept: Callable[[Appointment], Acceptance],
    pay: Callable[[Appointment], object] | None = None,
    override: str = "",
) -> list[Appointment]:
    """Book every session of a course that has no appointment: all of them, or none.

    Each becomes an appointment of its own, on its treatment's own terms. Only the deposit is not
    asked, which would be one for every session at once: who pays beforehand pays for the course.

    :param starts: by a session's place in the course, when it starts
    :param search: who books, as of when, and with whom; each session's treatment is looked for
    :param accept: says how the terms of an appointment were read and accepted
    :param pay: agrees to a session that is paid beforehand, pays and books it, in the place of
        `accept`
    :param override: the desk's reason to leave a band, or to come sooner than is usual
    :raises AlreadyBooked: if these are not the sessions that are still to be booked
    :raises NotOffered: if a start lies further away than anybody plans
    :raises SeriesImpossible: with every session that cannot be then; nothing is written
    """

    def agree(held: Appointment) -> None:
        accept_terms(held.pk, accept(held), now=search.now)
        book(held.pk, now=search.now, by=search.by)

    refuse_far(starts.values(), search)
    with transaction.atomic():
        sessions = locked_sessions(plan_id)
        wanted = [one for one in sessions if not stands(one)]
        if not wanted or {one.position for one in wanted} != set(starts):
            raise AlreadyBooked
        # Whatever any session may take, in one go: two series that lock one by one deadlock.
        lock_clinic()
        booked: list[Appointment] = []
        problems: list[Impossible] = []
        for one in wanted:
            at = replace(search, treatment=one.treatment)
            starts_at = starts[one.position]
            try:
                with transaction.atomic():
                    refuse_outside_band(sessions, one, starts, at, override=override)
                    held = _hold(one, at, starts_at, override=override)
                    (pay or agree)(held)
                    held.refresh_from_db()
                    booked.append(held)
            except REFUSED as error:
                near = nearest_inside(sessions, one, starts, at, error)
                problems.append(Impossible(one.position, starts_at, error, near))
        if problems:
            raise SeriesImpossible(problems)
        join([one.pk for one in booked], AppointmentEvent.Kind.BOOKED, at=search.now)
        return booked


def refuse_far(moments: Iterable[datetime], search: Search) -> None:
    """Let through what lies near enough to count days from.

    :raises NotOffered: if one lies further away than anybody plans
    """
    if any(abs(one - search.now) > CLINIC_HORIZON for one in moments):
        raise NotOffered


def locked_sessions(plan_id: int) -> list[PlannedSession]:
    """Lock a course with its appointments, and return its sessions in their order."""
    plan = TreatmentPlan.objects.select_for_update(no_key=True).get(pk=plan_id)
    own = Appointment.objects.filter(planned_session__plan=plan)
    list(own.order_by("pk").select_for_update(of=("self",), no_key=True).values("pk"))
    sessions = PlannedSession.objects.filter(plan=plan).order_by("position")
    return list(sessions.select_related("plan__client", "treatment", "appointment"))


def refuse_outside_band(
    sessions: Sequence[PlannedSession],
    session: PlannedSession,
    starts: Mapping[int, datetime],
    search: Search,
    *,
    override: str = "",
) -> None:
    """Let through a session that lies in its band, and leaves the next one in its own.

    :param starts: the new starts by place; the other sessions are where they stand
    :raises OutsideBand: with the days on which it could be
    """
    first, last = _days(sessions, session, starts, search)
    if not first <= _day(starts[session.position], search) <= last and not override.strip():
        raise OutsideBand(first, last)


def _days(
    sessions: Sequence[PlannedSession],
    session: PlannedSession,
    starts: Mapping[int, datetime],
    search: Search,
) -> tuple[date, date]:
    days = {position: _day(starts_at, search) for position, starts_at in starts.items()}
    return days_for(sessions, session, days, today=search.today, zone=search.zone)


def nearest_inside(
    sessions: Sequence[PlannedSession],
    session: PlannedSession,
    starts: Mapping[int, datetime],
    search: Search,
    error: Exception,
) -> tuple[datetime, ...]:
    """Return the nearest starts at which a session could be instead, earliest first."""
    first, last = _days(sessions, session, starts, search)
    if isinstance(error, NotEligible):
        if error.problem.from_on is None:  # waiting does not help
            return ()
        first = max(first, error.problem.from_on)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    free = [slot.starts_at for slots in slots_on(search, days=days).values() for slot in slots]
    around = starts[session.position]
    return tuple(sorted(sorted(free, key=lambda one: abs(one - around))[:NEAREST]))


def _hold(
    session: PlannedSession, search: Search, starts_at: datetime, *, override: str
) -> Appointment:
    """Hold the time of a session for its client, with no deposit asked."""
    client = session.plan.client
    held = hold(search, starts_at=starts_at, kind=Appointment.HoldKind.DESK)
    session.appointment = held
    session.save(update_fields=["appointment"])  # before the gate, which looks at the course
    refuse_ineligible(
        client,
        [session.treatment],
        starts_at=starts_at,
        zone=search.zone,
        by=search.by,
        ignoring=held.pk,
        override=override,
    )
    held.client = client
    anew = ask_anew(held, now=search.now)
    held.deposit_cents = 0
    held.save(update_fields=["client", *{*anew, "deposit_cents"}])
    return held


def _day(moment: datetime, search: Search) -> date:
    return moment.astimezone(search.zone).date()
