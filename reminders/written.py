"""Reads: a client's if-then plan, as far as it still fits its appointment."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bookings.models import Appointment, PlannedSession
from reminders import plans
from reminders.models import IfThenPlan


def fitting_plan(appointment: Appointment, *, zone: ZoneInfo) -> IfThenPlan | None:
    """Return what she wrote for a visit; none when it names another day or comes too late."""
    return fitting_plans([appointment], zone=zone).get(appointment.pk)


def fitting_plans(appointments: Iterable[Appointment], *, zone: ZoneInfo) -> dict[int, IfThenPlan]:
    """Return what was written for visits, as far as it fits, by appointment. One query."""
    visits = {one.pk: one for one in appointments}
    written = IfThenPlan.objects.filter(appointment__in=list(visits), written_at__isnull=False)
    return {
        plan.appointment_id: plan
        for plan in written
        if _fits(plan, visits[plan.appointment_id], zone=zone)
    }


def _fits(plan: IfThenPlan, appointment: Appointment, *, zone: ZoneInfo) -> bool:
    if plan.cue_on is None or plan.cue_at is None:
        return False
    try:
        plans.check_cue(plan.cue_on, plan.cue_at, starts_at=appointment.starts_at, zone=zone)
    except plans.Problem:  # the appointment moved since
        return False
    return True


def cue_moment(plan: IfThenPlan, *, zone: ZoneInfo) -> datetime:
    """Return the moment at which a written plan begins."""
    assert plan.cue_on is not None  # a written plan is whole
    assert plan.cue_at is not None
    return datetime.combine(plan.cue_on, plan.cue_at, tzinfo=zone).astimezone(UTC)


def last_plan(appointment: Appointment) -> IfThenPlan | None:
    """Return the plan that was written last for a session of the same course.

    Not for any other visit: who books in a client's name has not proved to be her.
    """
    course = PlannedSession.objects.filter(appointment=appointment).values("plan")
    written = IfThenPlan.objects.filter(
        appointment__planned_session__plan__in=course, written_at__isnull=False
    )
    others = written.exclude(appointment=appointment).select_related("appointment")
    return others.order_by("-written_at", "-pk").first()
