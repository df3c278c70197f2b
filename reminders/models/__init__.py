"""If-then plans, the clinic's rules and texts, the queue of steps, and the messages themselves."""

from reminders.models.experiments import Experiment, OtherText, Participation
from reminders.models.plans import IfThenPlan, Question
from reminders.models.queue import BY_HAND, Message, Step, new_mark
from reminders.models.replies import InboundMessage
from reminders.models.rules import Rule, RuleChange, TemplateApproval, Text, Wording

__all__ = [
    "BY_HAND",
    "Experiment",
    "IfThenPlan",
    "InboundMessage",
    "Message",
    "OtherText",
    "Participation",
    "Question",
    "Rule",
    "RuleChange",
    "Step",
    "TemplateApproval",
    "Text",
    "Wording",
    "new_mark",
]
