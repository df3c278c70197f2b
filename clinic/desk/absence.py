"""Reads: who and what is not there, and what is to be resolved because of it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.handover import colleagues_for
from bookings.models import Appointment, Practitioner, Resource, TimeOff
from bookings.operations import hit_by
from clinic.desk.here import Here
from clinic.desk.status import Shown, shown

Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch in which somebody or something is not there, as people say it."""

    row: TimeOff
    first_day: date
    last_day: date
    is_whole_days: bool
    is_until_midnight: bool

    @property
    def resource(self) -> Resource | None:
        return self.row.resource

    @property
    def starts_at(self) -> datetime:
        return self.row.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.row.ends_at


def said(row: TimeOff, here: Here) -> Absence:
    """Return an absence with its days on the clinic's clock."""
    first, last = row.starts_at.astimezone(here.zone), row.ends_at.astimezone(here.zone)
    is_until_midnight = last.time() == time()
    return Absence(
        row,
        first_day=first.date(),
        last_day=last.date() - timedelta(days=1) if is_until_midnight else last.date(),
        is_whole_days=first.time() == time() and is_until_midnight,
        is_until_midnight=is_until_midnight,
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """An appointment to be resolved, and who could take it over at the same time."""

    appointment: Appointment
    status: Shown
    can_change: bool
    colleagues: list[Practitioner]


def hits_of(row: TimeOff, here: Here) -> list[Hit]:
    """Return what is to be resolved, earliest first. Six queries, however many there are."""
    hit = list(hit_by(row, now=here.now))
    coming = [one for one in hit if one.status == Status.BOOKED and one.starts_at > here.now]
    of_somebody = row.resource is not None and row.resource.kind == Resource.Kind.PRACTITIONER
    free = colleagues_for(coming, here.clinic, zone=here.zone, now=here.now) if of_somebody else {}
    return [
        Hit(
            one,
            status=shown(one, now=here.now),
            can_change=one in coming,
            colleagues=free.get(one.pk, []),
        )
        for one in hit
    ]
