"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bookings import clock
from bookings.models import User
from clinic.access import belongs_to
from clinic.address import clinic_of


def clinic(request: HttpRequest) -> dict[str, object]:
    """Return the clinic, and in the sandbox where its telephone, mailbox and clock are."""
    values: dict[str, object] = {
        "clinic": clinic_of(request),
        "sees_office": SimpleLazyObject(lambda: belongs_to(request, User.OWNER)),
    }
    if settings.SANDBOX:
        values["sandbox"] = {
            "url": settings.SANDBOX_URL,
            "now": clock.now(),
            "is_moved": bool(clock.offset()),
        }
    return values
