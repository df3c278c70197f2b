"""How fast clients were answered, as the owner reads it."""

from datetime import timedelta

from bookings.periods import Period
from clinic.office.replies import reply_times
from clinic.office.statistics import Proportion
from reminders.models import InboundMessage
from tests.factories import a_clinic
from tests.when import ZONE, at

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = at("2026-03-06 17:00")  # a Friday
WEEK = Period(at("2026-03-02 00:00"), at("2026-03-09 00:00"))


def wrote(received, answered="", *, needed=True, for_desk=True):
    InboundMessage.objects.create(
        sid=f"SM{InboundMessage.objects.count()}",
        channel="sms",
        phone="+31612345678",
        received_at=at(received),
        answered_at=at(answered) if answered else None,
        for_desk=for_desk,
        needed_answer=needed,
    )


def test_each_message_is_judged_by_opening_hours(treatment, django_assert_num_queries):
    wrote("2026-03-02 10:00", "2026-03-02 11:00")  # an hour
    wrote("2026-03-02 16:00", "2026-03-03 12:00")  # an hour, the night, and three
    wrote("2026-03-03 10:00", "2026-03-03 14:01")  # a minute too late
    wrote("2026-03-03 10:00", "2026-03-05 10:00")  # two days
    wrote("2026-03-05 09:00")  # still waits, for more than a day
    wrote("2026-03-06 16:00")  # waits an hour: in no share
    wrote("2026-03-04 10:00", "2026-03-04 10:01", needed=False)  # “thank you”
    wrote("2026-03-04 10:00", for_desk=False)  # “ja”
    wrote("2026-03-01 23:59")  # the week before

    reply_times(WEEK, zone=ZONE, now=NOW)  # reads the reference data, which are kept
    with django_assert_num_queries(3):
        found = reply_times(WEEK, zone=ZONE, now=NOW)

    assert (found.in_time, found.alarmed, found.undecided) == (
        Proportion(2, 5),
        Proportion(2, 5),
        1,
    )
    assert found.middle == (4 * HOUR + 4 * HOUR + MINUTE) / 2


def test_nothing_written_is_no_share(db):
    a_clinic()

    found = reply_times(WEEK, zone=ZONE, now=NOW)

    assert (found.in_time, found.middle, found.undecided) == (Proportion(0, 0), None, 0)
