"""Why a fee is what it is: what was agreed, who was told what when, and the sum of it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings import formats
from bookings.models import Appointment, By
from bookings.terms import free_until, quote
from payments.models import LedgerEntry, Payment, Receipt
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
    """Money that moved, or that has to, in cents; with its receipt, if there is one by now."""

    at: datetime
    what: str
    cents: int
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that says why a fee is asked, and that it is as much as was agreed."""

    appointment: Appointment
    accepted: str  # when she agreed to the terms, and by which device
    ended: str  # how and when it ended, and what that meant by the terms; empty while it stands
    told: list[Told]
    sums: list[Amount]
    moved: list[Moved]


def has_evidence(appointment: Appointment) -> bool:
    """Tell whether there is a fee, or money, to account for."""
    return appointment.fee_cents > 0 or Payment.objects.filter(appointment=appointment).exists()


def evidence_of(appointment: Appointment, *, language: str, zone: ZoneInfo) -> Evidence:
    """Return what is to be shown of one appointment, in the language of the reader."""
    standing = standing_of(appointment.pk)
    words = _Words(appointment, language, zone)
    ended = words.ended(standing.waived_because)
    return Evidence(
        appointment=appointment,
        accepted=words.accepted(),
        ended=ended,
        told=_told(appointment),
        sums=_sums(appointment, standing) if ended else [],
        moved=_moved(appointment),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of the evidence, in one language."""

    appointment: Appointment
    language: str
    zone: ZoneInfo

    def accepted(self) -> str:
        """Return when she agreed to which terms, and by which device; empty if she did not."""
        one = self.appointment
        if one.terms_accepted_at is None:
            return ""
        said = {"when": self._instant(one.terms_accepted_at), "version": one.terms_version}
        parts = [_("Accepted %(when)s, version %(version)s of the terms.") % said]
        if one.terms_address:
            parts.append(_("Internet address: %s.") % one.terms_address)
        if one.terms_device:
            parts.append(_("Device: %s.") % one.terms_device)
        return " ".join(parts)

    def ended(self, waived_because: str) -> str:
        """Return how it ended and what that means by the terms; empty while it stands."""
        one = self.appointment
        if one.no_show_at is not None:
            parts = [self._missed(one.no_show_at)]
        elif one.cancelled_at is not None:
            parts = [self._cancelled(one.cancelled_at), self._by_whom()]
        else:
            return ""
        if waived_because:
            parts.append(_("Waived: %s.") % waived_because)
        return " ".join(parts)

    def _missed(self, at: datetime) -> str:
        said = {"start": self._instant(self.appointment.starts_at), "when": self._instant(at)}
        return (
            _("The appointment was %(start)s. That the client did not come was noted %(when)s.")
            % said
        )

    def _cancelled(self, at: datetime) -> str:
        starts_at = self.appointment.starts_at
        said = {
            "start": self._instant(starts_at),
            "when": self._instant(at),
            "notice": formats.length(starts_at - at, self.language),
        }
        return (
            _("The appointment was %(start)s. It was cancelled %(when)s: %(notice)s before.") % said
        )

    def _by_whom(self) -> str:
        one = self.appointment
        if one.cancelled_by != By.CLIENT:
            return _("The clinic cancelled it, so it costs nothing.")
        until = free_until(one.terms, starts_at=one.starts_at)
        return _("That was free until %s.") % self._instant(until)

    def _instant(self, moment: datetime) -> str:
        return formats.instant(moment, self.language, zone=self.zone)


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
        Moved(one.at, one.get_kind_display(), one.signed_cents, getattr(one, "receipt", None))
        for one in entries.select_related("receipt").order_by("at", "pk")
    ]
