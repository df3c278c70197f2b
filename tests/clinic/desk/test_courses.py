"""A course at the desk: proposing, choosing, booking, and changing what was booked."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from bookings.models import Appointment, PlannedSession, TimeOff, TreatmentPlan
from tests.bookings.courses import WEEK, a_course, weekly
from tests.factories import NOW, START, ClientFactory, an_appointment

Status = Appointment.Status
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday(clock):
    clock(NOW)


@pytest.fixture
def sanne(db):
    return ClientFactory(last_name="Bakker")


def send(desk, client, given, do="propose", *, starts=(), **fields):
    values = {"do": do, "treatment": given.pk, "count": 4, "weeks": 1}
    values |= {f"start_{n}": start.isoformat() for n, start in enumerate(starts, start=1)}
    values = {name: value for name, value in (values | fields).items() if value is not None}
    return desk.post(reverse("desk:course", args=[client.pk]), values)


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def rows(answer):
    """Return the time shown for each session, and what is wrong with it."""
    return [
        (row.picked and row.picked.starts_at, row.problem != "") for row in answer.context["rows"]
    ]


def test_the_form_asks_little_and_weeks_come_from_the_treatment(desk, treatment, sanne):
    treatment.advised_days_between = 14
    treatment.save()
    page = desk.get(reverse("desk:course", args=[sanne.pk]) + f"?behandeling={treatment.pk}")
    assert "Plan a course for Sanne Bakker" in text_of(page)

    answer = send(desk, sanne, treatment, weeks="", weekdays=["2"], around="10:00")

    assert [start for start, _ in rows(answer)] == weekly(START - WEEK, count=8)[::2]
    assert not Appointment.objects.exists()
    assert not TreatmentPlan.objects.exists()


def test_the_later_ones_follow_the_one_that_was_changed(desk, treatment, sanne):
    answer = send(desk, sanne, treatment, "follow-2", starts=[START, START + WEEK + DAY, START])

    assert rows(answer) == [(start, False) for start in (START, *weekly(START + DAY)[1:])]


def test_a_session_without_a_time_is_marked_until_the_desk_chooses_one_outside(
    desk, treatment, sanne
):
    TimeOff.objects.create(starts_at=START + 5 * DAY, ends_at=START + 9 * DAY)
    answer = send(desk, sanne, treatment, "follow-1", starts=[START])
    assert rows(answer) == [(START, False), (None, True), (None, False), (None, False)]
    assert "Nothing is free between Tuesday 17 March and Thursday 19 March" in text_of(answer)
    outside = answer.context["rows"][1].others[-1].starts_at

    answer = send(desk, sanne, treatment, "follow-2", starts=[START, outside])

    assert [wrong for _, wrong in rows(answer)] == [False, True, False, False]
    assert "Why outside the interval?" in text_of(answer)


def test_a_course_is_booked_with_one_press(desk, treatment, sanne):
    answer = send(
        desk, sanne, treatment, "book", starts=weekly(), accepted="on", expected_3="Rustiger huid."
    )

    first = Appointment.objects.order_by("starts_at").first()
    assert answer["Location"] == reverse("desk:appointment", args=[first.pk])
    booked = Appointment.objects.order_by("starts_at")
    assert [(one.starts_at, one.status, one.client) for one in booked] == [
        (start, Status.BOOKED, sanne) for start in weekly()
    ]
    assert {one.terms_device for one in booked} == {"telefonisch, Bo Balie"}
    assert len({one.terms_text for one in booked}) == 4  # each with its own last free moment
    expected = PlannedSession.objects.values_list("expected_result", flat=True)
    assert list(expected) == ["", "", "Rustiger huid.", ""]
    assert "Session 1 of 4" in text_of(desk.get(answer["Location"]))


@pytest.mark.parametrize(
    ("case", "fields", "code", "said"),
    [
        ("the policy was not read", {"accepted": None}, 400, "Read the policy"),
        ("a session has no time", {"start_4": ""}, 400, "Choose a time for every session"),
        ("a time that is none", {"start_2": "straks"}, 400, "Choose a time for every session"),
        ("a time without a zone", {"start_2": "2026-03-18T10:00"}, 400, "Choose a time for"),
        ("a time nobody lives to see", {"start_2": "9999-12-31T23:59Z"}, 400, "Choose a time for"),
        ("too many sessions", {"count": 1000}, 400, "less than or equal to 20"),
        ("no treatment", {"treatment": "0"}, 400, "Choose a treatment"),
        ("a weekday that is none", {"weekdays": ["9"]}, 400, ""),
        (
            "out of the band",
            {"start_4": (START + 4 * WEEK).isoformat()},
            409,
            "should come between",
        ),
        ("off the grid", {"start_1": (START + HOUR / 9).isoformat()}, 409, "not on offer"),
    ],
)
def test_a_course_is_not_booked(desk, treatment, sanne, case, fields, code, said):
    fields = {"accepted": "on"} | fields
    answer = send(desk, sanne, treatment, "book", starts=weekly(), **fields)

    assert answer.status_code == code
    assert said in text_of(answer)
    assert not Appointment.objects.exists()
    assert not TreatmentPlan.objects.exists()


def test_a_time_taken_in_between_is_marked_with_the_nearest(desk, treatment, sanne):
    an_appointment(treatment, starts_at=weekly()[2])

    answer = send(desk, sanne, treatment, "book", starts=weekly(), accepted="on")

    assert answer.status_code == 409
    assert [wrong for _, wrong in rows(answer)] == [False, False, True, False]
    nearest = [one.starts_at for one in answer.context["rows"][2].others]
    assert weekly()[2] + HOUR in nearest
    assert Appointment.objects.count() == 1


def test_the_desk_leaves_the_interval_with_a_reason(desk, treatment, sanne):
    starts = [*weekly()[:3], weekly()[3] + WEEK]
    refused = send(desk, sanne, treatment, "book", starts=starts, accepted="on")
    assert "Why outside the interval?" in text_of(refused)

    send(desk, sanne, treatment, "book", starts=starts, accepted="on", override="vakantie")

    assert Appointment.objects.count() == 4


def cancel_form(desk, one):
    """Return what the page would send, without a choice."""
    page = desk.get(reverse("desk:cancel_sessions", args=[one.pk]))
    told = {}
    for touched in page.context["touched"]:
        told[f"count_{touched.reach}"] = touched.count
        told[f"fee_{touched.reach}"] = touched.fee_cents
    return text_of(page), told


@pytest.mark.parametrize(("reach", "left"), [("one", [0, 2, 3]), ("following", [0]), ("all", [])])
def test_the_desk_says_how_many_visits_it_cancels_and_can_think_again(desk, treatment, reach, left):
    booked = a_course(treatment)
    said, told = cancel_form(desk, booked[1])
    assert "Only this visit" in said
    assert "This one and the following: 3 visits" in said
    assert "All that are to come: 4 visits" in said

    desk.post(
        reverse("desk:cancel_sessions", args=[booked[1].pk]),
        {**told, "reach": reach, "by": "clinic"},
    )

    standing = Appointment.objects.filter(status=Status.BOOKED).order_by("starts_at")
    assert list(standing) == [booked[n] for n in left]
    gone = Appointment.objects.filter(status=Status.CANCELLED).order_by("starts_at")
    desk.post(reverse("desk:undo_cancel_sessions", args=[gone[0].pk]))
    assert Appointment.objects.filter(status=Status.BOOKED).count() == 4


@pytest.mark.parametrize(
    ("case", "changed", "code"),
    [
        ("nothing chosen", {"reach": ""}, 400),
        ("nobody cancels", {"by": ""}, 400),
        ("fewer visits than were shown", {"count_all": "5"}, 409),
        ("another price than was shown", {"fee_all": "1"}, 409),
    ],
)
def test_nothing_else_than_was_shown_is_cancelled(desk, treatment, case, changed, code):
    booked = a_course(treatment)
    _, told = cancel_form(desk, booked[1])
    fields = {**told, "reach": "all", "by": "client", **changed}

    answer = desk.post(reverse("desk:cancel_sessions", args=[booked[1].pk]), fields)

    assert answer.status_code == code
    assert Appointment.objects.filter(status=Status.BOOKED).count() == 4


def move(desk, one, starts_at, **fields):
    values = {
        "do": "move",
        "reach": "following",
        "day": f"{starts_at:%Y-%m-%d}",
        "starts_at": starts_at.isoformat(),
        "reason": "ziek",
    }
    return desk.post(reverse("desk:move_sessions", args=[one.pk]), {**values, **fields})


def starts():
    return list(Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True))


def test_the_desk_moves_this_and_the_following_and_can_think_again(desk, treatment):
    second = a_course(treatment)[1]
    page = text_of(desk.get(reverse("desk:move_sessions", args=[second.pk])))
    assert "This one and the following: 3 visits" in page

    move(desk, second, second.starts_at + DAY)

    assert starts() == [START, *(start + DAY for start in weekly()[1:])]
    back = desk.session["desk_said"]
    desk.post(back["undo"], back["fields"])
    assert starts() == weekly()


def test_a_move_that_cannot_be_says_which_visits_and_what_is_near(desk, treatment):
    first = a_course(treatment)[0]
    an_appointment(treatment, starts_at=weekly()[2] + DAY)

    answer = move(desk, first, START + DAY)

    assert answer.status_code == 409
    assert "Session 3, Thu 26 Mar 10:00: That time was just taken." in text_of(answer)
    assert "Free near it: Thu 26 Mar 09:00" in text_of(answer)
    assert set(starts()) == {*weekly(), weekly()[2] + DAY}


def test_an_appointment_without_a_course_has_no_sessions_to_change(desk, treatment):
    alone = an_appointment(treatment)

    assert "Session 1" not in text_of(desk.get(reverse("desk:appointment", args=[alone.pk])))
    for name in ("cancel_sessions", "move_sessions"):
        assert desk.get(reverse(f"desk:{name}", args=[alone.pk])).status_code == 404
    assert desk.get(reverse("desk:course", args=[999999])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_a_card_do_not_grow_with_its_course(
    desk, treatment, django_assert_max_num_queries, count
):
    one = a_course(treatment, starts=weekly(count=count))[0]
    desk.get("/desk/agenda/2026-03-11/")

    with django_assert_max_num_queries(26):
        desk.get(reverse("desk:appointment", args=[one.pk]))
