"""What is taken, and by which reference data that is to be understood, at one moment."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bookings import reference
from bookings.locks import TO_TAKE, days
from bookings.minutes import DAY, Span, moment_of
from bookings.reference import Reference

CLINIC = 0  # no resource has this number: time off that closes the whole clinic
VERSION = -1

# A mark is the same number for the same allocations, and another one for any others.
MARK = "bit_xor(hash_range_extended(period, id))"
# An array of numbers per resource instead of a row per appointment: half the time to read.
# `date_part` counts in floating point, exact to the microsecond for centuries; `extract` would
# count in decimals, at twice the price.
STRETCHES = """
    array_agg(floor(date_part('epoch', lower(period)) / 60)::int8),
    array_agg(ceil(date_part('epoch', upper(period)) / 60)::int8)
"""
TAKEN = """
SELECT resource_id, false, {what} FROM bookings_allocation
 WHERE resource_id = ANY(%(ids)s) AND period && tstzrange(%(from)s, %(until)s)
   AND appointment_id <> %(ignoring)s
 GROUP BY resource_id
"""
AWAY = """
UNION ALL
SELECT coalesce(resource_id, 0), true, NULL,
       array_agg(floor(date_part('epoch', greatest(starts_at, %(from)s)) / 60)::int8),
       array_agg(ceil(date_part('epoch', least(ends_at, %(until)s)) / 60)::int8)
  FROM bookings_timeoff
 WHERE (resource_id = ANY(%(ids)s) OR resource_id IS NULL)
   AND starts_at < %(until)s AND ends_at > %(from)s
 GROUP BY resource_id
UNION ALL
SELECT -1, true, version, NULL, NULL FROM bookings_referenceversion
"""
WITH_STRETCHES = TAKEN.format(what=f"NULL::int8, {STRETCHES}")
WITH_BOTH = TAKEN.format(what=f"{MARK}, {STRETCHES}")
WITH_MARKS = TAKEN.format(what=f"{MARK}, NULL::int8[], NULL::int8[]")

#: A longer span is asked for by its marks first: most of it is as it was when it was last read.
SHORT = 8 * DAY
MOST_KEPT = 400  # a month of one resource is some six kilobytes
_kept: dict[tuple[int, Span], tuple[int | None, int]] = {}  # the mark, and what was taken then
NOTHING = (None, 0)


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What is taken in a span, by resource, and the reference data that belong to it."""

    reference: Reference
    span: Span
    taken: dict[int, int] = field(default_factory=dict)  # minutes of the span
    away: dict[int, int] = field(default_factory=dict)  # in which somebody has time off

    def there(self, resource_id: int, *, within: int | None = None) -> int:
        """Return the minutes of the span in which a resource is there, taken or not."""
        open_minutes = self.span.everything if within is None else within
        off = self.away.get(resource_id, 0) | self.away.get(CLINIC, 0)
        return open_minutes & ~off if off else open_minutes

    def free(self, resource_id: int, *, within: int | None = None) -> int:
        """Return the minutes of the span in which a resource is there and not taken."""
        return self.there(resource_id, within=within) & ~self.taken.get(resource_id, 0)

    def is_free(self, resource_id: int, first: int, last: int) -> bool:
        """Tell whether a resource is free from one minute since 1970 to another."""
        wanted = self.span.holding([(first, last)])
        return self.free(resource_id) & wanted == wanted


@dataclass(frozen=True, slots=True)
class Look:
    """Which span is looked at and which resources, and what of the span is about to be taken."""

    span: Span
    resource_ids: Sequence[int]
    taking: Span | None = None


def occupancy(look: Callable[[Reference], Look], *, ignoring: int | None = None) -> Occupancy:
    """Read what is taken, with reference data that hold at that very moment.

    One query; a second one when a long span has changed since it was last read.

    :param look: says what is looked at, by the reference data
    :param ignoring: an appointment that does not count, since it would give up what it has
    """
    known = reference.latest()
    for _ in range(10):
        if known.version is None:  # nothing ever wrote a version: nothing may be kept
            known = reference.renewed()
        wanted = look(known)
        read = _Reading(wanted, ignoring)
        taken = read.taken()
        if read.version == known.version:
            return Occupancy(known, wanted.span, taken, read.away)
        known = reference.renewed()
    raise RuntimeError("the reference data changed ten times while they were read")


class _Reading:
    """Reads what is taken of some resources; tells who is away, and the version, on the way."""

    def __init__(self, look: Look, ignoring: int | None) -> None:
        self.span, self.look = look.span, look
        self.away: dict[int, int] = {}
        self.version: int | None = None
        self._ignoring = ignoring or 0

    def taken(self) -> dict[int, int]:
        if self.look.taking is not None:
            # In one message. The read sees what was committed while the locks were waited for,
            # since each statement of a message has a snapshot of its own.
            found = self._run(TO_TAKE + WITH_STRETCHES + AWAY, **days(self.look.taking))
        elif self.span.last - self.span.first <= SHORT:
            found = self._run(WITH_STRETCHES + AWAY)
        else:
            found = self._by_marks()
        return {who: minutes for who, (_, minutes) in found.items()}

    def _by_marks(self) -> dict[int, tuple[int | None, int]]:
        marks = {who: mark for who, (mark, _) in self._run(WITH_MARKS + AWAY).items()}
        known = {who: _kept.get((who, self.span), NOTHING) for who in marks}
        changed = [who for who, mark in marks.items() if known[who][0] != mark]
        if changed:
            read = self._run(WITH_BOTH, ids=changed)
            # What went in between has no row any more.
            known |= {who: read.get(who, NOTHING) for who in changed}
            if len(_kept) + len(read) > MOST_KEPT:
                _kept.clear()
            _kept.update({(who, self.span): found for who, found in read.items()})
        return known

    def _run(self, statements: str, **more: Any) -> dict[int, tuple[int | None, int]]:
        """Return each resource's mark and what is taken of it, and note what else was answered."""
        values: dict[str, Any] = {
            "ids": list(self.look.resource_ids),
            "from": moment_of(self.span.first),
            "until": moment_of(self.span.last),
            "ignoring": self._ignoring,
            **more,
        }
        found: dict[int, tuple[int | None, int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(statements, values)
            while cursor.nextset():  # locks answer nothing
                pass
            for who, is_away, mark, begins, ends in cursor.fetchall():
                if who == VERSION:
                    self.version = mark
                    continue
                minutes = self._minutes(begins, ends)
                if is_away:
                    self.away[who] = minutes
                else:
                    found[who] = (mark, minutes)
        return found

    def _minutes(self, begins: Collection[int] | None, ends: Collection[int] | None) -> int:
        return self.span.holding(zip(begins, ends, strict=True)) if begins and ends else 0
