"""The steps of a client over HTTP, without a browser."""

from datetime import datetime
from typing import Any

from django.test import Client as Visitor
from django.urls import reverse

from bookings import clock
from bookings.models import Appointment, Treatment
from tests.sandboxed import workday

DETAILS = {
    "first_name": "Zoë",
    "last_name": "de Vries",
    "phone": "06 12 34 56 78",
    "email": "zoe@example.nl",
    "reach_by": "sms",
}


def start(days: int = 9) -> datetime:
    return workday(clock.now(), days=days)


def times(treatment: Treatment) -> str:
    return reverse("portal:time", args=[treatment.slug])


def choose(client: Visitor, treatment: Treatment, starts_at: datetime) -> Any:
    return client.post(times(treatment), {"starts_at": starts_at.isoformat()})


def agree(client: Visitor, url: str = "/boeken/afronden/") -> Any:
    read = client.get(url).context["form"]["read"].value()
    return client.post(url, {"accept": "on", "read": read})


def appointment_page(appointment: Appointment, name: str = "appointment") -> str:
    return reverse(f"portal:{name}", args=[appointment.token])
