"""The owner's experiments: what is fixed before, nothing on the way, and one look at the end."""

from datetime import timedelta

import pytest
from django.test import Client as Visitor
from django.urls import reverse

from bookings.clock import now
from bookings.models import AppointmentEvent, By
from clinic.office.trials import result_of
from reminders import operations as reminders
from reminders.models import Experiment, Participation, Wording
from tests.clinic.desk.conftest import logged_in
from tests.clinic.ended import HOUR, a_cancelled, an_ended
from tests.clinic.steps import DETAILS, agree, choose
from tests.clinic.steps import start as visit_start
from tests.clinic.test_course_page import text_of
from tests.factories import ClientFactory
from tests.reminders.verbs import design
from tests.when import at

LIST = "/office/proeven/"
NEW = "/office/proeven/nieuw/confirm_question/"
OTHER = "Een lege plek kost ons {length}. Kom je {moment}? {plan} {how} {link}"
SPRING = at("2026-04-01 09:00")


@pytest.fixture
def owner(treatment):
    return logged_in("owner")


def filled_in(owner, **said):
    form = owner.get(NEW).context["form"]
    given = {name: form[name].value() for name in form.fields}
    usual = {"name": "Lege plek", "usual_percent": "60", "other_percent": "70", "text_nl": OTHER}
    return given | usual | said


def start(per_arm=2, **more):
    return reminders.start_experiment(design(OTHER, per_arm=per_arm, **more), now=SPRING)


def takes_part(experiment, arm, appointment=None, *, says_yes=False):
    """Let a client take part, with a visit if given, and perhaps have her say yes."""
    if appointment is not None and says_yes:
        AppointmentEvent.objects.create(
            appointment=appointment,
            kind=AppointmentEvent.Kind.CONFIRMED,
            by=By.CLIENT,
            at=SPRING + HOUR,
        )
    return Participation.objects.create(
        experiment=experiment,
        client=appointment.client if appointment else ClientFactory(),
        appointment=appointment,
        arm=arm,
        entered_at=SPRING,
    )


def test_size_and_time_are_printed_before_it_starts(owner):
    page = owner.post(NEW, filled_in(owner))

    said = text_of(page)
    assert "712 clients are needed : 356 in each half" in said
    assert "too few clients came by in the last twelve weeks" in said
    assert "your text takes 3 SMS parts, the other one 3" not in said
    assert not Experiment.objects.exists()

    started = owner.post(NEW, filled_in(owner) | {"start": "356"})

    experiment = Experiment.objects.get()
    assert started.url == reverse("office:experiment", args=[experiment.pk])
    assert (experiment.per_arm, experiment.outcome, experiment.weeks) == (356, "said_yes", None)
    texts = {one.language: one.text for one in experiment.texts.all()}
    assert texts["nl"] == OTHER
    assert texts["en"] == Wording.objects.get(key="confirm_question", language="en").text


def test_what_was_not_printed_does_not_start(owner):
    page = owner.post(NEW, filled_in(owner, other_percent="65") | {"start": "356"})

    assert "in each half" in text_of(page)
    assert not Experiment.objects.exists()


@pytest.mark.parametrize(
    ("case", "said", "where"),
    [
        ("no name", {"name": " "}, "name"),
        ("no link", {"text_nl": "Kom je {moment}? {how}"}, "text_nl"),
        ("no time", {"text_nl": "Kom je? {how} {link}"}, "text_nl"),
        ("unknown", {"text_nl": OTHER + " {treatment}"}, "text_nl"),
        ("empty", {"text_nl": ""}, "text_nl"),
        ("the same", {"text_nl": None}, "__all__"),
        ("no difference", {"other_percent": "60"}, "other_percent"),
        ("too small", {"other_percent": "60.1"}, "other_percent"),
        ("all", {"other_percent": "100"}, "other_percent"),
        ("no number", {"usual_percent": "veel"}, "usual_percent"),
        ("other outcome", {"outcome": "happy"}, "outcome"),
    ],
)
def test_what_would_answer_nothing_is_refused(owner, case, said, where):
    usual = Wording.objects.get(key="confirm_question", language="nl").text
    given = filled_in(owner, **said)
    given["text_nl"] = usual if given["text_nl"] is None else given["text_nl"]

    page = owner.post(NEW, given | {"start": "356"})

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [where]
    assert not Experiment.objects.exists()


def test_the_plan_is_tried_without_a_text(owner):
    address = "/office/proeven/nieuw/plan/"
    said = {"name": "Plan", "outcome": "lost", "usual_percent": "20", "other_percent": "15"}

    assert "1812 clients are needed : 906 in each half" in text_of(owner.post(address, said))
    owner.post(address, said | {"start": "906"})

    experiment = Experiment.objects.get()
    assert (experiment.of, experiment.wording, experiment.texts.count()) == ("plan", "", 0)


def test_one_at_a_time_about_the_same(owner):
    start()

    assert owner.get(NEW).status_code == 404
    assert "confirm_question" not in dict(owner.get(LIST).context["subjects"])
    assert owner.get("/office/proeven/nieuw/pay_link/").status_code == 404


def test_nothing_is_seen_on_the_way(owner, treatment):
    experiment = start()
    takes_part(experiment, "usual", an_ended(treatment, "2026-04-10 10:00"), says_yes=True)
    page = owner.get(reverse("office:experiment", args=[experiment.pk]))

    assert "1 of 4 clients take part" in text_of(page)
    assert "result" not in page.context
    assert "What came of it" not in text_of(page)


def test_what_is_full_waits_for_the_last_visit(owner, treatment):
    experiment = start(per_arm=1)
    for arm in ("usual", "other"):
        late = an_ended(treatment, "2026-04-10 10:00", "booked")
        late.starts_at, late.ends_at = now() + 24 * HOUR, now() + 25 * HOUR
        late.save()
        takes_part(experiment, arm, late)
    page = owner.get(reverse("office:experiment", args=[experiment.pk]))

    assert "everybody takes part; the outcome is there on" in text_of(page)
    assert "result" not in page.context
    closing = owner.post(reverse("office:experiment_close", args=[experiment.pk]), follow=True)
    assert "This experiment is not at its end." in text_of(closing)


def test_it_waits_for_no_visit_that_will_not_be(owner, treatment):
    experiment = start(per_arm=1)
    for arm in ("usual", "other"):
        gone = a_cancelled(treatment, "2026-04-10 10:00", before=HOUR)
        gone.starts_at, gone.ends_at = now() + 24 * HOUR, now() + 25 * HOUR
        gone.save()
        takes_part(experiment, arm, gone)

    page = owner.get(reverse("office:experiment", args=[experiment.pk]))

    assert page.context["progress"].stage == "ready"


def full(treatment):
    """Return an experiment at its end: of thirty in each half, 12 as usual and 24 said yes."""
    experiment = start(per_arm=30)
    for number in range(60):
        arm, of_arm = ("usual", 12) if number % 2 else ("other", 24)
        visit = an_ended(treatment, f"2026-04-{1 + number % 28:02} {9 + number // 28:02}:00")
        takes_part(experiment, arm, visit, says_yes=number // 2 < of_arm)
    return experiment


def test_one_look_at_the_end(owner, treatment):
    experiment = full(treatment)

    page = owner.get(reverse("office:experiment", args=[experiment.pk]))

    assert "the outcome is there" in text_of(page)
    result = page.context["result"]
    assert (result.usual.outcome.k, result.usual.outcome.n) == (12, 30)
    assert (result.other.outcome.k, result.other.outcome.n) == (24, 30)
    # Newcombe's method 10 for 24 of 30 less 12 of 30, by hand.
    assert (result.difference.low, result.difference.high) == pytest.approx(
        (0.1526, 0.5864), abs=0.0005
    )
    assert "The difference is +40.0 points, between +15.3 and +58.6 points." in text_of(page)
    assert "That is more than chance explains." in text_of(page)

    owner.post(reverse("office:experiment_close", args=[experiment.pk]), {"takes": "other"})

    experiment.refresh_from_db()
    assert (experiment.takes_other, experiment.closed_at is not None) == (True, True)
    assert Wording.objects.get(key="confirm_question", language="nl").text == OTHER
    assert "That is more than chance explains." in text_of(
        owner.get(reverse("office:experiment", args=[experiment.pk]))
    )


def test_a_place_is_lost_in_the_half_where_chance_put_her(treatment):
    experiment = start(per_arm=3, outcome="lost")
    takes_part(experiment, "usual", an_ended(treatment, "2026-04-10 10:00", "no_show"))
    takes_part(experiment, "usual", a_cancelled(treatment, "2026-04-11 10:00", before=2 * HOUR))
    takes_part(experiment, "usual", a_cancelled(treatment, "2026-04-12 10:00", before=48 * HOUR))
    takes_part(experiment, "other", an_ended(treatment, "2026-04-10 11:00"))
    takes_part(experiment, "other", an_ended(treatment, "2026-04-13 10:00", "no_show"))
    takes_part(experiment, "other")  # never booked: her place was not lost

    result = result_of(experiment, now=now())

    assert (result.usual.outcome.k, result.usual.outcome.n, result.usual.booked) == (2, 3, 3)
    assert (result.other.outcome.k, result.other.outcome.n, result.other.booked) == (1, 3, 2)
    assert not result.is_more_than_chance


def test_a_yes_from_before_or_by_the_desk_does_not_count(treatment):
    experiment = start(per_arm=1)
    early = takes_part(experiment, "usual", an_ended(treatment, "2026-04-10 10:00"))
    by_desk = takes_part(experiment, "other", an_ended(treatment, "2026-04-11 10:00"))
    events = AppointmentEvent.objects
    confirmed = AppointmentEvent.Kind.CONFIRMED
    before = SPRING - timedelta(minutes=1)
    events.create(appointment=early.appointment, kind=confirmed, by=By.CLIENT, at=before)
    events.create(appointment=by_desk.appointment, kind=confirmed, by=By.CLINIC, at=SPRING)

    result = result_of(experiment, now=now())

    assert (result.usual.outcome.k, result.other.outcome.k) == (0, 0)


def test_what_is_stopped_says_why_and_shows_no_figures(owner, treatment):
    experiment = start()
    takes_part(experiment, "usual", an_ended(treatment, "2026-04-10 10:00"), says_yes=True)
    address = reverse("office:experiment_stop", args=[experiment.pk])

    assert owner.post(address, {"because": " "}).status_code == 422
    owner.post(address, {"because": "Een tikfout in de tekst"})

    page = owner.get(reverse("office:experiment", args=[experiment.pk]))
    assert "stopped, without an outcome" in text_of(page)
    assert "Een tikfout in de tekst" in text_of(page)
    assert "result" not in page.context
    again = owner.post(address, {"because": "nog eens"}, follow=True)
    assert "This experiment is over." in text_of(again)


def test_the_text_that_is_tried_stays_as_it_is(admin_client, treatment):
    experiment = start()
    text = Wording.objects.get(key="confirm_question", language="nl")
    address = reverse("admin:reminders_wording_change", args=[text.pk])
    said = {
        "key": text.key,
        "language": "nl",
        "subject": "Kom je?",
        "text": "Kom je {moment}? {how} {link}",
        "email_text": "",
    }

    refused = admin_client.post(address, said)
    assert "Met deze tekst loopt een proef." in text_of(refused)
    reminders.stop_experiment(experiment.pk, "klaar", now=now())
    assert admin_client.post(address, said).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_however_many(owner, django_assert_num_queries, number):
    for _ in range(number):
        reminders.stop_experiment(start().pk, "klaar", now=now())
    owner.get(LIST)  # what is read once per process

    with django_assert_num_queries(8):
        owner.get(LIST)


def test_only_the_owner(client, owner):
    experiment = start()
    pages = [LIST, "/office/proeven/nieuw/plan/", f"{LIST}{experiment.pk}/"]

    for page in pages:
        assert logged_in("receptionist").get(page).status_code == 403
        assert client.get(page).status_code == 302
    assert owner.get(f"{LIST}{10**6}/").status_code == 404
    assert owner.get(f"{LIST}{experiment.pk}/stoppen/").status_code == 405


def test_half_of_the_clients_book_without_a_question_for_a_plan(treatment):
    experiment = start(of="plan", wording="", outcome="lost", texts=(), per_arm=50)
    seen = set()
    for number in range(20):
        visitor = Visitor()
        choose(visitor, treatment, visit_start(9 + number))
        told = DETAILS | {"first_name": f"Sanne {number}"}
        after = visitor.post(reverse("portal:details"), told).headers["Location"]
        terms = visitor.get(reverse("portal:terms")).content.decode()
        arm = Participation.objects.latest("pk").arm
        assert after == reverse("portal:plan" if arm == "usual" else "portal:terms")
        assert (reverse("portal:plan") in terms) == (arm == "usual")
        seen.add(arm)
        if len(seen) == 2:
            break
    assert seen == {"usual", "other"}
    assert agree(visitor).status_code == 302
    assert experiment.participations.count() == number + 1
