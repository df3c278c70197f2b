"""Booking by telephone, and finding a client."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bookings.models import Appointment
from payments.models import Payment
from tests.clinic.desk.presses import DAY, HOUR, feed_of, press
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    TreatmentFactory,
    a_clinic,
    a_hold,
    an_appointment,
)
from tests.when import at

Status = Appointment.Status


def call(desk, given, do="book", **fields):
    values = {
        "do": do,
        "client": "new",
        "first_name": "Tess",
        "last_name": "de Vries",
        "phone": "06 12 34 56 78",
        "email": "tess@example.nl",
        "treatment": given.pk,
        "day": DAY,
        "starts_at": (START + 4 * HOUR).isoformat(),
        "note": "bang voor naalden",
    }
    return desk.post("/desk/nieuw/", {**values, **fields})


def test_a_phone_booking_without_a_deposit_is_booked_at_once(desk, treatment):
    checked = call(desk, treatment, do="check")
    assert "annuleren kost €\xa045,00" in checked.content.decode()

    answer = call(desk, treatment, accepted="on")

    assert answer["Location"] == f"/desk/agenda/{DAY}/"
    one = Appointment.objects.get()
    assert (one.status, one.client.phone.as_e164) == (Status.BOOKED, "+31612345678")
    assert (one.note, one.terms_device) == ("bang voor naalden", "telefonisch, Bo Balie")
    assert one.terms_text.startswith("Deze afspraak is al dichtbij")


@pytest.fixture
def followed(treatment):
    """A treatment that may be followed by a dearer one with a deposit, and by a cheap one."""
    laser = TreatmentFactory(deposit_cents=3000, price_cents=12_000, duration_minutes=60)
    free = {"late_fee_cents": 0, "no_show_fee_cents": 0}
    mask = TreatmentFactory(price_cents=2_000, duration_minutes=15, **free)
    for one in (laser, mask):
        one.practitioners.set(treatment.practitioners.all())
    treatment.extras.add(laser, mask)
    return treatment, laser, mask


def test_more_treatments_in_one_visit(desk, followed):
    treatment, _, mask = followed
    checked = call(desk, treatment, do="check", extra=[mask.pk]).content.decode()
    assert f"{treatment.name_en} + {mask.name_en}, €115.00" in checked
    assert f'name="extra" value="{mask.pk}"' in checked

    call(desk, treatment, extra=[mask.pk], accepted="on")

    one = Appointment.objects.get()
    assert (one.status, one.price_cents) == (Status.BOOKED, 11_500)
    assert [extra.treatment for extra in one.extras.all()] == [mask]
    assert one.ends_at - one.starts_at == timedelta(minutes=60)


def test_a_deposit_for_what_follows_is_asked_too(desk, clock, followed):
    clock(NOW)
    treatment, laser, mask = followed
    checked = call(desk, treatment, do="check", extra=[mask.pk, laser.pk]).content.decode()
    assert "€\xa030,00" in checked

    call(desk, treatment, extra=[mask.pk, laser.pk])

    one = Appointment.objects.get()
    assert (one.status, one.deposit_cents, Payment.objects.get().amount_cents) == (
        "held",
        3000,
        3000,
    )
    assert one.extras.count() == 2


def test_the_times_shown_are_those_for_the_whole_visit(desk, followed):
    treatment, laser, _ = followed
    alone, together = (
        shown(call(desk, treatment, do="times", extra=extra, starts_at=""))
        for extra in ([], [laser.pk])
    )
    assert alone.count('name="starts_at"') > together.count('name="starts_at"') > 0
    assert f'id="extra-{laser.pk}"' in alone
    assert "Asks no deposit" in alone
    assert "Asks a deposit of €30.00" in " ".join(together.split())


def test_what_may_not_follow_is_refused(desk, followed):
    treatment, laser, _ = followed
    answer = call(desk, laser, do="check", extra=[treatment.pk])
    assert (answer.status_code, Appointment.objects.count()) == (400, 0)
    assert "This cannot be added to that treatment" in answer.content.decode()


def test_without_the_clients_word_nothing_is_booked(desk, treatment):
    assert call(desk, treatment).status_code == 400
    assert not Appointment.objects.exists()


def test_a_phone_booking_with_a_deposit_waits_for_the_pay_link(desk, clock, db):
    clock(NOW)
    treatment = a_clinic(deposit_cents=2500)
    client = ClientFactory()

    call(desk, treatment, client=client.pk, practitioner=treatment.practitioners.get().pk)

    one = Appointment.objects.get()
    assert (one.status, one.hold_kind, one.client) == (Status.HELD, "pay_link", client)
    assert timedelta(hours=23) < one.held_until - NOW <= timedelta(hours=24, minutes=1)
    payment = Payment.objects.get()
    assert (payment.appointment_id, payment.amount_cents) == (one.pk, 2500)
    assert payment.asked_at is not None
    assert feed_of(desk)["events"][0]["classNames"] == ["st-open"]
    assert press(desk, one, "betaallink").status_code == 302
    assert one.events.filter(kind="payment_asked").count() == 2


def test_a_pay_link_never_outlives_the_start(desk, clock, db):
    treatment = a_clinic(deposit_cents=2500)

    call(desk, treatment)

    one = Appointment.objects.get()
    assert abs(one.held_until - one.starts_at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("case", "fields", "code"),
    [
        ("nobody", {"client": ""}, 400),
        ("a client who is not there", {"client": "999999"}, 400),
        ("a client that is no number", {"client": "1 OR 1"}, 400),
        ("no phone", {"phone": ""}, 400),
        ("a broken phone", {"phone": "06 12"}, 400),
        ("no treatment", {"treatment": ""}, 400),
        ("a time that is none", {"starts_at": "straks"}, 400),
        ("a time that is not offered", {"starts_at": "2026-03-11T14:07+01:00"}, 409),
        ("a time that is taken", {"starts_at": START.isoformat()}, 409),
        ("a time in the past", {"starts_at": "2025-03-11T14:00+01:00"}, 409),
    ],
)
def test_a_phone_booking_is_refused_and_keeps_what_was_typed(desk, treatment, case, fields, code):
    an_appointment(treatment)

    answer = call(desk, treatment, accepted="on", **fields)

    assert answer.status_code == code
    assert b"bang voor naalden" in answer.content
    assert Appointment.objects.count() == 1


def test_a_link_from_the_agenda_fills_in_the_form(desk, treatment):
    query = urlencode({"dag": DAY, "rond": "13:05", "behandeling": treatment.pk, "klant": "new"})

    linked = desk.get(f"/desk/nieuw/?{query}").content.decode()
    fields = {"do": "times", "day": DAY, "rond": "13:05", "treatment": treatment.pk}
    chosen = desk.post("/desk/nieuw/", fields).content.decode()

    for page in (linked, chosen):
        assert f'value="{at("2026-03-11 13:15").isoformat()}" checked' in " ".join(page.split())


@pytest.mark.parametrize(
    ("case", "words", "found"),
    [
        ("first and last name", "sanne bak", True),
        ("the last digits", "5678", True),
        ("as people write it", "06 12 34 56 78", True),
        ("with the country", "+31 6 12345678", True),
        ("an address", "sanne@ex", True),
        ("somebody else", "pieter", False),
        ("a number of somebody else", "06 99 99 99 99", False),
        ("too little", "s", False),
        ("nothing", " ", False),
        ("odd characters", "%_'\"\\", False),
    ],
)
def test_finding_a_client(desk, case, words, found):
    ClientFactory(last_name="Bakker", phone="+31612345678", email="sanne@example.nl")

    page = desk.get("/desk/zoek/", {"q": words}).content.decode()

    assert ("Sanne Bakker" in page) is found


def test_a_client_comes_with_her_next_and_last_appointment(desk, clock, treatment):
    client = ClientFactory()
    an_appointment(treatment, client=client)
    an_appointment(treatment, starts_at=at("2026-03-10 10:00"), client=client)
    a_hold(treatment, starts_at=START + 2 * HOUR)

    page = desk.get("/desk/zoek/", {"q": client.last_name}).content.decode()

    assert "Wed 11 Mar 10:00" in page
    assert "Tuesday 10 March 2026" in page


def shown(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_what_is_taken_is_named_with_the_next_free_moment(desk, treatment):
    one = an_appointment(treatment)

    page = shown(call(desk, treatment, accepted="on", starts_at=START.isoformat()))

    assert f"Not free at that time: {one.practitioner.name}." in page
    assert f"Not free at that time: {one.allocations.latest('pk').resource.name}." in page
    assert "The next free moment is Wednesday 11 March at 11:00." in page


@pytest.mark.parametrize("do", ["check", "book"])
def test_too_soon_after_the_last_time_asks_a_reason(desk, treatment, do):
    treatment.least_days_between = 14
    treatment.save()
    client = ClientFactory()
    an_appointment(treatment, client=client)
    given = {"do": do, "client": client.pk, "accepted": "on"}

    for override in ("", " "):
        answer = call(desk, treatment, override=override, **given)
        assert (answer.status_code, "This is too soon" in shown(answer)) == (409, True)
        assert 'name="override"' in shown(answer)
        assert Appointment.objects.count() == 1
    answer = call(desk, treatment, override="Arts akkoord", **given)

    if do == "check":
        assert 'name="override" value="Arts akkoord"' in shown(answer)
        return
    booked = Appointment.objects.latest("pk")
    assert (booked.status, booked.client) == (Status.BOOKED, client)
    assert booked.events.get(kind="held").facts == {"override": "Arts akkoord"}
    assert "Arts akkoord" in shown(desk.get(f"/desk/afspraak/{booked.pk}/"))


@pytest.mark.parametrize("do", ["check", "book"])
@pytest.mark.parametrize("who", ["known", "new"])
def test_nothing_overrides_a_prerequisite(desk, treatment, do, who):
    laser = TreatmentFactory(name_en="Laser", prerequisite=treatment)
    laser.practitioners.set(treatment.practitioners.all())
    client = ClientFactory()
    chosen = {"client": client.pk} if who == "known" else {}

    answer = call(desk, laser, do=do, accepted="on", override="Mag wel", **chosen)

    if do == "check" and not chosen:
        assert answer.status_code == 200  # who it is, is only known when it is booked
    else:
        assert answer.status_code == 409
        assert "must be done before “Laser”, and was not yet." in shown(answer)
    assert not Appointment.objects.exists()


def test_moving_too_near_another_time_asks_a_reason(desk, treatment):
    client = ClientFactory()
    an_appointment(treatment, client=client)
    one = an_appointment(treatment, starts_at=at("2026-04-08 10:00"), client=client)
    treatment.least_days_between = 14
    treatment.save()
    near = {"do": "move", "day": "2026-03-13", "reason": "vakantie"}
    near["starts_at"] = at("2026-03-13 10:00").isoformat()

    answer = desk.post(f"/desk/afspraak/{one.pk}/verplaatsen/", near)

    assert (answer.status_code, 'name="override"' in shown(answer)) == (409, True)
    one.refresh_from_db()
    assert (one.starts_at, one.moves) == (at("2026-04-08 10:00"), 0)
    answer = desk.post(f"/desk/afspraak/{one.pk}/verplaatsen/", {**near, "override": "Bij arts"})
    assert answer.status_code == 302
    assert one.events.get(kind="moved").facts["override"] == "Bij arts"
    page = shown(desk.get(f"/desk/afspraak/{one.pk}/"))
    assert "vakantie, Bij arts" in page


def test_a_move_to_a_time_that_is_taken_names_what_is(desk, treatment):
    other = an_appointment(treatment, starts_at=START + 4 * HOUR)
    one = an_appointment(treatment)
    fields = {"do": "move", "day": DAY, "reason": "ziek"}
    fields["starts_at"] = other.starts_at.isoformat()

    page = shown(desk.post(f"/desk/afspraak/{one.pk}/verplaatsen/", fields))

    assert f"Not free at that time: {one.practitioner.name}." in page
    assert "The next free moment is Wednesday 11 March at 15:00." in page


def test_what_is_read_to_a_client_is_what_is_asked_of_her(desk, clock, treatment):
    treatment.deposit_cents, treatment.deposit_from = 2500, "record"
    treatment.save()
    known = ClientFactory(
        first_name="Tess", last_name="de Vries", phone="+31612345678", email="tess@example.nl"
    )
    for week in (1, 2):
        missed = a_hold(treatment, starts_at=START + timedelta(days=7 * week), client=known)
        Appointment.objects.filter(pk=missed.pk).update(status="no_show", no_show_at=NOW)
    others = call(desk, treatment, do="check", email="other@example.nl")
    hers = call(desk, treatment, do="check")

    asked = [one.context["told"].terms.deposit_cents for one in (others, hers)]
    assert asked == [0, 2500]
    call(desk, treatment)

    held = Appointment.objects.get(status="held")
    assert (held.client, held.deposit_cents) == (known, 2500)
    assert Payment.objects.get().amount_cents == 2500
