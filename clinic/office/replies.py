"""Reads: how fast clients had an answer to what they wrote."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bookings.opening import opening_on
from bookings.periods import Period
from clinic.office.statistics import Proportion
from reminders.models import InboundMessage
from reminders.reply_times import Pace, Wait, days_between, wait

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Replies:
    """What clients wrote in a period that needed an answer, and how long that took."""

    in_time: Proportion  # within the target
    alarmed: Proportion  # longer than a day
    middle: timedelta | None  # the median of opening time, of those answered
    undecided: int  # wait, and are still in time: in no share


def reply_times(period: Period, *, zone: ZoneInfo, now: datetime) -> Replies:
    """Return how fast what clients wrote in a period was answered. Three queries.

    What waits longer than the target counts as too late, answered or not; a message that needed no
    answer counts for nothing.
    """
    written = InboundMessage.objects.filter(
        for_desk=True,
        needed_answer=True,
        received_at__gte=period.start,
        received_at__lt=min(period.end, now),
    )
    moments = list(written.values_list("received_at", "answered_at"))
    if not moments:
        return Replies(Proportion(0, 0), Proportion(0, 0), None, 0)
    first = min(received for received, _ in moments)
    last = max(answered or now for _, answered in moments)
    opening = opening_on(days_between(first, last, zone), zone)

    def waited(since: datetime, until: datetime) -> Wait:
        days = days_between(since, until, zone)
        return wait(since, until, {day: opening[day] for day in days}, zone)

    answered = [waited(since, until) for since, until in moments if until is not None]
    open_ones = [waited(since, now) for since, until in moments if until is None]
    late = [one for one in open_ones if one.pace is not Pace.IN_TIME]
    judged = answered + late
    return Replies(
        in_time=Proportion(sum(one.pace is Pace.IN_TIME for one in answered), len(judged)),
        alarmed=Proportion(sum(one.pace is Pace.ALARM for one in judged), len(judged)),
        middle=SECOND * median(one.open / SECOND for one in answered) if answered else None,
        undecided=len(open_ones) - len(late),
    )
