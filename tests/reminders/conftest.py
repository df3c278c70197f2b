"""What the tests of messages share."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import Clinic
from reminders.operations import Sender


@pytest.fixture
def sender(treatment, world):
    return Sender(
        clinic=Clinic.objects.get(),
        zone=ZoneInfo("Europe/Amsterdam"),
        base_url=world.settings["PUBLIC_BASE_URL"],
        two_way=True,
        reaches_demo_clients=True,
        doubt=timedelta(minutes=3),
    )
