"""A caller of the API, and what it sends."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser

from bookings import clock
from bookings.models import Appointment, Clinic, Treatment
from tests.factories import a_clinic
from tests.sandboxed import workday


class Caller:
    """A program that books through the API."""

    def __init__(self, treatment: Treatment) -> None:
        self.browser, self.treatment = Browser(), treatment

    def get(self, path: str, **query: str | int) -> HttpResponse:
        return self.browser.get(f"/api/v1/{path}", query)  # type: ignore[return-value]

    def slots(self, **query: str | int) -> list[dict[str, Any]]:
        """Return the free times of a working day a week ahead, or of what is asked."""
        asked: dict[str, str | int] = {"treatment": self.treatment.slug, "from": a_day(), **query}
        return self.get("slots", **asked).json()["slots"]  # type: ignore[attr-defined, no-any-return]

    def mark(self) -> str:
        """Return the mark of the terms that hold now."""
        (only,) = self.get("treatments").json()["treatments"]  # type: ignore[attr-defined]
        return only["terms"]["mark"]  # type: ignore[no-any-return]

    def wish(self, **changes: Any) -> dict[str, Any]:
        """Return what it takes to book the day's first free time."""
        return {
            "treatment": self.treatment.slug,
            "starts_at": self.slots()[0]["starts_at"],
            "client": CLIENT,
            "accepted_terms": self.mark(),
            **changes,
        }

    def book(self, wish: dict[str, Any], *, key: str = "") -> HttpResponse:
        headers = {"Idempotency-Key": key} if key else {}
        return self.browser.post(  # type: ignore[return-value]
            "/api/v1/appointments", wish, content_type="application/json", headers=headers
        )


CLIENT = {
    "first_name": "Zoë",
    "last_name": "de Vries",
    "phone": "06 12 34 56 78",
    "email": "zoe@example.nl",
}


def a_day() -> str:
    return workday(clock.now(), days=7).date().isoformat()


@pytest.fixture
def caller(db: None) -> Caller:
    """A caller of a clinic where one treatment without a deposit is given."""
    cache.clear()  # what earlier tests asked for does not count
    treatment = a_clinic(practitioners=2, rooms=2)
    Clinic.objects.update(minimum_notice=timedelta())
    return Caller(treatment)


@pytest.fixture
def deposit_caller(db: None) -> Caller:
    """The same for a treatment that asks a deposit."""
    cache.clear()
    return Caller(a_clinic(deposit_cents=2500))


def nothing_was_written() -> bool:
    return not Appointment.objects.exists()
