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

    def texts_for(self, step: Step, *, now: datetime) -> Sequence[Text] | None:
        """Return the texts that are tried, if that is what this client gets; she takes part."""
        experiment = self.running.get(step.wording)
        client_id = step.appointment.client_id
        if experiment is None or client_id is None or step.text:
            return None
        arm = self.arms.get((experiment.pk, client_id)) or self._enter(experiment, step, now=now)
        return self.texts[experiment.pk] if arm == Arm.OTHER else None

    def _enter(self, experiment: Experiment, step: Step, *, now: datetime) -> str | None:
        """Let a client take part while there is room; who comes later gets the usual text."""
        client_id = step.appointment.client_id
        assert client_id is not None  # just looked at
        if self.room[experiment.pk] <= 0:
            return None
        arm = arm_of(experiment.pk, client_id)
        self.room[experiment.pk] -= 1
        self.arms[experiment.pk, client_id] = arm
        self.entering.append(
            Participation(
                experiment=experiment,
                client_id=client_id,
                appointment_id=step.appointment_id,
                arm=arm,
                entered_at=now,
            )
        )
        return arm

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


def is_offered_plan(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether a booking asks for an if-then plan; in an experiment half of the clients is not.

    Who is not asked can still write one at her appointment.
    """
    experiment = Experiment.objects.filter(of=Of.PLAN, closed_at=None).first()
    if experiment is None or appointment.client_id is None:
        return True
    takes_part = experiment.participations.filter(client=appointment.client_id).first()
    if takes_part is not None:
        # The visit that counts is the first that she books: a hold that lapsed is none.
        lapsed = experiment.participations.filter(
            client=appointment.client_id, appointment__status=Appointment.Status.EXPIRED
        )
        lapsed.update(appointment=appointment)
        return takes_part.arm == Arm.USUAL
    if experiment.participations.count() >= experiment.size:
        return True
    arm = arm_of(experiment.pk, appointment.client_id)
    Participation.objects.bulk_create(
        [
            Participation(
                experiment=experiment,
                client_id=appointment.client_id,
                appointment=appointment,
                arm=arm,
                entered_at=now,
            )
        ],
        ignore_conflicts=True,  # she may have the page open twice
    )
    return arm == Arm.USUAL
