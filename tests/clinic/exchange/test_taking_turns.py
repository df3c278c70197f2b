"""An import and who uses the clinic meanwhile take turns, and neither waits for the other."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from bookings.locks import lock_to_take
from bookings.minutes import Span, minute_of
from bookings.models import Appointment, Client
from tests.bookings.rivals import wait_until_somebody_waits
from tests.clinic.exchange.folders import SMALL, a_folder, take_over
from tests.factories import START

pytestmark = pytest.mark.usefixtures("committed")


@contextmanager
def importing(folder):
    """Import on a connection of its own, once who is in the block has begun, till all is done."""

    def alone():
        try:
            return take_over(folder)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = []

        def begin():
            running.append(pool.submit(alone))
            wait_until_somebody_waits()

        with transaction.atomic():
            yield begin
        assert running[0].result(timeout=30)["appointments"] == "1 changed, 4 the same"


def takes_a_day():
    """Do as who books or moves: share the clinic with the others."""
    lock_to_take(Span(minute_of(START), minute_of(START) + 60))


@pytest.fixture
def changed(tmp_path):
    """Take a clinic over, and return the folder in which a client and a visit are others now."""
    take_over(a_folder(tmp_path / "first"))
    return a_folder(
        tmp_path / "again",
        clients=SMALL["clients"].replace("Sanne", "Sanna"),
        appointments=SMALL["appointments"].replace("03-09T09:00", "03-09T10:00"),
    )


def test_who_is_moving_an_appointment_finishes_first(changed):
    with importing(changed) as begin:
        Appointment.objects.select_for_update().get(import_key="a4")
        begin()
        takes_a_day()


def test_who_is_booking_finishes_first(changed):
    with importing(changed) as begin:
        takes_a_day()
        begin()
        Client.objects.select_for_update().get(import_key="c1")
