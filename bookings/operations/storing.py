"""Storing a new appointment with its first event and all that it takes, in one message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, Jsonb
from django.db.models import Field

from bookings.models import Appointment, AppointmentEvent, Extra
from bookings.periods import Period

# As Django would write them, but without waiting for three answers.
SQL = """
INSERT INTO bookings_appointment ({columns}) VALUES ({values}) RETURNING id;
INSERT INTO bookings_appointmentevent (appointment_id, kind, at, by, facts)
VALUES (currval('bookings_appointment_id_seq'), %s, %s, %s, %s);
INSERT INTO bookings_allocation (appointment_id, resource_id, period) VALUES {claims};
"""
# What the driver writes as it is; everything else is first made into such by its column.
PLAIN = (int, str, bool)
CLAIM = "(currval('bookings_appointment_id_seq'), %s, %s)"


@dataclass(frozen=True, slots=True)
class Story:
    """How a new appointment begins: its row, what is told of it, and what else is in the visit."""

    appointment: Appointment  # not saved yet
    kind: AppointmentEvent.Kind
    by: str
    facts: dict[str, object] = field(default_factory=dict)
    extras: Sequence[Extra] = ()  # not saved yet


def store(story: Story, claims: Iterable[tuple[int, Period]]) -> Appointment:
    """Write a new appointment that takes these resources, in the caller's transaction.

    :param claims: which resource is taken when; at least one
    :raises IntegrityError: if one of them is taken already
    """
    appointment, taken = story.appointment, sorted(claims)
    happened = [story.kind, appointment.created_at, story.by, Jsonb(story.facts)]
    places = [part for resource, period in taken for part in (resource, period_of(period))]
    with connection.cursor() as cursor:
        told = _told(appointment, cursor.db)
        sql = SQL.format(
            columns=", ".join(told),
            values=", ".join(["%s"] * len(told)),
            claims=", ".join([CLAIM] * len(taken)),
        )
        cursor.execute(sql, [*told.values(), *happened, *places])
        (appointment.pk,) = cursor.fetchone()
    appointment._state.adding = False  # noqa: SLF001
    write_extras(appointment, story.extras)
    return appointment


def write_extras(appointment: Appointment, extras: Sequence[Extra]) -> None:
    """Write the further treatments of an appointment that has none yet."""
    for extra in extras:
        extra.appointment = appointment
    if extras:
        Extra.objects.bulk_create(extras)


def period_of(period: Period) -> DateTimeTZRange:
    """Return a period as the database writes it."""
    return DateTimeTZRange(period.start, period.end, "[)")


def _told(appointment: Appointment, database: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return the columns that have a value, as the database takes it."""
    told = {}
    for name, column in _columns():
        value = getattr(appointment, column.attname)
        if value is not None:
            is_plain = type(value) in PLAIN
            told[name] = value if is_plain else column.get_db_prep_save(value, database)
    return told


@cache
def _columns() -> list[tuple[str, "Field[Any, Any]"]]:
    fields = Appointment._meta.concrete_fields  # noqa: SLF001
    return [(str(one.column), one) for one in fields if not one.primary_key]
