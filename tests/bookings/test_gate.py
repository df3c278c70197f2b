from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.eligibility import Problem, Why
from bookings.models import Appointment, Practitioner
from tests.factories import START, ClientFactory, TreatmentFactory, a_search
from tests.when import ZONE

DAY = timedelta(days=1)


def test_a_treatment_given_after_another_counts_for_the_days_between_two(treatment):
    peeling = TreatmentFactory(least_days_between=14)
    peeling.practitioners.set(Practitioner.objects.all())
    client = ClientFactory()
    both = bookings.hold(a_search(treatment, extras=(peeling,)), starts_at=START, client=client)
    Appointment.objects.filter(pk=both.pk).update(status="booked")

    with pytest.raises(bookings.NotEligible) as refused:
        bookings.hold(a_search(peeling), starts_at=START + DAY, client=client)

    again = START.astimezone(ZONE).date() + 14 * DAY
    assert refused.value.problem == Problem(Why.TOO_SOON, again)
    assert Appointment.objects.count() == 1
    assert bookings.hold(a_search(treatment), starts_at=START + DAY, client=client)


@pytest.mark.parametrize(
    ("case", "days", "kind", "refused"),
    [
        ("in another browser, too near", 13, "browser", True),
        ("by telephone, too near", 13, "pay_link", True),
        ("long enough after", 14, "browser", False),
        ("only offered to her", 13, "offer", False),
    ],
)
def test_what_she_is_still_booking_counts_for_the_days_between_two(
    treatment, case, days, kind, refused
):
    treatment.least_days_between = 14
    treatment.save()
    client = ClientFactory()
    bookings.hold(a_search(treatment), starts_at=START, client=client, kind=kind)
    day = START + days * DAY

    if refused:
        with pytest.raises(bookings.NotEligible):
            bookings.hold(a_search(treatment), starts_at=day, client=client)
    assert Appointment.objects.count() == 1
    if not refused:
        assert bookings.hold(a_search(treatment), starts_at=day, client=client)


def test_what_must_be_done_before_may_have_been_done_in_a_visit_for_something_else(treatment):
    test = TreatmentFactory()
    peeling = TreatmentFactory(prerequisite=test, prerequisite_days_before=2)
    for one in (test, peeling):
        one.practitioners.set(Practitioner.objects.all())
    client = ClientFactory()
    both = bookings.hold(a_search(treatment, extras=(test,)), starts_at=START, client=client)
    later = START + 2 * DAY
    with pytest.raises(bookings.NotEligible):
        bookings.hold(a_search(peeling), starts_at=later, client=client)

    Appointment.objects.filter(pk=both.pk).update(status="completed")

    assert bookings.hold(a_search(peeling), starts_at=later, client=client)
