"""What clients dread or want to know before a visit, until somebody has answered."""

from datetime import datetime

from bookings.models import User
from reminders.models import Question

MOST = 10  # of one visit, that wait


class TooManyQuestions(Exception):
    """So many wait for an answer that another one helps nobody."""


class NothingAsked(Exception):
    """No question of this appointment waits for an answer."""


def ask(appointment_id: int, text: str, *, now: datetime) -> Question:
    """Pass a question on to the client's own practitioner; the same one is kept once.

    :raises TooManyQuestions: if many wait for an answer already
    """
    waiting = Question.objects.filter(appointment=appointment_id, answered_at=None)
    same = waiting.filter(text=text).first()
    if same is None and waiting.count() >= MOST:
        raise TooManyQuestions
    return same or Question.objects.create(appointment_id=appointment_id, text=text, asked_at=now)


def pass_on_worry(appointment_id: int, text: str, *, now: datetime) -> None:
    """Pass on what a client dreads, in the place of what she said before; nothing takes it back."""
    open_worry = Question.objects.filter(
        appointment=appointment_id, is_worry=True, answered_at=None
    )
    if not text:
        open_worry.delete()
    elif not open_worry.update(text=text, asked_at=now):
        Question.objects.create(
            appointment_id=appointment_id, text=text, is_worry=True, asked_at=now
        )


def note_answered(appointment_id: int, *, user: User, now: datetime) -> int:
    """Note that somebody has answered all that the client asked about a visit; return how much.

    :raises NothingAsked: if nothing waits
    """
    waiting = Question.objects.filter(appointment=appointment_id, answered_at=None)
    count = waiting.update(answered_at=now, answered_by=user)
    if not count:
        raise NothingAsked
    return count
