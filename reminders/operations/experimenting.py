"""Experiments: started, shared out over the clients, closed. The office says what came of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count

from bookings.models import Appointment
from reminders.arms import Arm, arm_of
from reminders.models import Experiment, OtherText, Participation, Step, Text, Wording

Of = Experiment.Of


class AlreadyTried(Exception):
    """Something else is being tried with the same text at this moment."""


class AlreadyClosed(Exception):
    """This experiment was closed or stopped before."""


@dataclass(frozen=True, slots=True)
class OtherWords:
    """The text that is tried, in one language."""

    language: str
    subject: str
    text: str
    email_text: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """All that is fixed before an experiment starts."""

    name: str
    of: str
    outcome: str
    usual_percent: Decimal
    other_percent: Decimal
    per_arm: int
    weeks: int | None = None
    wording: str = ""
    texts: Sequence[OtherWords] = ()


def start_experiment(design: Design, *, now: datetime) -> Experiment:
    """Start it: from now on each client who comes to it takes part.

    :raises AlreadyTried: if one about the same is still open
    """
    try:
        with transaction.atomic():
            experiment = Experiment.objects.create(
                name=design.name,
                of=design.of,
                wording=design.wording,
                outcome=design.outcome,
                usual_percent=design.usual_percent,
                other_percent=design.other_percent,
                per_arm=design.per_arm,
                weeks=design.weeks,
                started_at=now,
            )
            usual = dict(Wording.objects.filter(key=design.wording).values_list("language", "text"))
            OtherText.objects.bulk_create(
                OtherText(
                    experiment=experiment,
                    usual_text=usual[one.language],
                    language=one.language,
                    subject=one.subject,
                    text=one.text,
                    email_text=one.email_text,
                )
                for one in design.texts
            )
    except IntegrityError as error:
        if "one_experiment_at_a_time" not in str(error):
            raise
        raise AlreadyTried from error
    return experiment


@transaction.atomic
def stop_experiment(experiment_id: int, because: str, *, now: datetime) -> None:
    """End it before its end: everybody gets the usual again, and it answers nothing.

    :raises AlreadyClosed: if it was over
    """
    experiment = _open(experiment_id)
    experiment.closed_at, experiment.stopped_because = now, because
    experiment.save(update_fields=["closed_at", "stopped_because"])


@transaction.atomic
def close_experiment(experiment_id: int, *, takes_other: bool, now: datetime) -> None:
    """Close it with a decision; the text that was tried becomes the clinic's own, or goes.

    :raises AlreadyClosed: if it was over
    """
    experiment = _open(experiment_id)
    experiment.closed_at, experiment.takes_other = now, takes_other
    experiment.save(update_fields=["closed_at", "takes_other"])
    if takes_other:
        for other in experiment.texts.all():
            Wording.objects.filter(key=experiment.wording, language=other.language).update(
                subject=other.subject, text=other.text, email_text=other.email_text
            )


def _open(experiment_id: int) -> Experiment:
    experiment = Experiment.objects.select_for_update().get(pk=experiment_id)
    if experiment.closed_at is not None:
        raise AlreadyClosed
    return experiment


def is_being_tried(wording: str) -> bool:
    """Tell whether a text is part of an experiment: until its end nobody changes it."""
    return Experiment.objects.filter(wording=wording, closed_at=None).exists()


@dataclass(slots=True)
class Trials:
    """The open experiments with the texts of some steps, and who of their clients takes part."""

    running: Mapping[str, Experiment] = field(default_factory=dict)  # by text
    texts: Mapping[int, list[OtherText]] = field(default_factory=dict)  # by experiment
    room: dict[int, int] = field(default_factory=dict)  # for so many more clients
    arms: dict[tuple[int, int], str] = field(default_factory=dict)  # by experiment and client
    entering: list[Participation] = field(default_factory=list)

    def texts_of(self, step: Step) -> Sequence[Text] | None:
        """Return the texts that are tried, if the client of this step is one who gets them."""
        experiment = self.running.get(step.wording)
        client_id = step.appointment.client_id
        if experiment is None or client_id is None:
            return None
        arm = self.arms.get((experiment.pk, client_id))
        return self.texts[experiment.pk] if arm == Arm.OTHER else None

    def enter(self, step: Step, *, now: datetime) -> None:
        """Let the client of a step take part, if she does not yet and there is room for her."""
        experiment = self.running.get(step.wording)
        client_id = step.appointment.client_id
        if experiment is None or client_id is None or (experiment.pk, client_id) in self.arms:
            return
        if self.room[experiment.pk] <= 0:  # who comes later gets the usual text
            return
        participation = _participation(experiment, step.appointment, now=now)
        self.room[experiment.pk] -= 1
        self.arms[experiment.pk, client_id] = participation.arm
        self.entering.append(participation)

    def note(self) -> None:
        """Keep who takes part from now on; another worker may have been first with the same."""
        Participation.objects.bulk_create(self.entering, ignore_conflicts=True)


def trials_of(steps: Iterable[Step]) -> Trials:
    """Return the experiments that these steps' texts are part of. One query when there are none."""
    steps = list(steps)
    texts = {step.wording for step in steps if not step.text}
    running = Experiment.objects.filter(of=Of.TEXT, wording__in=texts, closed_at=None)
    found = {one.wording: one for one in running.annotate(count=Count("participations"))}
    if not found:
        return Trials()
    other: defaultdict[int, list[OtherText]] = defaultdict(list)
    for text in OtherText.objects.filter(experiment__in=found.values()):
        other[text.experiment_id].append(text)
    clients = {step.appointment.client_id for step in steps}
    taking_part = Participation.objects.filter(experiment__in=found.values(), client__in=clients)
    return Trials(
        running=found,
        texts=other,
        room={one.pk: one.size - one.count for one in found.values()},
        arms={(one.experiment_id, one.client_id): one.arm for one in taking_part},
    )


def share_out_plan(appointment: Appointment, *, now: datetime) -> bool:
    """Let the client of a booking take part, if plans are tried and there is room for her.

    Return whether she is asked for an if-then plan.
    """
    experiment = Experiment.objects.filter(of=Of.PLAN, closed_at=None).first()
    if experiment is None or appointment.client_id is None:
        return True
    hers = experiment.participations.filter(client=appointment.client_id)
    if hers.exists():
        # The visit that counts is the first that she books: a hold that lapsed is none.
        lapsed = hers.filter(appointment__status=Appointment.Status.EXPIRED)
        lapsed.update(appointment=appointment)
    elif experiment.participations.count() < experiment.size:
        entering = [_participation(experiment, appointment, now=now)]
        # She may have the page open twice.
        Participation.objects.bulk_create(entering, ignore_conflicts=True)
    return is_asked_for_plan(appointment)


def is_asked_for_plan(appointment: Appointment) -> bool:
    """Tell whether a booking asks for an if-then plan: all do, but for half of an experiment.

    Who is not asked can still write one at her appointment.
    """
    without = Participation.objects.filter(
        experiment__of=Of.PLAN, experiment__closed_at=None, arm=Arm.OTHER
    )
    return not without.filter(client=appointment.client_id).exists()


def _participation(
    experiment: Experiment, appointment: Appointment, *, now: datetime
) -> Participation:
    client_id = appointment.client_id
    assert client_id is not None  # a hold without a client takes no part
    return Participation(
        experiment=experiment,
        client_id=client_id,
        appointment_id=appointment.pk,
        arm=arm_of(experiment.pk, client_id),
        entered_at=now,
    )
