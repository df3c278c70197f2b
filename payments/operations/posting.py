"""Keeping the ledger: what must have moved, by the facts, is added as far as it is missing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bookings.models import Appointment, Clinic, Extra
from payments.ledger import (
    MOVES,
    Back,
    Contest,
    Debt,
    Kind,
    Movement,
    Sale,
    Subject,
    Visit,
    movements,
    movements_of_sale,
)
from payments.models import Dispute, LedgerEntry, Payment, Refund, Voucher
from payments.vat import parts_of, rates

BATCH = 1_000
HOW: dict[str, Kind] = {
    Refund.Status.BY_BANK: Kind.GIVEN_BY_BANK,
    Refund.Status.BY_DISPUTE: Kind.GIVEN_BY_DISPUTE,
    Refund.Status.ON_VOUCHER: Kind.BACK_ON_VOUCHER,
}


def post(appointment_id: int, *, now: datetime) -> int:
    """Make the ledger of an appointment match the facts; return how many entries that took.

    What is written stays. Where the facts have changed since, an entry the other way takes it
    back. Safe to run any number of times.
    """
    return _post([appointment_id], now=now)


def post_each(appointment_ids: Iterable[int], *, now: datetime) -> int:
    """Post many, some thousand at a time; return how many entries that took."""
    ids = sorted(set(appointment_ids))
    return sum(_post(ids[n : n + BATCH], now=now) for n in range(0, len(ids), BATCH))


def post_unposted(*, now: datetime) -> int:
    """Post what has money and no entry yet: it was there before the ledger was, or imported."""
    has_moved = Q(paid_at__isnull=False) | Q(kind=Payment.Kind.FEE, status=Payment.Status.OPEN)
    unposted = Payment.objects.filter(has_moved, appointment__ledger=None)
    return post_each(unposted.values_list("appointment", flat=True).distinct(), now=now)


@transaction.atomic
def _post(appointment_ids: Sequence[int], *, now: datetime) -> int:
    facts = _Facts(appointment_ids, now=now)
    booked = _booked(appointment_ids)
    entries = [
        entry
        for appointment in facts.appointments
        for entry in _missing(
            {"appointment_id": appointment.pk},
            facts.movements(appointment),
            booked[appointment.pk],
            now=now,
        )
    ]
    LedgerEntry.objects.bulk_create(entries)
    return len(entries)


@transaction.atomic
def post_voucher(voucher_id: int, *, now: datetime) -> int:
    """Make the ledger of a voucher itself match the facts; return how many entries that took."""
    voucher = Voucher.objects.select_for_update().get(pk=voucher_id)
    sale = Sale(
        cents=voucher.value_cents,
        paid_at=voucher.paid_at,
        given_back_cents=voucher.given_back_cents,
        given_back_at=voucher.given_back_at,
    )
    booked: Counter[Subject] = Counter()
    for entry in LedgerEntry.objects.filter(voucher=voucher):
        booked[Subject(Kind(entry.kind))] += entry.signed_cents
    owner = {"voucher_id": voucher.pk}
    entries = list(_missing(owner, movements_of_sale(sale), booked, now=now))
    LedgerEntry.objects.bulk_create(entries)
    return len(entries)


def _missing(
    owner: Mapping[str, int],
    wanted: Iterable[Movement],
    booked: Counter[Subject],
    *,
    now: datetime,
) -> Iterator[LedgerEntry]:
    """Yield what has to be added for an appointment or a voucher."""
    by_subject = {one.subject: one for one in wanted}
    for subject in [*by_subject, *(one for one in booked if one not in by_subject)]:
        movement = by_subject.get(subject)
        missing = (movement.cents if movement else 0) - booked[subject]
        if missing:
            at = movement.at if movement and subject not in booked else now
            yield _entry(owner, subject, missing, at=at)


def _booked(appointment_ids: Sequence[int]) -> dict[int, Counter[Subject]]:
    """Return what has moved for each subject; what was taken back is taken off."""
    booked: dict[int, Counter[Subject]] = defaultdict(Counter)
    for entry in LedgerEntry.objects.filter(appointment__in=appointment_ids):
        subject = Subject(Kind(entry.kind), entry.payment_id, entry.refund_id)
        booked[entry.appointment_id or 0][subject] += entry.signed_cents
    return booked


def _entry(owner: Mapping[str, int], subject: Subject, cents: int, *, at: datetime) -> LedgerEntry:
    credit, debit = MOVES[subject.kind] if cents > 0 else reversed(MOVES[subject.kind])
    return LedgerEntry(
        **owner,
        payment_id=subject.payment_id,
        refund_id=subject.refund_id,
        kind=subject.kind.value,
        debit=debit.value,
        credit=credit.value,
        amount_cents=abs(cents),
        at=at,
    )


class _Facts:
    """What some appointments, which are locked, have paid, were given back and came to."""

    def __init__(self, appointment_ids: Sequence[int], *, now: datetime) -> None:
        locked = Appointment.objects.filter(pk__in=appointment_ids)
        self.appointments = list(locked.order_by("pk").select_for_update(no_key=True))
        self.now, self.clinic = now, Clinic.objects.get()
        self.debts: dict[int, list[Debt]] = defaultdict(list)
        self.backs: dict[int, list[Back]] = defaultdict(list)
        self.contests: dict[int, list[Contest]] = defaultdict(list)
        self.extras: dict[int, list[Extra]] = defaultdict(list)
        self._read(appointment_ids)

    def _read(self, appointment_ids: Sequence[int]) -> None:
        theirs = {"appointment__in": appointment_ids}
        for debt in Payment.objects.filter(**theirs).order_by("pk"):
            self.debts[debt.appointment_id].append(_debt(debt))
        refunds = Refund.objects.filter(payment__appointment__in=appointment_ids)
        refunds = refunds.exclude(status=Refund.Status.VOID)
        for refund in refunds.order_by("pk").select_related("payment"):
            self.backs[refund.payment.appointment_id].append(_back(refund))
        disputes = Dispute.objects.filter(payment__appointment__in=appointment_ids)
        for dispute in disputes.order_by("pk").select_related("payment"):
            self.contests[dispute.payment.appointment_id].append(_contest(dispute))
        for extra in Extra.objects.filter(**theirs):
            self.extras[extra.appointment_id].append(extra)
        self.rates = rates()

    def movements(self, appointment: Appointment) -> list[Movement]:
        debts, backs = self.debts[appointment.pk], self.backs[appointment.pk]
        return movements(self._visit(appointment), debts, backs, self.contests[appointment.pk])

    def _visit(self, appointment: Appointment) -> Visit:
        """Return what became of it, once nobody can take that back."""
        ended_at = None
        if appointment.cancelled_at is not None:
            ended_at = appointment.cancelled_at + self.clinic.undo_time
        elif appointment.no_show_at is not None:
            ended_at = appointment.no_show_at + self.clinic.no_show_rest
        is_final = ended_at is not None and ended_at <= self.now
        return Visit(
            parts=parts_of(appointment, self.extras[appointment.pk], self.rates),
            given_at=appointment.completed_at,
            ended_at=ended_at if is_final else None,
        )


def _debt(row: Payment) -> Debt:
    return Debt(
        payment_id=row.pk,
        is_fee=row.kind == Payment.Kind.FEE,
        is_void=row.status == Payment.Status.VOID,
        cents=row.amount_cents,
        asked_at=row.created_at,
        paid_at=row.paid_at,
        by_voucher=row.voucher_id is not None,
    )


def _back(row: Refund) -> Back:
    return Back(
        refund_id=row.pk,
        payment_id=row.payment_id,
        of_fee=row.payment.kind == Payment.Kind.FEE,
        is_double=row.is_double,
        given_at=row.given_at if row.status in Refund.GIVEN else None,
        how=HOW.get(row.status, Kind.GIVEN_BACK),
        cents=row.amount_cents,
        at=row.created_at,
    )


def _contest(row: Dispute) -> Contest:
    return Contest(
        payment_id=row.payment_id,
        cents=row.taken_cents,
        at=row.opened_at,
        lost_at=row.closed_at if row.status == Dispute.Status.LOST else None,
    )
