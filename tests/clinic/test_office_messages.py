"""What the owner sees of the messages that her rules would send."""

from datetime import timedelta

import pytest

from bookings import clock
from bookings.models import Client, Clinic
from reminders import operations as reminders
from reminders.models import Rule, Step, Wording
from reminders.operations import PlanText
from reminders.samples import CUE_BEFORE, Sample, timeline
from reminders.tasks import clinic_sender
from tests.clinic.desk.conftest import logged_in
from tests.clinic.test_course_page import text_of
from tests.factories import an_appointment
from tests.sandboxed import workday
from tests.when import ZONE

PAGE = "/office/berichten/"
QUERIES = 16


@pytest.fixture
def owner(treatment):
    return logged_in("owner")


def lines(answer):
    """Return which rule, on which ways, and in how many SMS parts."""
    return [(one.told.rule.wording, one.ways, one.parts) for one in answer.context["lines"]]


def test_a_booking_nine_days_ahead_with_a_plan(owner):
    answer = owner.get(PAGE)
    assert [(what, ways) for what, ways, _ in lines(answer)] == [
        ("confirmation", "SMS"),
        ("confirmation", "e-mail"),
        ("confirm_question", "SMS, else e-mail"),
        ("reminder", "SMS, else e-mail"),
        ("cue", "SMS, else e-mail"),
    ]
    said = text_of(answer)
    assert "5 messages about a visit that starts" in said
    assert "Jouw plan: dan ga ik met de fiets naar de kliniek." in said
    assert "SMS parts, each is paid for" in said


def test_booked_for_today_only_what_still_makes_sense(owner):
    answer = owner.get(PAGE, {"days": 0})
    assert [what for what, _, _ in lines(answer)] == ["confirmation", "confirmation"]


def test_by_whatsapp_and_by_mail(owner):
    by_whatsapp = lines(owner.get(PAGE, {"reach_by": "whatsapp"}))
    assert ("reminder", "WhatsApp, else SMS, else e-mail", 0) in by_whatsapp
    by_mail = lines(owner.get(PAGE, {"reach_by": "email"}))
    assert {ways for _, ways, _ in by_mail} == {"e-mail"}


def test_a_name_that_an_sms_is_dear_with(owner):
    usual, dear = (
        {what: parts for what, _, parts in lines(owner.get(PAGE, asked)) if parts}
        for asked in ({"name": "Sanne"}, {"name": "Zoë"})
    )
    assert dear["reminder"] > usual["reminder"]
    assert "With “ë” a part holds 70 characters" in text_of(owner.get(PAGE, {"name": "Zoë"}))


def test_a_rule_that_is_not_in_use_is_named_and_sends_nothing(owner):
    Rule.objects.filter(wording="reminder").update(is_active=False)
    answer = owner.get(PAGE)
    assert "reminder" not in [what for what, _, _ in lines(answer)]
    named = [(one.rule.wording, one.rule.is_active) for one in answer.context["rules"]]
    assert ("reminder", False) in named
    assert ("reminder", True) not in named
    assert "not in use" in text_of(answer)


def test_what_is_left_empty_is_as_usual(owner):
    answer = owner.get(PAGE, {"days": "", "reach_by": "", "name": "", "tongue": ""})
    assert [what for what, _, _ in lines(answer)][:3] == [
        "confirmation",
        "confirmation",
        "confirm_question",
    ]


def test_the_link_is_to_the_text_that_is_sent(owner):
    Clinic.objects.update(form_of_address="u")
    line = owner.get(PAGE).context["lines"][0]
    wording = Wording.objects.get(key="confirmation", language="nl-u")
    assert line.wording_url == f"/admin/reminders/wording/{wording.pk}/change/"
    assert "uw afspraak" in line.told.text


@pytest.mark.parametrize(
    "asked", [{"days": "400"}, {"days": "x"}, {"name": "Bob"}, {"reach_by": "pigeon"}]
)
def test_what_cannot_be_asked_is_told(owner, asked):
    answer = owner.get(PAGE, asked)
    assert answer.status_code == 400
    assert "lines" not in answer.context


def test_only_the_owner_reads_it(owner, client):
    assert logged_in("receptionist").get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302


def test_the_queries_do_not_grow_with_the_rules(owner, django_assert_num_queries):
    owner.get(PAGE)
    with django_assert_num_queries(QUERIES):
        owner.get(PAGE)
    for days in range(2, 8):
        Rule.objects.create(
            name=f"{days} dagen", on="before_start", hours=24 * days, wording="reminder"
        )
    with django_assert_num_queries(QUERIES):
        assert len(lines(owner.get(PAGE))) == 11


@pytest.mark.parametrize("by_clinic", [False, True])
def test_what_is_shown_is_what_is_queued(treatment, by_clinic):
    """The same rules on a real booking: the same moments."""
    now = clock.now()
    visit = an_appointment(treatment, starts_at=workday(now, days=9), now=now)
    visit.events.filter(kind="booked").update(by="clinic" if by_clinic else "client", at=now)
    cue = (visit.starts_at - CUE_BEFORE).astimezone(ZONE)
    text = PlanText("zo", cue.date(), cue.time(), "loop ik", tells=True)
    reminders.write_plan(visit.pk, text, now=now)
    sender = clinic_sender()
    reminders.requeue([visit.pk], sender=sender)
    sample = Sample(
        first_name="Sanne",
        practitioner="Noor",
        language="nl",
        reach_by=Client.ReachBy.SMS,
        starts_at=visit.starts_at,
        policy="",
        by_clinic=by_clinic,
        with_plan=True,
    )

    shown = timeline(sample, Rule.objects.in_use(), sender, now=now)

    queued = Step.objects.filter(appointment=visit).order_by("due_at", "rule_id")
    assert [(one.due_at, one.rule.pk) for one in shown] == list(
        queued.values_list("due_at", "rule_id")
    )
    assert len(shown) == 5
    assert shown[0].due_at == now + (sender.clinic.undo_time if by_clinic else timedelta())
