"""What waits for appointments to come: the reminders, and the deposits asked by telephone."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime, timedelta

from bookings import operations as bookings
from bookings.availability import Search, slots_on
from bookings.models import Appointment, By, Client, Treatment
from clinic.demo.draws import draws
from clinic.demo.given import Given
from clinic.demo.rows import Story
from payments import operations as payments
from reminders.models import Rule, Step
from reminders.rules import Facts, steps_for

OPEN_HOLDS = 3


def add_steps(appointment: Appointment, rules: Iterable[Rule], story: Story) -> None:
    """Add the steps of a booked appointment.

    Those that were due already stand as done: left out, the next change to the appointment
    would queue them again, and the client would be told today what she knew for weeks.
    """
    facts = Facts(
        starts_at=appointment.starts_at,
        is_booked=True,
        agreed_at=appointment.booked_at,
        confirmed=appointment.confirmed_at is not None,
    )
    by_id = {rule.pk: rule for rule in rules}
    specs = [rule.spec for rule in by_id.values()]
    undo_time = story.given.clinic.undo_time
    for wanted in steps_for(specs, facts, zone=story.given.zone, undo_time=undo_time):
        rule = by_id[wanted.rule_id]
        is_past = wanted.due_at <= story.now
        story.rows.steps.append(
            Step(
                appointment=appointment,
                rule=rule,
                wording=rule.wording,
                reach=rule.reach,
                asks=rule.asks,
                anchor_at=wanted.anchor_at,
                due_at=wanted.due_at,
                useless_at=wanted.useless_at,
                status=Step.Status.DONE if is_past else Step.Status.WAITING,
            )
        )


def add_open_holds(given: Given, clients: list[Client], *, now: datetime) -> int:
    """Keep a few times for clients who telephoned and still have to pay; return how many."""
    held = Appointment.objects.filter(status="held", client__is_demo=True, held_until__gt=now)
    missing = OPEN_HOLDS - held.count()
    treatments = list(Treatment.objects.filter(is_active=True, deposit_cents__gt=0))
    if missing <= 0 or given.desk is None:
        return 0
    draw, added = draws("holds", now.date()), 0
    for treatment in draw.sample(treatments, k=len(treatments)):
        if added < missing and _hold(treatment, draw.choice(clients), given, now=now):
            added += 1
    return added


def _hold(treatment: Treatment, client: Client, given: Given, *, now: datetime) -> bool:
    clinic = copy(given.clinic)  # never saved
    clinic.hold_length = clinic.pay_link_length
    search = Search(treatment=treatment, clinic=clinic, zone=given.zone, now=now)
    today = now.astimezone(given.zone).date()
    days = [today + timedelta(days=n) for n in range(3, 21)]
    slots = [slot for found in slots_on(search, days=days).values() for slot in found]
    if not slots or given.desk is None:
        return False
    hold = bookings.hold(
        search,
        starts_at=slots[len(slots) // 3].starts_at,
        kind=Appointment.HoldKind.PAY_LINK,
        client=client,
        by=By.CLINIC,
    )
    payments.ask_deposit(hold.pk, user=given.desk, now=now)
    return True
