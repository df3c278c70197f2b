"""The if-then plans of made-up clients."""

from datetime import date, datetime, time, timedelta

from bookings import formats
from bookings.models import Appointment
from clinic.demo.rows import Story
from clinic.demo.visits import Visit
from reminders.models import IfThenPlan

WRITES, REPEATS, FORESEES = 1.1, 0.85, 0.3  # the first times the client's own chance
ACTIONS = {
    "nl": (
        "ga ik met de fiets naar de kliniek",
        "pak ik de tram van tien minuten eerder",
        "zet ik mijn laptop uit en loop ik naar de kliniek",
        "breng ik mijn dochter naar oma en rijd ik door",
        "haal ik mijn make-up eraf en stap ik in de auto",
        "leg ik mijn tas en mijn fietssleutel klaar",
        "zeg ik tegen mijn collega dat ik wegga",
    ),
    "en": (
        "cycle to the clinic",
        "take the tram ten minutes early",
        "close my laptop and walk to the clinic",
        "put my bag and my bicycle key ready",
    ),
}
OBSTACLES = {
    "nl": (
        ("het regent", "neem ik de bus"),
        ("mijn overleg uitloopt", "zeg ik dat ik echt moet gaan"),
        ("mijn zoontje ziek is", "bel ik mijn moeder"),
    ),
    "en": (("it rains", "I take the bus"), ("my meeting runs late", "I say that I must go")),
}


def add_plan(appointment: Appointment, visit: Visit, story: Story) -> None:
    """Add the plan that was offered: written and repeated, or skipped."""
    plan = IfThenPlan(
        appointment=appointment, offered_at=appointment.created_at + timedelta(minutes=1)
    )
    story.rows.plans.append(plan)
    if story.chance(visit.habits.plans * WRITES):
        _write(plan, appointment, visit.client.language, story)
    else:
        plan.skipped_at = plan.offered_at + timedelta(seconds=20)


def _write(plan: IfThenPlan, appointment: Appointment, language: str, story: Story) -> None:
    draw, zone = story.draw, story.given.zone
    plan.written_at = plan.offered_at + timedelta(seconds=70)
    plan.written_when = formats.moment_in_words(appointment.starts_at, language, zone=zone)
    plan.cue_on, plan.cue_at = _cue(appointment.starts_at, story)
    plan.action = draw.choice(ACTIONS[language])
    if story.chance(FORESEES):
        plan.obstacle, plan.answer = draw.choice(OBSTACLES[language])
    if story.chance(REPEATS):
        plan.repeated_at = plan.written_at + timedelta(seconds=25)


def _cue(starts_at: datetime, story: Story) -> tuple[date, time]:
    """Return a moment shortly before the start, or on the evening before."""
    local = starts_at.astimezone(story.given.zone)
    if story.chance(0.25):
        return local.date() - timedelta(days=1), time(story.draw.choice((19, 20, 21)), 0)
    cue = local - timedelta(minutes=story.draw.choice((20, 30, 45, 60)))
    return cue.date(), cue.time()
