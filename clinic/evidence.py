"""Why a fee is what it is: what was agreed, who was told what when, and the sum of it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings import formats
from bookings.models import Appointment
from bookings.terms import free_until, quote
from payments.models import LedgerEntry, Payment
from payments.standing import Standing, standing_of
from reminders.models import Message


@dataclass(frozen=True, slots=True)
class Told:
    """A message to the client, and what became of it."""

    what: str
    by: str
    to: str
    sent_at: datetime | None
    state: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Amount:
    """A line of the sum, in cents."""

    title: str
    cents: int
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that moved, or that has to, in cents."""

    at: datetime
    what: str
    cents: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that says why a fee is asked, and that it is as much as was agreed."""

    appointment: Appointment
    free_until: datetime
    ended_at: datetime | None
    is_no_show: bool
    notice: str  # how long before the start it was cancelled
    told: list[Told]
    sums: list[Amount]
    moved: list[Moved]
    waived_because: str


def has_evidence(appointment: Appointment) -> bool:
    """Tell whether there is a fee, or money, to account for."""
    return appointment.fee_cents > 0 or Payment.objects.filter(appointment=appointment).exists()


def evidence_of(appointment: Appointment, *, language: str, zone: ZoneInfo) -> Evidence:
    """Return what is to be shown of one appointment, in the language of the reader."""
    standing = standing_of(appointment.pk)
    ended_at = appointment.cancelled_at or appointment.no_show_at
    early = appointment.cancelled_at is not None
    return Evidence(
        appointment=appointment,
        free_until=free_until(appointment.terms, starts_at=appointment.starts_at),
        ended_at=ended_at,
        is_no_show=appointment.no_show_at is not None,
        notice=formats.length(appointment.starts_at - ended_at, language)
        if ended_at and early
        else "",
        told=_told(appointment),
        sums=_sums(appointment, standing) if ended_at else [],
        moved=_moved(appointment),
        waived_because=standing.waived_because,
    )


def _told(appointment: Appointment) -> list[Told]:
    rows = Message.objects.filter(appointment=appointment).select_related("step")
    return [
        Told(
            what=row.step.get_wording_display(),
            by=row.get_channel_display(),
            to=row.to.removeprefix("whatsapp:"),
            sent_at=row.sent_at,
            state=row.get_status_display(),
            delivered_at=row.delivered_at,
        )
        for row in rows.order_by("created_at", "pk")
    ]


def _sums(appointment: Appointment, standing: Standing) -> list[Amount]:
    """Return the sum: what was agreed, less what was waived, and how it is met."""
    fee_cents = standing.fee_now(appointment.fee_cents)
    met = quote(fee_cents, deposit_paid_cents=standing.deposit_paid_cents)
    lines = [Amount(_("Costs, as agreed"), appointment.fee_cents)]
    if appointment.fee_cents > fee_cents:
        lines.append(Amount(_("Waived"), fee_cents - appointment.fee_cents))
    if fee_cents > met.fee_cents:
        lines.append(Amount(_("Too small to be paid"), met.fee_cents - fee_cents))
    lines.append(Amount(_("What it costs"), met.fee_cents, is_total=True))
    if standing.deposit_paid_cents:
        lines.append(Amount(_("From the deposit"), met.deposit_kept_cents))
        lines.append(Amount(_("Asked besides"), met.charge_cents))
        lines.append(Amount(_("Goes back of the deposit"), met.refund_cents))
    return lines


def _moved(appointment: Appointment) -> list[Moved]:
    """Return the ledger of the appointment, as it was written; what was taken back has a minus."""
    kept = LedgerEntry.Kind.DEPOSIT_KEPT, LedgerEntry.Kind.VAT, LedgerEntry.Kind.DEPOSIT_USED
    entries = LedgerEntry.objects.filter(appointment=appointment).exclude(kind__in=kept)
    return [
        Moved(one.at, one.get_kind_display(), one.signed_cents)
        for one in entries.order_by("at", "pk")
    ]
