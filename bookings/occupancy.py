"""One statement that says what is taken, and whether the reference data still hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bookings import reference
from bookings.minutes import Span, moment_of
from bookings.reference import Reference

Stretches = list[tuple[int, int]]  # in minutes since 1970

CLINIC = 0  # no resource has this number: time off that closes the whole clinic
VERSION = -1

# An array of numbers per resource instead of a row per appointment: half the time to read.
# `date_part` counts in floating point, exact to the microsecond for centuries; `extract` would
# count in decimals, at twice the price.
SQL = """
SELECT who, is_away, array_agg(begins), array_agg(ends) FROM (
    SELECT resource_id AS who, false AS is_away,
           floor(date_part('epoch', lower(period)) / 60)::int8 AS begins,
           ceil(date_part('epoch', upper(period)) / 60)::int8 AS ends
      FROM bookings_allocation
     WHERE resource_id = ANY(%(ids)s) AND period && tstzrange(%(from)s, %(until)s)
       AND appointment_id <> %(ignoring)s
    UNION ALL
    SELECT coalesce(resource_id, 0), true,
           floor(date_part('epoch', greatest(starts_at, %(from)s)) / 60)::int8,
           ceil(date_part('epoch', least(ends_at, %(until)s)) / 60)::int8
      FROM bookings_timeoff
     WHERE (resource_id = ANY(%(ids)s) OR resource_id IS NULL)
       AND starts_at < %(until)s AND ends_at > %(from)s
    UNION ALL
    SELECT -1, true, version, 0 FROM bookings_referenceversion
) AS found GROUP BY who, is_away
"""


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What is taken in a span, by resource, and the reference data that belong to it."""

    reference: Reference
    span: Span
    taken: dict[int, Stretches] = field(default_factory=dict)
    away: dict[int, Stretches] = field(default_factory=dict)  # time off

    def there(self, resource_id: int, *, within: int | None = None) -> int:
        """Return the minutes of the span in which a resource is there, taken or not."""
        off = [*self.away.get(resource_id, []), *self.away.get(CLINIC, [])]
        open_minutes = self.span.everything if within is None else within
        return open_minutes & ~self.span.holding(off) if off else open_minutes

    def free(self, resource_id: int, *, within: int | None = None) -> int:
        """Return the minutes of the span in which a resource is there and not taken."""
        there = self.there(resource_id, within=within)
        return there & ~self.span.holding(self.taken.get(resource_id, []))

    def is_free(self, resource_id: int, first: int, last: int) -> bool:
        """Tell whether a resource is free from one minute since 1970 to another."""
        wanted = self.span.holding([(first, last)])
        return self.free(resource_id) & wanted == wanted


def occupancy(
    span_of: Callable[[Reference], tuple[Span, Sequence[int]]], *, ignoring: int | None = None
) -> Occupancy:
    """Read what is taken, with reference data that hold at that very moment.

    :param span_of: says which span and which resources are looked at, by the reference data
    :param ignoring: an appointment that does not count, since it would give up what it has
    """
    known = reference.latest()
    for _ in range(10):
        if known.version is None:  # nothing ever wrote a version: nothing may be kept
            known = reference.renewed()
        span, resource_ids = span_of(known)
        taken, away = _read(span, resource_ids, ignoring=ignoring)
        version = away.pop(VERSION)[0][0] if VERSION in away else None
        if version == known.version:
            return Occupancy(known, span, taken, away)
        known = reference.renewed()
    raise RuntimeError("the reference data changed ten times while they were read")


def _read(
    span: Span, resource_ids: Sequence[int], *, ignoring: int | None
) -> tuple[dict[int, Stretches], dict[int, Stretches]]:
    values: dict[str, Any] = {
        "ids": list(resource_ids),
        "from": moment_of(span.first),
        "until": moment_of(span.last),
        "ignoring": ignoring or 0,
    }
    found: tuple[dict[int, Stretches], dict[int, Stretches]] = ({}, {})
    with connection.cursor() as cursor:
        cursor.execute(SQL, values)
        for who, is_away, begins, ends in cursor.fetchall():
            found[is_away][who] = list(zip(begins, ends, strict=True))
    return found
