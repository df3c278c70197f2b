"""The block about money: what stayed, came in, went back, and what lost places cost."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import formats
from clinic.office.blocks import Block, nothing
from clinic.office.figures import Value
from clinic.office.money import Amount
from clinic.office.reports import Report
from clinic.office.tables import Cell, Euros, Table
from clinic.office.words import number


def money(report: Report) -> Block:
    """Return the money of the period, each amount with its number."""
    money = report.money
    lost = Amount(report.rates.lost.k, report.value.cents)
    rows = [
        _row(_("Deposits kept"), money.deposits_kept),
        _row(_("Fees paid"), money.fees_paid),
        _row(_("Fees still open"), money.fees_open),
        _row(_("Fees waived"), money.fees_waived),
        _row(_("Given back"), money.refunds),
        _row(_("Deposits held for visits to come (a debt, today)"), money.held),
        _row(_("Price of the lost places"), lost),
    ]
    if money.refunds_failed.number:
        rows.insert(5, _row(_("Refunds that failed: do these by bank"), money.refunds_failed))
    return Block(
        slug="geld",
        title=_("Money"),
        finding=_finding(report) if not (money.is_nothing and not lost.number) else nothing(),
        table=Table(_("Money"), [_("What"), _("How many"), _("Amount")], rows),
        note=_("Deposits and fees make up for a loss. That they bring clients in is not proven."),
        is_list=True,
    )


def _row(what: str, amount: Amount) -> list[Cell]:
    return [what, amount.number, Euros(amount.cents)]


def _finding(report: Report) -> str:
    back = report.money.deposits_kept.cents + report.money.fees_paid.cents
    facts = {
        "lost": number(report.rates.lost.k),
        "value": value_in_words(report.value),
        "back": _euros(back),
    }
    return (
        _(
            "Lost places: %(lost)s, worth %(value)s at the price of the treatment."
            " Deposits kept and fees paid: %(back)s."
        )
        % facts
    )


def value_in_words(value: Value) -> str:
    """Write what the lost places were worth, with its bounds."""
    if value.bounds_cents is None:
        return _euros(value.cents)
    low, high = (_euros(cents) for cents in value.bounds_cents)
    return _("%(value)s (between %(low)s and %(high)s)") % {
        "value": _euros(value.cents),
        "low": low,
        "high": high,
    }


def _euros(cents: int) -> str:
    return formats.euros(cents, get_language() or "nl")
