"""Reads: every agreed place in the agenda, as the rules of the report see it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Extract

from bookings.models import Appointment, AppointmentEvent, By
from bookings.periods import Period
from bookings.terms import Terms, free_until
from clinic.office.outcomes import Visit
from reminders.models import Step

Kind = AppointmentEvent.Kind

COLUMNS = (
    "pk",
    "treatment_id",
    "practitioner_id",
    "price_cents",
    "deposit_cents",
    "late_fee_cents",
    "no_show_fee_cents",
    "free_notice",
    "status",
    "cancelled_by",
    "cancel_reason",
)
INSTANTS = ("starts_at", "ends_at", "booked_at", "arrived_at", "cancelled_at")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ASKED = Step.objects.filter(
    appointment=OuterRef("pk"),
    asks=True,
    anchor_at=OuterRef("starts_at"),  # about this time, not one she moved away from
    status=Step.Status.DONE,
)
SAID_YES = AppointmentEvent.objects.filter(
    appointment=OuterRef("pk"), kind=Kind.CONFIRMED, by=By.CLIENT, at=OuterRef("confirmed_at")
)


@dataclass(frozen=True, slots=True)
class Move:
    """One change of time: when, by whom, and away from which start and practitioner."""

    at: datetime
    by: str
    was: datetime
    was_with: int | None


def visits(period: Period, *, now: datetime) -> Iterator[Visit]:
    """Yield every agreed place that begins in `period` and before now, in two queries."""
    end = min(period.end, now)
    moves = _moves(until=end)
    left = [pk for pk, chain in moves.items() if any(period.start <= m.was < end for m in chain)]
    here = Q(starts_at__gte=period.start, starts_at__lt=end)
    rows = Appointment.objects.filter(here | Q(pk__in=left), booked_at__isnull=False)
    rows = rows.annotate(asked=Exists(ASKED), yes=Exists(SAID_YES)).order_by()
    # Read as numbers: a year has tens of thousands of instants, and Django is slow to read them.
    rows = rows.annotate(**{f"{name}_us": _microseconds(name) for name in INSTANTS})
    names = [*COLUMNS, "asked", "yes", *(f"{name}_us" for name in INSTANTS)]
    for row in rows.values_list(*names, named=True):
        for visit in _places(row, moves.get(row.pk, [])):
            if period.start <= visit.starts_at < end:
                yield visit


def _microseconds(name: str) -> Cast:
    return Cast(Extract(name, "epoch", tzinfo=UTC) * Value(1_000_000), BigIntegerField())


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def _moves(*, until: datetime) -> dict[int, list[Move]]:
    """Return the changes of time of each appointment, in order."""
    events = AppointmentEvent.objects.filter(kind=Kind.MOVED, at__lt=until).order_by("pk")
    moves: dict[int, list[Move]] = defaultdict(list)
    facts = ("appointment_id", "at", "by", "facts__was", "facts__was_practitioner")
    for pk, at, by, was, was_with in events.values_list(*facts):
        if was:
            was_at = datetime.fromisoformat(was)
            moves[pk].append(Move(at=at, by=by, was=was_at, was_with=was_with))
    return moves


def _places(row: Any, moves: Iterable[Move]) -> Iterator[Visit]:
    """Yield each place the appointment let go, and the one it has now."""
    starts_at, booked_at = _instant(row.starts_at_us), _instant(row.booked_at_us)
    assert starts_at is not None
    taken_at = booked_at
    for move in moves:
        yield _visit(
            row,
            starts_at=move.was,
            practitioner_id=move.was_with or row.practitioner_id,
            booked_at=booked_at,
            taken_at=taken_at,
            status="",
            released_at=move.at,
            released_by=move.by,
            was_moved=True,
        )
        taken_at = move.at
    yield _visit(
        row,
        starts_at=starts_at,
        practitioner_id=row.practitioner_id,
        booked_at=booked_at,
        taken_at=taken_at,
        status=row.status,
        arrived_at=_instant(row.arrived_at_us),
        released_at=_instant(row.cancelled_at_us),
        released_by=row.cancelled_by,
        reason=row.cancel_reason,
        was_asked=row.asked,
        said_yes=row.yes,
    )


def _visit(row: Any, *, starts_at: datetime, **facts: Any) -> Visit:
    terms = Terms(
        deposit_cents=row.deposit_cents,
        late_fee_cents=row.late_fee_cents,
        no_show_fee_cents=row.no_show_fee_cents,
        free_notice=row.free_notice,
    )
    return Visit(
        appointment_id=row.pk,
        treatment_id=row.treatment_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(microseconds=row.ends_at_us - row.starts_at_us),
        free_until=free_until(terms, starts_at=starts_at),
        price_cents=row.price_cents,
        **facts,
    )
