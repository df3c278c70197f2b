"""Editing the clinic's rules: what waits follows by itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from reminders.models import Rule, RuleChange
from reminders.operations.queueing import change_rules
from reminders.rules import DaysBeforeAt, HoursBefore


@dataclass(frozen=True, slots=True)
class RuleText:
    """What the owner says of a rule."""

    name: str
    offset: HoursBefore | DaysBeforeAt | None  # only of a rule before the start
    wording: str
    reach: str
    asks: bool
    is_active: bool


@transaction.atomic
def edit_rule(rule_id: int, text: RuleText, *, now: datetime) -> RuleChange:
    """Change a rule, and let every message that waits follow."""
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    rule.name, rule.wording, rule.reach = text.name, text.wording, text.reach
    rule.asks, rule.is_active = text.asks, text.is_active
    if rule.on == Rule.Event.BEFORE_START and text.offset is not None:
        rule.hours_before = rule.days_before = rule.at_time = None
        match text.offset:
            case HoursBefore(hours):
                rule.hours_before = hours
            case DaysBeforeAt(days, at):
                rule.days_before, rule.at_time = days, at
    rule.save()
    return change_rules(now=now)
