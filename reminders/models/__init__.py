"""If-then plans, the clinic's rules and texts, the queue of steps, and the messages themselves."""

from reminders.models.plans import IfThenPlan, Question
from reminders.models.queue import BY_HAND, Message, Step, new_mark
from reminders.models.replies import InboundMessage
from reminders.models.rules import Rule, RuleChange, TemplateApproval, Wording

__all__ = [
    "BY_HAND",
    "IfThenPlan",
    "InboundMessage",
    "Message",
    "Question",
    "Rule",
    "RuleChange",
    "Step",
    "TemplateApproval",
    "Wording",
    "new_mark",
]
