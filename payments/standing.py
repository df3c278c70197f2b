"""Reads: how an appointment stands in money."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import Coalesce

from payments.models import Payment, Refund, Waiver


@dataclass(frozen=True, slots=True)
class Standing:
    """What was asked, paid, given back and forgiven for one appointment, in cents."""

    deposit_cents: int = 0
    deposit_status: str = ""  # "", open, paid
    refunded_cents: int = 0
    refund_status: str = ""  # "", under_way, given_back, failed
    voucher_token: str = ""  # of the voucher that paid the deposit
    fee_cents: int = 0
    fee_status: str = ""  # "", open, paid
    pay_token: str = ""  # of a debt the client can pay herself
    waived_because: str = ""
    still_asked_cents: int = 0  # of a fee that was waived

    def fee_now(self, fee_cents: int) -> int:
        """Return what is asked now of a fee in cents that was perhaps waived, or in part."""
        return min(fee_cents, self.still_asked_cents) if self.waived_because else fee_cents

    @property
    def deposit_paid_cents(self) -> int:
        return self.deposit_cents if self.deposit_status == "paid" else 0


def standing_of(appointment_id: int) -> Standing:
    """Return how one appointment stands."""
    return standings_of([appointment_id])[appointment_id]


def standings_of(appointment_ids: Iterable[int]) -> dict[int, Standing]:
    """Return how each appointment stands, in three queries."""
    ids = list(appointment_ids)
    payments: dict[int, list[Payment]] = {pk: [] for pk in ids}
    refunds: dict[int, list[Refund]] = {pk: [] for pk in ids}
    debts = Payment.objects.filter(appointment__in=ids).select_related("voucher")
    for payment in debts.exclude(status="void"):
        payments[payment.appointment_id].append(payment)
    promised = Refund.objects.exclude(status=Refund.Status.VOID)
    for refund in promised.filter(payment__appointment__in=ids).select_related("payment"):
        refunds[refund.payment.appointment_id].append(refund)
    ended_at = Coalesce("appointment__cancelled_at", "appointment__no_show_at")
    # A waiver is about one ending; one from before an undo says nothing of the next.
    waived = Waiver.objects.filter(appointment__in=ids, at__gte=ended_at)
    waivers = {one.appointment_id: one for one in waived}
    return {pk: _standing(payments[pk], refunds[pk], waivers.get(pk)) for pk in ids}


def _standing(payments: list[Payment], refunds: list[Refund], waiver: Waiver | None) -> Standing:
    deposit = next((p for p in payments if p.kind == Payment.Kind.DEPOSIT), None)
    fee = next((p for p in payments if p.kind == Payment.Kind.FEE), None)
    payable = next((p for p in (fee, deposit) if p and p.status == Payment.Status.OPEN), None)
    return Standing(
        deposit_cents=deposit.amount_cents if deposit else 0,
        deposit_status=deposit.status if deposit else "",
        voucher_token=deposit.voucher.token if deposit and deposit.voucher else "",
        refunded_cents=sum(r.amount_cents for r in refunds if r.status != Refund.Status.FAILED),
        refund_status=_refund_status(refunds),
        fee_cents=fee.amount_cents if fee else 0,
        fee_status=fee.status if fee else "",
        pay_token=payable.token if payable else "",
        waived_because=waiver.in_words if waiver else "",
        still_asked_cents=waiver.fee_cents if waiver else 0,
    )


def _refund_status(refunds: list[Refund]) -> str:
    if not refunds:
        return ""
    if any(r.status == Refund.Status.FAILED for r in refunds):
        return "failed"
    done = all(r.status in Refund.GIVEN for r in refunds)
    return "given_back" if done else "under_way"
