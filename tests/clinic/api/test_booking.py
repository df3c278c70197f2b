from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from bookings import clock, reference
from bookings import operations as bookings
from bookings.models import (
    Appointment,
    AppointmentEvent,
    BookingRequest,
    By,
    Client,
    ClientGroup,
    Clinic,
    Practitioner,
    Skill,
    Treatment,
)
from payments.models import Payment
from tests.clinic.api.conftest import CLIENT, nothing_was_written
from tests.factories import ClientFactory, a_search, an_appointment

Status = Appointment.Status


def test_without_a_deposit_it_is_booked_at_once(caller, settings):
    wish = caller.wish()

    answer = caller.book(wish)

    appointment = Appointment.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "status": "booked",
            "token": appointment.token,
            "starts_at": wish["starts_at"],
            "practitioner": appointment.practitioner_id,
            "price_cents": 9500,
            "deposit_cents": 0,
            "held_until": None,
            "appointment_url": f"{settings.PUBLIC_BASE_URL}/a/{appointment.token}/",
            "pay_url": None,
        },
    )
    assert (appointment.status, appointment.held_until) == (Status.BOOKED, None)
    assert appointment.starts_at == datetime.fromisoformat(wish["starts_at"])
    assert appointment.client.phone.as_e164 == "+31612345678"
    assert "Gratis annuleren of verzetten tot" in appointment.terms_text
    assert appointment.allocations.count() == 2
    assert list(appointment.events.values_list("kind", flat=True)) == ["booked"]


def test_what_is_stored_as_agreed_is_what_this_practitioner_s_visit_asks(caller):
    Treatment.objects.update(late_fee_cents=4500, no_show_fee_cents=9500)
    cheap = Practitioner.objects.last()
    Skill.objects.filter(practitioner=cheap).update(price_cents=4000)
    start = caller.slots(practitioner=cheap.pk)[0]["starts_at"]

    caller.book(caller.wish(practitioner=cheap.pk, starts_at=start))

    appointment = Appointment.objects.get()
    assert (appointment.price_cents, appointment.late_fee_cents) == (4000, 4000)
    assert appointment.terms_text.count("40,00") == 2
    assert "45,00" not in appointment.terms_text
    assert "95,00" not in appointment.terms_text


def test_with_a_deposit_it_is_held_until_that_is_paid(deposit_caller, settings):
    answer = deposit_caller.book(deposit_caller.wish())

    appointment, told = Appointment.objects.get(), answer.json()
    debt = Payment.objects.get()
    assert (answer.status_code, told["status"], told["deposit_cents"]) == (201, "held", 2500)
    assert (appointment.status, appointment.booked_at) == (Status.HELD, None)
    assert datetime.fromisoformat(told["held_until"]) == appointment.held_until
    assert told["pay_url"] == f"{settings.PUBLIC_BASE_URL}/betalen/{debt.token}/"
    assert (debt.amount_cents, debt.status) == (2500, "open")


def test_a_hold_that_is_not_paid_gives_its_time_back(deposit_caller):
    deposit_caller.book(deposit_caller.wish())
    hold = Appointment.objects.get()

    assert bookings.expire_holds(now=hold.held_until) == 1
    assert hold.allocations.count() == 0


def test_a_time_that_is_taken_is_told_with_near_ones(caller):
    wish = caller.wish()
    search = a_search(caller.treatment, now=clock.now())
    start = datetime.fromisoformat(wish["starts_at"])
    for _ in range(2):
        bookings.hold(search, starts_at=start)

    answer = caller.book(wish)

    problem = answer.json()
    assert (answer.status_code, problem["code"], len(problem["near"])) == (409, "taken", 3)
    assert Appointment.objects.count() == 2
    assert caller.book({**wish, "starts_at": problem["near"][0]["starts_at"]}).status_code == 201


@pytest.mark.parametrize("key", ["een-eigen-sleutel", ""])
def test_the_same_key_gives_the_same_answer_and_one_appointment(caller, key):
    wish = caller.wish()
    first, second = (caller.book(wish, key=key) for _ in range(2))

    if key:
        assert (second.status_code, second.content) == (201, first.content)
        assert second["Idempotency-Replayed"] == "true"
        assert Appointment.objects.count() == 1
    else:  # without a key the colleague is booked
        assert second.json()["token"] != first.json()["token"]
        assert Appointment.objects.count() == 2


def test_the_same_key_gives_the_same_answer_when_nobody_else_is_free(caller):
    Practitioner.objects.exclude(pk=Practitioner.objects.first().pk).update(is_active=False)
    wish = caller.wish()

    first, second = (caller.book(wish, key="sleutel") for _ in range(2))

    assert (second.status_code, second.content) == (201, first.content)
    assert caller.book(wish).status_code == 409  # without it, it is somebody else's


def test_what_another_process_has_changed_is_known(caller):
    old = caller.wish()
    known = reference.latest()
    Treatment.objects.filter(slug=caller.treatment.slug).update(late_fee_cents=1_234)
    new = caller.wish()
    assert old["accepted_terms"] != new["accepted_terms"]

    answers = []
    for wish in (old, new):
        reference._kept[:] = [known]  # as a process that has not looked since
        answers.append(caller.book(wish))

    assert [(one.status_code, one.json().get("code")) for one in answers] == [
        (409, "other_terms"),
        (201, None),
    ]
    assert Appointment.objects.get().late_fee_cents == 1_234


def test_a_key_is_for_one_request(caller):
    wish = caller.wish()
    caller.book(wish, key="sleutel")

    other = {**wish, "client": {**CLIENT, "first_name": "Anna"}}
    answer = caller.book(other, key="sleutel")

    assert (answer.status_code, answer.json()["code"]) == (422, "key_used")
    assert Appointment.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(caller):
    wish = caller.wish()
    wrong = {**wish, "accepted_terms": "andere"}
    assert caller.book(wrong, key="sleutel").status_code == 409
    assert not BookingRequest.objects.exists()

    assert caller.book(wish, key="sleutel").status_code == 201


def test_after_cancelling_the_same_time_can_be_booked_with_a_new_key(caller):
    wish = caller.wish()
    caller.book(wish, key="een")
    bookings.cancel(Appointment.objects.get().pk, by=By.CLIENT, now=clock.now())

    again = caller.book(wish, key="twee")

    assert (again.status_code, Appointment.objects.filter(status="booked").count()) == (201, 1)


def test_keys_are_forgotten_after_a_day(caller):
    caller.book(caller.wish(), key="sleutel")
    later = clock.now() + timedelta(days=1, minutes=1)

    assert bookings.forget_requests(now=later - timedelta(minutes=5)) == 0
    assert bookings.forget_requests(now=later) == 1


@pytest.mark.parametrize(
    ("case", "changes", "status", "code"),
    [
        ("terms nobody has", {"accepted_terms": "0123456789abcdef"}, 409, "other_terms"),
        ("no terms", {"accepted_terms": ""}, 409, "other_terms"),
        ("a time without an offset", {"starts_at": "2027-03-02T10:00:00"}, 422, "invalid"),
        ("no time", {"starts_at": "morgen"}, 422, "invalid"),
        ("off the grid", {"starts_at": "2027-03-02T10:07:00+01:00"}, 422, "not_offered"),
        ("in the past", {"starts_at": "2020-03-02T10:00:00+01:00"}, 422, "not_offered"),
        ("the end of time", {"starts_at": "9999-12-31T23:59:00+01:00"}, 422, "invalid"),
        ("the beginning of time", {"starts_at": "0001-01-01T00:00:00+01:00"}, 422, "invalid"),
        ("no name", {"client": {**CLIENT, "first_name": " "}}, 422, "invalid"),
        ("no mobile number", {"client": {**CLIENT, "phone": "020 123 45 67"}}, 422, "invalid"),
        ("no address", {"client": {**CLIENT, "email": "zoe"}}, 422, "invalid"),
        ("no way to reach her", {"client": {**CLIENT, "reach_by": "duif"}}, 422, "invalid"),
        ("a zero byte", {"client": {**CLIENT, "last_name": "\x00"}}, 422, "invalid"),
        ("an unknown treatment", {"treatment": "niets"}, 404, "not_found"),
        ("an unknown practitioner", {"practitioner": 999999}, 404, "not_found"),
        ("nothing", {"client": None}, 422, "invalid"),
    ],
)
def test_a_bad_wish_is_refused_and_nothing_is_written(caller, case, changes, status, code):
    answer = caller.book({**caller.wish(), **changes})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert nothing_was_written()
    assert not Client.objects.exists()


def test_dearer_terms_are_told_before_anybody_agrees_to_them(caller):
    wish = caller.wish()
    Treatment.objects.update(late_fee_cents=9000)

    answer = caller.book(wish)

    told = answer.json()
    assert (answer.status_code, told["terms"]["late_fee_cents"]) == (409, 9000)
    assert nothing_was_written()
    assert caller.book({**wish, "accepted_terms": told["terms"]["mark"]}).status_code == 201


@pytest.mark.parametrize(
    ("case", "changes", "code"),
    [
        ("only by telephone", {"booked_by": "nobody"}, "not_online"),
        ("only for known clients", {"booked_by": "existing"}, "not_eligible"),
    ],
)
def test_the_rules_hold_here_too(caller, case, changes, code):
    wish = caller.wish()
    Treatment.objects.update(**changes)

    answer = caller.book(wish)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("case", "limits"),
    [
        ("so many bookings a day", {"bookings_per_address": 1}),
        ("so many open holds", {"holds_per_address": 1}),
    ],
)
def test_nobody_holds_the_agenda(caller, deposit_caller, case, limits):
    who = caller if "bookings_per_address" in limits else deposit_caller
    treatment = who.treatment
    Clinic.objects.update(**limits)
    first, *_, second = who.slots(treatment=treatment.slug)
    mark = next(
        one["terms"]["mark"]
        for one in who.get("treatments").json()["treatments"]
        if one["slug"] == treatment.slug
    )
    wish = {"treatment": treatment.slug, "client": CLIENT, "accepted_terms": mark}

    assert who.book({**wish, "starts_at": first["starts_at"]}).status_code == 201
    answer = who.book({**wish, "starts_at": second["starts_at"]})

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_holds")
    assert answer["Retry-After"] == "900"
    assert Appointment.objects.count() == 1


def test_the_message_that_confirms_it_is_queued(caller):
    caller.book(caller.wish())

    assert AppointmentEvent.objects.unhandled_by("reminders").count() == 1


def test_who_asks_too_often_is_asked_to_wait(caller):
    wish = caller.wish(accepted_terms="andere")
    statuses = [caller.book(wish).status_code for _ in range(11)]

    assert statuses == [409] * 10 + [429]
    answer = caller.book(wish)
    assert (answer.json()["code"], 0 < int(answer["Retry-After"]) <= 60) == (
        "too_many_requests",
        True,
    )


def hers(**group):
    """Add the client that the caller books for, as one we know, perhaps in a group."""
    named = {name: CLIENT[name] for name in ("first_name", "last_name", "email")}
    theirs = ClientGroup.objects.create(name="Groep", **group) if group else None
    return ClientFactory(phone="+31612345678", group=theirs, **named)


def test_a_deposit_that_she_has_not_read_of_is_agreed_to_where_it_is_paid(caller):
    Treatment.objects.update(deposit_cents=2500, deposit_from="record")
    Clinic.objects.update(record_missed=1)
    an_appointment(caller.treatment, client=hers())
    long_ago = clock.now() - timedelta(days=9)
    Appointment.objects.update(
        status="no_show", no_show_at=long_ago, starts_at=long_ago, ends_at=clock.now()
    )
    assert caller.get("treatments").json()["treatments"][0]["terms"]["deposit_of"] == "record"

    told = caller.book(caller.wish()).json()

    hold = Appointment.objects.get(status="held")
    assert (told["status"], told["deposit_cents"]) == ("held", 2500)
    assert (hold.terms_accepted_at, hold.terms_text) == (None, "")
    page = caller.browser.get(urlsplit(told["pay_url"]).path)
    assert "accept" in page.context["form"].fields
    assert "€\xa025,00" in page.context["policy"]


@pytest.mark.parametrize(
    ("case", "late_fee_cents", "agreed"), [("less", 1000, 1000), ("more", 9000, 4500)]
)
def test_a_group_asks_no_more_than_was_read(caller, case, late_fee_cents, agreed):
    hers(late_fee_cents=late_fee_cents)

    caller.book(caller.wish())

    booked = Appointment.objects.get()
    assert (booked.status, booked.late_fee_cents) == (Status.BOOKED, agreed)
    assert f"€\xa0{agreed // 100},00" in booked.terms_text
