"""The block about the course of time: lost places per month, and why it proves nothing."""

from datetime import UTC, date

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import formats
from clinic.office.blocks import Block
from clinic.office.charts import Point, RunChart
from clinic.office.dates import first_of_month
from clinic.office.figures import middle_share
from clinic.office.reports import Report
from clinic.office.statistics import Proportion, difference
from clinic.office.tables import Cell, Table, share_heads, shares
from clinic.office.words import how_sure, in_words, percent, points, signed_points


def course(report: Report) -> Block:
    """Return the lost places of each month, with how sure each is."""
    rows: list[list[Cell]] = [
        [_month(month, report.today), *shares(lost)] for month, lost in report.months
    ]
    title = _("Lost places per month")
    return Block(
        slug="maanden",
        title=title,
        finding=_finding(report),
        chart=_chart(report),
        table=Table(title, [_("Month"), *share_heads()], rows),
        note=_("This does not prove that a change is the cause."),
        is_wide=True,
    )


def _finding(report: Report) -> str:
    now, was = report.rates.lost, report.before
    facts = {"now": in_words(now), "was": in_words(was)}
    told = _("In this period %(now)s, in the one before %(was)s.") % facts
    return f"{told} {_compared(now, was)}".strip()


def _compared(now: Proportion, was: Proportion) -> str:
    """Say how much differs, and whether chance may have done it."""
    bounds = difference(now, was)
    if bounds is None:
        return ""
    facts = {"points": signed_points(now.k / now.n - was.k / was.n), "bounds": points(bounds)}
    if bounds.low <= 0 <= bounds.high:
        return _("Difference %(points)s points (%(bounds)s): it may be chance.") % facts
    return _("Difference %(points)s points (%(bounds)s): more than chance alone explains.") % facts


def _chart(report: Report) -> RunChart | None:
    if not any(lost.n for _month_of, lost in report.months):
        return None
    middle = middle_share(report.months)
    facts = {"months": len(report.months), "middle": percent(middle) if middle is not None else "–"}
    return RunChart(
        summary=_("Lost places per month, %(months)s months. Median %(middle)s.") % facts,
        points=[_point(report, month, lost) for month, lost in report.months],
        middle=middle,
        too_few=_("few data"),
        marks=_marks(report),
        key=[
            (_("share of the month, with its interval"), "c-plum"),
            (_("median of these months: %(middle)s") % facts, "c-linden"),
            (_("the period of this report"), "c-chosen"),
        ],
    )


def _point(report: Report, month: date, lost: Proportion) -> Point:
    interval = lost.interval
    days = report.asked.days
    return Point(
        label=format_date(month, "LLL", locale=_language()).rstrip("."),
        told=f"{_month(month, report.today)}: {in_words(lost) if lost.n else how_sure(lost)}",
        share=lost.share,
        low=interval.low if interval else 0.0,
        high=interval.high if interval else 0.0,
        is_chosen=first_of_month(days.first) <= month <= days.last,
    )


def _marks(report: Report) -> list[tuple[int, str]]:
    """Return at which month each later version of the terms began."""
    months = [month for month, _lost in report.months]
    return [
        (months.index(first_of_month(day)), _("terms %(version)s") % {"version": version})
        for day, version in report.changes
        if first_of_month(day) in months
    ]


def _month(month: date, today: date) -> str:
    name = formats.month(month, _language(), zone=UTC)
    if month == first_of_month(today):
        return _("%(month)s (so far)") % {"month": name}
    return name


def _language() -> str:
    return (get_language() or "nl").split("-")[0]
