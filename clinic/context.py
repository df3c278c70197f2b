"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest

from bookings import clock
from clinic.address import clinic_of


def clinic(request: HttpRequest) -> dict[str, object]:
    """Return the clinic, and in the sandbox where its telephone, mailbox and clock are."""
    values: dict[str, object] = {"clinic": clinic_of(request)}
    if settings.SANDBOX:
        values["sandbox"] = {
            "url": settings.SANDBOX_URL,
            "now": clock.now(),
            "is_moved": bool(clock.offset()),
        }
    return values
