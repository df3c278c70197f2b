"""The clinic that the measurements run on: who works there, what it gives, and days filled with it.

Ten practitioners of whom eight are there on a weekday, eight rooms, three devices of two groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

DAYS_AHEAD = 120  # filled, and bookable: enough for every booking that is measured
FULL = 0.7  # of the practitioners' hours
GRID = 15  # minutes between starts
CLEAN_UP = 5  # minutes a room needs after a treatment
MORNING, AFTERNOON, SATURDAY = (540, 750), (780, 1050), (540, 780)  # minutes since midnight


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is given, and with which group of devices, if any; every room will do."""

    key: str
    minutes: int
    device: str = ""


# Most leave five minutes of the grid for the room, so that a full clinic is not a stuck one.
TREATMENTS = (
    Treatment("skin-check", 15),
    Treatment("intake", 25),
    Treatment("light-peel", 25),
    Treatment("deep-peel", 40),
    Treatment("acne-facial", 55),
    Treatment("cleansing-facial", 70),
    Treatment("full-facial", 85),
    Treatment("body-facial", 90),
    Treatment("microneedling", 55),
    Treatment("dermaplaning", 40),
    Treatment("brow-shape", 25),
    Treatment("lip-injectable", 25),
    Treatment("frown-injectable", 25),
    Treatment("aftercare", 15),
    Treatment("hydra-facial", 55, "hydra"),
    Treatment("hydra-express", 30, "hydra"),
    Treatment("laser-face", 25, "laser"),
    Treatment("laser-legs", 55, "laser"),
    Treatment("laser-arms", 40, "laser"),
    Treatment("tattoo-removal", 40, "laser"),
)
# What the measurements look for, with a room and a device, and what they book.
ASKED, BOOKED = "hydra-express", "skin-check"

PRACTITIONERS = tuple(range(1, 11))
ROOM = "treatment room"
ROOMS = dict.fromkeys(range(1, 9), ROOM)
DEVICES = {1: "laser", 2: "laser", 3: "hydra"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment of a made-up day, starting so many minutes after midnight."""

    on: date
    minute: int
    practitioner: int
    treatment: Treatment
    room: int
    device: int | None


@dataclass(slots=True)
class _Day:
    """When everybody and everything is free again, in minutes since midnight."""

    practitioners: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PRACTITIONERS, 0))
    rooms: dict[int, int] = field(default_factory=lambda: dict.fromkeys(ROOMS, 0))
    devices: dict[int, int] = field(default_factory=lambda: dict.fromkeys(DEVICES, 0))
    worked: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PRACTITIONERS, 0))

    def place_for(self, treatment: Treatment, minute: int) -> tuple[int, int | None] | None:
        """Return a room that is free now and, where one is needed, a device; nothing without."""
        room = _free(ROOMS, ROOM, self.rooms, minute)
        device = _free(DEVICES, treatment.device, self.devices, minute)
        if room is None or (treatment.device and device is None):
            return None
        return room, device

    def take(
        self, who: int, treatment: Treatment, minute: int, place: tuple[int, int | None]
    ) -> None:
        """Keep the practitioner, the room and the device as long as the treatment needs each."""
        room, device = place
        ends = minute + treatment.minutes
        self.practitioners[who] = ends
        self.worked[who] += treatment.minutes
        self.rooms[room] = ends + CLEAN_UP
        if device is not None:
            self.devices[device] = ends


def _free(groups: dict[int, str], group: str, free_at: dict[int, int], minute: int) -> int | None:
    return next(
        (number for number, own in groups.items() if own == group and free_at[number] <= minute),
        None,
    )


def skills(practitioner: int) -> list[Treatment]:
    """Return what the practitioner gives: most treatments, and both of the measured ones."""
    return [
        treatment
        for position, treatment in enumerate(TREATMENTS)
        if (position + practitioner) % 9 or treatment.key in (ASKED, BOOKED)
    ]


def shifts(practitioner: int, weekday: int) -> tuple[tuple[int, int], ...]:
    """Return the practitioner's hours on a weekday (Monday is 0), in minutes since midnight."""
    if weekday == 5:
        return (SATURDAY,) if practitioner % 5 == 0 else ()
    if weekday == 6 or practitioner % 5 == weekday:
        return ()
    return (MORNING, AFTERNOON)


def visits_on(day: date, *, draw: Random) -> Iterator[Visit]:
    """Fill one day in the order of the clock: who is free now stays free until taken."""
    free_at = _Day()
    at_work = {who: shifts(who, day.weekday()) for who in PRACTITIONERS}
    for minute in range(MORNING[0], AFTERNOON[1], GRID):
        for who in draw.sample(PRACTITIONERS, len(PRACTITIONERS)):
            closes = _closing_time(at_work[who], minute)
            if closes is None or free_at.practitioners[who] > minute:
                continue
            if draw.random() > _eagerness(free_at.worked[who], at_work[who], minute):
                continue
            offered = draw.sample(skills(who), 4)
            fitting = [one for one in offered if minute + one.minutes <= closes]
            places = ((one, free_at.place_for(one, minute)) for one in fitting)
            treatment, place = next(((one, at) for one, at in places if at), (None, None))
            if treatment and place:
                free_at.take(who, treatment, minute, place)
                yield Visit(day, minute, who, treatment, *place)


def _closing_time(hours: tuple[tuple[int, int], ...], minute: int) -> int | None:
    return next((closes for opens, closes in hours if opens <= minute < closes), None)


def _eagerness(worked: int, hours: tuple[tuple[int, int], ...], minute: int) -> float:
    """Return how likely the next client is, so that a day ends about as full as wanted."""
    passed = sum(min(minute + GRID, closes) - opens for opens, closes in hours if opens <= minute)
    return 0.9 if worked < FULL * passed else 0.25
