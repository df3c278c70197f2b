"""Moments for tests, written as the clinic's clock shows them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    """Return the instant (UTC) at which the clinic's clock shows “2026-03-02 09:15”."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
