"""Who may have which treatment when: what must be done before, and how long to wait between two."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Why(StrEnum):
    """Why a client cannot have a treatment on a day."""

    NOT_ONLINE = "not_online"  # only the desk books it
    UNKNOWN_CLIENT = "unknown_client"  # only for clients the clinic knows
    MISSING = "missing"  # what must come before was never done
    FAILED = "failed"  # it was done, and the result was not good
    TOO_FRESH = "too_fresh"  # it was done too shortly before
    EXPIRED = "expired"  # it was done too long before
    TOO_SOON = "too_soon"  # too shortly after, or before, another of the same treatment


@dataclass(frozen=True, slots=True)
class Problem:
    """Why not, and the first day on which it would be all right, if waiting helps."""

    why: Why
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A prerequisite that was done, and whether it failed."""

    on: date
    failed: bool = False


def prerequisite_problem(
    done: Iterable[Done], *, on: date, days_before: int, valid_days: int | None
) -> Problem | None:
    """Return what is wrong with the prerequisite for a treatment on that day; nothing if it is met.

    The last one counts: who did well last year and failed last week has failed.

    :param days_before: days that must lie between the two
    :param valid_days: days after which it no longer counts; none is never
    """
    last = max((one for one in done if one.on <= on), key=lambda one: one.on, default=None)
    if last is None:
        return Problem(Why.MISSING)
    if last.failed:
        return Problem(Why.FAILED)
    if valid_days is not None and on > last.on + timedelta(days=valid_days):
        return Problem(Why.EXPIRED)
    if on < last.on + timedelta(days=days_before):
        return Problem(Why.TOO_FRESH, last.on + timedelta(days=days_before))
    return None


def interval_problem(others: Iterable[date], *, on: date, least_days: int | None) -> Problem | None:
    """Return a problem when another of the same treatment lies too near; nothing if none does.

    :param others: the days of the client's other appointments for it, past and to come
    :param least_days: days that must lie between two; none is no limit
    """
    if not least_days:
        return None
    least, days = timedelta(days=least_days), list(others)
    after = on
    while near := [other for other in days if abs(other - after) < least]:
        after = max(near) + least  # which may be too near to the next one
    return None if after == on else Problem(Why.TOO_SOON, after)
