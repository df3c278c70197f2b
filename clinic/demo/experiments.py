"""An experiment at its end: what chance alone does with the answers of made-up clients."""

from datetime import datetime, timedelta
from decimal import Decimal

from bookings.models import Client
from reminders import operations as reminders
from reminders.arms import arm_of
from reminders.models import Experiment, Participation, Step, Wording
from reminders.operations import Design, OtherWords

BACK, NOTED = timedelta(days=200), timedelta(days=5)
NAME = "Zeggen wat een lege plek kost"
COST = {"nl": "Een lege plek kost ons {length}.", "en": "An empty place costs us {length}."}
#: As many as it takes to see 60 percent become 70; a small demo has fewer clients.
PER_ARM, FEWEST = 356, 20


def add_experiment(*, now: datetime) -> None:
    """Add one that ran these months, if there is none and enough clients were asked."""
    asked = _first_questions(since=now - BACK, until=now - NOTED)
    per_arm = min(PER_ARM, len(asked) // 2)
    if per_arm < FEWEST or Experiment.objects.exists():
        return
    experiment = reminders.start_experiment(_design(per_arm), now=now - BACK)
    Participation.objects.bulk_create(
        Participation(
            experiment=experiment,
            client_id=client_id,
            appointment_id=step.appointment_id,
            arm=arm_of(experiment.pk, client_id),
            entered_at=step.due_at,
        )
        for client_id, step in list(asked.items())[: 2 * per_arm]
    )


def _first_questions(*, since: datetime, until: datetime) -> dict[int, Step]:
    """Return the first time that each client was asked whether she comes, the earliest first."""
    asked = Step.objects.filter(
        appointment__client__in=Client.objects.filter(is_demo=True),
        appointment__starts_at__lt=until,
        due_at__gte=since,
        asks=True,
        status=Step.Status.DONE,
    )
    first: dict[int, Step] = {}
    for step in asked.select_related("appointment").order_by("due_at", "pk"):
        client_id = step.appointment.client_id
        assert client_id is not None  # who is asked has a name
        first.setdefault(client_id, step)
    return first


def _design(per_arm: int) -> Design:
    texts = Wording.objects.filter(key=Wording.Key.CONFIRM_QUESTION).order_by("-language")
    return Design(
        name=NAME,
        of=Experiment.Of.TEXT,
        wording=Wording.Key.CONFIRM_QUESTION,
        outcome=Experiment.Outcome.SAID_YES,
        usual_percent=Decimal(60),
        other_percent=Decimal(70),
        per_arm=per_arm,
        weeks=12,
        texts=[OtherWords(one.language, one.subject, _with_cost(one)) for one in texts],
    )


def _with_cost(usual: Wording) -> str:
    return usual.text.replace("{how}", f"{COST[usual.language[:2]]} {{how}}")
