"""What the tests of messages share."""

import pytest

from tests.reminders.verbs import a_sender


@pytest.fixture
def sender(treatment, world):
    return a_sender(base_url=world.settings["PUBLIC_BASE_URL"])
