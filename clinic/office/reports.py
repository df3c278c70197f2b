"""The owner's report as numbers: rows in, figures out, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Min

from bookings.models import Appointment
from bookings.periods import Period, wall_clock
from clinic.office import figures
from clinic.office.dates import before, run_of_months
from clinic.office.diary import visits
from clinic.office.forms import Filter
from clinic.office.money import Money, Plans, money, plans
from clinic.office.outcomes import Judged, judge
from clinic.office.refills import Refills, refill_rate
from clinic.office.replies import Replies, reply_times
from clinic.office.statistics import Proportion

#: A run of fewer months shows no course.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the owner's report says."""

    asked: Filter
    rates: figures.Rates
    value: figures.Value
    months: list[tuple[date, Proportion]]
    before: Proportion
    ahead: figures.Ahead
    reasons: list[tuple[str, int]]
    money: Money
    plans: Plans
    refills: Refills
    replies: Replies
    changes: list[tuple[date, str]]
    today: date

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all happened in these days."""
        expected = self.rates.due + self.rates.not_noted
        others = self.plans.offered or self.refills.filled.n or self.replies.in_time.n
        return not expected and self.money.is_nothing and not others


def report(asked: Filter, *, zone: ZoneInfo, now: datetime) -> Report:
    """Return the whole report; visits still to come are not in it."""
    months = run_of_months(asked.days, least=MONTHS)
    period, earlier = asked.days.period(zone), before(asked.days).period(zone)
    run_start = wall_clock(months[0], time(), zone)
    read = Period(min(run_start, earlier.start), period.end)
    judged = _chosen(judge(visits(read, now=now)), asked)
    here = _within(judged, period)
    return Report(
        asked=asked,
        rates=figures.rates(here),
        value=figures.lost_value(here),
        months=figures.lost_by_month(judged, months, zone=zone),
        before=figures.lost(_within(judged, earlier)),
        ahead=figures.days_ahead(here, zone=zone),
        reasons=figures.reasons(here).most_common(),
        money=money(asked, period, now=now),
        plans=plans(asked, period),
        refills=refill_rate(asked, period),
        replies=reply_times(period, zone=zone, now=now),
        changes=changes_of_terms(zone=zone),
        today=now.astimezone(zone).date(),
    )


def _chosen(judged: Sequence[Judged], asked: Filter) -> list[Judged]:
    """Keep what was asked for; only after judging, as any treatment may have filled a place."""
    return [
        one
        for one in judged
        if asked.treatment_id in (None, one.visit.treatment_id)
        and asked.practitioner_id in (None, one.visit.practitioner_id)
    ]


def _within(judged: Sequence[Judged], period: Period) -> list[Judged]:
    return [one for one in judged if period.start <= one.visit.starts_at < period.end]


def changes_of_terms(*, zone: ZoneInfo) -> list[tuple[date, str]]:
    """Return the day on which each version of the terms was first accepted, but for the first."""
    accepted = Appointment.objects.filter(terms_accepted_at__isnull=False).exclude(terms_version="")
    versions = accepted.values_list("terms_version").annotate(first=Min("terms_accepted_at"))
    days = [(first.astimezone(zone).date(), name) for name, first in versions.order_by("first")]
    return days[1:]
