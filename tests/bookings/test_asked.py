"""What a visit asks of a client: by the treatment, the clinic or her group, and by who she is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bookings import operations as bookings
from bookings.asked import known_of, payers_of, terms_for
from bookings.models import Appointment, By, Client, ClientGroup, Clinic
from bookings.operations import ClientDetails
from bookings.terms import Known, Payers
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    TreatmentFactory,
    UserFactory,
    a_hold,
    a_search,
    an_appointment,
)
from tests.when import ZONE, at

DAY = timedelta(days=1)


def clinic_asks(**values):
    Clinic.objects.update(**values)


def asks(treatment, **values):
    for name, value in values.items():
        setattr(treatment, name, value)
    treatment.save()
    return treatment


def details_of(client):
    return ClientDetails(
        client.first_name, client.last_name, client.phone.as_e164, client.email, client.reach_by
    )


def missed(treatment, client, *, on):
    """Let a client not come to an appointment on a day."""
    booked = an_appointment(treatment, starts_at=on, now=on - 7 * DAY, client=client)
    bookings.mark_no_show(booked.pk, now=on, user=UserFactory())


def came(treatment, client, *, on):
    booked = an_appointment(treatment, starts_at=on, now=on - 7 * DAY, client=client)
    user = UserFactory()
    bookings.arrive(booked.pk, now=on, user=user)
    bookings.complete(booked.pk, now=on, user=user)


def test_a_treatment_asks_its_own_or_what_the_clinic_asks(treatment):
    clinic_asks(deposit_percent=20, late_fee_percent=50, no_show_fee_percent=100)
    own = terms_for(a_search(treatment), prices=[9500])
    asks(treatment, as_clinic=True)
    clinics = terms_for(a_search(treatment), prices=[9500])

    assert (own.deposit_cents, own.late_fee_cents, own.no_show_fee_cents) == (0, 4500, 9500)
    assert (clinics.deposit_cents, clinics.late_fee_cents) == (1900, 4750)


def test_a_group_goes_before_both(treatment):
    asks(treatment, deposit_percent=100)
    group = ClientGroup.objects.create(name="Vaste klanten", late_fee_percent=10)
    client = ClientFactory(group=group)

    held = bookings.hold(a_search(treatment), starts_at=START, client=client)

    assert (held.deposit_cents, held.late_fee_cents, held.no_show_fee_cents) == (0, 950, 0)


def test_each_treatment_of_a_visit_asks_by_its_own_price(treatment):
    asks(treatment, late_fee_cents=0, deposit_percent=10, no_show_fee_cents=0)
    peel = TreatmentFactory(
        price_cents=5000, late_fee_percent=50, late_fee_cents=0, no_show_fee_cents=0
    )

    terms = terms_for(a_search(treatment, extras=(peel,)), prices=[12_000, 5000])

    assert (terms.deposit_cents, terms.late_fee_cents) == (1200, 2500)


def test_editing_what_is_asked_changes_no_promise(treatment):
    client = ClientFactory()
    booked = an_appointment(treatment, client=client)
    promised = booked.terms
    asks(treatment, late_fee_percent=100, last_minute=timedelta(hours=4), deposit_percent=100)
    clinic_asks(record_missed=1)
    client.group = ClientGroup.objects.create(name="Streng", late_fee_percent=100)
    client.save()

    booked.refresh_from_db()
    assert booked.terms == promised


def test_who_is_new_pays_a_deposit_and_who_has_been_here_does_not(treatment):
    regular = ClientFactory()
    came(treatment, regular, on=at("2026-02-02 10:00"))
    asks(treatment, deposit_cents=2500, deposit_from="new")
    hold = bookings.hold(a_search(treatment), starts_at=START)
    assert hold.deposit_cents == 2500  # nobody knows yet who it will be

    told = bookings.give_details(hold.pk, details_of(regular), note="", zone=ZONE, now=NOW)

    assert (told.client, told.deposit_cents) == (regular, 0)
    told = bookings.give_details(
        hold.pk, details_of(ClientFactory.build()), note="", zone=ZONE, now=NOW
    )
    assert told.deposit_cents == 2500


@pytest.mark.parametrize(
    ("case", "on", "deposit"),
    [
        ("two in the year", ["2025-06-02 10:00", "2026-02-02 10:00"], 2500),
        ("one of them just within it", ["2025-03-03 10:00", "2026-02-02 10:00"], 2500),
        ("one of them before it", ["2025-02-28 10:00", "2026-02-02 10:00"], 0),
        ("one", ["2026-02-02 10:00"], 0),
    ],
)
def test_who_did_not_come_too_often_pays_a_deposit(treatment, case, on, deposit):
    asks(treatment, deposit_cents=2500, deposit_from="record")
    client = ClientFactory()
    for moment in on:
        missed(treatment, client, on=at(moment))

    held = bookings.hold(a_search(treatment), starts_at=START, client=client)

    assert held.deposit_cents == deposit


def test_a_no_show_that_was_undone_is_no_record(treatment):
    asks(treatment, deposit_cents=2500, deposit_from="record")
    clinic_asks(record_missed=1)
    client, on, user = ClientFactory(), at("2026-02-02 10:00"), UserFactory()
    booked = an_appointment(treatment, starts_at=on, now=on - 7 * DAY, client=client)
    bookings.mark_no_show(booked.pk, now=on, user=user)
    assert known_of(client, Clinic.objects.get(), now=NOW) == Known(missed=1)
    bookings.undo_no_show(booked.pk, within=DAY, now=on, user=user)

    assert known_of(client, Clinic.objects.get(), now=NOW) == Known()


def test_terms_read_before_her_details_changed_them_are_not_accepted_any_more(treatment):
    asks(treatment, deposit_cents=2500, deposit_from="record")
    clinic_asks(record_missed=1)
    forgetful = ClientFactory()
    missed(treatment, forgetful, on=at("2026-02-02 10:00"))
    hold = a_hold(treatment)

    told = bookings.give_details(hold.pk, details_of(forgetful), note="", zone=ZONE, now=NOW)

    assert (told.deposit_cents, told.terms_accepted_at, told.terms_text) == (2500, None, "")
    with pytest.raises(bookings.DetailsMissing):
        bookings.book(hold.pk, now=NOW)
    assert Appointment.objects.get(pk=hold.pk).status == "held"


def test_a_lapsed_hold_carried_over_asks_what_is_asked_of_her(treatment):
    asks(treatment, deposit_cents=2500, deposit_from="record")
    clinic_asks(record_missed=1)
    forgetful = ClientFactory()
    missed(treatment, forgetful, on=at("2026-02-02 10:00"))
    lapsed = a_hold(treatment, client=forgetful)
    fresh = bookings.hold(a_search(treatment), starts_at=START + DAY)
    assert fresh.deposit_cents == 0

    bookings.carry_over(lapsed.pk, to=fresh.pk, zone=ZONE, now=NOW)

    fresh.refresh_from_db()
    assert (fresh.client, fresh.deposit_cents) == (forgetful, 2500)


def test_of_whom_a_deposit_is_asked_for_a_visit(treatment):
    free = TreatmentFactory(deposit_from="new")  # no deposit, so nobody is asked one
    of_new = TreatmentFactory(deposit_cents=1000, deposit_from="new")
    of_record = TreatmentFactory(deposit_percent=10, deposit_from="record")
    clinic = Clinic.objects.get()

    assert payers_of([free], clinic) is Payers.EVERYONE
    assert payers_of([of_record], clinic) is Payers.RECORD
    assert payers_of([of_new, of_record], clinic) is Payers.NEW
    assert payers_of([asks(treatment, deposit_cents=500), of_new], clinic) is Payers.EVERYONE


def test_a_last_minute_no_shorter_than_the_free_notice_is_refused(treatment):
    treatment.last_minute = treatment.free_notice
    with pytest.raises(ValidationError) as refused:
        treatment.clean()
    assert set(refused.value.message_dict) == {"last_minute"}
    with pytest.raises(IntegrityError), transaction.atomic():
        treatment.save()


@pytest.mark.parametrize(
    ("case", "values", "is_refused"),
    [
        ("dearer than cancelling", {"no_show_fee_cents": 9500}, False),
        ("as dear", {"no_show_fee_cents": 4500}, False),
        ("cheaper", {"no_show_fee_cents": 4499}, True),
        (
            "cheaper than in the last minute",
            {"last_minute": DAY / 6, "last_minute_fee_percent": 100, "no_show_fee_cents": 9000},
            True,
        ),
        ("the clinic's own hold", {"no_show_fee_cents": 0, "as_clinic": True}, False),
    ],
)
def test_not_coming_is_never_cheaper_than_cancelling(treatment, case, values, is_refused):
    for name, value in values.items():
        setattr(treatment, name, value)
    if is_refused:
        with pytest.raises(ValidationError) as refused:
            treatment.clean()
        assert set(refused.value.message_dict) == {"no_show_fee_cents"}
    else:
        treatment.clean()


def test_more_than_the_whole_price_is_refused_by_the_database(treatment):
    for column in ("deposit_percent", "late_fee_percent", "no_show_fee_percent"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClientGroup.objects.create(name=column, **{column: 101})
    assert not ClientGroup.objects.exists()


def test_a_group_that_goes_leaves_its_clients(treatment):
    group = ClientGroup.objects.create(name="Proef")
    client = ClientFactory(group=group)
    group.delete()
    assert Client.objects.get(pk=client.pk).group is None


def test_a_moved_appointment_keeps_its_steps_in_order(treatment):
    asks(treatment, free_notice=3 * DAY, last_minute=2 * DAY, last_minute_fee_percent=80)
    booked = an_appointment(treatment, starts_at=START)
    search = a_search(treatment, now=NOW, by=By.CLINIC, ignoring=booked.pk)

    moved = bookings.reschedule(
        booked.pk, search, starts_at=NOW + DAY + timedelta(hours=3), reason="ziek", user=None
    )

    assert moved.free_notice == moved.last_minute == timedelta(hours=3)
