"""Reads: which starts can be offered, computed from the rows and never stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.board import Board, Place, Slot
from bookings.minutes import DAY, Span, minute_of, moment_of
from bookings.models import Allocation, Appointment, By, Practitioner, TimeOff
from bookings.needs import Claim
from bookings.occupancy import Look, Occupancy, occupancy
from bookings.periods import Period, day_period
from bookings.reference import Reference, hours_of, pool_for
from bookings.search import Search, treatment_ids_of
from bookings.slots import Free, assign

# Every time of day as it is written: a thousand times are joined from pieces, not formatted.
CLOCKS = [f"{minute // 60:02}:{minute % 60:02}:00" for minute in range(DAY)]


@dataclass(frozen=True, slots=True)
class DayOffer:
    """A day: whether anybody who could treat is there at all, and the slots that are free."""

    is_open: bool
    slots: list[Slot]


def days_on(search: Search, *, days: Iterable[date]) -> dict[date, DayOffer]:
    """Return each day within the booking horizon. One query, whatever the number of days."""
    # Each day once, however often it is asked for.
    wanted = [day for day in dict.fromkeys(days) if search.today <= day <= search.last_day]
    if not wanted or search.is_closed_online:
        return {}
    board = Board.read(search, min(wanted), max(wanted))
    return {day: DayOffer(board.is_open(day), board.slots(day)) for day in wanted}


def slots_on(search: Search, *, days: Iterable[date]) -> dict[date, list[Slot]]:
    """Return the free slots of each day, earliest first; one slot for each start.

    Without a preference the client's own practitioner comes first, then who has the fewest
    minutes taken that day. One query, whatever the number of days.
    """
    return {day: offer.slots for day, offer in days_on(search, days=days).items()}


def clocks_on(
    search_in: Callable[[Reference], Search], known: Reference, *, first: date, last: date
) -> list[tuple[str, int]]:
    """Return the free starts of some days as written times, each with who would treat.

    Times are ISO 8601 on the clinic's clock with their offset. Days in the past and beyond the
    booking horizon have none.

    :param search_in: makes the search from reference data; again, should those have changed
    """
    search = search_in(known)
    begin, end = max(first, search.today), min(last, search.last_day)
    if end < begin or search.is_closed_online:
        return []
    board = Board.read(search, begin, end)
    if board.reference is not known:
        return clocks_on(search_in, board.reference, first=first, last=last)
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return [found for day in days for found in _clocks(board, day)]


def _clocks(board: Board, day: date) -> Iterator[tuple[str, int]]:
    found = sorted(board.starts(day).items())
    if not found:
        return
    zone = board.search.zone
    opens, closes = (moment_of(found[at][0]).astimezone(zone) for at in (0, -1))
    if opens.utcoffset() != closes.utcoffset():  # the clock changes in between
        for minute, (who, _neat) in found:
            yield moment_of(minute).astimezone(zone).isoformat(), who
        return
    midnight = found[0][0] - opens.hour * 60 - opens.minute
    date_, offset = f"{day.isoformat()}T", opens.isoformat()[19:]
    for minute, (who, _neat) in found:
        yield f"{date_}{CLOCKS[minute - midnight]}{offset}", who


def place_to_take(search: Search, starts_at: datetime) -> Place | None:
    """Return the slot that starts then, with its resources; nothing when it is not on offer.

    In a transaction, and until it ends, nobody else can take anything on that day.
    """
    board = _board_at(search, starts_at, taking=starts_at)
    return board.place(starts_at) if board else None


def is_ever_offered(search: Search, starts_at: datetime) -> bool:
    """Tell whether the start would be on offer if nothing were taken at that time."""
    board = _board_at(search, starts_at)
    if board is None:
        return False
    nothing_taken = Occupancy(board.occupied.reference, board.occupied.span)
    anything = replace(search, by=By.CLINIC) if starts_at >= search.not_before else search
    empty = Board(anything, nothing_taken, board.first_day, board.last_day)
    return empty.place(starts_at) is not None


def _board_at(
    search: Search, starts_at: datetime, *, taking: datetime | None = None
) -> Board | None:
    first = day_period(search.today, search.zone).start
    last = day_period(search.last_day, search.zone).end
    if search.is_closed_online or not first <= starts_at < last:
        return None
    day = starts_at.astimezone(search.zone).date()
    return Board.read(search, day, day, taking=taking)


def nearest_slots(search: Search, *, around: datetime, count: int = 3) -> list[Slot]:
    """Return the free slots nearest to a time that is gone, earliest first."""
    day = min(max(around.astimezone(search.zone).date(), search.today), search.last_day)
    found: list[Slot] = []
    for reach in (1, 7, 28):
        by_day = slots_on(search, days=[day + timedelta(days=n) for n in range(-reach, reach + 1)])
        found = [slot for slots in by_day.values() for slot in slots]
        if len(found) >= count:
            break
    return sorted(sorted(found, key=lambda slot: abs(slot.starts_at - around))[:count])


def first_slot(search: Search) -> Slot | None:
    """Return the earliest free slot within the booking horizon."""
    board = _board_ahead(search)
    return board.first_slot(board.able) if board else None


def first_slots(search: Search) -> dict[int, Slot]:
    """Return each practitioner's earliest free slot within the horizon, read in one go."""
    board = _board_ahead(search)
    if board is None:
        return {}
    return {who: slot for who in board.able if (slot := board.first_slot([who]))}


def _board_ahead(search: Search) -> Board | None:
    """Return the board for all that can be booked, but no more than a year of it."""
    if search.is_closed_online:
        return None
    first = max(search.today, search.not_before.astimezone(search.zone).date())
    last = min(search.last_day, first + timedelta(days=365))
    return Board.read(search, first, last) if first <= last else None


def resources_to_take(appointment: Appointment) -> tuple[tuple[Claim, ...], tuple[int, ...]] | None:
    """Return the claims of an appointment at its own time, and free resources for them.

    Nothing when they are not all free. In a transaction, and until it ends, nobody else can take
    them. The practitioner's hours are not asked again: the clinic offered the time before.
    """
    treatment_ids = treatment_ids_of(appointment)
    who = appointment.practitioner_id

    def look(reference: Reference) -> Look:
        visit = reference.visit(treatment_ids, who)
        claims = visit.claims if visit else ()
        pools = [pool_for(claim, who, reference) for claim in claims]
        around = _around(appointment.starts_at, claims)
        return Look(around, [one for pool in pools for one in pool], taking=around)

    occupied = occupancy(look, ignoring=appointment.pk)
    visit = occupied.reference.visit(treatment_ids, who)
    if visit is None:
        return None
    free: list[Free] = [
        {one: occupied.free(one) for one in pool_for(claim, who, occupied.reference)}
        for claim in visit.claims
    ]
    start = minute_of(appointment.starts_at) - occupied.span.first
    chosen = assign(visit.claims, free, start)
    return None if chosen is None else (visit.claims, chosen)


def _around(starts_at: datetime, claims: Sequence[Claim]) -> Span:
    """Return the claims' own span, with an hour on both sides to see what fits best."""
    minute = minute_of(starts_at)
    return Span(
        minute + min([claim.begins for claim in claims] + [0]) - 60,
        minute + max([claim.ends for claim in claims] + [1]) + 60,
    )


def shifts_on(practitioner: Practitioner, day: date, zone: ZoneInfo) -> list[Period]:
    """Return the practitioner's working periods of a day, by the rows she came with."""
    return hours_of(practitioner).periods(day, zone)


def taken_periods(
    resource_ids: list[int], span: Period, *, ignoring: int | None = None
) -> dict[int, list[Period]]:
    """Return when each resource is taken within `span`, by appointments and by time off."""
    taken: dict[int, list[Period]] = {pk: [] for pk in resource_ids}
    allocations = Allocation.objects.filter(
        resource__in=resource_ids, period__overlap=(span.start, span.end)
    ).exclude(appointment=ignoring)
    for resource, period in allocations.values_list("resource", "period"):
        taken[resource].append(Period(period.lower, period.upper))
    away = TimeOff.objects.filter(starts_at__lt=span.end, ends_at__gt=span.start)
    for resource, start, end in away.values_list("resource", "starts_at", "ends_at"):
        for one in taken:
            if resource in (None, one):  # without a resource the whole clinic is closed
                taken[one].append(Period(start, end))
    return taken
