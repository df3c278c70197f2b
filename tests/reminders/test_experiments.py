"""Experiments: chance decides once per client, and she keeps what it decided."""

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection

from bookings import operations as bookings
from reminders import operations as reminders
from reminders.arms import Arm, arm_of
from reminders.models import Experiment, Participation, Wording
from tests.factories import NOW, ClientFactory, a_clinic, a_hold, a_search
from tests.reminders.verbs import DAY, asked, bodies, booked, design, tick
from tests.sandboxed import workday

USUAL = "kom je"
OTHER = "Een lege plek kost ons {length}. Kom je {moment}? {how} {link}"


def start(world, **more):
    return reminders.start_experiment(design(OTHER, **more), now=world.now())


def a_client(experiment, arm, **more):
    """Return a client whom chance puts in that arm."""
    while True:
        client = ClientFactory(**more)
        if arm_of(experiment.pk, client.pk) is arm:
            return client


def a_question(world, treatment, sender, client, *, days=9):
    """Return an appointment whose client has just been asked whether she comes."""
    visit = booked(world, treatment, days=days)
    visit.client = client
    visit.save(update_fields=["client"])
    tick(sender, now=world.now())
    tick(sender, now=visit.starts_at - 3 * DAY)
    return visit


def test_chance_is_fair_and_says_the_same_each_time():
    arms = Counter(arm_of(1, client) for client in range(20_000))

    assert abs(arms[Arm.OTHER] - 10_000) < 300  # more than four standard deviations
    assert [arm_of(1, 7)] * 5 == [arm_of(1, 7) for _ in range(5)]


def test_another_experiment_shares_out_anew():
    same = sum(arm_of(1, client) == arm_of(2, client) for client in range(20_000))

    assert abs(same - 10_000) < 300


def test_half_of_the_clients_get_the_other_text(world, treatment, sender):
    experiment = start(world)
    usual, other = (a_client(experiment, arm) for arm in (Arm.USUAL, Arm.OTHER))

    first = a_question(world, treatment, sender, usual)
    second = a_question(world, treatment, sender, other, days=10)

    questions = [text for text in bodies(world) if "Antwoord JA" in text]
    assert USUAL in questions[0]
    assert questions[1].startswith("Een lege plek kost ons 45 minuten. Kom je")
    entered = Participation.objects.order_by("pk")
    assert [(one.client_id, one.appointment_id, one.arm) for one in entered] == [
        (usual.pk, first.pk, "usual"),
        (other.pk, second.pk, "other"),
    ]


def test_who_comes_back_gets_the_same_and_counts_once(world, treatment, sender):
    experiment = start(world)
    client = a_client(experiment, Arm.OTHER)
    first = a_question(world, treatment, sender, client)
    a_question(world, treatment, sender, client, days=20)

    assert [text.startswith("Een lege plek") for text in bodies(world)].count(True) == 2
    assert Participation.objects.get().appointment_id == first.pk


def test_once_it_is_full_newcomers_get_the_usual_and_the_others_keep_theirs(
    world, treatment, sender
):
    experiment = start(world, per_arm=1)
    inside = [a_client(experiment, Arm.OTHER) for _ in range(2)]
    for days, client in enumerate(inside):
        a_question(world, treatment, sender, client, days=9 + days)
    outside = a_client(experiment, Arm.OTHER)

    a_question(world, treatment, sender, outside, days=12)
    assert USUAL in bodies(world)[-1]
    a_question(world, treatment, sender, inside[0], days=20)
    assert bodies(world)[-1].startswith("Een lege plek")
    assert Participation.objects.count() == 2


def test_nobody_takes_part_in_what_is_closed_or_about_another_text(world, treatment, sender):
    closed = start(world)
    reminders.stop_experiment(closed.pk, "een tikfout", now=world.now())
    start(world, wording="reminder", outcome="lost")

    asked(world, treatment, sender)

    assert USUAL in bodies(world)[-1]
    assert not Participation.objects.exists()


def test_a_whatsapp_template_says_what_was_approved(world, treatment, sender, settings):
    settings.TWILIO_CONTENT = settings.TWILIO_CONTENT | {"confirm_question": "HX" + "1" * 32}
    experiment = start(world)
    client = a_client(experiment, Arm.OTHER, reach_by="whatsapp", whatsapp_opted_in_at=world.now())

    a_question(world, treatment, sender, client)

    assert not Participation.objects.exists()


def test_only_one_at_a_time_about_the_same(world, treatment):
    start(world)

    with pytest.raises(reminders.AlreadyTried):
        start(world)
    start(world, wording="reminder")

    assert Experiment.objects.count() == 2
    assert not Experiment.objects.filter(texts=None).exists()


def test_the_other_text_becomes_the_usual_one(world, treatment):
    experiment = start(world)

    reminders.close_experiment(experiment.pk, takes_other=True, now=world.now())

    texts = Wording.objects.filter(key="confirm_question")
    assert texts.get(language="nl").text == OTHER
    assert texts.get(language="en").text != OTHER
    with pytest.raises(reminders.AlreadyClosed):
        reminders.stop_experiment(experiment.pk, "te laat", now=world.now())


def test_what_was_tried_goes_when_the_usual_is_kept(world, treatment):
    before = list(Wording.objects.values())
    experiment = start(world)

    reminders.close_experiment(experiment.pk, takes_other=False, now=world.now())

    assert list(Wording.objects.values()) == before


def a_plan_experiment(world, **more):
    return start(world, of="plan", wording="", outcome="lost", texts=(), **more)


def test_half_of_the_clients_are_asked_for_a_plan(world, treatment):
    experiment = a_plan_experiment(world)
    now = world.now()

    for days, arm in enumerate((Arm.USUAL, Arm.OTHER)):
        client = a_client(experiment, arm)
        starts_at = workday(now, days=9 + days)
        hold = a_hold(treatment, starts_at=starts_at, now=now, client=client)
        expected = arm is Arm.USUAL
        assert reminders.share_out_plan(hold, now=now) is expected
        assert reminders.share_out_plan(hold, now=now) is expected

    assert Participation.objects.count() == 2


def test_a_hold_that_lapsed_is_not_the_visit_that_counts(world, treatment):
    experiment = a_plan_experiment(world)
    now = world.now()
    client = a_client(experiment, Arm.OTHER)
    lapsed, booked_one, later = (
        a_hold(treatment, starts_at=workday(now, days=9 + n), now=now, client=client)
        for n in range(3)
    )
    assert not reminders.share_out_plan(lapsed, now=now)
    bookings.expire_holds(now=now + DAY)

    for hold in (booked_one, later):
        type(hold).objects.filter(pk=hold.pk).update(status="booked")
        assert not reminders.share_out_plan(hold, now=now)

    assert Participation.objects.get().appointment_id == booked_one.pk


def test_without_an_experiment_everybody_is_asked_for_a_plan(world, treatment):
    now = world.now()
    hold = a_hold(treatment, starts_at=workday(now, days=9), now=now)

    assert reminders.share_out_plan(hold, now=now)
    experiment = a_plan_experiment(world, per_arm=1)
    nameless = bookings.hold(a_search(treatment, now=now), starts_at=workday(now, days=10))
    assert reminders.share_out_plan(nameless, now=now)
    for number in range(2):
        Participation.objects.create(
            experiment=experiment,
            client=ClientFactory(),
            arm=[*Arm][number],
            entered_at=now,
        )
    assert reminders.share_out_plan(hold, now=now)
    assert Participation.objects.count() == 2


def test_two_pages_at_once_let_her_take_part_once(committed):
    plan = design(OTHER, of="plan", wording="", outcome="lost", texts=())
    experiment = reminders.start_experiment(plan, now=NOW)
    hold = a_hold(a_clinic(), client=a_client(experiment, Arm.OTHER))
    together, answers = Barrier(4), []

    def look():
        together.wait()
        try:
            answers.append(reminders.share_out_plan(hold, now=NOW))
        finally:
            connection.close()

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [False] * 4
    assert Participation.objects.count() == 1
