"""The gate before a booking: may this client have these treatments on that day?"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from bookings.eligibility import Done, Problem, Why, interval_problem, prerequisite_problem
from bookings.models import Appointment, By, Client, PlannedSession, Treatment

Status = Appointment.Status
AGREED = Appointment.AGREED


class NotEligible(Exception):
    """The client cannot have this treatment on that day, for the reason in `problem`."""

    def __init__(self, treatment: Treatment, problem: Problem) -> None:
        super().__init__(problem.why)
        self.treatment, self.problem = treatment, problem


def refuse_ineligible(
    client: Client,
    treatments: Sequence[Treatment],
    *,
    starts_at: datetime,
    zone: ZoneInfo,
    by: By,
    ignoring: int | None = None,
    override: str = "",
) -> None:
    """Let through who may have these treatments then.

    :param ignoring: the appointment in question: it does not stand in its own way, and what comes
        earlier in its course counts as done
    :param override: the desk's reason for a shorter time between two; nothing overrides a
        prerequisite that was not met
    :raises NotEligible: with the first problem there is
    """
    for treatment in treatments:
        problem = _problem(
            client,
            treatment,
            on=starts_at.astimezone(zone).date(),
            zone=zone,
            by=by,
            ignoring=ignoring,
        )
        may_pass = problem and problem.why is Why.TOO_SOON and by is By.CLINIC and override.strip()
        if problem and not may_pass:
            raise NotEligible(treatment, problem)


def _problem(
    client: Client,
    treatment: Treatment,
    *,
    on: date,
    zone: ZoneInfo,
    by: By,
    ignoring: int | None,
) -> Problem | None:
    if by is By.CLIENT and (problem := _online_problem(client, treatment)):
        return problem
    if treatment.prerequisite_id is not None:
        problem = prerequisite_problem(
            _done(client, treatment.prerequisite_id, zone, ignoring=ignoring),
            on=on,
            days_before=treatment.prerequisite_days_before,
            valid_days=treatment.prerequisite_valid_days,
        )
        if problem:
            return problem
    if not treatment.least_days_between:
        return None
    return interval_problem(
        _others(client, treatment, zone, ignoring=ignoring),
        on=on,
        least_days=treatment.least_days_between,
    )


def _online_problem(client: Client, treatment: Treatment) -> Problem | None:
    if treatment.booked_by == Treatment.BookedBy.NOBODY:
        return Problem(Why.NOT_ONLINE)
    if treatment.booked_by == Treatment.BookedBy.EXISTING and not is_known(client):
        return Problem(Why.UNKNOWN_CLIENT)
    return None


def is_known(client: Client) -> bool:
    """Tell whether the clinic has seen, or expects, this client."""
    return Appointment.objects.filter(client=client, status__in=AGREED).exists()


def _done(
    client: Client, treatment_id: int, zone: ZoneInfo, *, ignoring: int | None
) -> Iterable[Done]:
    """Yield when she had it, by itself or in a visit for something else, and how it went."""
    given = Q(treatment=treatment_id) | Q(extras__treatment=treatment_id)
    in_course = Q(status__in=AGREED, planned_session__plan__in=_plans_of(ignoring))
    done = Q(status=Status.COMPLETED) | in_course
    counting = Appointment.objects.filter(given, done, client=client).exclude(pk=ignoring or 0)
    for starts_at, result in counting.values_list("starts_at", "result").distinct():
        yield Done(starts_at.astimezone(zone).date(), result == Appointment.Result.FAILED)


def _plans_of(appointment_id: int | None) -> QuerySet[PlannedSession, int]:
    sessions = PlannedSession.objects.filter(appointment=appointment_id or 0)
    return sessions.values_list("plan", flat=True)


def _others(
    client: Client, treatment: Treatment, zone: ZoneInfo, *, ignoring: int | None
) -> Iterable[date]:
    """Yield the days on which she has it, by itself or in a visit for something else.

    What she is still booking counts too, or she could book two at once in two browsers; what is
    offered to her does not, since saying yes moves the appointment she has.
    """
    given = Q(treatment=treatment) | Q(extras__treatment=treatment)
    booking = Q(status=Status.HELD) & ~Q(hold_kind=Appointment.HoldKind.OFFER)
    hers = Appointment.objects.filter(given, Q(status__in=AGREED) | booking, client=client)
    for starts_at in hers.exclude(pk=ignoring or 0).values_list("starts_at", flat=True):
        yield starts_at.astimezone(zone).date()
