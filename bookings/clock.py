"""The clock. Read once, at the edge (a view, a task, a command), and passed on as `now`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """Return the clinic's now, in UTC: the real time, moved forward in the sandbox only."""
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """Return how far the sandbox's clock runs ahead; always nothing outside the sandbox."""
    if not (settings.SANDBOX and settings.SANDBOX_CLOCK_FILE):
        return timedelta()
    try:
        return timedelta(seconds=int(Path(settings.SANDBOX_CLOCK_FILE).read_text()))
    except FileNotFoundError:  # nobody has moved the clock yet
        return timedelta()
