"""Reads: the money, and the if-then plans, added up by the database."""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, Least

from bookings.models import Appointment
from bookings.periods import Period
from clinic.office.forms import Filter
from clinic.office.statistics import Proportion
from payments.models import Payment, Refund, Waiver
from reminders.models import IfThenPlan


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of payments and what they add up to, in cents."""

    number: int
    cents: int


@dataclass(frozen=True, slots=True)
class Money:
    """What came in, stayed and went back in a period; `held` is as it stands now."""

    deposits_kept: Amount
    fees_paid: Amount
    fees_open: Amount
    fees_waived: Amount
    refunds: Amount
    refunds_failed: Amount
    held: Amount

    @property
    def is_nothing(self) -> bool:
        return not any(number for number, _ in astuple(self)[:-1])


def money(asked: Filter, period: Period, *, now: datetime) -> Money:
    """Return the money of a period in three queries, each amount on the day it moved."""
    paid = _payments(asked, period, now=now)
    waivers = Waiver.objects.filter(_scope(asked, "appointment__"), _within("at", period))
    waived = waivers.aggregate(**_sum("waived", Q(), F("appointment__fee_cents") - F("fee_cents")))
    refunds = Refund.objects.filter(
        _scope(asked, "payment__appointment__"), _within("created_at", period)
    )
    failed = Q(status=Refund.Status.FAILED)
    back = refunds.aggregate(**_sum("back", ~failed), **_sum("failed", failed))
    return Money(
        deposits_kept=_amount(paid, "kept"),
        fees_paid=_amount(paid, "paid"),
        fees_open=_amount(paid, "open"),
        fees_waived=_amount(waived, "waived"),
        refunds=_amount(back, "back"),
        refunds_failed=_amount(back, "failed"),
        held=_amount(paid, "held"),
    )


def _payments(asked: Filter, period: Period, *, now: datetime) -> dict[str, Any]:
    """Add up deposits and fees: kept, paid, open, and held for visits to come."""
    deposit, fee = Q(kind="deposit", status="paid"), Q(kind="fee")
    left = _within("appointment__cancelled_at", period) | _within("appointment__no_show_at", period)
    owed = ~Q(fee_now=0)
    coming = Q(appointment__status=Appointment.Status.BOOKED, appointment__starts_at__gt=now)
    fee_now = Coalesce("appointment__waiver__fee_cents", "appointment__fee_cents")
    payments = Payment.objects.filter(_scope(asked, "appointment__")).annotate(fee_now=fee_now)
    return payments.aggregate(
        **_sum("kept", deposit & owed & left, Least("amount_cents", "fee_now")),
        **_sum("paid", fee & Q(status="paid") & _within("paid_at", period)),
        **_sum("open", fee & Q(status="open") & _within("created_at", period)),
        **_sum("held", deposit & coming),
    )


def _scope(asked: Filter, to_appointment: str) -> Q:
    """Return the condition on treatment and practitioner, by the way to the appointment."""
    wanted = {"treatment_id": asked.treatment_id, "practitioner_id": asked.practitioner_id}
    return Q(**{f"{to_appointment}{name}": pk for name, pk in wanted.items() if pk is not None})


def _within(field: str, period: Period) -> Q:
    return Q(**{f"{field}__gte": period.start, f"{field}__lt": period.end})


def _sum(name: str, which: Q, cents: Any = "amount_cents") -> dict[str, Any]:
    return {
        f"{name}_number": Count("pk", filter=which),
        f"{name}_cents": Sum(cents, filter=which, default=0),
    }


def _amount(sums: dict[str, Any], name: str) -> Amount:
    return Amount(sums[f"{name}_number"], sums[f"{name}_cents"])


@dataclass(frozen=True, slots=True)
class Plans:
    """If-then plans of booked appointments: offered, and what clients did with it."""

    offered: int
    written: Proportion
    repeated: Proportion
    skipped: Proportion


def plans(asked: Filter, period: Period) -> Plans:
    """Return what became of the plans that were offered in a period, in one query."""
    offered = IfThenPlan.objects.filter(
        _scope(asked, "appointment__"),
        _within("offered_at", period),
        appointment__booked_at__isnull=False,
    )
    written = Q(written_at__isnull=False)
    n = offered.aggregate(
        offered=Count("pk"),
        written=Count("pk", filter=written),
        repeated=Count("pk", filter=written & Q(repeated_at__isnull=False)),
        skipped=Count("pk", filter=~written & Q(skipped_at__isnull=False)),
    )
    return Plans(
        offered=n["offered"],
        written=Proportion(n["written"], n["offered"]),
        repeated=Proportion(n["repeated"], n["offered"]),
        skipped=Proportion(n["skipped"], n["offered"]),
    )
