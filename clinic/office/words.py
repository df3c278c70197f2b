"""How the report says a number: always with what it is out of, and how sure it is."""

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.office.statistics import Interval, Proportion


def number(value: int) -> str:
    """Write a whole number: “1.234”."""
    return _decimal(value, "#,##0")


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal: “5,4 %” with a hard space."""
    return f"{bare_percent(share)}\xa0%"


def bare_percent(share: float) -> str:
    """Write a share as a percentage without its sign: “5,4”."""
    return _decimal(share * 100, "#,##0.0")


def k_of_n(proportion: Proportion) -> str:
    """Write the counts alone: “39 van 712”."""
    counts = {"k": number(proportion.k), "n": number(proportion.n)}
    return _("%(k)s of %(n)s") % counts


def how_sure(proportion: Proportion) -> str:
    """Write the percentage and its interval, or why there is none."""
    interval = proportion.interval
    if proportion.n == 0:
        return _("no data")
    if interval is None:
        return _("too little data")
    bounds = {"low": bare_percent(interval.low), "high": bare_percent(interval.high)}
    if proportion.k == 0:
        return _("0 to %(high)s %%") % bounds
    return _("%(share)s, between %(low)s and %(high)s %%") % {
        "share": percent(proportion.k / proportion.n),
        **bounds,
    }


def in_words(proportion: Proportion) -> str:
    """Write a share whole: “39 van 712 (5,4 %, tussen 4,0 en 7,3 %)”."""
    return f"{k_of_n(proportion)} ({how_sure(proportion)})"


def points(interval: Interval) -> str:
    """Write the interval of a difference, in percentage points."""
    return _("between %(low)s and %(high)s points") % {
        "low": _signed(interval.low),
        "high": _signed(interval.high),
    }


def _signed(share: float) -> str:
    return _decimal(share * 100, "+#,##0.0;−#,##0.0")


def signed_points(share: float) -> str:
    """Write a difference in percentage points with its sign: “+1,2”."""
    return _signed(share)


def _decimal(value: float, pattern: str) -> str:
    language = (get_language() or "nl").split("-")[0]
    return format_decimal(value, format=pattern, locale=language)
