"""What the client's pages show: plain values for the templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

from bookings import reference
from bookings.asked import payers_of
from bookings.models import Appointment, By, Clinic, Treatment
from bookings.operations import may_be_moved
from clinic.policy import payers_text, policy_text


def zone() -> ZoneInfo:
    """Return the clinic's zone."""
    return ZoneInfo(settings.CLINIC_TIME_ZONE)


def language() -> str:
    """Return the language of this request: nl or en."""
    return "en" if (get_language() or "nl").startswith("en") else "nl"


@dataclass(frozen=True, slots=True)
class Part:
    """One treatment of a visit, and its share of the price in cents."""

    name: str
    price_cents: int


def parts_of(appointment: Appointment) -> list[Part]:
    """Return the treatments of an appointment, in the order in which they are given."""
    extras = [Part(one.treatment.name, one.price_cents) for one in appointment.extras.all()]
    first_cents = appointment.price_cents - sum(one.price_cents for one in extras)
    return [Part(appointment.treatment.name, first_cents), *extras]


def minutes_of(appointment: Appointment) -> int:
    """Return how long the whole visit takes."""
    return int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60


def names_together(parts: Iterable[Part | Treatment]) -> str:
    """Return the names of what is given in one visit, on one line."""
    return " + ".join(one.name for one in parts)


@dataclass(frozen=True, slots=True)
class Summary:
    """What is being booked, beside every step; money in cents."""

    treatment_name: str
    parts: list[Part]
    minutes: int
    practitioner_name: str
    starts_at: datetime
    price_cents: int
    deposit_cents: int
    rest_cents: int
    deposit_payers: str  # of whom a deposit is asked, when not of everyone
    policy: str


def summary_of(appointment: Appointment, *, now: datetime) -> Summary:
    """Return the summary of a hold."""
    parts = parts_of(appointment)
    return Summary(
        treatment_name=names_together(parts),
        parts=parts,
        minutes=minutes_of(appointment),
        practitioner_name=appointment.practitioner.name,
        starts_at=appointment.starts_at,
        price_cents=appointment.price_cents,
        deposit_cents=appointment.deposit_cents,
        rest_cents=appointment.price_cents - appointment.deposit_cents,
        deposit_payers=_payers(appointment),
        policy=policy_of(appointment, now=now),
    )


def _payers(appointment: Appointment) -> str:
    clinic = reference.current().clinic
    treatments = [appointment.treatment, *(one.treatment for one in appointment.extras.all())]
    group = appointment.client.group if appointment.client else None
    return payers_text(payers_of(treatments, clinic, group), clinic, language=language())


def policy_of(appointment: Appointment, *, now: datetime) -> str:
    """Return the policy as it was accepted, or as it is for a time that was moved since."""
    if appointment.terms_accepted_at and not appointment.moves:
        return appointment.terms_text
    return policy_text(
        appointment.terms,
        starts_at=appointment.starts_at,
        now=now,
        language=language(),
        zone=zone(),
        by_voucher=appointment.by_voucher,
    )


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week shown, with how much is free."""

    date: date
    count: int
    closed: bool
    selected: bool

    @property
    def fill(self) -> int:
        """Return the availability bar's step, from 0 (nothing free) to 4."""
        return min(4, -(-self.count // 6))


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as its own client sees it."""

    treatment_name: str
    parts: list[Part]
    minutes: int
    price_cents: int
    practitioner_name: str
    starts_at: datetime
    ends_at: datetime
    status: str
    confirmed_at: datetime | None
    cancelled_at: datetime | None


def visit_of(appointment: Appointment) -> Visit:
    """Return what a client sees of her appointment."""
    parts = parts_of(appointment)
    return Visit(
        treatment_name=names_together(parts),
        parts=parts,
        minutes=minutes_of(appointment),
        price_cents=appointment.price_cents,
        practitioner_name=appointment.practitioner.name,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        status=appointment.status,
        confirmed_at=appointment.confirmed_at,
        cancelled_at=appointment.cancelled_at,
    )


def is_to_come(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether a visit is booked and has not begun."""
    return appointment.status == Appointment.Status.BOOKED and appointment.starts_at > now


@dataclass(frozen=True, slots=True)
class Actions:
    """What the client may do now."""

    can_confirm: bool
    can_cancel: bool
    can_move: bool
    can_undo: bool
    can_plan: bool


def actions_of(appointment: Appointment, clinic: Clinic, *, now: datetime) -> Actions:
    """Return what a client may do with her appointment now; moving as it was agreed."""
    coming = is_to_come(appointment, now=now)
    cancelled_at = appointment.cancelled_at
    return Actions(
        can_confirm=coming and appointment.confirmed_at is None,
        can_cancel=coming,
        can_move=coming and may_be_moved(appointment, now=now),
        can_undo=bool(
            cancelled_at
            and appointment.cancelled_by == By.CLIENT
            and now < cancelled_at + clinic.undo_time
            and appointment.starts_at > now
        ),
        can_plan=coming,
    )
