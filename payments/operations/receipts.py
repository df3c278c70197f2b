"""Giving a number to all that came in or went back, without a gap."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from bookings.models import Clinic
from payments.ledger import vat_in
from payments.models import LedgerEntry, Payment, Receipt, Voucher
from payments.receipts import Said, series_of
from payments.vat import Rates, parts_of, rates

BATCH = 500
Kind = LedgerEntry.Kind
MOVED = (
    Kind.DEPOSIT_RECEIVED,
    Kind.FEE_RECEIVED,
    Kind.RECEIVED_TWICE,
    Kind.GIVEN_BACK,
    Kind.GIVEN_BY_BANK,
    Kind.VOUCHER_SOLD,
    Kind.VOUCHER_GIVEN_BACK,
)


def number_receipts(*, clinic: Clinic, zone: ZoneInfo, now: datetime) -> int:
    """Issue a receipt for each payment and refund in the ledger; return how many.

    The numbers follow each other within a year. Whoever else is numbering is waited for, so there
    is no gap and no number twice; money never waits for this.
    """
    issued = 0
    while batch := _number_some(clinic, zone, now=now):
        issued += batch
    return issued


@transaction.atomic
def _number_some(clinic: Clinic, zone: ZoneInfo, *, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments_receipt'))")
    entries = list(_unnumbered()[:BATCH])
    if not entries:
        return 0
    last = dict(Receipt.objects.values_list("series").annotate(Max("number")).order_by())
    known, receipts = rates(), []
    for entry in entries:
        series = _series(entry, zone)
        last[series] = last.get(series, 0) + 1
        said = _said(entry, clinic, known).stored()
        receipts.append(
            Receipt(entry=entry, series=series, number=last[series], issued_at=now, said=said)
        )
    Receipt.objects.bulk_create(receipts)
    return len(receipts)


def _unnumbered() -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.filter(kind__in=MOVED, receipt=None).order_by("at", "pk")
    about = entries.select_related(
        "appointment__client", "appointment__treatment", "payment", "refund", "voucher__treatment"
    )
    return about.prefetch_related("appointment__extras__treatment")


def _series(entry: LedgerEntry, zone: ZoneInfo) -> str:
    if entry.voucher is not None:
        is_demo = entry.voucher.is_demo
    else:
        client = entry.appointment.client if entry.appointment else None
        is_demo = client is not None and client.is_demo
    return series_of(entry.at.astimezone(zone), is_demo=is_demo)


def _said(entry: LedgerEntry, clinic: Clinic, known: Rates) -> Said:
    if entry.voucher is not None:
        return _of_voucher(entry.voucher, clinic)
    appointment = entry.appointment
    assert appointment is not None  # an entry is about a visit or a voucher
    extras = list(appointment.extras.all())
    parts = parts_of(appointment, extras, known)
    return Said(
        clinic=clinic.name,
        address=clinic.full_address,
        registration=clinic.registration,
        vat_number=clinic.vat_number,
        client=appointment.client.full_name if appointment.client else "",
        treatments=[appointment.treatment.name, *(one.treatment.name for one in extras)],
        visit_at=appointment.starts_at,
        method=entry.payment.method if entry.payment else "",
        rates=sorted({part.vat_rate for part in parts}),
        vat_cents=vat_in(entry.amount_cents, parts) if _is_of_a_visit(entry) else 0,
    )


def _of_voucher(voucher: Voucher, clinic: Clinic) -> Said:
    """Return what is said of a voucher: its VAT is reckoned when a visit is paid from it."""
    return Said(
        clinic=clinic.name,
        address=clinic.full_address,
        registration=clinic.registration,
        vat_number=clinic.vat_number,
        client=voucher.buyer_name,
        treatments=[voucher.treatment.name] if voucher.treatment else [],
        visit_at=None,
        method=voucher.method,
        rates=[],
        vat_cents=0,
    )


def _is_of_a_visit(entry: LedgerEntry) -> bool:
    """Tell whether it is about a deposit: costs for not coming are no price of anything."""
    is_double = entry.kind == Kind.RECEIVED_TWICE or (entry.refund and entry.refund.is_double)
    is_deposit = entry.payment is not None and entry.payment.kind == Payment.Kind.DEPOSIT
    return is_deposit and not is_double
