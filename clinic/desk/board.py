"""Reads: the agenda's columns, its cards, and when nobody is there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bookings.availability import shifts_on
from bookings.models import Allocation, Appointment, Practitioner, Resource, TimeOff
from bookings.periods import Period, day_period, subtract
from clinic.desk.here import Here
from clinic.desk.status import Shown, shown
from payments.standing import Standing, standings_of

OPENS, CLOSES = time(8), time(18)


@dataclass(frozen=True, slots=True)
class Card:
    """An appointment in the columns that it takes at the same time."""

    key: str
    appointment: Appointment
    period: Period
    resource_ids: tuple[int, ...]
    status: Shown
    standing: Standing


@dataclass(frozen=True, slots=True)
class Away:
    """A stretch in which somebody or something is not there."""

    resource_id: int
    period: Period
    reason: str  # "", "break", "off", or the reason as written


@dataclass(frozen=True, slots=True)
class Board:
    """All that the agenda shows of one day or one week."""

    first: date
    days: int
    practitioners: list[Practitioner]
    places: list[Resource]  # rooms and devices
    cards: list[Card]
    away: list[Away]
    shifts: dict[int, list[Period]] = field(default_factory=dict)  # by practitioner

    def hours(self, here: Here) -> tuple[time, time]:
        """Return the whole hours between which anything happens, on the clinic's clock."""
        spans = [card.period for card in self.cards]
        spans += [shift for shifts in self.shifts.values() for shift in shifts]
        starts = [span.start.astimezone(here.zone).time() for span in spans]
        ends = [span.end.astimezone(here.zone).time() for span in spans]
        last = max([*ends, CLOSES])
        closes = last.hour + (1 if last.minute else 0)
        opens = min([*starts, OPENS]).replace(minute=0)
        return opens, time(closes) if closes < 24 else time(23, 59)

    def occupied_percent(self, day: Period) -> int | None:
        """Return how much of a day's working time is taken; nothing when everybody is off."""
        own = {p.pk for p in self.practitioners}
        taken = [
            card.period
            for card in self.cards
            for resource in card.resource_ids
            if resource in own and card.period.overlaps(day)
        ]
        there = [
            rest
            for pk, shifts in self.shifts.items()
            for rest in subtract(
                [shift for shift in shifts if shift.overlaps(day)],
                [away.period for away in self.away if away.resource_id == pk],
            )
        ]
        return round(100 * _minutes(taken) / _minutes(there)) if there else None


def _minutes(periods: Iterable[Period]) -> float:
    return sum((period.end - period.start).total_seconds() for period in periods) / 60


def read_board(here: Here, *, first: date, days: int = 1) -> Board:
    """Return the agenda of `days` days from `first`. Eight queries, whatever is on it."""
    span = Period(
        day_period(first, here.zone).start,
        day_period(first + timedelta(days=days - 1), here.zone).end,
    )
    practitioners = list(
        Practitioner.objects.filter(is_active=True).prefetch_related(
            "working_hours", "special_hours"
        )
    )
    places = list(
        Resource.objects.filter(is_active=True)
        .exclude(kind=Resource.Kind.PRACTITIONER)
        .order_by("-kind", "position", "pk")
    )
    shifts = {
        p.pk: [s for n in range(days) for s in shifts_on(p, first + timedelta(days=n), here.zone)]
        for p in practitioners
    }
    everybody = [one.pk for one in (*practitioners, *places)]
    away = [*_time_off(span, everybody), *_outside_hours(shifts, first, days, here)]
    return Board(
        first=first,
        days=days,
        practitioners=practitioners,
        places=places,
        cards=_cards(span, now=here.now),
        away=away,
        shifts=shifts,
    )


def _cards(span: Period, *, now: datetime) -> list[Card]:
    """Group the allocations by appointment and period: one card may stand in several columns."""
    rows = (
        Allocation.objects.filter(period__overlap=(span.start, span.end))
        .select_related("appointment__client", "appointment__treatment")
        .order_by("period", "pk")
    )
    groups: dict[tuple[int, Period], list[Allocation]] = {}
    for row in rows:
        period = Period(row.period.lower, row.period.upper)
        groups.setdefault((row.appointment_id, period), []).append(row)
    standings = standings_of({appointment_id for appointment_id, _ in groups})
    return [
        Card(
            key=str(rows[0].pk),
            appointment=rows[0].appointment,
            period=period,
            resource_ids=tuple(row.resource_id for row in rows),
            status=shown(rows[0].appointment, now=now),
            standing=standings[appointment_id],
        )
        for (appointment_id, period), rows in groups.items()
    ]


def _time_off(span: Period, everybody: Iterable[int]) -> Iterator[Away]:
    rows = TimeOff.objects.filter(starts_at__lt=span.end, ends_at__gt=span.start)
    for row in rows.order_by("pk"):
        period = Period(max(row.starts_at, span.start), min(row.ends_at, span.end))
        hit = everybody if row.resource_id is None else [row.resource_id]
        for resource_id in hit:
            yield Away(resource_id, period, row.reason or "off")


def _outside_hours(
    shifts: dict[int, list[Period]], first: date, days: int, here: Here
) -> Iterator[Away]:
    """Yield breaks between shifts, and what lies before the first and after the last."""
    for resource_id, worked in shifts.items():
        for number in range(days):
            whole = day_period(first + timedelta(days=number), here.zone)
            today = [shift for shift in worked if shift.overlaps(whole)]
            for gap in subtract([whole], today):
                between = whole.start < gap.start and gap.end < whole.end
                yield Away(resource_id, gap, "break" if between else "" if today else "off")
