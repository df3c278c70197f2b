"""The times the desk chooses from, and reading back what was chosen so far."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Model
from django.utils.dateparse import parse_date

from bookings.availability import nearest_slots, slots_on
from bookings.board import Slot
from bookings.models import Practitioner
from bookings.search import Search
from clinic.desk.here import Here

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Choice:
    """A time to choose, as the form sends it back, and with whom it would be."""

    value: str
    starts_at: datetime
    who: str


def times_on(search: Search, day: date, here: Here) -> list[Choice]:
    """Return the free times of one day; none in the past."""
    wanted = max(day, here.today)
    return _choices(slots_on(search, days=[wanted]).get(wanted, []))


def times_near(search: Search, moment: datetime, here: Here, *, count: int = 3) -> list[Choice]:
    """Return the free times nearest to a moment."""
    return _choices(nearest_slots(search, around=max(moment, here.now), count=count))


def _choices(slots: list[Slot]) -> list[Choice]:
    ids = {slot.practitioner_id for slot in slots}
    names = {one.pk: one.first_name for one in Practitioner.objects.filter(pk__in=ids)}
    return [
        Choice(slot.starts_at.isoformat(), slot.starts_at, names[slot.practitioner_id])
        for slot in slots
    ]


def noon(day: date, here: Here) -> datetime:
    """Return the middle of a day, to look around from."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=here.zone)


def day_in(value: object) -> date | None:
    """Return the day that was typed, or nothing when it is none."""
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def row_in(model: type[M], value: object) -> M | None:
    """Return the row whose number was sent, or nothing."""
    text = str(value or "")
    if not text.isdecimal() or len(text) > 18:
        return None
    return model._default_manager.filter(pk=int(text)).first()
