"""Measure one system beside the floor, taking turns, so that the ratio says something."""

import itertools
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench.clinic_csv import CLIENTS as CLIENTS_KNOWN
from bench.clinic_made_up import ASKED, DAYS_AHEAD
from bench.load import Burst, Unexpected, burst, turns
from bench.systems import MONTH, Floor, Ours, Question, Slot, System, free_slots

DAY_ROUNDS, MONTH_ROUNDS, SECONDS = 400, 200, 45.0
CLIENTS, BOOKING_ROUNDS = 200, 3
RIVALS, RACES = 50, 20
WARMING = 60
APART = timedelta(minutes=30)  # so that two chosen slots never want the same last room


@dataclass(frozen=True, slots=True)
class Beside:
    """What the system took or reached, and the floor in the same minutes: medians, all three."""

    own: float
    floor: float
    ratio: float


def beside(own: Sequence[float], floor: Sequence[float]) -> Beside:
    """Sum up rounds that the two took in turns; what slowed a round slowed both of it."""
    ratios = [one / other for one, other in zip(own, floor, strict=True)]
    return Beside(statistics.median(own), statistics.median(floor), statistics.median(ratios))


@dataclass(frozen=True, slots=True)
class Row:
    """One system's line: milliseconds twice, bookings a second, and what went wrong."""

    name: str
    day: Beside
    month: Beside
    rate: Beside
    booked: int  # of the clients who wanted different slots
    doubles: int
    errors: int  # requests without an answer, or with one that says the server failed


@dataclass(frozen=True, slots=True)
class Bookings:
    """What came of clients who book at once: how fast, how many, and what failed."""

    rate: Beside
    booked: int
    errors: int


def questions(tomorrow: date) -> tuple[Question, Question]:
    """Return a day of one practitioner, and a month of any."""
    day = tomorrow + timedelta(days=7)
    while day.isoweekday() != 3:  # a day on which the first practitioner works
        day += timedelta(days=1)
    return Question(ASKED, 1, day, 1), Question(ASKED, None, tomorrow, MONTH)


def compare(system: System, floor: Floor, *, tomorrow: date) -> Row:
    """Measure everything of one system, and the same of the floor in between.

    :raises Unexpected: if the system does not answer as it should, or has too few free slots
    """
    day, month = questions(tomorrow)
    _warm(system, day)
    _warm(floor, day)
    day_times = _turns(system, floor, day, rounds=DAY_ROUNDS)
    month_times = _turns(system, floor, month, rounds=MONTH_ROUNDS)
    slots = spread(free_slots(system, first=tomorrow, days=DAYS_AHEAD - 1))
    if len(slots) < RACES + WARMING + CLIENTS * BOOKING_ROUNDS:
        raise Unexpected(f"only {len(slots)} free slots that leave each other alone")
    clients = itertools.cycle(range(1, CLIENTS_KNOWN + 1))
    # Nor does the first booking of a process count: it loads what the next ones have.
    burst([system.book(slots.pop(), next(clients)) for _ in range(WARMING)])
    bookings = _book(floor, system, slots[RACES:], clients)
    doubles, errors = _race(system, slots[:RACES], clients)
    return Row(
        name=system.name,
        day=day_times,
        month=month_times,
        rate=bookings.rate,
        booked=bookings.booked,
        doubles=doubles,
        errors=bookings.errors + errors,
    )


def statements(floor: Floor, slots: Sequence[Slot]) -> Beside:
    """Measure how fast a booking's statements go by themselves, beside one insert.

    :raises Unexpected: if one of them failed
    """
    wanted, clients = list(slots), itertools.cycle(range(1, CLIENTS_KNOWN + 1))
    floor.clear()
    burst([floor.book_by_statements(wanted.pop(), next(clients)) for _ in range(WARMING)])
    size, own, bare = min(CLIENTS, len(wanted) // BOOKING_ROUNDS), [], []
    for number in range(BOOKING_ROUNDS):
        part = wanted[number * size : (number + 1) * size]
        bare.append(burst([floor.book(slot) for slot in part]))
        own.append(burst([floor.book_by_statements(slot, next(clients)) for slot in part]))
    if failed := sum(size - answers.count(201) for answers in own):
        raise Unexpected(f"{failed} of {size * BOOKING_ROUNDS} bookings by statements failed")
    return beside([_rate(answers) for answers in own], [_rate(answers) for answers in bare])


def growth(before: Ours, after: Ours, *, tomorrow: date) -> tuple[Beside, Beside]:
    """Measure what a longer history costs: the later system's times beside the earlier one's."""
    day, month = questions(tomorrow)
    _warm(before, day)
    _warm(after, day)
    return (
        _turns(after, before, day, rounds=DAY_ROUNDS),
        _turns(after, before, month, rounds=MONTH_ROUNDS),
    )


def spread(slots: Sequence[Slot]) -> list[Slot]:
    """Choose slots that do not touch each other, in no order; the same ones every time."""
    chosen: list[Slot] = []
    last: datetime | None = None
    for slot in sorted(slots, key=lambda slot: (_instant(slot), slot.practitioner)):
        if last is None or _instant(slot) >= last + APART:
            chosen.append(slot)
            last = _instant(slot)
    random.Random(1).shuffle(chosen)  # noqa: S311
    return chosen


def _instant(slot: Slot) -> datetime:
    return datetime.fromisoformat(slot.starts_at)


def _warm(system: System | Floor, question: Question) -> None:
    """Let every process and thread of the server open its connection."""
    burst([system.ask(question)] * WARMING)


def _turns(system: System, floor: System | Floor, question: Question, *, rounds: int) -> Beside:
    requests = [system.ask(question), floor.ask(question)]
    own, bare = turns(requests, rounds=rounds, seconds=SECONDS)
    return beside(own, bare)


def _book(floor: Floor, system: System, slots: Sequence[Slot], clients: Iterator[int]) -> Bookings:
    """Let two hundred clients book different slots at once, three times over.

    :raises Unexpected: if not one of them could
    """
    floor.clear()
    own, bare = [], []
    for number in range(BOOKING_ROUNDS):
        part = slots[number * CLIENTS : (number + 1) * CLIENTS]
        bare.append(burst([floor.book(slot) for slot in part]))
        own.append(burst([system.book(slot, next(clients)) for slot in part]))
    booked = sum(answers.count(201) for answers in own)
    if not booked:
        raise Unexpected(f"no booking came through, the first answer was {own[0].answers[0]}")
    return Bookings(
        rate=beside([_rate(answers) for answers in own], [_rate(answers) for answers in bare]),
        booked=booked,
        errors=sum(answers.errors for answers in own),
    )


def _rate(answers: Burst) -> float:
    """Return the bookings a second."""
    return answers.count(201) / answers.seconds


def _race(system: System, slots: Sequence[Slot], clients: Iterator[int]) -> tuple[int, int]:
    """Let fifty clients want one slot, twenty times; return the double bookings and the errors."""
    doubles = errors = 0
    for slot in slots:
        answers = burst([system.book(slot, next(clients)) for _ in range(RIVALS)])
        doubles += max(0, system.stored(slot) - 1)
        errors += answers.errors
    return doubles, errors
