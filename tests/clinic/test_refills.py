"""How many of the times that came free the waitlist filled."""

from datetime import date, timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Offer, Practitioner
from clinic.office.blocks import waitlist
from clinic.office.dates import Days
from clinic.office.forms import Filter
from clinic.office.refills import Refills, refill_rate
from clinic.office.reports import report
from clinic.office.statistics import Proportion
from tests.bookings.waiting import FREE, HOUR, accept, frees, tick, waits, waits_with
from tests.factories import START
from tests.when import ZONE, at

MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))


def rate(*, days=MARCH, **asked):
    wanted = {"treatment_id": None, "practitioner_id": None} | asked
    return refill_rate(Filter(days=days, **wanted), days.period(ZONE))


@pytest.fixture
def freed(treatment):
    """One time filled, two offered in vain, and one that can still be offered."""
    waits_with(treatment, starts_at=START + timedelta(days=30))
    frees(treatment)
    tick()
    accept(Offer.objects.get())
    frees(treatment, starts_at=START + 2 * HOUR)
    waits(treatment)
    tick(FREE + HOUR)
    bookings.decline_offer(Offer.objects.latest("pk").pk, now=FREE + HOUR)
    frees(treatment, starts_at=START + 4 * HOUR)
    tick(FREE + timedelta(days=1))
    tick(at("2026-03-11 13:00"))
    frees(treatment, starts_at=START + timedelta(days=2), now=FREE + timedelta(days=8))
    tick(FREE + timedelta(days=8, hours=1))
    return treatment


def test_the_refill_rate_counts_what_can_no_longer_be_offered(freed):
    found = rate()

    assert found.filled == Proportion(1, 3)
    assert found.offered == Proportion(3, 3)


@pytest.mark.parametrize(
    ("case", "asked", "n"),
    [
        ("another month", {"days": Days(date(2026, 4, 1), date(2026, 4, 30))}, 0),
        ("another practitioner", {"practitioner_id": 0}, 0),
        ("another treatment", {"treatment_id": 0}, 0),
    ],
)
def test_what_was_not_asked_for_is_not_counted(freed, case, asked, n):
    assert rate(**asked) == Refills(Proportion(0, n), Proportion(0, n))


def test_by_practitioner_and_treatment(freed):
    found = rate(practitioner_id=Practitioner.objects.get().pk, treatment_id=freed.pk)

    assert found == rate()


def test_the_report_says_it(freed):
    asked = Filter(days=MARCH, treatment_id=None, practitioner_id=None)
    block = waitlist(report(asked, zone=ZONE, now=at("2026-04-01 12:00")))

    assert block.slug == "wachtlijst"
    assert [row[1:3] for row in block.table.rows][1] == [1, 3]
