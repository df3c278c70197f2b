"""Everything that writes in this app, as the clinic's own verbs."""

from reminders.operations.doubts import settle_doubts
from reminders.operations.experimenting import (
    AlreadyClosed,
    AlreadyTried,
    Design,
    OtherWords,
    close_experiment,
    is_asked_for_plan,
    share_out_plan,
    start_experiment,
    stop_experiment,
)
from reminders.operations.falling_back import fall_back_in_time
from reminders.operations.inbox import (
    AlreadyAnswered,
    NobodyThere,
    answer,
    needs_no_answer,
    write_again,
    write_by_hand,
)
from reminders.operations.planning import (
    PlanText,
    offer_plan,
    repeat_plan,
    skip_plan,
    write_plan,
)
from reminders.operations.questions import NothingAsked, TooManyQuestions, ask, note_answered
from reminders.operations.queueing import change_rules, follow_rules, requeue, requeue_changed
from reminders.operations.receiving import (
    Inbound,
    handle_replies,
    receive_reply,
    receive_status,
)
from reminders.operations.releasing import release_unanswered
from reminders.operations.ruling import RuleText, add_rule, edit_rule
from reminders.operations.sender import Sender
from reminders.operations.sending import send_due
from reminders.operations.templates import check_templates
from reminders.operations.vouchers import mail_vouchers

__all__ = [
    "AlreadyAnswered",
    "AlreadyClosed",
    "AlreadyTried",
    "Design",
    "Inbound",
    "NobodyThere",
    "NothingAsked",
    "OtherWords",
    "PlanText",
    "RuleText",
    "Sender",
    "TooManyQuestions",
    "add_rule",
    "answer",
    "ask",
    "change_rules",
    "check_templates",
    "close_experiment",
    "edit_rule",
    "fall_back_in_time",
    "follow_rules",
    "handle_replies",
    "is_asked_for_plan",
    "mail_vouchers",
    "needs_no_answer",
    "note_answered",
    "offer_plan",
    "receive_reply",
    "receive_status",
    "release_unanswered",
    "repeat_plan",
    "requeue",
    "requeue_changed",
    "send_due",
    "settle_doubts",
    "share_out_plan",
    "skip_plan",
    "start_experiment",
    "stop_experiment",
    "write_again",
    "write_by_hand",
    "write_plan",
]
