"""From claimed steps to written messages: still wanted, still of use, on which way, in which words.

A batch of steps is looked at together, with a number of queries that does not grow with it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from bookings.models import Appointment, Client, Clinic
from bookings.waitlist import is_reached
from reminders.mail_gateway import Attachment
from reminders.models import Message, Rule, Step, Text
from reminders.operations.composing import (
    Known,
    attachments_of,
    is_template,
    known_of,
    words_for,
)
from reminders.operations.experimenting import Trials, trials_of
from reminders.operations.facts import background_of
from reminders.operations.outcomes import finish
from reminders.operations.queueing import Wanted, wanted_steps
from reminders.operations.reaching import address_of, channels_for, is_stopped
from reminders.operations.sender import Sender
from reminders.operations.templates import not_approved
from reminders.rules import AROUND_VISIT, answer_by

A_DAY = timedelta(days=1)
IN_ALL = ""  # no address
Status = Step.Status
ReachBy = Client.ReachBy
NO_LONGER_WANTED = "no longer wanted"
OVERTAKEN = "a later reminder is due as well"
TOO_LATE = "too late to be of use"
BY_MAIL = "told by e-mail"
NO_WAY = "no way left to reach her"
ENDS = {
    NO_LONGER_WANTED: Status.DROPPED,
    OVERTAKEN: Status.DROPPED,
    TOO_LATE: Status.MISSED,
    BY_MAIL: Status.DROPPED,
    NO_WAY: Status.FAILED,
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A written message with all that goes along."""

    message: Message
    attachments: list[Attachment]


@transaction.atomic
def write(
    step_ids: Iterable[int], sender: Sender, *, until: datetime, now: datetime
) -> list[Parcel]:
    """Write down the messages of claimed steps, and end the steps that get none.

    The appointments are locked meanwhile, so that no requeue passes in between. A message that is
    committed before the vendor is called is in doubt after a crash, and never simply sent again.

    :param until: when their lease ends, by which it is known for this worker's own
    """
    steps = _lock(step_ids, until=until)
    batch = _read(steps, sender, now=now)
    ended: defaultdict[str, list[int]] = defaultdict(list)
    written: list[Message] = []
    resting: list[int] = []
    rest_until = sender.clinic.offer_rules.quiet_ends(now, zone=sender.zone)
    for step in steps:
        end = batch.why_not(step)
        if rest_until is not None and not end and _may_rest(step, until=rest_until):
            resting.append(step.pk)
            continue
        message = None if end else batch.message(step)
        if message is not None:
            written.append(message)
        else:
            ended[end or batch.why_none(step)].append(step.pk)
    Message.objects.bulk_create(written)
    batch.trials.note()
    Step.objects.bulk_update([one.step for one in written if one.step.answer_by], ["answer_by"])
    in_doubt_after(written, sender.doubt)
    # In the clinic's quiet hours nobody is reminded of anything: it waits for the morning.
    waits = Step.objects.filter(pk__in=resting)
    waits.update(status=Status.WAITING, leased_until=None, due_at=rest_until or now)
    for reason, ids in ended.items():
        finish(ids, ENDS[reason], now=now, reason=reason)
    return parcels_of(written, sender)


def _order(step: Step) -> tuple[datetime, datetime, int]:
    """Return where a reminder stands among others: two that rested may be due together."""
    return step.due_at, step.useless_at, step.pk


def _may_rest(step: Step, *, until: datetime) -> bool:
    """Tell whether a step may wait for the end of the quiet hours: nobody asked for it just now."""
    return step.rule is not None and step.rule.on in AROUND_VISIT and until < step.useless_at


def parcels_of(messages: Sequence[Message], sender: Sender) -> list[Parcel]:
    """Return what goes to the vendors for these messages."""
    attachments = attachments_of(messages, sender=sender)
    return [Parcel(message, attachments.get(message.pk, [])) for message in messages]


def in_doubt_after(messages: Iterable[Message], wait: timedelta) -> None:
    """Have somebody look what became of the messages, if nothing was heard by then."""
    ids = [message.pk for message in messages]
    Message.objects.filter(pk__in=ids).update(look_after=Now() + wait)


def _lock(step_ids: Iterable[int], *, until: datetime) -> list[Step]:
    """Return the steps that are still this worker's, each with its locked appointment."""
    ids = list(step_ids)
    of_steps = Step.objects.filter(pk__in=ids).values("appointment")
    locked = Appointment.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    people = locked.select_related("client", "practitioner").filter(pk__in=of_steps)
    appointments = {one.pk: one for one in people}
    ours = Step.objects.filter(
        pk__in=ids, status=Status.CLAIMED, leased_until=until, leased_until__gt=Now()
    )
    steps = list(ours.select_related("rule", "reply_to").order_by("due_at", "pk"))
    for step in steps:
        step.appointment = appointments[step.appointment_id]
    return steps


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is known of the steps that are looked at together."""

    sender: Sender
    now: datetime
    known: Known
    wanted: Wanted
    reminders: Mapping[int, list[Step]]  # due by now, by appointment
    tried: Mapping[int, set[str]]  # channels, by step
    sent_today: Counter[str]  # texts, by address, and in all
    told_by_mail: set[tuple[str, str]]  # what happens, and the text of the mail about it
    not_approved: set[str]  # texts whose WhatsApp template is not passed on
    trials: Trials  # that their texts are part of

    def why_not(self, step: Step) -> str:
        """Return why a step is let go, nothing when it is to be sent."""
        if not self._is_wanted(step):
            return NO_LONGER_WANTED
        if self._is_overtaken(step):
            return OVERTAKEN
        return TOO_LATE if self.now > step.useless_at else ""

    def _is_wanted(self, step: Step) -> bool:
        if step.text:  # a person wanted it
            return True
        if step.reply_to is not None:
            return not is_stopped(step.appointment.client, step.reply_to.channel)
        wanted = self.wanted[step.appointment_id]
        return any((w.rule_id, w.anchor_at) == (step.rule_id, step.anchor_at) for w in wanted)

    def _is_overtaken(self, step: Step) -> bool:
        """Tell whether a later reminder of the visit tells it: due too, with a way to go, or gone.

        As after a standstill, or where two rules fall together.
        """
        if step.rule is None or step.rule.on != Rule.Event.BEFORE_START:
            return False
        later = [
            one
            for one in self.reminders[step.appointment_id]
            if one.anchor_at == step.anchor_at and _order(one) > _order(step)
        ]
        if any(one.status == Status.DONE for one in later):
            return True
        if self.now > step.useless_at:
            return False
        open_ones = (one for one in later if one.status in (Status.WAITING, Status.CLAIMED))
        client = step.appointment.client
        return any(one.useless_at >= self.now and any(self._ways(one, client)) for one in open_ones)

    def message(self, step: Step) -> Message | None:
        """Return what to send on the first channel not tried yet; none if there is none."""
        client = step.appointment.client
        for channel in self._ways(step, client):
            assert client is not None  # nobody has no ways
            message = Message(step=step, appointment=step.appointment, channel=channel)
            words = words_for(
                step,
                channel,
                mark=message.mark,
                answer_by=self._answer_by(step),
                known=self.known,
                texts=self._texts(step, channel),
                sender=self.sender,
                now=self.now,
            )
            step.answer_by = words.answer_by
            message.to = address_of(client, channel)
            message.subject, message.body = words.subject, words.body
            message.content_sid = words.content_sid
            message.content_variables = words.variables or {}
            message.status, message.created_at = Message.Status.SENDING, self.now
            if step.rule_id is not None:
                self.sent_today[message.to] += 1
                self.sent_today[IN_ALL] += channel != ReachBy.EMAIL
            return message
        return None

    def _texts(self, step: Step, channel: str) -> Sequence[Text]:
        """Return the texts to choose from. WhatsApp's templates are in no experiment."""
        if not is_template(step.wording, channel):
            self.trials.enter(step, now=self.now)
            if tried := self.trials.texts_of(step):
                return tried
        return self.known.texts[step.wording]

    def _answer_by(self, step: Step) -> datetime | None:
        """Return until when to answer, if this is the second time of asking and she may lose it."""
        clinic, appointment = self.sender.clinic, step.appointment
        if clinic.unanswered != Clinic.Unanswered.RELEASE or not self._asks_again(step):
            return None
        if self.known.standings[appointment.pk].deposit_paid_cents:
            return None
        return answer_by(
            self.now,
            starts_at=appointment.starts_at,
            answer_time=clinic.answer_time,
            cutoff=clinic.offer_cutoff,
            quiet_begins=clinic.offer_rules.quiet_begins(self.now, zone=self.sender.zone),
        )

    def _asks_again(self, step: Step) -> bool:
        if step.rule is None or step.rule.on != Rule.Event.BEFORE_START:
            return False
        if step.appointment.confirmed_at is not None:
            return False
        return any(
            one.asks and one.status == Status.DONE and one.anchor_at == step.anchor_at
            for one in self.reminders[step.appointment_id]
            if one.pk != step.pk
        )

    def why_none(self, step: Step) -> str:
        """Return why there is no message: another rule's mail tells it, or nothing reaches her."""
        if step.rule is None or step.rule.reach != Rule.Reach.TEXT or self.tried[step.pk]:
            return NO_WAY
        return BY_MAIL if (step.rule.on, step.wording) in self.told_by_mail else NO_WAY

    def _ways(self, step: Step, client: Client | None) -> Iterator[str]:
        """Yield the channels that were not tried yet and are not full for today, best first."""
        for channel in channels_for(step, client, self.sender, now=self.now):
            is_full = client is not None and self._is_enough(step, client, channel)
            is_refused = channel == ReachBy.WHATSAPP and step.wording in self.not_approved
            if channel not in self.tried[step.pk] and not is_full and not is_refused:
                yield channel

    def _is_enough(self, step: Step, client: Client, channel: str) -> bool:
        """Tell whether her number, or everybody together, had as many texts as go out in a day."""
        if channel == ReachBy.EMAIL or step.rule_id is None:
            return False
        clinic = self.sender.clinic
        hers = sum(self.sent_today[one] for one in _numbers(client))
        return is_reached(clinic.texts_per_day, hers) or is_reached(
            clinic.texts_in_all, self.sent_today[IN_ALL]
        )


def _read(steps: list[Step], sender: Sender, *, now: datetime) -> _Batch:
    appointments = {step.appointment_id: step.appointment for step in steps}
    background = background_of(appointments.values(), zone=sender.zone)
    rules = list(Rule.objects.in_use())
    reminders = _reminders(appointments, now=now)
    ids = {step.pk for step in steps}.union(*({r.pk for r in rs} for rs in reminders.values()))
    return _Batch(
        sender=sender,
        now=now,
        known=known_of(steps, background),
        wanted=wanted_steps(appointments.values(), rules, background, sender=sender),
        reminders=reminders,
        tried=_tried(ids),
        sent_today=_sent_today(appointments.values(), sender.clinic, now=now),
        not_approved=not_approved(),
        trials=trials_of(steps),
        told_by_mail={(r.on, r.wording) for r in rules if r.reach == Rule.Reach.EMAIL},
    )


def _reminders(appointments: Iterable[int], *, now: datetime) -> defaultdict[int, list[Step]]:
    found: defaultdict[int, list[Step]] = defaultdict(list)
    due = Step.objects.filter(
        appointment__in=list(appointments), rule__on=Rule.Event.BEFORE_START, due_at__lte=now
    )
    for step in due.order_by("due_at"):
        found[step.appointment_id].append(step)
    return found


def _tried(step_ids: Iterable[int]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    tried = Message.objects.filter(step__in=list(step_ids))
    for step_id, channel in tried.values_list("step", "channel"):
        found[step_id].add(channel)
    return found


def _sent_today(
    appointments: Iterable[Appointment], clinic: Clinic, *, now: datetime
) -> Counter[str]:
    """Return how many texts the rules sent each address in a day: answers count for nothing."""
    clients = (one.client for one in appointments)
    numbers = {number for client in clients if client for number in _numbers(client)}
    texts = Message.objects.filter(created_at__gt=now - A_DAY, step__rule__isnull=False)
    texts = texts.exclude(status=Message.Status.FAILED)
    sent = Counter(texts.filter(to__in=numbers).values_list("to", flat=True))
    if clinic.texts_in_all:
        sent[IN_ALL] = texts.exclude(channel=ReachBy.EMAIL).count()
    return sent


def _numbers(client: Client) -> tuple[str, str]:
    return address_of(client, ReachBy.SMS), address_of(client, ReachBy.WHATSAPP)
