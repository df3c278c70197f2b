"""Reads: how long an experiment would take, how far one is, and at its end what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from bookings.models import Appointment, AppointmentEvent, By, Client
from bookings.periods import Period
from clinic.office.diary import visits
from clinic.office.figures import rates
from clinic.office.outcomes import judge
from clinic.office.statistics import FEWEST, Interval, Proportion, newcombe_difference
from reminders.arms import Arm
from reminders.models import Experiment, IfThenPlan, Message

Counts = Experiment.Outcome
#: What is tried, when that is no text.
PLAN = "plan"
#: What is measured before: how often it happens now, and how many clients come by.
WEEKS_BACK = 12
GIVEN_UP = (Appointment.Status.CANCELLED, Appointment.Status.EXPIRED)
#: After the last visit the desk has so long to note who came.
NOTED_WITHIN = timedelta(days=3)


class Stage(StrEnum):
    """How far an experiment is."""

    FILLING = "filling"  # more clients may take part
    WAITING = "waiting"  # all take part, and some visits are still to come
    READY = "ready"  # the one look
    CLOSED = "closed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Progress:
    """An experiment from the outside: nothing in it says which way is better."""

    experiment: Experiment
    stage: Stage
    entered: int
    ends_on: datetime | None  # once all take part


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """What came of one half."""

    entered: int
    outcome: Proportion
    booked: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of both halves, and how far apart they are: other less usual."""

    usual: ArmFigures
    other: ArmFigures
    difference: Interval | None

    @property
    def points(self) -> float:
        """The difference itself, between -1 and 1."""
        return _share(self.other.outcome) - _share(self.usual.outcome)

    @property
    def is_more_than_chance(self) -> bool:
        """Tell whether the interval leaves no difference out."""
        return self.difference is not None and not self.difference.low <= 0 <= self.difference.high


def _share(proportion: Proportion) -> float:
    return proportion.k / proportion.n if proportion.n else 0.0


def progress_of(experiments: Iterable[Experiment], *, now: datetime) -> list[Progress]:
    """Return how far each is. One query."""
    ids = [one.pk for one in experiments]
    counted = Experiment.objects.filter(pk__in=ids).annotate(
        entered=Count("participations"),
        last_start=Max(
            "participations__appointment__starts_at",
            filter=~Q(participations__appointment__status__in=GIVEN_UP),
        ),
    )
    return [_progress(one, one.entered, one.last_start, now=now) for one in counted]


def _progress(
    experiment: Experiment, entered: int, last_start: datetime | None, *, now: datetime
) -> Progress:
    ends = (last_start or experiment.started_at) + NOTED_WITHIN
    if experiment.closed_at is not None:
        stage = Stage.STOPPED if experiment.stopped_because else Stage.CLOSED
        return Progress(experiment, stage, entered, None)
    if entered < experiment.size:
        return Progress(experiment, Stage.FILLING, entered, None)
    return Progress(experiment, Stage.READY if now >= ends else Stage.WAITING, entered, ends)


def result_of(experiment: Experiment, *, now: datetime) -> Result:
    """Return what came of everybody who took part, each in the half it was put in. Four queries.

    To be asked once, at the end: who looks on the way and stops when it pleases finds too much.
    """
    rows = list(experiment.participations.select_related("appointment").order_by("pk"))
    if experiment.outcome == Counts.SAID_YES:
        hits = set(
            experiment.participations.filter(Exists(_yes_after())).values_list("pk", flat=True)
        )
    else:
        until = max((one.appointment.starts_at for one in rows if one.appointment), default=now)
        gone = _lost_between(experiment.started_at, until + timedelta(days=1), now=now)
        hits = {one.pk for one in rows if one.appointment_id in gone}
    figures = {
        arm: ArmFigures(
            entered=len(ones),
            outcome=Proportion(sum(one.pk in hits for one in ones), len(ones)),
            booked=sum(bool(one.appointment and one.appointment.booked_at) for one in ones),
        )
        for arm, ones in ((arm, [one for one in rows if one.arm == arm]) for arm in Arm)
    }
    usual, other = figures[Arm.USUAL].outcome, figures[Arm.OTHER].outcome
    enough = usual.n and other.n
    difference = newcombe_difference(other.k, other.n, usual.k, usual.n) if enough else None
    return Result(figures[Arm.USUAL], figures[Arm.OTHER], difference)


def _yes_after() -> QuerySet[AppointmentEvent]:
    return AppointmentEvent.objects.filter(
        appointment=OuterRef("appointment"),
        kind=AppointmentEvent.Kind.CONFIRMED,
        by=By.CLIENT,
        at__gte=OuterRef("entered_at"),
    )


def _lost_between(start: datetime, end: datetime, *, now: datetime) -> set[int]:
    """Return the appointments of which a place was lost; refills by anybody count."""
    judged = judge(visits(Period(start, end), now=now))
    return {one.visit.appointment_id for one in judged if one.is_lost}


@dataclass(frozen=True, slots=True)
class Before:
    """What was measured in the weeks before: how often it happens, and who comes by."""

    share: Proportion
    clients: int

    def weeks_for(self, size: int) -> int | None:
        """Return in how many weeks so many clients will have taken part, at the least.

        Who comes back takes part once, so it may well take longer.
        """
        if self.clients < FEWEST:
            return None
        return ceil(size * WEEKS_BACK / self.clients)


def before(subject: str, outcome: str, *, now: datetime) -> Before:
    """Return what was measured in the last twelve weeks, by the clinic's own visits.

    :param subject: a text's key, or `PLAN`
    """
    period = Period(now - timedelta(weeks=WEEKS_BACK), now)
    judged = [one for one in judge(visits(period, now=now)) if one.outcome is not None]
    lost = Proportion(sum(one.is_lost for one in judged), len(judged))
    share = rates(judged).confirmed if outcome == Counts.SAID_YES else lost
    return Before(share, _clients(subject, period))


def _clients(subject: str, period: Period) -> int:
    """Count the clients who would have taken part."""
    if subject == PLAN:
        offered = IfThenPlan.objects.filter(
            offered_at__gte=period.start,
            offered_at__lt=period.end,
            appointment__client__isnull=False,
        )
        return offered.values("appointment__client").distinct().count()
    told = Message.objects.filter(
        created_at__gte=period.start, created_at__lt=period.end, step__wording=subject
    )
    if settings.TWILIO_CONTENT.get(subject):
        told = told.exclude(channel=Client.ReachBy.WHATSAPP)
    return told.values("appointment__client").distinct().count()
