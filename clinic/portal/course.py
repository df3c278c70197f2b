"""A course of sessions as its own client sees it: what was done, what is next, what to expect."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.clock import now
from bookings.courses import Course, Sitting, read_course
from bookings.models import Appointment
from clinic.access import plan_by_token
from clinic.portal.shown import zone

Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class SessionShown:
    """One session in the line: done, next, planned, missed or still open."""

    number: int
    state: str
    treatment_name: str
    practitioner_name: str
    starts_at: datetime | None  # none while it is open
    first: date | None  # when an open one should come, as far as that is known
    last: date | None
    expected: str
    token: str  # of its appointment, while it is to come


@dataclass(frozen=True, slots=True)
class CourseShown:
    """The whole line."""

    name: str
    token: str
    done: int
    sessions: list[SessionShown]

    @property
    def count(self) -> int:
        return len(self.sessions)

    @property
    def next(self) -> SessionShown | None:
        return next((one for one in self.sessions if one.state == "next"), None)

    @property
    def says_expected(self) -> bool:
        return any(one.expected for one in self.sessions)


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show a course; the page changes nothing."""
    course = read_course(plan_by_token(token).pk, zone=zone())
    return render(request, "portal/course.html", {"course": course_shown(course, now=now())})


def course_shown(course: Course, *, now: datetime) -> CourseShown:
    """Return what a client sees of her course."""
    states = [_state(one, now=now) for one in course.sittings]
    if "planned" in states:
        states[states.index("planned")] = "next"
    return CourseShown(
        name=course.sittings[-1].planned.treatment.name if course.sittings else course.plan.name,
        token=course.plan.token,
        done=states.count("done"),
        sessions=[_session(one, state) for one, state in zip(course.sittings, states, strict=True)],
    )


def _state(sitting: Sitting, *, now: datetime) -> str:
    visit = sitting.planned.appointment
    if visit is None or visit.status in (Status.CANCELLED, Status.EXPIRED, Status.HELD):
        return "open"
    if visit.status == Status.NO_SHOW:
        return "missed"
    return "planned" if visit.status == Status.BOOKED and visit.starts_at > now else "done"


def _session(sitting: Sitting, state: str) -> SessionShown:
    planned, visit = sitting.planned, sitting.planned.appointment
    stands = visit if state != "open" else None
    first, last = sitting.window or (None, None)
    return SessionShown(
        number=planned.position,
        state=state,
        treatment_name=planned.treatment.name,
        practitioner_name=stands.practitioner.first_name if stands else "",
        starts_at=stands.starts_at if stands else None,
        first=first,
        last=last,
        expected=planned.expected_result,
        token=stands.token if stands and state in ("next", "planned") else "",
    )
