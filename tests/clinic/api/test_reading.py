from datetime import date, datetime, timedelta

import pytest

from bookings import clock
from bookings.availability import slots_on
from bookings.models import Clinic, Need, Practitioner, Resource, Skill, Treatment
from tests.clinic.api.conftest import a_day
from tests.factories import TreatmentFactory, a_search
from tests.when import ZONE


def test_the_treatments_with_their_terms(caller):
    Treatment.objects.update(late_fee_cents=4500, no_show_fee_cents=9500)

    (one,) = caller.get("treatments").json()["treatments"]

    mark = one["terms"].pop("mark")
    assert len(mark) == 16
    assert one == {
        "slug": caller.treatment.slug,
        "name": "Acnebehandeling",
        "category": "Huid",
        "summary": "Rustiger huid.",
        "minutes": 45,
        "price_from_cents": 9500,
        "price_to_cents": 9500,
        "booked_by": "everyone",
        "extras": [],
        "terms": {
            "deposit_cents": 0,
            "deposit_of": "everyone",
            "late_fee_cents": 4500,
            "last_minute_fee_cents": 0,
            "no_show_fee_cents": 9500,
            "free_notice_hours": 24.0,
            "last_minute_hours": None,
            "move_notice_hours": 24.0,
            "most_moves": 3,
        },
    }


@pytest.mark.parametrize(
    ("case", "changes"),
    [("not offered", {"is_active": False}), ("only by telephone", {"booked_by": "nobody"})],
)
def test_what_cannot_be_booked_online_is_not_told(caller, case, changes):
    Treatment.objects.update(**changes)

    assert caller.get("treatments").json() == {"treatments": []}
    assert caller.get("practitioners").json() == {"practitioners": []}


def test_prices_and_skills_are_each_practitioner_s_own(caller):
    first, second = Practitioner.objects.all()
    Skill.objects.filter(practitioner=first).update(price_cents=12000, minutes=60)
    other = TreatmentFactory()
    Skill.objects.create(practitioner=second, treatment=other)

    told = {one["slug"]: one for one in caller.get("treatments").json()["treatments"]}
    people = {
        one["id"]: one["treatments"] for one in caller.get("practitioners").json()["practitioners"]
    }

    mine = told[caller.treatment.slug]
    assert (mine["price_from_cents"], mine["price_to_cents"]) == (9500, 12000)
    assert people == {
        first.pk: [caller.treatment.slug],
        second.pk: [caller.treatment.slug, other.slug],
    }


def test_the_slots_are_those_of_the_portal(caller):
    told = caller.slots(days=3)

    days = [date.fromisoformat(a_day()) + timedelta(days=n) for n in range(3)]
    search = a_search(caller.treatment, now=clock.now())
    shown = [slot for found in slots_on(search, days=days).values() for slot in found]
    assert [datetime.fromisoformat(one["starts_at"]) for one in told] == [
        slot.starts_at for slot in shown
    ]
    assert told[0]["starts_at"][-6:] in ("+01:00", "+02:00")


def test_the_slots_of_one_practitioner(caller):
    who = Practitioner.objects.last().pk

    assert {one["practitioner"] for one in caller.slots(practitioner=who)} == {who}


def test_a_day_on_which_the_clock_changes_has_both_offsets(caller):
    Clinic.objects.update(horizon_days=800)
    practitioner = Practitioner.objects.first()
    practitioner.working_hours.exclude(weekday=0).delete()
    practitioner.working_hours.update(weekday=6, opens="00:30", closes="06:00")
    sunday = next_change()

    told = [one["starts_at"] for one in caller.slots(**{"from": sunday.isoformat()})]

    assert {one[-6:] for one in told} == {"+02:00", "+01:00"}
    moments = [datetime.fromisoformat(one) for one in told]
    assert moments == sorted(moments)
    assert len(set(moments)) == len(told)


def next_change() -> date:
    """Return the next day on which the clinic's clock goes back."""
    day = clock.now().astimezone(ZONE).date() + timedelta(days=1)
    while not _offset(day) > _offset(day + timedelta(days=1)):
        day += timedelta(days=1)
    return day


def _offset(day: date) -> timedelta:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).utcoffset()


def test_an_extra_asks_for_more_time(caller):
    mask = TreatmentFactory(duration_minutes=30, only_as_extra=True)
    for practitioner in Practitioner.objects.all():
        Skill.objects.create(practitioner=practitioner, treatment=mask)
    alone = caller.slots()
    assert (
        caller.get(
            "slots", treatment=caller.treatment.slug, extra=mask.slug, **{"from": a_day()}
        ).json()["code"]
        == "not_an_extra"
    )

    caller.treatment.extras.add(mask)

    assert len(caller.slots(extra=mask.slug)) == len(alone) - 2  # half an hour on a grid of 15
    assert caller.slots(treatment=mask.slug) == []


@pytest.mark.parametrize(
    ("case", "query", "status", "code"),
    [
        ("no day", {"from": ""}, 422, "invalid"),
        ("no such day", {"from": "2026-02-30"}, 422, "invalid"),
        ("a moment", {"from": "2026-03-02T10:00"}, 422, "invalid"),
        ("no days", {"days": "0"}, 422, "invalid"),
        ("a hundred thousand days", {"days": "100000"}, 422, "invalid"),
        ("words", {"days": "veel"}, 422, "invalid"),
        ("an unknown treatment", {"treatment": "niets"}, 404, "not_found"),
        ("an absurd treatment", {"treatment": "x" * 5000}, 422, "invalid"),
        ("an unknown practitioner", {"practitioner": "999999"}, 404, "not_found"),
        ("an absurd practitioner", {"practitioner": "9" * 40}, 422, "invalid"),
        ("an unknown extra", {"extra": "niets"}, 404, "not_found"),
        ("the end of time", {"from": "9999-12-31", "days": "62"}, 422, "invalid"),
    ],
)
def test_bad_questions_are_told(caller, case, query, status, code):
    asked = {"treatment": caller.treatment.slug, "from": a_day(), **query}

    answer = caller.get("slots", **asked)

    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("day", ["2001-01-01", "9999-10-01"])
def test_days_out_of_reach_have_no_times(caller, day):
    assert caller.slots(**{"from": day, "days": 62}) == []


@pytest.mark.parametrize("days", [1, 62])
@pytest.mark.parametrize("practitioners", [1, 3])
def test_queries_do_not_grow_with_days_or_people(
    caller, django_assert_num_queries, days, practitioners
):
    for practitioner in Practitioner.objects.all()[practitioners:]:
        practitioner.skills.all().delete()
    caller.slots()  # reads the reference data, which are kept

    with django_assert_num_queries(1):  # what is taken, and whether what is known still holds
        caller.slots(days=days)


def test_a_change_of_the_reference_data_shows_at_once(caller):
    before = len(caller.slots())
    need = Need.objects.get(treatment=caller.treatment, kind=Resource.Kind.PRACTITIONER)
    need.until_minute += 30
    need.save()

    assert len(caller.slots()) == before - 2


def test_the_document_and_its_page(caller, client):
    document = caller.get("openapi.json").json()
    page = client.get("/api/v1/docs")

    assert sorted(document["paths"]) == [
        "/api/v1/appointments",
        "/api/v1/practitioners",
        "/api/v1/slots",
        "/api/v1/treatments",
    ]
    assert page.status_code == 200
    assert b"https://" not in page.content  # nothing from elsewhere
