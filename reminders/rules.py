"""Which step is due when: the clinic's rules applied to the facts. Pure, and in UTC."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class On(StrEnum):
    """What a rule waits for."""

    AGREED = "agreed"  # booked, or moved
    BEFORE_START = "before_start"
    CANCELLED = "cancelled"
    PAYMENT_ASKED = "payment_asked"
    OFFERED = "offered"  # a time that came free is kept for her
    AFTER_VISIT = "after_visit"  # that took place
    CUE = "cue"  # the moment in her own plan, when she asked to be told then


#: What has a moment of its own, before or after a visit; all else follows what happens.
AROUND_VISIT = (On.BEFORE_START, On.AFTER_VISIT)


@dataclass(frozen=True, slots=True)
class HoursBefore:
    """A stretch of elapsed time: “24 hours before”."""

    hours: int

    def due_at(self, starts_at: datetime, zone: ZoneInfo) -> datetime:
        return starts_at.astimezone(UTC) - timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class DaysBeforeAt:
    """A time on the clinic's wall clock: “the day before, at 18:00”."""

    days: int
    at: time

    def due_at(self, starts_at: datetime, zone: ZoneInfo) -> datetime:
        day = starts_at.astimezone(zone).date() - timedelta(days=self.days)
        return datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class HoursAfter:
    """A stretch of elapsed time after the end of a visit."""

    hours: int

    def due_at(self, ended_at: datetime, zone: ZoneInfo) -> datetime:
        return ended_at.astimezone(UTC) + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class DaysAfterAt:
    """A time on the clinic's wall clock: “the day after the visit, at 10:00”."""

    days: int
    at: time

    def due_at(self, ended_at: datetime, zone: ZoneInfo) -> datetime:
        day = ended_at.astimezone(zone).date() + timedelta(days=self.days)
        return datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)


Before = HoursBefore | DaysBeforeAt
After = HoursAfter | DaysAfterAt
Offset = Before | After


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One of the clinic's rules, as values."""

    rule_id: int
    on: On
    offset: Offset | None = None
    asks: bool = False  # asks to confirm: not sent to who has answered
    least_notice: timedelta = timedelta()  # only when agreed at least so long before the start
    treatment_ids: frozenset[int] = frozenset()  # only of these; none is all of them
    is_news: bool = False  # only for who allowed that
    since: datetime | None = None  # says nothing of what was due before


@dataclass(frozen=True, slots=True)
class Facts:
    """How an appointment stands now."""

    starts_at: datetime
    is_booked: bool
    treatment_id: int | None = None
    wants_news: bool = False
    agreed_at: datetime | None = None
    agreed_by_clinic: bool = False
    confirmed: bool = False
    cancelled_at: datetime | None = None
    payment_asked_at: datetime | None = None
    taken_over_at: datetime | None = None  # until then another system told her everything
    told_elsewhere: bool = False  # the message about another one of the same act tells of it
    cue_at: datetime | None = None  # of a plan that she wants to be told of
    cue_asked_at: datetime | None = None
    offered_at: datetime | None = None
    offer_useful_until: datetime | None = None
    ended_at: datetime | None = None  # of a visit that took place
    noted_at: datetime | None = None  # when the desk said so

    @property
    def is_told(self) -> bool:
        """Tell whether she heard of it by another way than its own message."""
        return self.told_elsewhere or self.taken_over_at is not None


@dataclass(frozen=True, slots=True)
class WantedStep:
    """A step that should be waiting, done or missed for these facts."""

    rule_id: int
    anchor_at: datetime  # what it is about: another anchor is another step
    due_at: datetime
    useless_at: datetime  # later than this it is missed, not sent


# How late a text may still be of use after the moment it was due.
PATIENCE = timedelta(hours=12)
# “It is half past eight” is only true for a while.
MOMENT = timedelta(minutes=20)
# A reminder this close to the start would only disturb.
LAST_HOUR = timedelta(hours=1)


def answer_by(
    now: datetime,
    *,
    starts_at: datetime,
    answer_time: timedelta,
    cutoff: timedelta,
    quiet_begins: datetime | None,
) -> datetime | None:
    """Return until when who is asked now can answer before her time goes to somebody else.

    Nothing when that would be at night, or too late for anybody else to come.

    :param cutoff: how long before its start a time is of no use to somebody else
    """
    until = now + answer_time
    if until > starts_at - cutoff or (quiet_begins is not None and until > quiet_begins):
        return None
    return until


def steps_for(
    rules: Iterable[RuleSpec], facts: Facts, *, zone: ZoneInfo, undo_time: timedelta
) -> list[WantedStep]:
    """Return the steps that the rules call for, given the facts as they are now.

    :param undo_time: how long the clinic's own changes wait, so that a mistake is never told
    """
    return [
        step
        for rule in rules
        if _concerns(rule, facts)
        for step in _steps(rule, facts, zone, undo_time)
        if rule.since is None or step.due_at >= rule.since
    ]


def _concerns(rule: RuleSpec, facts: Facts) -> bool:
    if rule.treatment_ids and facts.treatment_id not in rule.treatment_ids:
        return False
    return facts.wants_news or not rule.is_news


def _steps(
    rule: RuleSpec, facts: Facts, zone: ZoneInfo, undo_time: timedelta
) -> Iterator[WantedStep]:
    match rule.on:
        case On.AGREED if facts.is_booked and facts.agreed_at and not facts.is_told:
            due = facts.agreed_at + (undo_time if facts.agreed_by_clinic else timedelta())
            yield WantedStep(rule.rule_id, facts.agreed_at, due, facts.starts_at)
        case On.BEFORE_START | On.AFTER_VISIT:
            yield from _around_visit(rule, facts, zone)
        case On.CANCELLED if facts.cancelled_at and not facts.told_elsewhere:
            due = facts.cancelled_at + undo_time
            yield WantedStep(rule.rule_id, facts.cancelled_at, due, due + PATIENCE)
        case On.PAYMENT_ASKED if facts.payment_asked_at:
            asked = facts.payment_asked_at
            yield WantedStep(rule.rule_id, asked, asked, asked + timedelta(days=3))
        case On.CUE if facts.is_booked and facts.cue_at and facts.cue_asked_at:
            if facts.cue_at > facts.cue_asked_at:
                useless = min(facts.cue_at + MOMENT, facts.starts_at)
                yield WantedStep(rule.rule_id, facts.cue_at, facts.cue_at, useless)
        case On.OFFERED if facts.offered_at and facts.offer_useful_until:
            offered = facts.offered_at
            yield WantedStep(rule.rule_id, offered, offered, facts.offer_useful_until)


def _around_visit(rule: RuleSpec, facts: Facts, zone: ZoneInfo) -> Iterator[WantedStep]:
    match rule.offset:
        case HoursBefore() | DaysBeforeAt() as offset if facts.is_booked and facts.agreed_at:
            yield from _before_start(rule, offset, facts, facts.agreed_at, zone)
        case HoursAfter() | DaysAfterAt() as offset if facts.ended_at and facts.noted_at:
            if facts.agreed_at and facts.starts_at - facts.agreed_at < rule.least_notice:
                return
            due = offset.due_at(facts.ended_at, zone)
            useless = due + PATIENCE
            # Noted days later, or taken over from another system: nobody waits for it any more.
            if facts.noted_at <= useless and facts.taken_over_at is None:
                yield WantedStep(rule.rule_id, facts.starts_at, due, useless)


def _before_start(
    rule: RuleSpec,
    offset: Before,
    facts: Facts,
    agreed_at: datetime,
    zone: ZoneInfo,
) -> Iterator[WantedStep]:
    due = offset.due_at(facts.starts_at, zone)
    known_since = max(agreed_at, facts.taken_over_at or agreed_at)
    if due <= known_since:  # booked later than the reminder: the confirmation has just told her
        return
    if facts.starts_at - agreed_at < rule.least_notice:
        return
    if rule.asks and facts.confirmed:
        return
    useless = min(due + PATIENCE, facts.starts_at - LAST_HOUR)
    if useless > due:
        yield WantedStep(rule.rule_id, facts.starts_at, due, useless)
