"""Times and days nobody should send to the client's pages: a clear answer, and bounded work."""

from datetime import UTC, timedelta, timezone

import pytest
from django.urls import reverse

from bookings import clock
from bookings.models import Allocation, Appointment, AppointmentEvent
from tests.factories import an_appointment
from tests.sandboxed import workday
from tests.when import ZONE


def start(days=9):
    return workday(clock.now(), days=days)


def everything():
    tables = (Appointment, Allocation, AppointmentEvent)
    return [list(table.objects.order_by("pk").values()) for table in tables]


BAD = {
    "nothing": lambda at: "",
    "no time": lambda at: "morgen",
    "without a zone": lambda at: at.replace(tzinfo=None).isoformat(),
    "a second too late": lambda at: (at + timedelta(seconds=1)).isoformat(),
    "off the grid": lambda at: (at + timedelta(minutes=1)).isoformat(),
    "at night": lambda at: (at + timedelta(hours=12)).isoformat(),
    "past": lambda at: (at - timedelta(days=28)).isoformat(),
    "far": lambda at: (at + timedelta(days=364 * 9)).isoformat(),
    "the first year": lambda at: at.replace(year=1).isoformat(),
    "the last year": lambda at: at.replace(year=9999).isoformat(),
    "an hour as another zone says it": lambda at: at.replace(
        tzinfo=timezone(timedelta(hours=13))
    ).isoformat(),
    "not in any calendar": lambda at: "2027-02-30T10:00:00+00:00",
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_time_is_refused_when_booking_and_when_moving(client, treatment, case):
    appointment = an_appointment(treatment, starts_at=start(7), now=clock.now())
    starts_at, before = BAD[case](start()), everything()

    for page in (
        reverse("portal:time", args=[treatment.slug]),
        reverse("portal:move", args=[appointment.token]),
    ):
        answer = client.post(page, {"starts_at": starts_at})
        assert answer.status_code == 400
        assert answer.context["error"]
        assert everything() == before


@pytest.mark.parametrize("hours", [-5, 0, 5.5, 9])
def test_the_same_instant_written_in_another_zone_is_that_time(client, treatment, hours):
    elsewhere = timezone(timedelta(hours=hours))
    page = reverse("portal:time", args=[treatment.slug])

    answer = client.post(page, {"starts_at": start().astimezone(elsewhere).isoformat()})

    assert answer.url == reverse("portal:details")
    hold = Appointment.objects.get()
    assert hold.starts_at == start().astimezone(UTC)
    page = client.get(answer.url).content.decode()
    assert f"{start().astimezone(ZONE):%H:%M}" in page


ABSURD = ["100000", "9999-12-31", "0001-01-01", "2020-01-01", "-1", "x" * 4000]


@pytest.mark.parametrize("day", ABSURD, ids=lambda day: day[:12])
def test_an_absurd_day_costs_no_more_than_a_day(
    client, treatment, django_assert_max_num_queries, day
):
    page = reverse("portal:time", args=[treatment.slug])
    usual = client.get(page)

    with django_assert_max_num_queries(8):
        answer = client.get(page, {"day": day, "days": "100000"})

    assert answer.status_code == 200
    assert answer.context["day"] == usual.context["day"]
    assert len(answer.context["week"]) == 7


@pytest.mark.parametrize("path", ["/boeken/bestaat-niet/", "/boeken/bestaat-niet/tijd/"])
def test_an_unknown_treatment_is_not_found(client, treatment, path):
    assert client.get(path).status_code == 404
    assert client.post(path, {"starts_at": start().isoformat()}).status_code in (404, 405)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("practitioner", ["888888888", "999999999"])
def test_an_unknown_practitioner_is_not_found(client, treatment, practitioner):
    page = reverse("portal:time", args=[treatment.slug]) + f"?practitioner={practitioner}"

    assert client.post(page, {"starts_at": start().isoformat()}).status_code == 404
    assert not Appointment.objects.exists()


def test_a_treatment_that_is_no_longer_offered_is_not_booked(client, treatment):
    page = reverse("portal:time", args=[treatment.slug])
    treatment.is_active = False
    treatment.save()

    assert client.post(page, {"starts_at": start().isoformat()}).status_code == 404
    assert not Appointment.objects.exists()
