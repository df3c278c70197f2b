"""The owner edits a rule in words, and what waits follows."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from bookings.clock import now
from bookings.models import Clinic
from reminders import operations as reminders
from reminders.models import Rule, RuleChange, Step
from reminders.tasks import clinic_sender
from tests.clinic.desk.conftest import logged_in
from tests.clinic.ended import an_ended
from tests.clinic.test_course_page import text_of
from tests.factories import TreatmentFactory, an_appointment
from tests.reminders.verbs import a_sender, bodies, tick
from tests.sandboxed import workday

PAGE = "/office/berichten/"
NEW = "/office/berichten/regel/nieuw/"


@pytest.fixture
def owner(treatment):
    return logged_in("owner")


@pytest.fixture
def reminder():
    return Rule.objects.get(wording="reminder")


def save(owner, rule, **said):
    form = owner.get(address(rule)).context["form"]
    given = {name: form[name].value() for name in form.fields} | said
    kept = {name: value for name, value in given.items() if value not in (False, None)}
    return owner.post(address(rule), kept)


def address(rule):
    return reverse("office:rule", args=[rule.pk])


def test_every_rule_is_said_in_words(owner, reminder):
    said = text_of(owner.get(PAGE))

    assert "72 hours before: question to confirm" in said
    assert "1 day before at 9:00: reminder the day before" in said
    assert "Booked or moved: confirmation" in said
    assert owner.get(address(reminder)).context["form"]["when"].value() == "1 day before at 9:00"


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("2 dagen ervoor om 18:30", (None, 2, time(18, 30))),
        ("the day before at 8:00", (None, 1, time(8))),
        ("36 uur", (36, None, None)),
    ],
)
def test_what_waits_follows_other_words(owner, treatment, reminder, words, fields):
    visit = an_appointment(treatment, starts_at=workday(now(), days=9), now=now())
    reminders.requeue([visit.pk], sender=clinic_sender())
    before = Step.objects.get(rule=reminder).due_at

    saved = save(owner, reminder, when=words, name="Net ervoor")

    reminder.refresh_from_db()
    assert saved.url == PAGE
    assert (reminder.hours, reminder.days, reminder.at_time) == fields
    assert "0 of 1 appointments" in text_of(owner.get(PAGE))
    assert reminders.follow_rules(clinic_sender(), now=now()) == 1
    assert Step.objects.get(rule=reminder).due_at != before
    assert "of 1 appointments" not in text_of(owner.get(PAGE))


def test_what_waits_says_the_other_text_in_the_other_way(owner, treatment, reminder):
    visit = an_appointment(treatment, starts_at=workday(now(), days=9), now=now())
    reminders.requeue([visit.pk], sender=clinic_sender())
    waiting = Step.objects.get(rule=reminder)

    save(owner, reminder, wording="confirm_question", reach="email", asks="on")
    reminders.follow_rules(clinic_sender(), now=now())

    waiting.refresh_from_db()
    assert (waiting.wording, waiting.reach, waiting.asks) == ("confirm_question", "email", True)


@pytest.mark.parametrize("words", ["", "straks", "1 dag ervoor", "9999 uur ervoor", "\x00"])
def test_what_is_not_understood_is_kept_and_changes_nothing(owner, reminder, words):
    before = Rule.objects.values().get(pk=reminder.pk)

    answer = save(owner, reminder, when=words)

    assert answer.status_code == 422
    assert Rule.objects.values().get(pk=reminder.pk) == before
    assert not RuleChange.objects.exists()
    assert list(answer.context["form"].errors) == ["when"]


def test_a_rule_that_waits_for_an_event_has_no_moment(owner):
    rule = Rule.objects.filter(on="agreed").first()
    form = owner.get(address(rule)).context["form"]
    assert not {"when", "asks"} & set(form.fields)

    save(owner, rule, is_active=False)

    rule.refresh_from_db()
    assert (rule.is_active, rule.hours) == (False, None)


def new_rule(owner, **said):
    usual = {
        "name": "Hoe gaat het",
        "when": "1 day after the visit",
        "wording": "after_visit",
        "reach": "chosen",
        "purpose": "service",
        "is_active": "on",
    }
    return owner.post(NEW, usual | said)


def test_a_rule_for_after_the_visit_is_added_and_tells_who_came(owner, world, treatment):
    old, visit = (an_ended_visit(treatment, days=days) for days in (3, 1))

    assert new_rule(owner).url == PAGE

    rule = Rule.objects.get(name="Hoe gaat het")
    assert (rule.on, rule.days, rule.at_time) == ("after_visit", 1, time(10))
    assert "1 day after the visit at 10:00: after the visit" in text_of(owner.get(PAGE))
    assert reminders.follow_rules(clinic_sender(), now=now()) == 2
    step = Step.objects.get(rule=rule)  # of the older one nothing is told any more
    assert (step.appointment_id, old.pk != visit.pk) == (visit.pk, True)
    tick(a_sender(), now=step.due_at)
    assert "fijn dat je er was" in bodies(world)[-1]


def an_ended_visit(treatment, *, days):
    """Return a visit that ended a minute ago, so many days before; she was there."""
    moment = now()
    visit = an_ended(treatment, "2026-03-02 10:00")
    visit.ends_at = moment - timedelta(days=days - 1, minutes=1)
    visit.starts_at = visit.ends_at - timedelta(minutes=45)
    visit.completed_at = visit.ends_at
    visit.save()
    return visit


def test_a_rule_may_be_about_some_treatments_and_who_booked_long_ahead(owner, treatment):
    other = TreatmentFactory(name_en="Peeling")
    visit = an_appointment(treatment, starts_at=workday(now(), days=20), now=now())
    said = {"when": "7 days before at 10:00", "wording": "preparation", "least_days": "14"}

    new_rule(owner, **said, treatments=[other.pk])
    rule = Rule.objects.get(name="Hoe gaat het")
    assert "only Peeling" in text_of(owner.get(PAGE))
    reminders.follow_rules(clinic_sender(), now=now())
    assert not Step.objects.filter(rule=rule).exists()

    save(owner, rule, treatments=[treatment.pk])
    reminders.follow_rules(clinic_sender(), now=now())
    assert Step.objects.get(rule=rule).appointment_id == visit.pk
    save(owner, rule, least_days="30", treatments=[])
    reminders.follow_rules(clinic_sender(), now=now())
    assert not Step.objects.filter(rule=rule).exists()


@pytest.mark.parametrize(
    ("case", "said", "where"),
    [
        ("no moment", {"when": ""}, "when"),
        ("at once", {"when": "meteen"}, "when"),
        ("at night", {"when": "1 day after the visit at 21:00"}, "when"),
        ("about what is to come", {"wording": "reminder"}, "wording"),
        ("about what was", {"when": "24 hours before"}, "wording"),
        ("a text of another kind", {"wording": "cancelled"}, "wording"),
        ("nothing to confirm", {"asks": "on"}, "asks"),
        ("no treatment", {"treatments": ["99999"]}, "treatments"),
        ("no number", {"least_days": "-1"}, "least_days"),
        ("no name", {"name": ""}, "name"),
        (
            "news before a visit",
            {"when": "24 hours before", "wording": "reminder", "purpose": "news"},
            "purpose",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_added(owner, case, said, where):
    before = Rule.objects.count()

    answer = new_rule(owner, **said)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [where]
    assert Rule.objects.count() == before


def test_a_rule_before_a_visit_does_not_become_one_for_after_it(owner, reminder):
    answer = save(owner, reminder, when="1 day after the visit", wording="after_visit")

    assert list(answer.context["form"].errors) == ["when"]
    reminder.refresh_from_db()
    assert reminder.on == "before_start"


def test_a_rule_at_a_time_that_is_quiet_by_now_is_still_switched_off(owner, reminder):
    Clinic.objects.update(quiet_until=time(9, 30))

    assert save(owner, reminder, when="1 day before at 9:15").status_code == 422
    assert save(owner, reminder, is_active=False).url == PAGE
    assert save(owner, reminder, is_active="on").status_code == 422


def test_a_rule_for_after_the_visit_tells_nothing_of_what_was_when_it_changes(owner, treatment):
    rule = Rule.objects.get(wording="after_visit")
    Rule.objects.filter(pk=rule.pk).update(is_active=True, days=7)
    an_ended_visit(treatment, days=4)

    save(owner, rule, when="1 day after the visit")
    reminders.follow_rules(clinic_sender(), now=now())

    assert not Step.objects.filter(rule=rule).exists()


def test_a_rule_that_waits_for_an_event_tells_of_every_treatment(owner, treatment):
    rule = Rule.objects.filter(on="agreed", reach="text").first()
    assert "treatments" not in owner.get(address(rule)).context["form"].fields
    rule.treatments.add(TreatmentFactory())

    assert rule.spec.treatment_ids == frozenset()


def test_a_rule_in_use_again_tells_nothing_of_what_it_missed(owner, treatment):
    rule = Rule.objects.get(wording="after_visit")
    an_ended_visit(treatment, days=3)

    save(owner, rule, is_active="on")

    rule.refresh_from_db()
    assert rule.since is not None
    reminders.follow_rules(clinic_sender(), now=now())
    assert not Step.objects.filter(rule=rule).exists()


def test_only_the_owner_changes_rules(owner, client, reminder):
    assert logged_in("receptionist").get(address(reminder)).status_code == 403
    assert client.get(address(reminder)).status_code == 302
    assert logged_in("receptionist").post(NEW).status_code == 403
    assert owner.get(reverse("office:rule", args=[10**6])).status_code == 404
