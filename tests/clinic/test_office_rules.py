"""The owner edits a rule in words, and what waits follows."""

from datetime import time

import pytest
from django.urls import reverse

from bookings.clock import now
from reminders import operations as reminders
from reminders.models import Rule, RuleChange, Step
from reminders.tasks import clinic_sender
from tests.clinic.desk.conftest import logged_in
from tests.clinic.test_course_page import text_of
from tests.factories import an_appointment
from tests.sandboxed import workday

PAGE = "/office/berichten/"


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
    assert (reminder.hours_before, reminder.days_before, reminder.at_time) == fields
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
    assert (rule.is_active, rule.hours_before) == (False, None)


def test_only_the_owner_changes_rules(owner, client, reminder):
    assert logged_in("receptionist").get(address(reminder)).status_code == 403
    assert client.get(address(reminder)).status_code == 302
    assert owner.get(reverse("office:rule", args=[10**6])).status_code == 404
