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
