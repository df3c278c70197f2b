"""Changing the sessions of a course: this one, this and the following, or all of them.

Each verb says in its name what it touches. Sessions that are over, or were withdrawn before, are
never touched. An appointment that is no session of a course is refused with `NotInCourse`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.courses import Reach, reached
from bookings.locks import lock_clinic
from bookings.models import Appointment, AppointmentEvent, By, PlannedSession, User
from bookings.operations.changing import (
    NotCancellable,
    NotMovable,
    NotUndoable,
    cancel,
    reschedule,
    undo_cancel,
)
from bookings.operations.courses import (
    REFUSED,
    Impossible,
    SeriesImpossible,
    locked_sessions,
    nearest_inside,
    refuse_far,
    refuse_outside_band,
)
from bookings.operations.events import join
from bookings.periods import wall_clock
from bookings.search import Search, search_for

Kind = AppointmentEvent.Kind
Status = Appointment.Status


class NotInCourse(Exception):
    """The appointment is no session of a course."""


def cancel_session(
    appointment_id: int, *, by: By, now: datetime, reason: str = "", user: User | None = None
) -> list[Appointment]:
    """Cancel this session only; the others of the course stay.

    :raises NotCancellable: if it began, or there is nothing left to cancel
    """
    return _cancel(appointment_id, Reach.ONE, by=by, now=now, reason=reason, user=user)


def cancel_following(
    appointment_id: int, *, by: By, now: datetime, reason: str = "", user: User | None = None
) -> list[Appointment]:
    """Cancel this session and every later one of the course; the earlier ones stay.

    :raises NotCancellable: if this one began, or there is nothing left to cancel
    """
    return _cancel(appointment_id, Reach.FOLLOWING, by=by, now=now, reason=reason, user=user)


def cancel_all(
    appointment_id: int, *, by: By, now: datetime, reason: str = "", user: User | None = None
) -> list[Appointment]:
    """Cancel every session of the course that is still to come.

    :param appointment_id: any session of the course
    :raises NotCancellable: if there is nothing left to cancel
    """
    return _cancel(appointment_id, Reach.ALL, by=by, now=now, reason=reason, user=user)


@transaction.atomic
def _cancel(
    appointment_id: int, reach: Reach, *, by: By, now: datetime, reason: str, user: User | None
) -> list[Appointment]:
    """Cancel all that are reached, each on its own terms; they are one act."""
    found = reached(_sessions_of(appointment_id), appointment_id, reach, now=now)
    ids = [one.pk for one in found]
    if not ids or (reach is not Reach.ALL and appointment_id not in ids):
        raise NotCancellable
    for one in ids:
        cancel(one, by=by, now=now, reason=reason, user=user)
    join(ids, Kind.CANCELLED, at=now)
    return list(Appointment.objects.filter(pk__in=ids).order_by("starts_at"))


@transaction.atomic
def undo_cancel_together(
    appointment_id: int, *, within: timedelta, by: By, now: datetime, user: User | None = None
) -> list[Appointment]:
    """Put back all that were cancelled in one act with this one: every one of them, or none.

    :raises NotUndoable: if the time for that is over, or somebody else has one of the slots
    """
    cancelled = AppointmentEvent.objects.filter(appointment=appointment_id, kind=Kind.CANCELLED)
    last = cancelled.order_by("-pk").first()
    if last is None:
        raise NotUndoable
    ids = last.facts.get("batch", [appointment_id])
    still = Appointment.objects.filter(pk__in=ids, status=Status.CANCELLED, cancelled_at=last.at)
    standing = list(
        still.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    )
    if appointment_id not in standing:
        raise NotUndoable
    lock_clinic()
    return [undo_cancel(one, within=within, by=by, now=now, user=user) for one in standing]


def move_session(
    appointment_id: int,
    search: Search,
    *,
    starts_at: datetime,
    user: User | None = None,
    reason: str = "",
    override: str = "",
) -> Appointment:
    """Move this session only, inside its band and with the next one still in its own.

    :param search: made with `search_for`, by whoever moves it
    :param override: the desk's reason to leave the bands, or to come sooner than is usual
    :raises SeriesImpossible: if it cannot be then, with the nearest times; nothing is changed
    :raises NotOffered: if the new time lies further away than anybody plans
    :raises NotMovable: if it is no appointment to come, or she may no longer move it herself
    :raises ReasonMissing: if the clinic moves it without a word
    """
    refuse_far([starts_at], search)
    with transaction.atomic():
        sessions = _sessions_of(appointment_id)
        this = _session(sessions, appointment_id)
        move = _Move(sessions, {this.position: starts_at}, user, reason, override)
        return move(this, search, beside=sessions)


def move_following(
    appointment_id: int,
    search: Search,
    *,
    starts_at: datetime,
    user: User | None = None,
    reason: str = "",
    override: str = "",
) -> list[Appointment]:
    """Move this session, and every later one by as many days: all of them, or none.

    The later ones keep their own time of day, also over a clock change, and their distance.

    :param search: made with `search_for` for this one, by whoever moves it
    :param override: the desk's reason to leave the band, or to come sooner than is usual
    :raises SeriesImpossible: with every session that cannot be then; nothing is changed
    :raises NotOffered: if the new time lies further away than anybody plans
    :raises NotMovable: if this is no appointment to come, or she may no longer move one herself
    :raises ReasonMissing: if the clinic moves it without a word
    """
    refuse_far([starts_at], search)
    with transaction.atomic():
        sessions = _sessions_of(appointment_id)
        ids = [one.pk for one in reached(sessions, appointment_id, Reach.FOLLOWING, now=search.now)]
        if appointment_id not in ids:
            raise NotMovable
        this = _session(sessions, appointment_id)
        moving = [_session(sessions, one) for one in ids]
        starts = _shifted(moving, this, starts_at, search.zone)
        lock_clinic()  # in one go: two courses that lock one by one deadlock
        move = _Move(sessions, starts, user, reason, override)
        moved = _move_each(moving, this, search, move)
        join(ids, Kind.MOVED, at=search.now)
        return moved


@dataclass(frozen=True, slots=True)
class _Move:
    """Moves sessions of a course to their new starts; called for each."""

    sessions: Sequence[PlannedSession]  # of the whole course
    starts: Mapping[int, datetime]  # by place
    user: User | None
    reason: str
    override: str

    def __call__(
        self, one: PlannedSession, search: Search, *, beside: Sequence[PlannedSession] = ()
    ) -> Appointment:
        """Move one session, or change nothing.

        :param beside: the sessions from which it must keep its distance, itself among them
        :raises SeriesImpossible: if it cannot be then, with the nearest times
        """
        starts_at = self.starts[one.position]
        try:
            with transaction.atomic():
                if beside:
                    refuse_outside_band(beside, one, self.starts, search, override=self.override)
                return reschedule(
                    _booked(one).pk,
                    search,
                    starts_at=starts_at,
                    user=self.user,
                    reason=self.reason,
                    override=self.override,
                )
        except REFUSED as error:
            near = nearest_inside(self.sessions, one, self.starts, search, error)
            problem = Impossible(one.position, starts_at, error, near)
            raise SeriesImpossible([problem]) from error


def _move_each(
    moving: Sequence[PlannedSession], this: PlannedSession, search: Search, move: _Move
) -> list[Appointment]:
    """Move all of these, the first of which is `this`; return them in their order.

    :raises SeriesImpossible: with every session that cannot be then
    """
    problems: list[Impossible] = []
    moved: list[Appointment] = []
    # The last one first when all come later: none takes the time of the one behind it.
    is_later = move.starts[this.position] > _booked(this).starts_at
    for one in reversed(moving) if is_later else moving:
        try:
            if one is this:
                # Those behind it keep their distance, since they move along.
                before = move.sessions[: move.sessions.index(this) + 1]
                moved.append(move(this, search, beside=before))
            else:
                moved.append(move(one, _search_like(search, _booked(one))))
        except SeriesImpossible as error:
            problems += error.problems
    if problems:
        raise SeriesImpossible(sorted(problems, key=lambda problem: problem.position))
    return sorted(moved, key=lambda one: one.starts_at)


def _shifted(
    moving: Iterable[PlannedSession], this: PlannedSession, starts_at: datetime, zone: ZoneInfo
) -> dict[int, datetime]:
    """Return by place when each would start, so many days from now on its own wall clock."""
    was = _booked(this).starts_at.astimezone(zone)
    days = timedelta(days=(starts_at.astimezone(zone).date() - was.date()).days)
    starts = {}
    for one in moving:
        local = _booked(one).starts_at.astimezone(zone)
        starts[one.position] = wall_clock(local.date() + days, local.time(), zone)
    return starts | {this.position: starts_at}


def _search_like(search: Search, appointment: Appointment) -> Search:
    """Return the search for moving another session: with whom she has it, if she chose."""
    own = None if appointment.any_practitioner else appointment.practitioner_id
    return search_for(
        appointment,
        search.clinic,
        zone=search.zone,
        now=search.now,
        by=search.by,
        practitioner_id=own,
    )


def _sessions_of(appointment_id: int) -> list[PlannedSession]:
    """Lock the course of an appointment and return its sessions.

    :raises NotInCourse: if it belongs to none
    """
    own = PlannedSession.objects.filter(appointment=appointment_id).values_list("plan", flat=True)
    plan_id = own.first()
    if plan_id is None:
        raise NotInCourse
    return locked_sessions(plan_id)


def _session(sessions: Iterable[PlannedSession], appointment_id: int) -> PlannedSession:
    return next(one for one in sessions if one.appointment_id == appointment_id)


def _booked(session: PlannedSession) -> Appointment:
    assert session.appointment is not None  # only those that stand are moved
    return session.appointment
