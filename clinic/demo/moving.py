"""Made-up changes of time: away from which place, when, by whom and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bookings.availability import shifts_on
from bookings.models import By
from clinic.demo.behaviour import LEAST_NOTICE, moment_within
from clinic.demo.rows import Story
from clinic.demo.unnoted import Place
from clinic.demo.visits import JUST_NOW, Visit

MOVES, BY_CLINIC, OTHER_PRACTITIONER = 0.075, 0.15, 0.15  # not everybody books early enough to move
TIMES = {1: 90, 2: 6, 3: 4}
OUR_REASONS = ("Behandelaar afwezig", "Ruimte gemaakt voor een langere behandeling", "")
NEAR = [n for n in range(-6, 13) if n]  # days from the last place to one before it
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Move:
    """One change of time, and the place that was let go by it."""

    at: datetime
    by: By
    was: datetime
    was_with: int
    reason: str

    @property
    def facts(self) -> dict[str, object]:
        """What the event says of it, as `reschedule` writes it."""
        return {
            "was": self.was.astimezone(UTC).isoformat(),
            "was_practitioner": self.was_with,
            "reason": self.reason,
        }


def moves_of(visit: Visit, story: Story) -> list[Move]:
    """Return how an appointment came to its time, the first change first; most were never moved."""
    if not story.chance(MOVES):
        return []
    times = story.draw.choices(list(TIMES), weights=list(TIMES.values()))[0]
    booked_at, notice = visit.course.booked_at, visit.treatment.free_notice
    places = [place for place in _places(visit, times, story) if place[0] - notice > booked_at]
    if not places:
        return []
    # In time for every place, so that no move costs anything and the free notice stays as it was.
    latest = min(_latest(visit, story), *(start - notice for start, _ in places))
    if latest - booked_at < timedelta(hours=3):
        return []
    between, zone = (booked_at, latest), story.given.zone
    moments = sorted(moment_within(story.draw, between, zone=zone) for _ in places)
    return [_move(at, place, story) for at, place in zip(moments, places, strict=True)]


def _latest(visit: Visit, story: Story) -> datetime:
    """Return until when it may have moved to the place it has now."""
    course = visit.course
    moments = [visit.starts_at - visit.treatment.free_notice - A_DAY, story.now - JUST_NOW]
    if course.confirmed_at:  # she was asked about this place, and in time
        moments.append(visit.starts_at - LEAST_NOTICE)
    if course.cancelled_at:
        moments.append(course.cancelled_at - JUST_NOW)
    return min(moments)


def _places(visit: Visit, times: int, story: Story) -> Iterator[Place]:
    """Yield places in the working hours of who gives this treatment, on days near the visit's."""
    given, zone, step = story.given, story.given.zone, story.given.clinic.start_step
    treatments = visit.choice.treatments
    able = [(p, a) for p in given.practitioners if (a := given.asked_by(treatments, p.pk))]
    hers = [one for one in able if one[0].pk == visit.practitioner_id]
    day = visit.starts_at.astimezone(zone).date()
    for _ in range(times):
        who, asked = story.draw.choice(able if story.chance(OTHER_PRACTITIONER) else hers)
        days = [day + timedelta(days=n) for n in NEAR]
        shifts = [shift for d in days for shift in shifts_on(who, d, zone)]
        shift = story.draw.choice(shifts)
        spare = shift.end - shift.start - timedelta(minutes=asked.minutes)
        yield shift.start + step * story.draw.randint(0, max(spare // step, 0)), who.pk


def _move(at: datetime, place: Place, story: Story) -> Move:
    was, was_with = place
    if story.chance(BY_CLINIC):
        return Move(at, By.CLINIC, was, was_with, story.draw.choice(OUR_REASONS))
    return Move(at, By.CLIENT, was, was_with, "")
