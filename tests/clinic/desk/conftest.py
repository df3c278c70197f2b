"""The receptionist, logged in, at a moment on the clinic's clock."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser

from bookings.models import User
from tests.clinic.desk.presses import HOUR
from tests.factories import START, UserFactory

Clock = Callable[[datetime], None]


@pytest.fixture
def clock(settings, tmp_path) -> Clock:
    """Set the clinic's clock: a moment in the past does as well as one to come."""
    settings.SANDBOX, settings.SANDBOX_CLOCK_FILE = True, str(tmp_path / "clock")

    def set_to(moment: datetime) -> None:
        ahead = moment - datetime.now(UTC)  # noqa: TID251 (this is what the clock adds to)
        (tmp_path / "clock").write_text(str(int(ahead.total_seconds())))

    set_to(START - HOUR)
    return set_to


def member_of(group: str) -> User:
    user: User = UserFactory(first_name="Bo", last_name="Balie")
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


def logged_in(group: str) -> Browser:
    """Return a browser in which somebody of this group is logged in, in English."""
    browser = Browser(headers={"Accept-Language": "en"})
    browser.force_login(
        member_of(group), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return browser


@pytest.fixture
def desk(clock, treatment) -> Browser:
    """A browser in which the receptionist is logged in, in English."""
    return logged_in(User.RECEPTIONIST)


@pytest.fixture
def therapist(clock, treatment) -> Browser:
    """A browser in which somebody who treats is logged in, in English."""
    return logged_in(User.PRACTITIONER)
