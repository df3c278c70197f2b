"""Reads: what a step's message would say now, for who sends it once more by hand."""

from datetime import datetime

from bookings.models import Client
from reminders.models import Rule, Step, new_mark
from reminders.operations.composing import known_of, words_for
from reminders.operations.experimenting import trials_of
from reminders.operations.facts import background_of
from reminders.operations.queueing import wanted_steps
from reminders.operations.reaching import is_news
from reminders.operations.sender import Sender


class NoLongerTrue(Exception):
    """What this message was about is not so any more."""


def text_again(step_id: int, *, sender: Sender, now: datetime) -> str:
    """Return the text of a step, worded anew: “morgen” may be “vandaag” by now.

    :raises NoLongerTrue: if the rules no longer call for it
    """
    steps = Step.objects.select_related("appointment__client", "appointment__practitioner")
    step = steps.get(pk=step_id)
    if step.text:
        return step.text
    if is_news(step):  # nobody sends her that by hand
        raise NoLongerTrue
    background = background_of([step.appointment], zone=sender.zone)
    if step.rule_id is not None:
        rules = Rule.objects.filter(pk=step.rule_id).prefetch_related("treatments")
        wanted = wanted_steps([step.appointment], rules, background, sender=sender)
        if step.anchor_at not in {one.anchor_at for one in wanted[step.appointment_id]}:
            raise NoLongerTrue
    known = known_of([step], background)
    tried = trials_of([step]).texts_of(step)
    return words_for(
        step,
        Client.ReachBy.SMS,
        mark=new_mark(),
        known=known,
        texts=tried or known.texts[step.wording],
        sender=sender,
        now=now,
    ).body
