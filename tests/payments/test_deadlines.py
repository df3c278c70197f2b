"""To the second: until when an ending can be undone, and from when money follows it.

Both are elapsed time, so that neither change of the clock makes them longer or shorter.
"""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic
from payments import operations as payments
from payments.models import Payment
from tests.factories import UserFactory, a_clinic, an_appointment
from tests.payments.books import general_rate, paid_deposit
from tests.when import at

SECOND = timedelta(seconds=1)
#: When a no-show of the Friday before is noted; the next day has 24, 23 or 25 hours.
NOTED = {
    "an ordinary day": "2026-03-14 10:20",
    "the clock goes forward": "2026-03-28 10:20",
    "the clock goes back": "2026-10-24 10:20",
}
#: The moment just before each change, on the clinic's clock; three minutes later it has changed.
NIGHTS = {
    "an ordinary night": "2026-03-15 01:58:30",
    "the clock goes forward": "2026-03-29 01:58:30",
    "the clock goes back": "2026-10-25 02:58:30",
}


@pytest.fixture
def treatment(db):
    general_rate()
    return a_clinic(free_notice=timedelta(days=2))


def an_ending(treatment, starts_at):
    """An appointment with its deposit paid; no reminder decides about its fee."""
    Clinic.objects.update(fee_needs_reminder=False)
    before = starts_at - timedelta(days=20)
    return paid_deposit(an_appointment(treatment, starts_at=starts_at, now=before))


def open_fee():
    return Payment.objects.filter(kind="fee").values_list("status", "amount_cents").first()


@pytest.mark.parametrize("case", NIGHTS)
@pytest.mark.parametrize(
    ("late", "undone", "settled"), [(-SECOND, True, False), (SECOND * 0, False, True)]
)
def test_three_minutes_to_think_again(treatment, case, late, undone, settled):
    clinic = Clinic.objects.get()
    cancelled_at = at(NIGHTS[case])
    monday = at(f"{(cancelled_at + timedelta(days=1)).date()} 10:00")
    one = an_ending(treatment, monday)
    bookings.cancel(one.pk, by=By.CLIENT, now=cancelled_at)
    moment = cancelled_at + clinic.undo_time + late
    assert moment - cancelled_at == clinic.undo_time + late  # elapsed, whatever the clock says

    payments.settle_changed(clinic=Clinic.objects.get(), now=moment)

    assert open_fee() == (("open", 2000) if settled else None)
    undo = {"within": clinic.undo_time, "by": By.CLIENT, "now": moment}
    if undone:
        assert bookings.undo_cancel(one.pk, **undo).status == "booked"
    else:
        with pytest.raises(bookings.NotUndoable):
            bookings.undo_cancel(one.pk, **undo)
        assert Appointment.objects.get(pk=one.pk).status == "cancelled"


@pytest.mark.parametrize("case", NOTED)
@pytest.mark.parametrize(
    ("late", "undone", "settled"), [(-SECOND, True, False), (SECOND * 0, False, True)]
)
def test_a_no_show_rests_a_whole_day(treatment, case, late, undone, settled):
    clinic, user = Clinic.objects.get(), UserFactory()
    noted_at = at(NOTED[case])
    one = an_ending(treatment, at(f"{(noted_at - timedelta(days=1)).date()} 10:00"))
    bookings.mark_no_show(one.pk, now=noted_at, user=user)
    assert clinic.no_show_rest == timedelta(days=1)
    moment = noted_at + clinic.no_show_rest + late

    payments.settle_changed(clinic=Clinic.objects.get(), now=moment)

    assert open_fee() == (("open", 7000) if settled else None)
    undo = {"within": clinic.no_show_rest, "now": moment, "user": user}
    if undone:
        assert bookings.undo_no_show(one.pk, **undo).status == "booked"
    else:
        with pytest.raises(bookings.WrongMoment):
            bookings.undo_no_show(one.pk, **undo)
        assert Appointment.objects.get(pk=one.pk).status == "no_show"
