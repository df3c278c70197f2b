"""Reads: the ledger as the owner and her bookkeeper see it, added up by the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from bookings.periods import Period
from clinic.office.dates import Days
from clinic.office.tables import Cell, Euros, Table
from payments.models import LedgerEntry

Account = LedgerEntry.Account
Moves = Iterable[tuple[str, str, int]]  # debit, credit, cents
Totals = Counter[str]  # by account, in cents: what was debited less what was credited

PAID_FROM = (Account.STRIPE, Account.BANK)


@dataclass(frozen=True, slots=True)
class Day:
    """What moved on one day, in cents; what was taken back is taken off."""

    on: date
    received: int
    given_back: int
    visits: int  # without VAT
    vat: int
    fees: int

    @property
    def amounts(self) -> tuple[int, ...]:
        return self.received, self.given_back, self.visits, self.vat, self.fees


@dataclass(frozen=True, slots=True)
class Books:
    """The days on which something moved, and what stands in each account at the end."""

    days: list[Day]
    standing: Totals


@dataclass(frozen=True, slots=True)
class Stand:
    """An amount in cents, what it is, and what more is to be known of it."""

    title: str
    note: str
    cents: int


def books(days: Days, zone: ZoneInfo) -> Books:
    """Return the books of some days in two queries."""
    period = days.period(zone)
    moved = LedgerEntry.objects.filter(at__gte=period.start, at__lt=period.end)
    by_day = moved.annotate(on=TruncDate("at", tzinfo=zone)).values_list("on", "debit", "credit")
    found: dict[date, list[tuple[str, str, int]]] = defaultdict(list)
    for on, debit, credit, cents in by_day.annotate(cents=Sum("amount_cents")).order_by("on"):
        found[on].append((debit, credit, cents))
    return Books([_day(on, moves) for on, moves in found.items()], _standing(period))


def _standing(period: Period) -> Totals:
    until = LedgerEntry.objects.filter(at__lt=period.end).values_list("debit", "credit")
    return _totals(until.annotate(cents=Sum("amount_cents")).order_by())


def _totals(moves: Moves) -> Totals:
    totals: Totals = Counter()
    for debit, credit, cents in moves:
        totals[debit] += cents
        totals[credit] -= cents
    return totals


def _day(on: date, moves: list[tuple[str, str, int]]) -> Day:
    totals = _totals(moves)
    return Day(
        on=on,
        received=sum(
            cents
            for debit, credit, cents in moves
            if debit == Account.STRIPE and credit != Account.DISPUTES
        ),
        given_back=sum(
            cents
            for debit, credit, cents in moves
            if credit in PAID_FROM and debit != Account.DISPUTES
        ),
        visits=-totals[Account.VISITS],
        vat=-totals[Account.VAT],
        fees=-totals[Account.FEES],
    )


def days_table(found: Books) -> Table:
    """Return what moved, a day a row, and the sum."""
    head = [
        _("Day"),
        _("Received"),
        _("Given back"),
        _("Earned with visits, without VAT"),
        _("VAT"),
        _("Earned with fees"),
    ]
    rows: list[list[Cell]] = [[day.on, *map(Euros, day.amounts)] for day in found.days]
    if rows:
        columns = zip(*(day.amounts for day in found.days), strict=True)
        rows.append([_("Together"), *(Euros(sum(column)) for column in columns)])
    return Table(_("What moved each day"), head, rows)


def standing(found: Books) -> list[Stand]:
    """Return what came in and stayed, and what is owed, at the end of the days."""
    stands = found.standing
    disputed = [
        Stand(
            _("Taken by the bank of a card"),
            _("a client disputes it, and nothing is decided yet"),
            stands[Account.DISPUTES],
        ),
        Stand(
            _("Lost to disputes"),
            _("given back by the bank of a card, though it was owed to you"),
            stands[Account.LOSSES],
        ),
    ]
    vouchers = Stand(
        _("Left in vouchers"),
        _("a debt, until a visit is paid from them"),
        -stands[Account.VOUCHERS],
    )
    return [
        Stand(
            _("Received through Stripe"),
            _("and not given back, since the first payment"),
            stands[Account.STRIPE],
        ),
        Stand(
            _("Fees still to be paid"),
            _("for cancelling late and for not coming"),
            stands[Account.OPEN_FEES],
        ),
        *(one for one in [vouchers] if one.cents),
        Stand(
            _("Deposits held"),
            _("a debt, until the visit was given or the terms let you keep them"),
            -stands[Account.DEPOSITS],
        ),
        Stand(
            _("Still to be given back"),
            _("a debt; what Stripe could not give back, you do by bank"),
            -stands[Account.REFUNDS],
        ),
        *(one for one in disputed if one.cents),
    ]


def entries_table(days: Days, zone: ZoneInfo) -> Table:
    """Return every entry of some days, as a bookkeeper takes them over."""
    period = days.period(zone)
    entries = LedgerEntry.objects.filter(at__gte=period.start, at__lt=period.end)
    entries = entries.select_related("receipt")
    head = [
        _("Number"),
        _("Date"),
        _("Time"),
        _("What"),
        _("Debit"),
        _("Credit"),
        _("Amount"),
        _("Appointment"),
        _("Receipt"),
    ]
    return Table(_("Ledger"), head, list(_rows(entries, zone)))


def _rows(entries: Iterable[LedgerEntry], zone: ZoneInfo) -> Iterator[list[Cell]]:
    for entry in entries:
        local = entry.at.astimezone(zone)
        yield [
            str(entry.pk),
            local.date(),
            f"{local:%H:%M}",
            entry.get_kind_display(),
            entry.get_debit_display(),
            entry.get_credit_display(),
            Euros(entry.amount_cents),
            str(entry.appointment_id or ""),
            entry.receipt.name if hasattr(entry, "receipt") else "",
        ]
