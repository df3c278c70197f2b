"""Making the demo clinic's past and future, and keeping them up with the clock."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from bookings.availability import taken_periods
from bookings.models import Appointment, Client
from bookings.periods import Period, day_period
from clinic.demo.agreeing import agree
from clinic.demo.coming import add_open_holds, add_steps
from clinic.demo.draws import draws
from clinic.demo.ending import end
from clinic.demo.experiments import add_experiment
from clinic.demo.given import Given, Taken, read_given
from clinic.demo.moving import moves_of
from clinic.demo.outcomes import end_past
from clinic.demo.people import made_up_clients
from clinic.demo.replies import add_replies
from clinic.demo.rows import Rows, Story, count_anew
from clinic.demo.sentences import add_plan
from clinic.demo.series import add_course
from clinic.demo.unnoted import Place, left_unnoted
from clinic.demo.visits import Crowd, Filling, Visit, visits_on
from clinic.demo.vouchers import sell_vouchers, use_course
from clinic.demo.waiting import add_wishes
from payments import operations as payments
from reminders.models import Rule

MONTH = timedelta(days=30.44)
PLANS = timedelta(days=183)
FULL, AT_FIRST = 0.70, 0.26
QUIET_MONTHS = {7: 0.9, 8: 0.85}
FLUSH = 400
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a demo clinic to make."""

    months: int = 18
    clients: int = 900
    coming_days: int = 60


def make_or_top_up(size: Size, *, zone: ZoneInfo, now: datetime, say: Say) -> None:
    """Make the past and the future the first time; later fill what the clock has uncovered."""
    clients = list(Client.objects.filter(is_demo=True).order_by("pk"))
    is_new = not clients
    if is_new:
        clients = made_up_clients(size.clients, now=now, since=now - size.months * MONTH)
        Client.objects.bulk_create(clients)
        say(f"{len(clients)} clients.")
    given = read_given(zone)
    first_run = clients[0].created_at
    era = Era(since=first_run - size.months * MONTH, first_run=first_run)
    until = now.astimezone(zone).date() + timedelta(days=size.coming_days)
    days = _days_to_fill(era, until, zone=zone)
    added = fill(days, given, clients, era, now=now, say=say)
    add_course(given, now=now)
    # After filling: what goes on at this very moment must look the same at the next start.
    ended = end_past(given, clients, now=now)
    sell_vouchers(now=now)
    use_course(given, clients[-1], now=now)
    payments.post_unposted(now=now)
    held = add_open_holds(given, clients, now=now)
    add_wishes(given, clients, now=now)
    add_replies(now=now)
    add_experiment(now=now)
    say(f"{added} appointments added, {ended} brought up to date, {held} held for a deposit.")


@dataclass(frozen=True, slots=True)
class Era:
    """When the demo clinic opened, and when its history was made."""

    since: datetime
    first_run: datetime

    def share_on(self, day: datetime) -> float:
        """Return which share of the time is taken: it grows, and summers are quiet."""
        grown = min((day - self.since) / (self.first_run - self.since), 1.0)
        quiet = QUIET_MONTHS.get(day.month, 1.0) if day < self.first_run else 1.0
        return (AT_FIRST + (FULL - AT_FIRST) * grown) * quiet


def _days_to_fill(era: Era, until: date, *, zone: ZoneInfo) -> list[date]:
    """Return the days up to `until` that hold nothing yet."""
    # Sessions of a course are booked far beyond the days that are filled.
    single = Appointment.objects.filter(client__is_demo=True, planned_session=None)
    last = single.aggregate(at=Max("starts_at"))["at"]
    day_before = last or era.since - timedelta(days=1)
    first = day_before.astimezone(zone).date() + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((until - first).days + 1)]


def fill(
    days: list[date], given: Given, clients: list[Client], era: Era, *, now: datetime, say: Say
) -> int:
    """Add the appointments of these days; return how many."""
    if not days:
        return 0
    filling = Filling(given, _crowd(given, clients), now)
    taken = _taken_by_day(days, given)
    rules = list(Rule.objects.in_use())
    rows, added = Rows(), 0
    for day in days:
        opens = day_period(day, given.zone).start
        story = Story(given, draws("story", day), now, rows)
        visits = list(visits_on(day, filling, taken[day], share=era.share_on(opens)))
        unnoted = _unnoted(day, visits, filling)
        for visit in visits:
            with_plan = visit.course.booked_at >= era.first_run - PLANS
            is_noted = visit.course.cancelled_at is not None or visit.place not in unnoted
            _tell(visit, story, rules, with_plan=with_plan, is_noted=is_noted)
        added += len(visits)
        if len(rows.appointments) >= FLUSH or day == days[-1]:
            rows.write()
            say(f"{day}: {added} appointments.")
    count_anew()
    return added


def _unnoted(day: date, visits: list[Visit], filling: Filling) -> set[Place]:
    agreed = (visit.place for visit in visits if visit.course.cancelled_at is None)
    return left_unnoted(day, agreed, filling.given, now=filling.now)


def _crowd(given: Given, clients: list[Client]) -> Crowd:
    treatments = {t.pk: t for able in given.treatments.values() for t in able}
    number_of = {client.pk: number for number, client in enumerate(clients)}
    visits = Appointment.objects.filter(client__in=number_of).values_list("client")
    last = {
        number_of[pk]: at.astimezone(given.zone).date()
        for pk, at in visits.annotate(at=Max("starts_at"))
        if pk is not None
    }
    crowd = Crowd(clients, last)
    crowd.learn_tastes(sorted(treatments.values(), key=lambda treatment: treatment.slug))
    return crowd


def _taken_by_day(days: list[date], given: Given) -> dict[date, Taken]:
    """Return what real bookings and time off leave no room for."""
    span = Period(day_period(days[0], given.zone).start, day_period(days[-1], given.zone).end)
    found: dict[date, Taken] = defaultdict(dict)
    for resource, periods in taken_periods(given.resource_ids, span).items():
        for period in periods:
            day = period.start.astimezone(given.zone).date()
            while day <= period.end.astimezone(given.zone).date():
                found[day].setdefault(resource, []).append(period)
                day += timedelta(days=1)
    return found


def _tell(
    visit: Visit, story: Story, rules: list[Rule], *, with_plan: bool, is_noted: bool
) -> None:
    moves = moves_of(visit, story)
    appointment, deposit = agree(visit, moves, story)
    if is_noted:
        end(appointment, deposit, visit.course, story)
    if with_plan:
        add_plan(appointment, visit, story)
    agreed_at = moves[-1].at if moves else visit.course.booked_at
    add_steps(appointment, rules, story, agreed_at=agreed_at)
