"""What an appointment is called at the desk."""

from datetime import timedelta

import pytest

from bookings.models import Appointment, Clinic
from clinic.desk.status import possible, shown
from tests.clinic.desk.presses import HOUR
from tests.factories import NOW, START


@pytest.mark.parametrize(
    ("case", "fields", "now", "code"),
    [
        ("booked", {"status": "booked"}, START - HOUR, "booked"),
        ("confirmed", {"status": "booked", "confirmed_at": NOW}, START - HOUR, "ok"),
        ("not late yet", {"status": "booked"}, START + timedelta(seconds=599), "booked"),
        ("late", {"status": "booked", "confirmed_at": NOW}, START + timedelta(minutes=10), "late"),
        ("arrived", {"status": "arrived"}, START + HOUR, "in"),
        ("completed", {"status": "completed"}, START + HOUR, "done"),
        ("no-show", {"status": "no_show"}, START + HOUR, "noshow"),
        ("a browser holds it", {"status": "held"}, NOW, "hold"),
        ("offered", {"status": "held", "hold_kind": "offer"}, NOW, "hold"),
        ("a pay link is open", {"status": "held", "hold_kind": "pay_link"}, NOW, "open"),
        ("cancelled", {"status": "cancelled"}, NOW, "off"),
    ],
)
def test_status_as_the_desk_sees_it(case, fields, now, code):
    assert shown(Appointment(starts_at=START, **fields), now=now).code == code


@pytest.mark.parametrize(
    ("case", "after", "until"),
    [
        ("rests", timedelta(hours=23, minutes=59), START + timedelta(hours=24)),
        ("is final", timedelta(hours=24), None),
    ],
)
def test_how_long_a_no_show_can_be_undone(treatment, case, after, until):
    missed = Appointment(starts_at=START, status="no_show", no_show_at=START)
    can = possible(missed, clinic=Clinic.objects.get(), now=START + after, is_today=True)
    assert can.undo_no_show_until == until
