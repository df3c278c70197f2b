"""The queue: rows that follow the facts."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent
from reminders.models import Message, Rule, RuleChange, Step
from reminders.operations.acts import touched_by
from reminders.operations.facts import Background, background_of, facts_of
from reminders.operations.sender import Sender
from reminders.rules import WantedStep, steps_for

READER = "reminders"
AT_ONCE = 200  # appointments in one transaction: nobody waits long for one of them
LONG_AFTER = timedelta(days=61)  # no rule waits longer after a visit
TURN = timedelta(seconds=20)  # of real time; what is left is the next tick's work
log = logging.getLogger(__name__)
Wanted = Mapping[int, list[WantedStep]]


def requeue_changed(sender: Sender) -> int:
    """Requeue each appointment with events not handled yet, and what was in one act with it.

    Return how many those were.
    """
    changed: dict[int, list[int]] = {}
    events = AppointmentEvent.objects.unhandled_by(READER).order_by("pk")
    for pk, appointment_id in events.values_list("pk", "appointment_id")[:1000]:
        changed.setdefault(appointment_id, []).append(pk)
    for appointment_id in touched_by(changed):
        changed.setdefault(appointment_id, [])
    ids = sorted(changed)
    for first in range(0, len(ids), AT_ONCE):
        _requeue_apart(ids[first : first + AT_ONCE], sender=sender, events=changed)
    return len(changed)


def _requeue_apart(ids: Sequence[int], *, sender: Sender, events: Mapping[int, list[int]]) -> None:
    """Requeue together, or one by one when that fails: one fault never stops the others."""
    try:
        with transaction.atomic():
            requeue(ids, sender=sender)
            bookings.handled((pk for one in ids for pk in events.get(one, ())), reader=READER)
    except Exception:
        if len(ids) > 1:
            for one in ids:
                _requeue_apart([one], sender=sender, events=events)
        else:  # what is not handled is tried again
            log.exception("requeueing appointment %s failed", ids[0])


def change_rules(*, now: datetime) -> RuleChange:
    """Note that the rules are other ones now: what waits has to follow, from the first on."""
    with transaction.atomic():
        RuleChange.objects.filter(finished_at=None).update(finished_at=now)
        return RuleChange.objects.create(changed_at=now, total=_concerned(now).count())


def follow_rules(
    sender: Sender, *, now: datetime, turn: timedelta = TURN, at_once: int = AT_ONCE
) -> int:
    """Let the waiting steps of all appointments to come follow changed rules, for one turn.

    Return how many appointments were looked at. What is left is the next turn's work: each batch
    is a transaction that also notes how far it came, so that a worker may die at any moment.
    """
    ends = time.monotonic() + turn.total_seconds()
    done = 0
    while count := _follow_a_batch(sender, at_once=at_once, now=now):
        done += count
        if time.monotonic() >= ends:
            break
    return done


@transaction.atomic
def _follow_a_batch(sender: Sender, *, at_once: int, now: datetime) -> int:
    """Requeue the next appointments of the change that is under way; return how many."""
    under_way = RuleChange.objects.filter(finished_at=None).order_by("-pk")
    change = under_way.select_for_update(skip_locked=True).first()
    if change is None:
        return 0
    following = _concerned(now).filter(pk__gt=change.reached).order_by("pk")
    ids = list(following.values_list("pk", flat=True)[:at_once])
    _requeue_apart(ids, sender=sender, events={})
    change.reached, change.done = ids[-1] if ids else change.reached, change.done + len(ids)
    change.finished_at = now if len(ids) < at_once else None
    change.save(update_fields=["reached", "done", "finished_at"])
    return len(ids)


def _concerned(now: datetime) -> QuerySet[Appointment]:
    """Return what is to come, and visits so short ago that something may be said of them still."""
    coming = Q(status=Appointment.Status.BOOKED, starts_at__gt=now)
    over = Q(status=Appointment.Status.COMPLETED, starts_at__range=(now - LONG_AFTER, now))
    return Appointment.objects.filter(coming | over)


@transaction.atomic
def requeue(appointment_ids: Iterable[int], *, sender: Sender) -> None:
    """Make the waiting steps match the rules. Safe to run any number of times.

    Its queries do not grow with the number of appointments.
    """
    locked = Appointment.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    locked = locked.select_related("client")
    appointments = list(locked.filter(pk__in=list(appointment_ids)))
    rules = {rule.pk: rule for rule in Rule.objects.in_use()}
    background = background_of(appointments, zone=sender.zone)
    wanted = wanted_steps(appointments, rules.values(), background, sender=sender)
    kept = _clear_away(wanted, rules)
    Step.objects.bulk_create(
        [
            _step(pk, rules[one.rule_id], one)
            for pk, steps in wanted.items()
            for one in steps
            if (pk, one.rule_id, one.anchor_at) not in kept
        ],
        ignore_conflicts=True,  # unique on appointment, rule and anchor
    )


def _clear_away(wanted: Wanted, rules: Mapping[int, Rule]) -> set[tuple[int, int | None, datetime]]:
    """Delete what is no longer wanted, and what was dropped: it may be wanted again.

    Deleted, not marked: if the appointment moves back, or stands again, the step must queue again.
    What stays follows its rule's text. Return what is still there, by appointment, rule and anchor.
    """
    ours = Step.objects.filter(appointment__in=list(wanted), rule__isnull=False)
    ours.filter(status=Step.Status.DROPPED, messages__isnull=True).delete()
    keys = {
        (pk, one.rule_id, one.anchor_at, one.due_at)
        for pk, steps in wanted.items()
        for one in steps
    }
    # Locked, so that no worker claims one between looking and deleting.
    told = Exists(Message.objects.filter(step=OuterRef("pk")))
    rows = ours.filter(status=Step.Status.WAITING).annotate(is_told=told).order_by("pk")
    waiting = list(rows.select_for_update())
    stale = [
        step.pk
        for step in waiting
        if (step.appointment_id, step.rule_id, step.anchor_at, step.due_at) not in keys
        and not step.is_told
    ]
    # One that was tried on some way is what happened: it stays, and waits for its own moment.
    anchors = {key[:3] for key in keys}
    over = [
        step.pk
        for step in waiting
        if step.is_told and (step.appointment_id, step.rule_id, step.anchor_at) not in anchors
    ]
    if stale:
        Step.objects.filter(pk__in=stale).delete()
    if over:
        Step.objects.filter(pk__in=over).update(status=Step.Status.DROPPED)
    for rule in rules.values():
        _follow_text(rule, waiting)
    return set(ours.values_list("appointment", "rule", "anchor_at"))


def _follow_text(rule: Rule, waiting: Iterable[Step]) -> None:
    """Let the steps of a rule say what it says now, in the way it says; one query, if any."""
    said = (rule.wording, rule.reach, rule.asks)
    others = [
        step.pk
        for step in waiting
        if step.rule_id == rule.pk and (step.wording, step.reach, step.asks) != said
    ]
    if others:
        Step.objects.filter(pk__in=others).update(
            wording=rule.wording, reach=rule.reach, asks=rule.asks
        )


def _step(appointment_id: int, rule: Rule, wanted: WantedStep) -> Step:
    return Step(
        appointment_id=appointment_id,
        rule=rule,
        wording=rule.wording,
        reach=rule.reach,
        asks=rule.asks,
        anchor_at=wanted.anchor_at,
        due_at=wanted.due_at,
        useless_at=wanted.useless_at,
    )


def wanted_steps(
    appointments: Iterable[Appointment],
    rules: Iterable[Rule],
    background: Background,
    *,
    sender: Sender,
) -> Wanted:
    """Return the steps that the rules call for, by appointment, by the facts as they are now."""
    specs = [rule.spec for rule in rules]
    return {
        pk: steps_for(specs, facts, zone=sender.zone, undo_time=sender.clinic.undo_time)
        for pk, facts in facts_of(appointments, background, sender=sender).items()
    }
