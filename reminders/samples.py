"""A pretended appointment, and everything that the rules would send about it. Nothing is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings import formats
from bookings.models import Client
from reminders import plans
from reminders.models import Rule, Step, Wording
from reminders.operations.composing import TIP, how_to_answer, until, wording_among
from reminders.operations.reaching import channels_for
from reminders.operations.sender import Sender
from reminders.rules import AROUND_VISIT, Facts, WantedStep, steps_for
from reminders.wording import fill_in, plain

TOKEN, MARK = "AbCdEfGhIjKlMnOp", "AbCdEfG"
LENGTH = timedelta(minutes=45)
CUE_BEFORE = timedelta(minutes=45)
ACTION = {"nl": "ga ik met de fiets naar de kliniek", "en": "cycle to the clinic"}


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody who books now, and whom it is with."""

    first_name: str
    practitioner: str
    language: str
    reach_by: Client.ReachBy
    starts_at: datetime
    policy: str  # as she would have accepted it
    treatment_id: int | None = None
    by_clinic: bool = False
    with_plan: bool = False  # and she wants to be told of it


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the timeline, on the first way on which it would go."""

    due_at: datetime
    rule: Rule
    ways: list[str]
    subject: str
    text: str
    wording_id: int

    @property
    def way(self) -> str:
        return self.ways[0]


def timeline(sample: Sample, rules: Iterable[Rule], sender: Sender, *, now: datetime) -> list[Told]:
    """Return what somebody who books now would be told, by these rules, earliest first."""
    by_id = {rule.pk: rule for rule in rules}
    cue_at = sample.starts_at - CUE_BEFORE if sample.with_plan else None
    facts = Facts(
        starts_at=sample.starts_at,
        is_booked=True,
        treatment_id=sample.treatment_id,
        wants_news=True,
        agreed_at=now,
        agreed_by_clinic=sample.by_clinic,
        cue_at=cue_at,
        cue_asked_at=now if cue_at else None,
        ended_at=sample.starts_at + LENGTH,  # and she comes
        noted_at=sample.starts_at + LENGTH,
    )
    specs = [rule.spec for rule in by_id.values()]
    undo_time = sender.clinic.undo_time
    wanted = steps_for(specs, facts, zone=sender.zone, undo_time=undo_time)
    texts = list(Wording.objects.all())
    found = [
        _told(sample, by_id[one.rule_id], _after_rest(one, by_id, sender), texts, sender)
        for one in wanted
    ]
    return sorted((one for one in found if one is not None), key=lambda one: one.due_at)


def _after_rest(step: WantedStep, rules: Mapping[int, Rule], sender: Sender) -> datetime:
    """Return when a step goes out: what falls in the quiet hours waits, as far as it may."""
    until = sender.clinic.offer_rules.quiet_ends(step.due_at, zone=sender.zone)
    rests = until is not None and rules[step.rule_id].on in AROUND_VISIT
    return until if until and rests and until < step.useless_at else step.due_at


def _told(
    sample: Sample, rule: Rule, due_at: datetime, texts: Iterable[Wording], sender: Sender
) -> Told | None:
    client = Client(
        first_name=sample.first_name,
        phone="+31612345678",
        email="sanne@example.nl",
        language=sample.language,
        reach_by=sample.reach_by,
        whatsapp_opted_in_at=due_at,
        news_by_email_at=due_at,
        news_by_text_at=due_at,
    )
    step = Step(rule=rule, wording=rule.wording, reach=rule.reach)
    ways = [str(one) for one in channels_for(step, client, sender, now=due_at)]
    if not ways:
        return None
    own = [text for text in texts if text.key == rule.wording]
    wording = wording_among(own, sample.language, sender.clinic)
    values = sample_values(sample, sender, now=due_at)
    is_mail = ways[0] == Client.ReachBy.EMAIL
    text = fill_in((is_mail and wording.email_text) or wording.text, values)
    subject = fill_in(wording.subject, values) if is_mail else ""
    return Told(due_at, rule, ways, subject, text if is_mail else plain(text), wording.pk)


def sample_values(sample: Sample, sender: Sender, *, now: datetime) -> dict[str, str]:
    """Return what would be filled in for each placeholder in a text that goes out at `now`."""
    language, zone = sample.language, sender.zone
    cue = (sample.starts_at - CUE_BEFORE).astimezone(zone)
    action = ACTION["en" if language.startswith("en") else "nl"]
    plan = plans.sentence(cue.date(), cue.time(), action, language=language, zone=zone)
    told = plan if sample.with_plan else ""
    return {
        "first_name": sample.first_name,
        "clinic": sender.clinic.short_name,
        "practitioner": sample.practitioner,
        "moment": formats.moment_in_words(sample.starts_at, language, zone=zone),
        "until": until(sample.starts_at, now=now, language=language, sender=sender),
        "length": formats.length(LENGTH, language),
        "plan": told,
        "plan_or_tip": told or TIP.get(language, TIP["nl"]),
        "policy": sample.policy,
        "amount": formats.euros(2500, language),
        "money": "",
        "how": how_to_answer(language, two_way=sender.two_way),
        "expires": until(sample.starts_at, now=now, language=language, sender=sender),
        "now": formats.clock(now, language, zone=zone),
        "action": action,
        "link": sender.appointment_url(TOKEN, mark=MARK),
        "release": "",
        "mark": MARK,
    }
