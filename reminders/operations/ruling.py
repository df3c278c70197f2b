"""Adding and editing the clinic's rules: what waits follows by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bookings.models import Consent
from reminders.models import Rule, RuleChange
from reminders.operations.queueing import change_rules
from reminders.rules import DaysAfterAt, DaysBeforeAt, HoursAfter, HoursBefore, Offset


@dataclass(frozen=True, slots=True)
class RuleText:
    """What the owner says of a rule."""

    name: str
    offset: Offset | None  # only of a rule before the start or after the visit
    wording: str
    reach: str
    asks: bool
    is_active: bool
    least_notice: timedelta = timedelta()
    treatment_ids: frozenset[int] = frozenset()  # none is all of them
    purpose: str = Consent.Purpose.SERVICE


@transaction.atomic
def edit_rule(rule_id: int, text: RuleText, *, now: datetime) -> RuleChange:
    """Change a rule, and let every message that waits follow.

    One that is in use again, or about other visits that were, tells nothing of what is past.
    """
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    if (text.is_active and not rule.is_active) or rule.on == Rule.Event.AFTER_VISIT:
        rule.since = now
    return _say(rule, text, now=now)


@transaction.atomic
def add_rule(text: RuleText, *, now: datetime) -> RuleChange:
    """Add a rule that holds from now on.

    :raises ValueError: if it says not when
    """
    if text.offset is None:
        raise ValueError("a rule that is added says when")
    return _say(Rule(since=now), text, now=now)


def _say(rule: Rule, text: RuleText, *, now: datetime) -> RuleChange:
    rule.name, rule.wording, rule.reach = text.name, text.wording, text.reach
    rule.asks, rule.is_active, rule.least_notice = text.asks, text.is_active, text.least_notice
    rule.purpose = text.purpose
    if text.offset is not None:
        _set_offset(rule, text.offset)
    rule.save()
    rule.treatments.set(text.treatment_ids)
    return change_rules(now=now)


def _set_offset(rule: Rule, offset: Offset) -> None:
    rule.hours = rule.days = rule.at_time = None
    match offset:
        case HoursBefore(hours) | HoursAfter(hours):
            rule.hours = hours
        case DaysBeforeAt(days, at) | DaysAfterAt(days, at):
            rule.days, rule.at_time = days, at
    is_after = isinstance(offset, HoursAfter | DaysAfterAt)
    rule.on = Rule.Event.AFTER_VISIT if is_after else Rule.Event.BEFORE_START
