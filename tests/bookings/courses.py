"""A course for tests: four weekly sessions on Wednesdays, if nothing else is asked."""

from datetime import datetime, timedelta

from bookings import operations as bookings
from bookings.courses import evenly
from bookings.models import Appointment, By, Client, Clinic, PlannedSession, Treatment
from bookings.proposing import propose_series
from bookings.search import Search, search_for
from tests.factories import NOW, START, ClientFactory, a_search
from tests.when import ZONE

WEEK = timedelta(days=7)


def read_out(appointment: Appointment) -> bookings.Acceptance:
    """Say that the terms were read to the client."""
    return bookings.Acceptance(text="zoals gelezen", version="1", address=None, device="test")


def weekly(start: datetime = START, *, count: int = 4) -> list[datetime]:
    """Return so many starts, a week apart on the clinic's own clock."""
    local = start.astimezone(ZONE)
    return [local + n * WEEK for n in range(count)]


def at_the_desk(treatment: Treatment, *, now: datetime = NOW, **wishes: object) -> Search:
    return a_search(treatment, now=now, by=By.CLINIC, **wishes)


def a_plan(treatment: Treatment, *, count: int = 4, days: int = 7, client: Client | None = None):
    """Return a course that is planned and not booked."""
    sessions = evenly(treatment, count, days=days)
    return bookings.plan_course(client or ClientFactory(), sessions, now=NOW)


def book(plan, starts, treatment: Treatment, *, now: datetime = NOW, override: str = ""):
    """Book the sessions of a course at these starts."""
    numbered = dict(enumerate(starts, start=1))
    search = at_the_desk(treatment, now=now)
    return bookings.book_series(plan.pk, numbered, search, accept=read_out, override=override)


def a_course(treatment: Treatment, *, starts=None, client: Client | None = None):
    """Return the appointments of a course that is booked, in their order."""
    starts = starts or weekly()
    return book(a_plan(treatment, count=len(starts), client=client), starts, treatment)


def to_move(appointment: Appointment, *, now: datetime = NOW, by: By = By.CLINIC) -> Search:
    """Return the search for moving a session."""
    return search_for(appointment, Clinic.objects.get(), zone=ZONE, now=now, by=by)


def proposed(treatment: Treatment, *, count: int = 4, search: Search | None = None, **more):
    """Return what is proposed at the desk."""
    planned = evenly(treatment, count, days=7)
    search = search or at_the_desk(treatment)
    return propose_series(planned, search, after=search.today, **more)


def standing() -> list[tuple[int, str, datetime]]:
    """Return how every session of every course stands: its place, its status, its start."""
    rows = PlannedSession.objects.filter(appointment__isnull=False).order_by("plan_id", "position")
    return [
        (position, status, starts_at)
        for position, status, starts_at in rows.values_list(
            "position", "appointment__status", "appointment__starts_at"
        )
    ]
