"""What is open and what is taken in some days, and the starts that fit in it."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from bookings.minutes import Span, each, lowest, minute_from, minute_of, moment_of
from bookings.models import Clinic
from bookings.needs import PRACTITIONER, Claim
from bookings.occupancy import Look, Occupancy, occupancy
from bookings.periods import Period, day_period, wall_clock
from bookings.reference import Reference, Shifts, Visit, pool_for
from bookings.search import Search
from bookings.slots import Free, assign, fitting, grid_starts, without_gaps


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A start that can be offered, with who would treat and what else it would take."""

    starts_at: datetime
    practitioner_id: int
    is_neat: bool = True  # leaves no gap that is too short to sell


@dataclass(frozen=True, slots=True)
class Place:
    """A slot with all that it would take: one free resource for each claim, in their order."""

    slot: Slot
    visit: Visit
    resource_ids: tuple[int, ...]
    reference: Reference

    def claims(self) -> list[tuple[int, Period]]:
        """Return which resource would be taken when."""
        return claimed(self.visit.claims, self.resource_ids, self.slot.starts_at)


def claimed(
    claims: Sequence[Claim], resource_ids: Sequence[int], starts_at: datetime
) -> list[tuple[int, Period]]:
    """Return the claims of a visit that starts then as periods of these resources."""
    return [
        (
            resource,
            Period(
                starts_at + timedelta(minutes=claim.begins),
                starts_at + timedelta(minutes=claim.ends),
            ),
        )
        for claim, resource in zip(claims, resource_ids, strict=True)
    ]


class Board:
    """What is open and what is taken in some days, and the starts that fit in it."""

    def __init__(
        self, search: Search, occupied: Occupancy, first_day: date, last_day: date
    ) -> None:
        self.search, self.occupied = search, occupied
        self.first_day, self.last_day = first_day, last_day
        self.reference = occupied.reference
        self.able = _able(search, occupied.reference)
        self._visits: dict[int, Visit] = {}
        self._fits: dict[Claim, int] = {}
        self._starts: dict[int, int] = {}
        self._neat: dict[int, int] = {}
        self._free: dict[int, int] = {}

    @classmethod
    def read(
        cls, search: Search, first_day: date, last_day: date, *, taking: datetime | None = None
    ) -> "Board":
        """Read what is taken in these days by whoever could be chosen.

        :param taking: a start that is about to be taken, in the caller's transaction: nobody
            else takes anything on that day until it ends
        """

        def look(reference: Reference) -> Look:
            return Look(
                _span(search, reference, first_day, last_day),
                _resources(search, reference),
                taking=None if taking is None else _span_of_visit(search, reference, taking),
            )

        read = occupancy(look, ignoring=search.ignoring)
        return cls(search, read, first_day, last_day)

    def is_open(self, day: date) -> bool:
        """Tell whether anybody who could treat works that day, and is not away all of it."""
        begin, end = self._bounds(day)
        whole = ((1 << (end - begin)) - 1) << begin
        return any(self.occupied.there(who, within=self._hours(who)) & whole for who in self.able)

    def slots(self, day: date) -> list[Slot]:
        """Return the day's slots, earliest first: the first practitioner in turn takes each."""
        found = self.starts(day)
        return [
            Slot(moment_of(minute), who, is_neat=is_neat)
            for minute, (who, is_neat) in sorted(found.items())
        ]

    def place(self, starts_at: datetime) -> Place | None:
        """Return the slot that starts at this very moment, with its resources."""
        minute = minute_of(starts_at)
        moment = moment_of(minute)
        found = self.starts(moment.astimezone(self.search.zone).date()).get(minute)
        # Subtracted, not compared: in an hour that happens twice, a time on one clock equals none
        # on another.
        if found is None or starts_at - moment:
            return None
        who, is_neat = found
        resources = self.resources(who, minute)
        if resources is None:
            return None
        return Place(Slot(moment, who, is_neat), self._visit(who), resources, self.reference)

    def first_slot(self, people: Sequence[int]) -> Slot | None:
        """Return the earliest slot on the board with one of these people."""
        every = reduce(or_, (self._starts_of(who) for who in people), 0)
        if not every:
            return None
        day = self._moment(lowest(every)).astimezone(self.search.zone).date()
        while day <= self.last_day:
            found = self._given_out(day, people)
            if found:
                minute = min(found)
                return Slot(moment_of(minute), *found[minute])
            day += timedelta(days=1)  # what it had did not fit, or is not offered
        return None

    def starts(self, day: date) -> dict[int, tuple[int, bool]]:
        """Return the minutes (since 1970) at which one could start that day, and with whom."""
        return self._given_out(day, self.able)

    def _given_out(self, day: date, people: Sequence[int]) -> dict[int, tuple[int, bool]]:
        """Return the day's starts, each with who takes it, and whether it leaves no gap.

        Who comes first takes a start; starts that leave no gap are given out first, so that of
        two practitioners the one takes it whose day stays whole.
        """
        begin, end = self._bounds(day)
        day_mask = (1 << (end - begin)) - 1
        found: dict[int, tuple[int, bool]] = {}
        seen, some_neat = 0, False
        for who, starts, is_neat in self._in_turn(self._turn(people, begin, end)):
            if some_neat and not is_neat and self._hides_gaps:
                break
            fresh = (starts >> begin) & day_mask & ~seen
            if not fresh:
                continue
            fresh = self._matched(who, fresh, offset=begin)
            for at in each(fresh):
                found[self.occupied.span.first + begin + at] = (who, is_neat)
            seen |= fresh
            some_neat = some_neat or (is_neat and fresh > 0)
        return found

    def resources(self, practitioner_id: int, minute: int) -> tuple[int, ...] | None:
        """Return free resources for each claim of a start, those that fit best."""
        visit = self._visit(practitioner_id)
        start = minute - self.occupied.span.first
        return assign(visit.claims, self._pools(practitioner_id, visit), start)

    @property
    def _hides_gaps(self) -> bool:
        return self._cares_for_gaps and self.search.clinic.gap_care == Clinic.GapCare.HIDE

    @property
    def _cares_for_gaps(self) -> bool:
        return self.search.is_online and self.search.clinic.gap_care != Clinic.GapCare.NONE

    def _in_turn(self, turn: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
        """Yield who is to take starts, which, and whether those are neat; the first comes first."""
        if not self._cares_for_gaps:
            yield from ((who, self._starts_of(who), True) for who in turn)
            return
        if turn and turn[0] == self.search.prefers_id and not self._hides_gaps:
            yield turn[0], self._neat_of(turn[0]), True
            yield turn[0], self._starts_of(turn[0]), False
        yield from ((who, self._neat_of(who), True) for who in turn)
        yield from ((who, self._starts_of(who), False) for who in turn)

    def _turn(self, people: Sequence[int], begin: int, end: int) -> Sequence[int]:
        """Return people in turn: her own practitioner, then by the minutes taken that day."""
        if len(people) == 1:
            return people
        day_mask = (1 << (end - begin)) - 1

        def order(who: int) -> tuple[bool, int]:
            minutes = (self.occupied.taken.get(who, 0) >> begin & day_mask).bit_count()
            return who != self.search.prefers_id, minutes

        return sorted(people, key=order)

    def _matched(self, who: int, starts: int, *, offset: int) -> int:
        """Return those of the starts at which there really is a resource for every claim."""
        if not self._visit(who).needs_matching:
            return starts
        first = self.occupied.span.first + offset
        fitting = (at for at in each(starts) if self.resources(who, first + at) is not None)
        return sum(1 << at for at in fitting)

    def _visit(self, who: int) -> Visit:
        if who not in self._visits:
            visit = self.reference.visit(self.search.treatment_ids, who)
            assert visit is not None  # `able` are those who have one
            self._visits[who] = visit
        return self._visits[who]

    def _starts_of(self, who: int) -> int:
        if who not in self._starts:
            visit = self._visit(who)
            starts = self._grid(who, visit)
            for claim in visit.claims:
                if claim.kind == PRACTITIONER:
                    starts &= fitting(claim, [self._free_of(who)])
                else:
                    starts &= self._fit(claim)
            self._starts[who] = starts
        return self._starts[who]

    def _neat_of(self, who: int) -> int:
        if who not in self._neat:
            smallest = max(int(self.search.clinic.smallest_gap.total_seconds()) // 60, 1)
            own = self._visit(who).own_claims
            neat = without_gaps(self._free_of(who), own, smallest=smallest)
            self._neat[who] = self._starts_of(who) & neat
        return self._neat[who]

    def _fit(self, claim: Claim) -> int:
        """Return the starts at which some room or device could meet a claim."""
        if claim not in self._fits:
            pool = pool_for(claim, 0, self.reference)
            self._fits[claim] = fitting(claim, (self._free_of(one) for one in pool))
        return self._fits[claim]

    def _pools(self, who: int, visit: Visit) -> list[Free]:
        return [
            {one: self._free_of(one) for one in pool_for(claim, who, self.reference)}
            for claim in visit.claims
        ]

    def _free_of(self, resource_id: int) -> int:
        if resource_id not in self._free:
            hours = self._hours(resource_id)
            self._free[resource_id] = self.occupied.free(resource_id, within=hours)
        return self._free[resource_id]

    def _hours(self, resource_id: int) -> int | None:
        """Return when somebody works; rooms and devices have no hours of their own."""
        if resource_id not in self.reference.hours:
            return None

        def make() -> int:
            shifts = [one for _, shifts in self._shifts(resource_id) for one in shifts]
            return self.occupied.span.holding(shifts)

        return self.reference.remembered((*self._days_of(resource_id), "hours"), make)

    def _days_of(self, who: int) -> tuple[Hashable, ...]:
        """Return what somebody's hours in these days hang on, beside the reference data."""
        return who, self.first_day, self.last_day, self.occupied.span, self.search.zone.key

    def _shifts(self, practitioner_id: int) -> Iterator[tuple[date, Shifts]]:
        # A day more on both sides: a need may begin before midnight, or end after it.
        for number in range(-1, (self.last_day - self.first_day).days + 2):
            day = self.first_day + timedelta(days=number)
            yield day, self.reference.shifts(practitioner_id, day, self.search.zone)

    def _grid(self, who: int, visit: Visit) -> int:
        """Return the starts the clinic offers, whatever is taken."""
        first = self.occupied.span.first
        # By what it is made from: the search may have come with a treatment read before.
        asked = (tuple(self.search.treatment.start_times), self.search.step_minutes, visit.minutes)
        key = (*self._days_of(who), *asked)
        starts = self.reference.remembered(key, lambda: self._every_start(who, visit))
        earliest = max(minute_from(self.search.not_before) - first, 0)
        return (starts >> earliest) << earliest

    def _every_start(self, who: int, visit: Visit) -> int:
        search, first = self.search, self.occupied.span.first
        starts = 0
        for day, shifts in self._shifts(who):
            if not shifts or not self.first_day <= day <= self.last_day:
                continue
            last = max(end for _, end in shifts) - visit.minutes
            if search.treatment.start_times:
                starts |= self._fixed(day, shifts, last)
            else:
                local = [(begin - first, end - first) for begin, end in shifts]
                starts |= grid_starts(local, step=search.step_minutes, last=last - first)
        return starts

    def _fixed(self, day: date, shifts: Shifts, last: int) -> int:
        """Return the treatment's own start times that lie in somebody's hours."""
        starts = 0
        for clock in self.search.treatment.start_times:
            minute = minute_of(wall_clock(day, clock, self.search.zone))
            if minute <= last and any(begin <= minute < end for begin, end in shifts):
                starts |= 1 << (minute - self.occupied.span.first)
        return starts

    def _bounds(self, day: date) -> tuple[int, int]:
        period = day_period(day, self.search.zone)
        first = self.occupied.span.first
        return minute_of(period.start) - first, minute_of(period.end) - first

    def _moment(self, at: int) -> datetime:
        return moment_of(self.occupied.span.first + at)


def _able(search: Search, reference: Reference) -> list[int]:
    able = reference.who_can(search.treatment_ids)
    wanted = search.practitioner_id
    return [who for who in able if wanted is None or who == wanted]


def _resources(search: Search, reference: Reference) -> list[int]:
    """Return everybody and everything that could be chosen."""
    able = _able(search, reference)
    return [*able, *(reference.rooms_and_devices(search.treatment_ids) if able else ())]


def _span(search: Search, reference: Reference, first_day: date, last_day: date) -> Span:
    """Return the days as one span, with room for claims that begin earlier or end later."""
    before, after = reference.margins(search.treatment_ids)
    care = int(search.clinic.smallest_gap.total_seconds()) // 60 if search.is_online else 0
    return Span(
        minute_of(day_period(first_day, search.zone).start) - before - care,
        minute_of(day_period(last_day, search.zone).end) + after + care,
    )


def _span_of_visit(search: Search, reference: Reference, starts_at: datetime) -> Span:
    """Return all that a visit could take of anybody or anything when it starts then."""
    before, after = reference.margins(search.treatment_ids)
    minute = minute_of(starts_at)
    return Span(minute - before, minute + max(after, 1))
