"""How made-up clients behave: when they book, whether they come. Plain chances."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from random import Random
from zoneinfo import ZoneInfo

from bookings.periods import wall_clock
from clinic.demo.people import Habits

LONGEST_LEAD = 75  # days
# Chances of an average client: the clinic's own shares come out of these.
MISSES, CANCELS_LATE, CANCELS_EARLY = 0.054, 0.047, 0.066
ASKED_BEFORE = timedelta(hours=72)  # the question to confirm
LEAST_NOTICE = timedelta(days=4)  # who books later is not asked
NOON = time(12)
WAKING_HOURS = (8, 9, 9, 10, 11, 12, 12, 13, 15, 17, 19, 20, 20, 21, 22)


class Fate(Enum):
    """What becomes of an appointment."""

    COMES = "comes"
    MISSES = "misses"
    CANCELS_LATE = "cancels late"
    CANCELS_EARLY = "cancels early"


@dataclass(frozen=True, slots=True)
class Course:
    """How one appointment goes: when it is booked and confirmed, and how it ends."""

    booked_at: datetime
    fate: Fate
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None


def booking_moment(
    day: date, draw: Random, *, zone: ZoneInfo, between: tuple[datetime, datetime]
) -> datetime:
    """Return when a visit on `day` was booked: most within two weeks, in waking hours."""
    earliest, latest = between
    lead = min(draw.lognormvariate(2.3, 0.85), LONGEST_LEAD)
    booked_at = _awake(wall_clock(day - timedelta(days=round(lead)), NOON, zone), draw, zone=zone)
    if earliest <= booked_at <= latest:
        return booked_at
    return moment_within(draw, between, zone=zone)


def moment_within(draw: Random, between: tuple[datetime, datetime], *, zone: ZoneInfo) -> datetime:
    """Return a moment between two others, in waking hours if there are any."""
    earliest, latest = between
    moment = earliest + (latest - earliest) * draw.uniform(0.03, 0.97)
    awake = _awake(moment, draw, zone=zone)
    return awake if earliest <= awake <= latest else moment


def _awake(moment: datetime, draw: Random, *, zone: ZoneInfo) -> datetime:
    """Return another moment of the same day, at an hour at which people arrange such things."""
    at = time(draw.choice(WAKING_HOURS), draw.randrange(60), draw.randrange(60))
    return wall_clock(moment.astimezone(zone).date(), at, zone)


def course(
    draw: Random,
    habits: Habits,
    *,
    booked_at: datetime,
    starts_at: datetime,
    free_notice: timedelta,
    is_first: bool,
    has_deposit: bool,
    zone: ZoneInfo,
) -> Course:
    """Return how an appointment would go, if nothing came between."""
    fate = _fate(draw, habits, starts_at - booked_at, is_first=is_first, has_deposit=has_deposit)
    room = _room_to_cancel(fate, booked_at, starts_at, starts_at - free_notice)
    cancelled_at = moment_within(draw, room, zone=zone) if room else None
    if cancelled_at is None and fate in (Fate.CANCELS_LATE, Fate.CANCELS_EARLY):
        fate = Fate.COMES  # she booked too late for that
    confirmed_at = _confirmed_at(draw, habits, fate, booked_at, starts_at)
    if cancelled_at and confirmed_at and confirmed_at >= cancelled_at:
        confirmed_at = None
    return Course(booked_at, fate, confirmed_at, cancelled_at)


def _fate(
    draw: Random, habits: Habits, lead: timedelta, *, is_first: bool, has_deposit: bool
) -> Fate:
    weeks = lead / timedelta(weeks=1)
    care = habits.carelessness * min(0.55 + 0.22 * weeks, 1.9)
    misses = MISSES * care * (2.0 if is_first else 0.85) * (0.75 if has_deposit else 1.3)
    chances = [misses, CANCELS_LATE * care, CANCELS_EARLY * min(0.5 + 0.25 * weeks, 2.0)]
    fates = [Fate.MISSES, Fate.CANCELS_LATE, Fate.CANCELS_EARLY]
    return draw.choices([*fates, Fate.COMES], weights=[*chances, max(1 - sum(chances), 0.1)])[0]


def _room_to_cancel(
    fate: Fate, booked_at: datetime, starts_at: datetime, deadline: datetime
) -> tuple[datetime, datetime] | None:
    """Return between when she cancels, or nothing if she does not or booked too late for it."""
    if fate is Fate.CANCELS_LATE:
        earliest, latest = max(booked_at, deadline), starts_at - timedelta(minutes=20)
    elif fate is Fate.CANCELS_EARLY:
        earliest, latest = max(booked_at, deadline - timedelta(days=14)), deadline
    else:
        return None
    return (earliest, latest) if latest - earliest > timedelta(hours=2) else None


def _confirmed_at(
    draw: Random, habits: Habits, fate: Fate, booked_at: datetime, starts_at: datetime
) -> datetime | None:
    if starts_at - booked_at < LEAST_NOTICE:
        return None
    chance = habits.answers * (0.35 if fate is Fate.MISSES else 1.0)
    if draw.random() >= chance:
        return None
    waits = min(draw.expovariate(1 / 7), 60)  # hours
    return starts_at - ASKED_BEFORE + timedelta(hours=waits, minutes=1)
