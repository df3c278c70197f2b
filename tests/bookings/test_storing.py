"""A new appointment is stored as Django would store it, only with all that belongs to it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.forms import model_to_dict

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, Extra, Resource
from bookings.operations.storing import Story, store
from bookings.periods import Period
from tests.factories import NOW, START, ClientFactory, a_hold, a_search

HOUR = timedelta(hours=1)


def a_story(like, **changes):
    """Return a new appointment like another one."""
    columns = {
        field.attname: getattr(like, field.attname)
        for field in Appointment._meta.concrete_fields
        if field.name not in ("id", "token")
    }
    return Story(Appointment(**columns | changes), AppointmentEvent.Kind.HELD, "client")


def columns_of(appointment):
    written = model_to_dict(appointment)
    del written["id"]
    return written


def places():
    return [
        (who, Period(START + HOUR, START + 2 * HOUR))
        for who in Resource.objects.values_list("pk", flat=True)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {
            "note": "100% 'echt' — Zoë",
            "terms_address": "2001:db8::1",
            "booked_at": NOW,
            "move_notice": timedelta(hours=36),
            "result": "passed",
        },
    ],
    ids=["as it is", "with everything"],
)
def test_every_column_is_as_django_would_write_it(treatment, changes):
    hold = a_hold(treatment)

    stored = store(a_story(hold, **changes), places())

    ours, theirs = (Appointment.objects.get(pk=stored.pk) for _ in range(2))
    theirs.pk, theirs.token = None, "een-ander-teken"
    theirs.save(force_insert=True)
    theirs.refresh_from_db()
    assert columns_of(ours) == columns_of(theirs)
    assert {name: getattr(stored, name) for name in changes} == changes


def test_it_comes_with_its_event_its_places_and_its_extras(treatment):
    story = a_story(a_hold(treatment))
    extra = Extra(treatment=treatment, position=1, minutes=15, price_cents=1000)

    stored = store(
        Story(story.appointment, story.kind, "clinic", {"override": "ze belde"}, [extra]), places()
    )

    (event,) = stored.events.all()
    assert (event.kind, event.by, event.at, event.facts, event.user) == (
        "held",
        "clinic",
        stored.created_at,
        {"override": "ze belde"},
        None,
    )
    assert sorted(stored.allocations.values_list("resource", flat=True)) == sorted(
        who for who, _ in places()
    )
    assert [one.minutes for one in stored.extras.all()] == [15]


def test_it_can_be_saved_and_changed_like_any_other(treatment):
    stored = bookings.hold(a_search(treatment), starts_at=START)

    stored.client = ClientFactory()
    stored.save()

    assert Appointment.objects.get().client == stored.client


def test_what_is_taken_is_refused_and_nothing_is_left(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)
    taken = [(who, Period(START, START + HOUR)) for who, _ in places()]

    refused = pytest.raises(IntegrityError, match="resource_never_double_booked")
    with refused, transaction.atomic():
        store(a_story(hold), taken)

    assert (Appointment.objects.count(), AppointmentEvent.objects.count()) == (1, 1)
