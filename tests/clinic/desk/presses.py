"""What the tests do at the desk, as a browser does it."""

import json
from datetime import timedelta

from django.urls import reverse

from bookings.models import Appointment

HOUR = timedelta(hours=1)
DAY = "2026-03-11"


def feed_of(desk, day=DAY, query=""):
    return json.loads(desk.get(f"/desk/agenda/{day}.json{query}").content)


def press(desk, appointment, name, **fields):
    return desk.post(reverse("desk:act", args=[appointment.pk, name]), fields)


def status_of(appointment) -> str:
    return Appointment.objects.get(pk=appointment.pk).status


def cancel(desk, one, **fields):
    return desk.post(f"/desk/afspraak/{one.pk}/annuleren/", fields)
