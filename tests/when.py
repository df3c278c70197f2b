"""Moments for tests, written as the clinic's clock shows them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
#: On the real clock, which leases run on; the sandbox's may be days ahead by now.
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return the instant (UTC) at which the clinic's clock shows “2026-03-02 09:15”."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
