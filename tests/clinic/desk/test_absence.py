"""Who is not there, what is to be resolved because of it, and the public holidays."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, Practitioner, TimeOff
from bookings.periods import Period
from tests.clinic.desk.presses import DAY, HOUR, cancel, feed_of
from tests.factories import NOW, START, PractitionerFactory, RoomFactory, an_appointment
from tests.when import at

PAGE = "/desk/afwezig/"


def note(desk, who, **fields):
    return desk.post(PAGE, {"who": who, "first_day": DAY, "reason": "Ziek", **fields})


def ill(appointment) -> TimeOff:
    """Note that whoever treats is ill that day."""
    period = Period(START - 10 * HOUR, START + 14 * HOUR)
    return bookings.add_time_off(appointment.practitioner_id, period, reason="Griep")


def shown(desk, row) -> str:
    return " ".join(desk.get(f"{PAGE}{row.pk}/").content.decode().split())


@pytest.mark.parametrize(
    ("case", "fields", "period"),
    [
        ("a day", {}, ("2026-03-11 00:00", "2026-03-12 00:00")),
        ("days", {"last_day": "2026-03-13"}, ("2026-03-11 00:00", "2026-03-14 00:00")),
        (
            "a few hours",
            {"opens": "13:00", "closes": "15:30"},
            ("2026-03-11 13:00", "2026-03-11 15:30"),
        ),
        ("from a time on", {"opens": "13:00"}, ("2026-03-11 13:00", "2026-03-12 00:00")),
        (
            "a day of 23 hours",
            {"first_day": "2026-03-29"},
            ("2026-03-29 00:00", "2026-03-30 00:00"),
        ),
        (
            "a day of 25 hours",
            {"first_day": "2026-10-25"},
            ("2026-10-25 00:00", "2026-10-26 00:00"),
        ),
    ],
)
def test_an_absence_is_noted_on_the_clinic_s_clock(desk, case, fields, period):
    practitioner = Practitioner.objects.get()

    assert note(desk, practitioner.pk, **fields)["Location"] == PAGE

    row = TimeOff.objects.get()
    assert (row.resource_id, row.reason) == (practitioner.pk, "Ziek")
    assert (row.starts_at, row.ends_at) == tuple(at(moment) for moment in period)
    assert practitioner.name in desk.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        ("nobody", {"who": ""}),
        ("somebody who is not there", {"who": "999999"}),
        ("no day", {"first_day": ""}),
        ("no day at all", {"first_day": "morgen"}),
        ("no reason", {"reason": " "}),
        ("it ends before it begins", {"last_day": "2026-03-10"}),
        ("times turned around", {"opens": "15:00", "closes": "13:00"}),
        ("no time at all", {"opens": "25:00"}),
        ("over already", {"first_day": "2026-03-10"}),
        ("years long", {"last_day": "2029-03-10"}),
        ("the end of time", {"first_day": "9999-12-31", "last_day": "9999-12-31"}),
        ("the beginning of time", {"first_day": "0001-01-01"}),
    ],
)
def test_an_absence_is_refused_and_keeps_what_was_typed(desk, case, fields):
    given = {"who": Practitioner.objects.get().pk, "opens": "08:15", **fields}
    answer = note(desk, **given)

    assert answer.status_code == 400
    assert b"Something is not right yet" in answer.content
    assert (b"08:15" in answer.content) is ("opens" not in fields)
    assert not TimeOff.objects.exists()


def test_a_sick_day_over_appointments_leads_to_the_list(desk, treatment):
    one = an_appointment(treatment)

    answer = note(desk, one.practitioner_id)

    row = TimeOff.objects.get()
    assert answer["Location"] == f"{PAGE}{row.pk}/"
    page = shown(desk, row)
    assert f"tel:{one.client.phone.as_e164}" in page
    for words in (one.client.full_name, "Wednesday 11 March at 10:00", "Acne treatment"):
        assert words in page
    assert "1 appointment to resolve" in feed_of(desk)["rail"]
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("how", ["cancel", "move", "undo"])
def test_the_list_shrinks_and_says_when_it_is_empty(desk, treatment, how):
    first, second = an_appointment(treatment), an_appointment(treatment, starts_at=START + HOUR)
    row = ill(first)
    assert "2 appointments to resolve" in shown(desk, row)

    cancel(desk, first, by="clinic", quoted=0)
    assert "1 appointment to resolve" in shown(desk, row)
    if how == "cancel":
        cancel(desk, second, by="clinic", quoted=0)
    elif how == "move":
        later = at("2026-03-12 10:00").isoformat()
        fields = {"do": "move", "day": DAY, "starts_at": later, "reason": "ziek"}
        assert desk.post(f"/desk/afspraak/{second.pk}/verplaatsen/", fields).status_code == 302
    if how != "undo":
        assert "There is nothing to resolve" in shown(desk, row)
        assert "to resolve" not in feed_of(desk)["rail"]
        return
    desk.post(f"{PAGE}{row.pk}/terug/")
    assert not TimeOff.objects.exists()
    assert desk.get(f"{PAGE}{row.pk}/").status_code == 404


def a_colleague(treatment) -> Practitioner:
    colleague = PractitionerFactory(name="Daan Visser", position=99)
    colleague.treatments.add(treatment)
    return colleague


def hand_over(desk, row, appointment, to):
    return desk.post(f"{PAGE}{row.pk}/{appointment.pk}/", {"practitioner": to})


def test_a_colleague_takes_over_at_the_same_time(desk, treatment):
    one = an_appointment(treatment)
    colleague = a_colleague(treatment)
    row = ill(one)
    assert f'<option value="{colleague.pk}">Daan Visser</option>' in shown(desk, row)

    assert hand_over(desk, row, one, colleague.pk)["Location"] == f"{PAGE}{row.pk}/"

    one.refresh_from_db()
    assert (one.practitioner_id, one.starts_at, one.status) == (colleague.pk, START, "booked")
    assert one.events.get(kind="moved").facts["reason"] == "Griep"
    assert (one.moves, one.moves_by_client) == (1, 0)
    assert "There is nothing to resolve" in shown(desk, row)


@pytest.mark.parametrize("case", ["nobody", "taken", "without the skill", "the one who is ill"])
def test_handing_over_is_refused(desk, treatment, case):
    one = an_appointment(treatment)
    colleague = a_colleague(treatment)
    RoomFactory()
    wanted = {"nobody": "", "the one who is ill": one.practitioner_id}.get(case, colleague.pk)
    row = ill(one)
    if case == "taken":
        an_appointment(treatment)
    if case == "without the skill":
        colleague.treatments.clear()
    assert f'<option value="{wanted}">' not in shown(desk, row)

    answer = hand_over(desk, row, one, wanted)

    assert answer.status_code == (400 if case == "nobody" else 409)
    before = (one.practitioner_id, one.starts_at, 0)
    one.refresh_from_db()
    assert (one.practitioner_id, one.starts_at, one.moves) == before


@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow_with_the_rows(desk, treatment, many, django_assert_num_queries):
    for number in range(many):
        one = an_appointment(treatment, starts_at=START + number * HOUR)
    a_colleague(treatment)
    rows = [ill(one) for _ in range(many)]
    shown(desk, rows[0])

    with django_assert_num_queries(10):
        assert shown(desk, rows[0]).count("Hand over") == many
    with django_assert_num_queries(11):
        desk.get(PAGE)


def closed(desk) -> list[str]:
    """Return the holidays that the page says the clinic is closed on, in their order."""
    page = desk.get(PAGE).context["holidays"]
    return [one.name for one in page if one.is_closed]


def test_public_holidays_are_suggested_and_closed_only_when_asked(desk):
    suggested = desk.get(PAGE).context["holidays"]
    assert [(str(one.day), one.name) for one in suggested][:3] == [
        ("2026-04-03", "Good Friday"),
        ("2026-04-05", "Easter Sunday"),
        ("2026-04-06", "Easter Monday"),
    ]
    assert [one.name for one in suggested if not one.is_worked][:1] == ["Easter Sunday"]
    assert (closed(desk), TimeOff.objects.count()) == ([], 0)

    for _ in range(2):  # a second press changes nothing
        assert desk.post(f"{PAGE}feestdag/2026-04-06/").status_code == 302

    row = TimeOff.objects.get()
    assert (row.resource_id, row.reason) == (None, "Tweede paasdag")
    assert (row.starts_at, row.ends_at) == (at("2026-04-06 00:00"), at("2026-04-07 00:00"))
    assert closed(desk) == ["Easter Monday"]
    dutch = desk.get(PAGE, headers={"Accept-Language": "nl"}).context["holidays"]
    assert dutch[0].name == "Goede vrijdag"


def test_closing_over_appointments_leads_to_the_list(desk, clock, treatment):
    clock(NOW)
    an_appointment(treatment, starts_at=at("2026-04-06 10:00"))

    answer = desk.post(f"{PAGE}feestdag/2026-04-06/")

    assert answer["Location"] == f"{PAGE}{TimeOff.objects.get().pk}/"


@pytest.mark.parametrize("day", ["2026-04-07", "2026-01-01", "2199-12-25", "2026-02-30"])
def test_only_a_public_holiday_to_come_is_closed_with_one_press(desk, day):
    assert desk.post(f"{PAGE}feestdag/{day}/").status_code == 404
    assert not TimeOff.objects.exists()


def test_who_treats_notes_an_absence_but_does_not_close_the_clinic(therapist, treatment):
    practitioner = Practitioner.objects.get()
    assert note(therapist, practitioner.pk).status_code == 302
    TimeOff.objects.all().delete()
    row = bookings.add_time_off(None, Period(START, START + HOUR))

    assert note(therapist, "clinic").status_code == 400
    assert therapist.post(f"{PAGE}feestdag/2026-04-06/").status_code == 403
    assert therapist.post(f"{PAGE}{row.pk}/terug/").status_code == 403
    assert list(TimeOff.objects.all()) == [row]


def test_what_has_begun_is_only_shown(desk, clock, treatment):
    one = an_appointment(treatment)
    row = ill(one)
    clock(START + timedelta(minutes=5))

    page = shown(desk, row)

    assert "This has begun already" in page
    assert "Hand over" not in page
