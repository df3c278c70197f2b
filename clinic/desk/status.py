"""What an appointment's status is called at the desk, and what may be done with it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Clinic

Status = Appointment.Status
HoldKind = Appointment.HoldKind
LATE_AFTER = timedelta(minutes=10)
WITH_PLACE = (Status.HELD, Status.BOOKED, Status.ARRIVED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A status as the desk sees it: a class for the colour, and always a word."""

    code: str
    word: str | Promise
    pill: str = ""


_SHOWN = {
    Status.ARRIVED: Shown("in", _("Arrived"), "good"),
    Status.COMPLETED: Shown("done", _("Completed"), "past"),
    Status.NO_SHOW: Shown("noshow", _("No-show"), "wrong"),
    Status.CANCELLED: Shown("off", _("Cancelled"), "past"),
    Status.EXPIRED: Shown("off", _("Lapsed"), "past"),
}
_BEING_BOOKED = Shown("hold", _("Being booked now"), "past")
_OFFERED = Shown("hold", _("Offered from the waitlist"), "past")
_DEPOSIT_OPEN = Shown("open", _("Deposit open"), "look")
_KEPT = {HoldKind.PAY_LINK: _DEPOSIT_OPEN, HoldKind.OFFER: _OFFERED}
_LATE = Shown("late", _("Late"), "wrong")
_CONFIRMED = Shown("ok", _("Confirmed"))
_BOOKED = Shown("booked", _("Booked"))


def is_late(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the client should have been here ten minutes ago."""
    return appointment.status == Status.BOOKED and now >= appointment.starts_at + LATE_AFTER


def shown(appointment: Appointment, *, now: datetime) -> Shown:
    """Return the status as the desk sees it; “late” is derived, never stored."""
    if appointment.status == Status.HELD:
        return _KEPT.get(HoldKind(appointment.hold_kind), _BEING_BOOKED)
    if appointment.status != Status.BOOKED:
        return _SHOWN[Status(appointment.status)]
    if is_late(appointment, now=now):
        return _LATE
    return _CONFIRMED if appointment.confirmed_at else _BOOKED


@dataclass(frozen=True, slots=True)
class Possible:
    """What the desk may do with an appointment now, and until when it may be undone."""

    arrive: bool
    undo_arrival: bool
    complete: bool
    no_show: bool
    undo_no_show_until: datetime | None
    confirm: bool
    change: bool
    undo_cancel_until: datetime | None
    ask_deposit: bool
    change_place: bool


def possible(
    appointment: Appointment, *, clinic: Clinic, now: datetime, is_today: bool
) -> Possible:
    """Return what may be done: only what can be chosen is shown."""
    booked = appointment.status == Status.BOOKED
    begun = appointment.starts_at <= now
    held = appointment.status == Status.HELD and appointment.hold_kind == HoldKind.PAY_LINK
    return Possible(
        arrive=booked and (is_today or begun),
        undo_arrival=appointment.status == Status.ARRIVED,
        complete=appointment.status == Status.ARRIVED,
        no_show=booked and begun,
        undo_no_show_until=_still(appointment.no_show_at, clinic.no_show_rest, now=now),
        confirm=booked and not begun and appointment.confirmed_at is None,
        change=booked and not begun,
        undo_cancel_until=None
        if begun
        else _still(appointment.cancelled_at, clinic.undo_time, now=now),
        ask_deposit=held and (appointment.held_until or now) > now,
        change_place=appointment.status in WITH_PLACE and appointment.ends_at > now,
    )


def _still(since: datetime | None, length: timedelta, *, now: datetime) -> datetime | None:
    """Return the end of the time in which something can be undone, while it lasts."""
    if since is None or now >= since + length:
        return None
    return since + length
