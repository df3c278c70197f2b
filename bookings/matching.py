"""Reads: who on the waitlist could have a time that came free, and which start in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from bookings import reference
from bookings.availability import slots_on, taken_periods
from bookings.courses import days_of
from bookings.models import Appointment, By, Clinic, Offer, Opening, Treatment, WaitlistEntry
from bookings.periods import Period, day_period, subtract
from bookings.search import Search
from bookings.waitlist import (
    Candidate,
    Order,
    Start,
    Wish,
    best_start,
    in_order,
    is_reached,
    notice_for,
)


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody whom a freed time suits, the start in it, and until when an offer would stand."""

    entry: WaitlistEntry
    search: Search  # for a time with this practitioner; gives up what she has
    starts_at: datetime
    expires_at: datetime


def wish_of(entry: WaitlistEntry) -> Wish:
    """Return what somebody waits for, as values."""
    return Wish(
        from_on=entry.from_on,
        until_on=entry.until_on,
        weekdays=frozenset(entry.weekdays),
        parts=frozenset(entry.parts),
        practitioner_id=entry.practitioner_id,
        has=entry.appointment.starts_at if entry.appointment else None,
    )


def treatments_of(entry: WaitlistEntry) -> list[Treatment]:
    """Return what would be given: all of the visit that would move, or what she waits for."""
    if entry.appointment is None:
        return [entry.treatment]
    extras = entry.appointment.extras.all()
    return [entry.appointment.treatment, *(one.treatment for one in extras)]


def unused_part(period: Period, practitioner_id: int) -> Period | None:
    """Return the longest part of a period in which somebody is there and has nothing to do."""
    taken = taken_periods([practitioner_id], period)[practitioner_id]
    return max(subtract([period], taken), key=lambda one: one.end - one.start, default=None)


def matches(opening: Opening, *, clinic: Clinic, zone: ZoneInfo, now: datetime) -> list[Match]:
    """Return who could be offered a time that came free, in the order in which they are asked."""
    starts = _Starts(opening, clinic, zone, now)
    found: dict[int, Match] = {}
    candidates: list[Candidate] = []
    for entry in _within_limit(_waiting(opening, starts.days, now=now), clinic, zone, now=now):
        match = starts.best_for(entry)
        if match is None:
            continue
        start, found[entry.pk] = match
        used = start.uses(starts.freed)
        candidates.append(Candidate(entry.pk, entry.created_at, start.starts_at, used))
    return [found[one.entry_id] for one in in_order(candidates, Order(clinic.offer_order))]


def _waiting(opening: Opening, days: Sequence[date], *, now: datetime) -> QuerySet[WaitlistEntry]:
    """Return who waits for such a day and was not asked yet: not about this, and nothing else."""
    asked = Offer.objects.filter(status=Offer.Status.OPEN).values("entry__client")
    stands = Q(appointment__status=Appointment.Status.BOOKED, appointment__starts_at__gt=now)
    return (
        WaitlistEntry.objects.filter(
            Q(appointment__isnull=True) | stands,
            Q(practitioner__isnull=True) | Q(practitioner=opening.practitioner_id),
            status=WaitlistEntry.Status.WAITING,
            from_on__lte=days[-1],
            until_on__gte=days[0],
        )
        .exclude(client__in=asked)
        .exclude(offers__opening=opening)
        .select_related(
            "client", "treatment", "appointment__treatment", "appointment__planned_session"
        )
        .prefetch_related("appointment__extras__treatment")
    )


def _within_limit(
    entries: Iterable[WaitlistEntry], clinic: Clinic, zone: ZoneInfo, *, now: datetime
) -> Iterator[WaitlistEntry]:
    """Yield who was not asked often enough today."""
    today = day_period(now.astimezone(zone).date(), zone)
    made = Offer.objects.filter(offered_at__gte=today.start, offered_at__lt=today.end)
    counts = dict(made.values_list("entry__client").annotate(Count("pk")).order_by())
    for entry in entries:
        if not is_reached(clinic.offers_per_day, counts.get(entry.client_id, 0)):
            yield entry


class _Starts:
    """The free starts around a freed time, read once for each visit that somebody waits for."""

    def __init__(self, opening: Opening, clinic: Clinic, zone: ZoneInfo, now: datetime) -> None:
        self.opening, self.clinic, self.zone, self.now = opening, clinic, zone, now
        self.freed = Period(opening.starts_at, opening.ends_at)
        last = opening.ends_at - timedelta(microseconds=1)
        days = {moment.astimezone(zone).date() for moment in (opening.starts_at, last)}
        self.days = sorted(days)
        self._read: dict[tuple[int, ...], list[Start]] = {}

    def best_for(self, entry: WaitlistEntry) -> tuple[Start, Match] | None:
        """Return the best start that suits somebody, if there still is time to offer it."""
        wish, search, notice = wish_of(entry), self._search(entry), self._notice(entry)
        rules, able = self.clinic.offer_rules, {}
        for start in self._starts(search):
            expires_at = rules.expires_at(start.starts_at, notice=notice, now=self.now)
            suits = wish.suits(
                start.starts_at, practitioner_id=self.opening.practitioner_id, zone=self.zone
            )
            if suits and search.suits_course(start.starts_at) and expires_at is not None:
                able[start] = expires_at
        best = best_start(able, self.freed)
        return None if best is None else (best, Match(entry, search, best.starts_at, able[best]))

    def _search(self, entry: WaitlistEntry) -> Search:
        first, *extras = treatments_of(entry)
        search = Search(
            treatment=first,
            clinic=self.clinic,
            zone=self.zone,
            now=self.now,
            practitioner_id=self.opening.practitioner_id,
            ignoring=entry.appointment_id,
            extras=tuple(extras),
            days=self._days(entry),
        )
        # What only the desk books, only the desk puts on the waitlist.
        return replace(search, by=By.CLINIC) if search.is_closed_online else search

    def _days(self, entry: WaitlistEntry) -> tuple[date, date] | None:
        """Return the first and the last day for what would move, if it is a session of a course."""
        has = entry.appointment
        if has is None or not hasattr(has, "planned_session"):
            return None
        return days_of(has.pk, today=self.now.astimezone(self.zone).date(), zone=self.zone)

    def _notice(self, entry: WaitlistEntry) -> timedelta:
        return max(
            notice_for(
                self.clinic.offer_cutoff,
                own=one.offer_notice,
                needs_preparing=bool(one.prepare_nl),
            )
            for one in treatments_of(entry)
        )

    def _starts(self, search: Search) -> list[Start]:
        """Return what is free as things are: she keeps what she has until she says yes."""
        key = search.treatment_ids
        if key not in self._read:
            by_day = slots_on(replace(search, ignoring=None, days=None), days=self.days)
            visit = reference.latest().visit(key, self.opening.practitioner_id)
            length = timedelta(minutes=visit.minutes if visit else 0)
            self._read[key] = [
                Start(slot.starts_at, length, slot.is_neat)
                for slots in by_day.values()
                for slot in slots
            ]
        return self._read[key]
