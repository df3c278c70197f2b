"""How a worker spends its turn."""

from datetime import timedelta

from reminders import operations as reminders
from reminders.models import Step
from tests.reminders.verbs import booked


def test_a_worker_stops_when_its_turn_is_over(world, treatment, sender):
    booked(world, treatment)
    reminders.requeue_changed(sender)

    first = reminders.send_due(sender, now=world.now(), turn=timedelta())
    second = reminders.send_due(sender, now=world.now())

    assert (first, second) == (1, 1)
    assert Step.objects.filter(status="done").count() == 2
