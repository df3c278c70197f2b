"""`manage.py demo`: what it makes, and when it makes nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from bookings.models import Appointment, Client, Clinic, Treatment, User
from bookings.operations import join_waitlist
from bookings.waitlist import Wish
from tests.factories import NOW, ClinicFactory
from tests.when import ZONE

pytestmark = pytest.mark.django_db
SMALL = ("--months", "1", "--clients", "40")


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


def test_it_makes_removes_and_then_lets_be(settings: Settings) -> None:
    settings.SANDBOX = True

    assert "linde-demo" in run(*SMALL)
    wish = Wish(NOW.date(), NOW.date())
    join_waitlist(Client.objects.all()[0], Treatment.objects.all()[0], wish, zone=ZONE, now=NOW)
    assert "Removed" in run("--remove")
    assert "nothing to remove" in run("--remove")
    assert "--again" in run(*SMALL)
    assert (Client.objects.count(), Appointment.objects.count()) == (0, 0)
    assert "appointments added" in run("--again", *SMALL)


def test_a_clinic_of_its_own_is_let_be(settings: Settings) -> None:
    settings.SANDBOX = True
    ClinicFactory(name="Een echte kliniek")

    assert "--again" in run(*SMALL)

    assert (Client.objects.count(), User.objects.count()) == (0, 0)


def test_real_keys_mean_no_made_up_clients(settings: Settings) -> None:
    settings.SANDBOX = settings.DEBUG = False

    with pytest.raises(CommandError, match="no place in a real clinic"):
        run()

    assert (Clinic.objects.count(), Client.objects.count(), User.objects.count()) == (0, 0, 0)
