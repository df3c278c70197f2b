"""What waits for appointments to come: the reminders, and the deposits asked by telephone."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bookings import operations as bookings
from bookings.availability import slots_on
from bookings.models import Appointment, By, Client, Treatment
from bookings.search import Search
from clinic.demo.draws import draws
from clinic.demo.given import Given, is_for_anybody
from clinic.demo.rows import Story
from payments import operations as payments
from reminders.models import Rule, Step
from reminders.rules import Facts, WantedStep, steps_for

OPEN_HOLDS = 3


def add_steps(
    appointment: Appointment, rules: Iterable[Rule], story: Story, *, agreed_at: datetime
) -> None:
    """Add the steps of a booked appointment, and the questions that were put about a past one.

    Those that were due already stand as done: left out, the next change to the appointment
    would queue them again, and the client would be told today what she knew for weeks.

    :param agreed_at: when this time was agreed: booked, or last moved
    """
    is_open = appointment.status == Appointment.Status.BOOKED
    facts = Facts(
        starts_at=appointment.starts_at,
        is_booked=True,
        agreed_at=agreed_at,
        confirmed=False,  # nor had she when she was asked; who has answered was asked already
    )
    by_id = {rule.pk: rule for rule in rules if is_open or rule.asks}
    specs = [rule.spec for rule in by_id.values()]
    undo_time = story.given.clinic.undo_time
    until = appointment.cancelled_at or story.now
    for wanted in steps_for(specs, facts, zone=story.given.zone, undo_time=undo_time):
        is_past = wanted.due_at <= until
        if is_past or is_open:
            step = _step(appointment, by_id[wanted.rule_id], wanted)
            step.status = Step.Status.DONE if is_past else Step.Status.WAITING
            story.rows.steps.append(step)


def _step(appointment: Appointment, rule: Rule, wanted: WantedStep) -> Step:
    return Step(
        appointment=appointment,
        rule=rule,
        wording=rule.wording,
        reach=rule.reach,
        asks=rule.asks,
        anchor_at=wanted.anchor_at,
        due_at=wanted.due_at,
        useless_at=wanted.useless_at,
    )


def add_open_holds(given: Given, clients: list[Client], *, now: datetime) -> int:
    """Keep a few times for clients who telephoned and still have to pay; return how many."""
    held = Appointment.objects.filter(status="held", client__is_demo=True, held_until__gt=now)
    missing = OPEN_HOLDS - held.count()
    asks_deposit = Treatment.objects.filter(deposit_cents__gt=0, least_days_between=None)
    treatments = [one for one in asks_deposit if is_for_anybody(one)]
    if missing <= 0 or given.desk is None:
        return 0
    draw, added = draws("holds", now.date()), 0
    for treatment in draw.sample(treatments, k=len(treatments)):
        if added < missing and _hold(treatment, draw.choice(clients), given, now=now):
            added += 1
    return added


def starts_soon(search: Search) -> list[datetime]:
    """Return what is free from the third day on, for three weeks."""
    today = search.now.astimezone(search.zone).date()
    days = [today + timedelta(days=n) for n in range(3, 21)]
    return [slot.starts_at for found in slots_on(search, days=days).values() for slot in found]


def _hold(treatment: Treatment, client: Client, given: Given, *, now: datetime) -> bool:
    search = Search(
        treatment=treatment,
        clinic=given.clinic,
        zone=given.zone,
        now=now,
        by=By.CLINIC,
        hold_length=given.clinic.pay_link_length,
    )
    starts = starts_soon(search)
    if not starts or given.desk is None:
        return False
    hold = bookings.hold(
        search,
        starts_at=starts[len(starts) // 3],
        kind=Appointment.HoldKind.PAY_LINK,
        client=client,
    )
    payments.ask_deposit(hold.pk, user=given.desk, now=now)
    return True
