"""What the card of one appointment says and does besides: places, results, moves, warnings."""

from datetime import timedelta

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, By, Need, Treatment
from bookings.periods import Period
from tests.clinic.desk.presses import DAY, HOUR, feed_of, press, status_of
from tests.factories import (
    NOW,
    START,
    ClientFactory,
    DeviceFactory,
    RoomFactory,
    TreatmentFactory,
    UserFactory,
    a_search,
    an_appointment,
)

Status = Appointment.Status


def card(desk, one) -> str:
    return " ".join(desk.get(f"/desk/afspraak/{one.pk}/").content.decode().split())


def place_of(one, kind="room"):
    return one.allocations.get(resource__kind=kind)


def change(desk, one, allocation, to):
    fields = {"allocation": allocation, "to": to}
    return desk.post(f"/desk/afspraak/{one.pk}/plaats/", fields)


def test_another_room_of_the_kind_that_is_free_then(desk, treatment):
    one = an_appointment(treatment)
    free, taken, away = RoomFactory.create_batch(3)
    other_kind, unused = RoomFactory(group="laserkamer"), RoomFactory(is_active=False)
    bookings.add_time_off(away.pk, Period(START, START + HOUR))
    other, mine = an_appointment(treatment, starts_at=START + 2 * HOUR), place_of(one)
    other.allocations.create(resource=taken, period=mine.period)
    page = card(desk, one)

    offered = [
        room for room in (free, taken, away, other_kind, unused) if f">{room.name}</option>" in page
    ]
    assert offered == [free]
    assert change(desk, one, mine.pk, free.pk).status_code == 302

    assert place_of(one).resource_id == free.pk
    assert one.events.get(kind="place_changed").user.first_name == "Bo"
    assert free.name in card(desk, one)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("nothing chosen", 400),
        ("no number", 400),
        ("a number too large", 400),
        ("not of this appointment", 404),
        ("of another kind", 409),
        ("taken", 409),
        ("the practitioner", 409),
    ],
)
def test_another_place_is_refused(desk, treatment, case, code):
    one = an_appointment(treatment)
    mine = place_of(one)
    RoomFactory()
    other = an_appointment(treatment, starts_at=START + 2 * HOUR)
    to = RoomFactory(group="laserkamer").pk
    allocation: object = mine.pk
    if case in ("nothing chosen", "no number"):
        to = {"nothing chosen": "", "no number": "kamer 2"}[case]
    elif case == "a number too large":
        to = 2**63
    elif case == "not of this appointment":
        allocation = place_of(other).pk
    elif case == "taken":
        to = RoomFactory().pk
        bookings.add_time_off(to, Period(START, START + HOUR))
    elif case == "the practitioner":
        allocation = place_of(one, "practitioner").pk

    assert change(desk, one, allocation, to).status_code == code

    assert place_of(one).resource_id == mine.resource_id
    assert not one.events.filter(kind="place_changed").exists()


def test_a_device_is_changed_too_and_nothing_else_is_said_when_there_is_none(desk, treatment):
    Need.objects.create(treatment=treatment, kind="device", group="laser", until_minute=45)
    DeviceFactory()
    one = an_appointment(treatment)
    assert card(desk, one).count("Nothing else of the kind is free then.") == 2

    other = DeviceFactory()

    assert change(desk, one, place_of(one, "device").pk, other.pk).status_code == 302
    assert place_of(one, "device").resource_id == other.pk


@pytest.fixture
def laser(treatment) -> Treatment:
    """A treatment that `treatment` must come before."""
    laser: Treatment = TreatmentFactory(name_en="Laser", prerequisite=treatment)
    laser.practitioners.set(treatment.practitioners.all())
    return laser


def done(treatment, client, start=START - timedelta(days=5)):
    """Return an appointment for a patch test that was given."""
    one, user = an_appointment(treatment, starts_at=start, client=client), UserFactory()
    bookings.arrive(one.pk, now=one.starts_at, user=user)
    return bookings.complete(one.pk, now=one.ends_at, user=user)


@pytest.mark.parametrize(
    ("name", "result", "word"),
    [("uitslag-goed", "passed", ">Good<"), ("uitslag-niet-goed", "failed", ">Not good<")],
)
def test_how_a_patch_test_came_out_is_noted(desk, treatment, laser, name, result, word):
    test = done(treatment, ClientFactory())
    assert "Not noted yet" in card(desk, test)

    assert press(desk, test, name).status_code == 302

    test.refresh_from_db()
    assert (test.result, word in card(desk, test)) == (result, True)


def test_only_what_opens_another_treatment_asks_for_a_result(desk, treatment):
    assert "Result" not in card(desk, done(treatment, ClientFactory()))


def test_a_result_before_the_visit_is_refused(desk, treatment, laser):
    one = an_appointment(treatment)

    assert press(desk, one, "uitslag-goed").status_code == 409

    one.refresh_from_db()
    assert one.result == ""


@pytest.mark.parametrize(
    ("case", "result", "warning"),
    [
        ("good", "passed", ""),
        ("not noted", "", ""),
        ("failed since", "failed", "“Acne treatment” did not come out well. Do not give “Laser”"),
    ],
)
def test_a_patch_test_that_failed_since_is_a_warning_at_check_in(
    desk, treatment, laser, case, result, warning
):
    client = ClientFactory()
    test = done(treatment, client)
    one = an_appointment(laser, client=client)
    Appointment.objects.filter(pk=test.pk).update(result=result)

    assert ("did not come out well" in card(desk, one)) is bool(warning)
    press(desk, one, "aanwezig")  # the desk decides; it is told
    page = desk.get(f"/desk/lijst/{DAY}/").content.decode()
    assert status_of(one) == Status.ARRIVED
    assert ("did not come out well" in page) is bool(warning)
    assert warning in card(desk, one)


def moved_by_client(one, treatment, times):
    for number in range(1, times + 1):
        search = a_search(treatment, ignoring=one.pk, by=By.CLIENT)
        one = bookings.reschedule(one.pk, search, starts_at=START + number * HOUR)
    return one


@pytest.mark.parametrize(("times", "is_task"), [(2, False), (3, True)])
def test_three_moves_by_the_client_are_a_task(desk, treatment, times, is_task):
    one = moved_by_client(an_appointment(treatment), treatment, times)

    tasks = feed_of(desk)["rail"]

    assert (f"Moved {times} times" in tasks) is is_task
    page = card(desk, one)
    assert f"By the client: {times}, by the clinic: 0" in page


@pytest.mark.parametrize("how", ["she says yes", "it is cancelled", "it has begun"])
def test_the_task_is_gone_when(desk, clock, treatment, how):
    one = moved_by_client(an_appointment(treatment), treatment, 3)
    if how == "she says yes":
        press(desk, one, "bevestigd")
    elif how == "it is cancelled":
        bookings.cancel(one.pk, by=By.CLIENT, now=NOW)
    else:
        clock(one.starts_at)

    assert "Moved 3 times" not in feed_of(desk)["rail"]


def test_moves_by_the_clinic_are_no_signal(desk, treatment):
    one = an_appointment(treatment)
    for number in (1, 2, 3):
        search = a_search(treatment, ignoring=one.pk, by=By.CLINIC)
        bookings.reschedule(one.pk, search, starts_at=START + number * HOUR, reason="ziek")

    assert "Moved 3 times" not in feed_of(desk)["rail"]
    assert "By the client: 0, by the clinic: 3" in card(desk, one)
