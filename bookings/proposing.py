"""Reads: when the sessions of a course could be, for somebody to choose from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.board import Board, Slot
from bookings.courses import Planned
from bookings.eligibility import interval_problem
from bookings.models import Appointment, Client
from bookings.search import Search
from bookings.series import ANY, Preference, Session, Start, Stuck, propose, ranked

LOOK_AROUND = timedelta(days=28)  # so far outside a band other days are looked for
Times = dict[date, dict[int, Slot]]  # by day, by minute of that day on the clinic's clock


@dataclass(frozen=True, slots=True)
class Offered:
    """What is proposed for one session, and what else there is."""

    planned: Planned
    slot: Slot | None  # none: impossible, gone, or an earlier session has no day yet
    others: tuple[Slot, ...] = ()  # the best first; those outside the band when it is impossible
    first: date | None = None  # the days it may come
    last: date | None = None

    @property
    def is_impossible(self) -> bool:
        return self.slot is None and self.first is not None


def propose_series(
    planned: Sequence[Planned],
    search: Search,
    *,
    after: date,
    preference: Preference = ANY,
    client: Client | None = None,
    chosen: Sequence[datetime] = (),
) -> list[Offered]:
    """Propose a time for each session. A query for each treatment, and one for the client.

    :param search: by whom, when, and with whom; each session's own treatment is looked for
    :param after: the day from which the first session's band counts
    :param chosen: the starts of the first sessions, if those were chosen; the others follow them
    """
    local = [_start(moment, search.zone) for moment in chosen]
    times = _times(planned, search, after=after, chosen=local, client=client)
    free = [_own(one, search.zone) or times[one.treatment.pk] for one in planned]
    sessions = [
        Session(one.band, {day: list(minutes) for day, minutes in slots.items()})
        for one, slots in zip(planned, free, strict=True)
    ]
    last = local[-1] if local else None
    proposal = propose(
        sessions[len(local) :],
        after=last.day if last else after,
        preference=preference,
        near=last.minute if last else None,
    )
    starts, stuck = [*local, *proposal.starts], proposal.stuck
    return [
        Offered(one, None)
        if number > len(starts)
        else _impossible(one, slots, stuck)
        if number == len(starts) and stuck is not None
        else _offered(one, session, slots, starts, number, after=after, preference=preference)
        for number, (one, session, slots) in enumerate(zip(planned, sessions, free, strict=True))
    ]


def _offered(
    planned: Planned,
    session: Session,
    slots: Times,
    starts: Sequence[Start],
    number: int,
    *,
    after: date,
    preference: Preference,
) -> Offered:
    before = starts[number - 1] if number else None
    day = before.day if before else after
    near = before.minute if before else None
    best = ranked(session, after=day, preference=preference, near=near)
    start = starts[number]
    return Offered(
        planned,
        slot=slots.get(start.day, {}).get(start.minute),
        others=tuple(slots[one.day][one.minute] for one in best if one != start),
        first=planned.band.first(day),
        last=planned.band.last(day),
    )


def _impossible(planned: Planned, slots: Times, stuck: Stuck) -> Offered:
    near = tuple(slots[one.day][one.minute] for one in stuck.nearest)
    return Offered(planned, None, near, stuck.first, stuck.last)


def _times(
    planned: Sequence[Planned],
    search: Search,
    *,
    after: date,
    chosen: Sequence[Start],
    client: Client | None,
) -> dict[int, Times]:
    """Return by treatment when its sessions could be, read once for all of them."""
    spans = list(_spans(planned, after=after, chosen=chosen))
    found: dict[int, Times] = {}
    busy = _visits(client, planned, search.zone)
    for pk, treatment in {one.treatment.pk: one.treatment for one in planned}.items():
        own = [span for one, span in zip(planned, spans, strict=True) if one.treatment.pk == pk]
        first = max(min(span[0] for span in own), search.today)
        last = min(max(span[1] for span in own), search.last_day)
        found[pk] = _free(replace(search, treatment=treatment), first, last, busy.get(pk, []))
    return found


def _spans(
    planned: Sequence[Planned], *, after: date, chosen: Sequence[Start]
) -> Iterator[tuple[date, date]]:
    """Yield for each session the days worth looking at."""
    first = last = after
    for number, one in enumerate(planned):
        first, last = one.band.first(first), one.band.last(last)
        yield first - LOOK_AROUND, last + LOOK_AROUND
        if number < len(chosen):
            first = last = chosen[number].day


def _free(search: Search, first: date, last: date, busy: Sequence[date]) -> Times:
    if last < first or search.is_closed_online:
        return {}
    board = Board.read(search, first, last)
    least = search.treatment.least_days_between
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {
        day: {_start(slot.starts_at, search.zone).minute: slot for slot in reversed(slots)}
        for day in days
        if not interval_problem(busy, on=day, least_days=least) and (slots := board.slots(day))
    }


def _visits(
    client: Client | None, planned: Sequence[Planned], zone: ZoneInfo
) -> dict[int, list[date]]:
    """Return by treatment on which days the client comes for it, outside this course."""
    if client is None:
        return {}
    visits = Appointment.objects.filter(
        client=client,
        treatment__in={one.treatment.pk for one in planned},
        status__in=Appointment.AGREED,
    ).exclude(pk__in=[one.appointment.pk for one in planned if one.appointment])
    found: dict[int, list[date]] = {}
    for treatment_id, starts_at in visits.values_list("treatment", "starts_at"):
        found.setdefault(treatment_id, []).append(starts_at.astimezone(zone).date())
    return found


def _own(planned: Planned, zone: ZoneInfo) -> Times:
    """Return the one time of a session that has its appointment; nothing for the others."""
    booked = planned.appointment
    if booked is None:
        return {}
    start = _start(booked.starts_at, zone)
    return {start.day: {start.minute: Slot(booked.starts_at, booked.practitioner_id)}}


def _start(moment: datetime, zone: ZoneInfo) -> Start:
    local = moment.astimezone(zone)
    return Start(local.date(), local.hour * 60 + local.minute)
