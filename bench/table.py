"""Print what was measured, each number with its ratio."""

import statistics

from bench.comparison import BOOKING_ROUNDS, CLIENTS, RACES, RIVALS, Beside, Row
from bench.side_by_side import LONGER, SMALL, Missing, Result

WIDTH = 28
HEAD = (
    f"{'':{WIDTH}}{'one day':>20}{'30 days, any':>20}{'bookings/s':>20}"
    f"{'booked':>10}{'doubles':>9}{'5xx':>6}"
)
NOTES = f"""\
  In brackets: times the bare view in the same rounds, which answers with the rows of one
  query or does one insert. One day is one practitioner's.
  Booked: of {CLIENTS * BOOKING_ROUNDS} clients who want different slots, {CLIENTS} at once.
  Doubles: appointments too many when {RIVALS} clients want one slot, {RACES} times.
  The rivals know practitioners alone; this clinic finds a room and a device as well."""


def show(result: Result) -> None:
    """Print the systems side by side, and what a longer history costs."""
    print(f"\nSide by side, {result.appointments:,} appointments, over HTTP\n{HEAD}")
    if rows := [row for row in result.rows if isinstance(row, Row)]:
        print(_floor_line(rows))
    for row in result.rows:
        print(_line(row) if isinstance(row, Row) else _why(row))
    print(NOTES)
    print(_statements_line(result.statements))
    _show_growth(result)


def _show_growth(result: Result) -> None:
    longest = max(result.appointments, SMALL * LONGER)
    print(f"\nThis clinic with {LONGER} times the history, {longest:,} appointments")
    if isinstance(result.growth, Missing):
        print(_why(result.growth))
        return
    for name, one in zip(("one day", "30 days, any"), result.growth, strict=True):
        print(f"  {name:{WIDTH - 2}}{one.floor:8.1f}ms{one.own:8.1f}ms{one.ratio:8.2f}x")


def _floor_line(rows: list[Row]) -> str:
    """Return the bare view's own numbers, the medians of what it did beside each system."""
    day = statistics.median(row.day.floor for row in rows)
    month = statistics.median(row.month.floor for row in rows)
    rate = statistics.median(row.rate.floor for row in rows)
    day_text, month_text, rate_text = f"{day:.1f}ms", f"{month:.1f}ms", f"{rate:.0f}"
    return f"  {'bare view':{WIDTH - 2}}{day_text:>20}{month_text:>20}{rate_text:>20}"


def _statements_line(alone: Beside | Missing) -> str:
    if isinstance(alone, Missing):
        return _why(alone)
    return (
        "  All statements of this clinic's booking from a bare view, with no rule or form around"
        f"\n  them: {_rate(alone)} a second."
    )


def _line(row: Row) -> str:
    return (
        f"  {row.name:{WIDTH - 2}}{_time(row.day):>20}{_time(row.month):>20}{_rate(row.rate):>20}"
        f"{row.booked:>10}{row.doubles:>9}{row.errors:>6}"
    )


def _why(missing: Missing) -> str:
    return f"  {missing.name:{WIDTH - 2}}  not measured: {missing.why}"


def _time(one: Beside) -> str:
    return f"{one.own:,.1f}ms ({one.ratio:.2f}x)"


def _rate(one: Beside) -> str:
    return f"{one.own:.0f} ({one.ratio:.2f}x)"
