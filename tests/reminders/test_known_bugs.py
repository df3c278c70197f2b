"""The faults with reminders that other systems are known for, by the letter and number of our list.

R: reminders and replies. A row without a test of its own here is tested where `ELSEWHERE` says.
"""

from collections import Counter
from datetime import time, timedelta
from importlib import import_module

import pytest

from bookings import operations as bookings
from bookings.models import Appointment, AppointmentEvent, By, Client, Clinic
from reminders import operations as reminders
from reminders.models import Message, Rule, Step
from reminders.rules import DaysBeforeAt
from tests.clinic.desk.conftest import logged_in
from tests.clinic.test_course_page import text_of
from tests.factories import ClientFactory, UserFactory, an_appointment
from tests.reminders.verbs import DAY, HOUR, asked, bodies, booked, reply, tick
from tests.sandboxed import workday
from tests.when import ZONE, at

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

ELSEWHERE = {
    "R2": "reminders.test_acts.test_a_course_is_confirmed_once_and_every_visit_is_reminded_of",
    "R6 too late": "reminders.test_thread.test_what_comes_too_late_is_missed_and_not_sent",
    "R8": "reminders.test_thread.test_moving_tells_the_new_time_and_the_steps_follow",
    "R8 cancelled": "reminders.test_thread.test_cancelling_lets_the_reminders_go_and_says_so",
    "R8 the yes": "reminders.test_thread.test_a_yes_after_a_move_is_not_about_the_new_time",
    "R9 every word": "reminders.test_replies.test_read_reply",
    "R10": "reminders.test_thread.test_stop_stops_texts_at_once_and_mail_goes_on",
    "R10 at the provider": "reminders.test_thread."
    "test_a_number_that_stopped_at_the_telephone_company",
    "R11 for now": "reminders.test_thread.test_too_busy_is_tried_again_a_minute_later",
    "R13": "reminders.test_thread.test_a_yes_that_could_be_about_two_confirms_none",
    "R15": "reminders.test_thread.test_an_edited_rule_moves_what_is_waiting",
    "R16": "reminders.test_acts.test_R16_cancelling_a_course_sends_one_message",
}


@pytest.mark.parametrize("row", ELSEWHERE)
def test_what_is_tested_elsewhere_is_there(row):
    module, _, name = ELSEWHERE[row].rpartition(".")
    assert callable(getattr(import_module(f"tests.{module}"), name))


def test_R1_R3_ten_ticks_send_each_once_and_leave_the_visit_alone(world, treatment, sender):
    visit = booked(world, treatment)
    before = Appointment.objects.filter(pk=visit.pk).values().get()
    for days in (9, 3, 1):
        for _ in range(10):
            tick(sender, now=visit.starts_at - days * DAY if days < 9 else world.now())

    sent = Counter(Message.objects.values_list("step__wording", "channel"))
    assert sent == {
        ("confirmation", "sms"): 1,
        ("confirmation", "email"): 1,
        ("confirm_question", "sms"): 1,
        ("reminder", "sms"): 1,
    }
    assert Appointment.objects.filter(pk=visit.pk).values().get() == before


def test_R4_after_six_hours_of_standstill_it_is_still_sent(world, treatment, sender):
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    due = Step.objects.get(wording="reminder").due_at
    tick(sender, now=due + 6 * HOUR)
    assert Step.objects.get(wording="reminder").status == "done"
    assert "tot morgen" in bodies(world)[-1]
    assert visit.starts_at > due


def test_R5_no_number_gets_more_texts_a_day_than_the_clinic_sends_one(world, treatment, sender):
    """A standstill over, and ten visits of one person: what is above the cap goes by mail."""
    Clinic.objects.update(texts_per_day=4)
    sender.clinic.refresh_from_db()
    now = world.now()
    sanne = ClientFactory()
    for number in range(10):
        starts_at = workday(now, days=9 + 3 * number)
        an_appointment(treatment, starts_at=starts_at, now=now, client=sanne)
    for _ in range(3):
        tick(sender, now=now)

    texts = [one for one in world.texts() if one["to"] == sanne.phone.as_e164]
    assert len(texts) == 4
    assert len(world.mails()) == 10  # each is confirmed by mail as well
    assert Step.objects.filter(status="dropped", reason="told by e-mail").count() == 6
    assert not Step.objects.filter(status="failed").exists()
    tick(sender, now=now + DAY + SECOND)
    reply(world, Appointment.objects.first(), "hallo", now=now + SECOND)
    tick(sender, now=now + SECOND)
    assert "Bevestigen, verzetten of annuleren" in bodies(world)[-1]  # an answer does not count


def test_R5_R7_two_reminders_due_together_are_one(world, treatment, sender):
    Rule.objects.create(name="24 uur ervoor", on="before_start", hours=24, wording="reminder")
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    before = len(bodies(world))
    both_due = max(Step.objects.filter(wording="reminder").values_list("due_at", flat=True))

    for _ in range(3):
        tick(sender, now=both_due + MINUTE)

    assert len(bodies(world)) == before + 1
    statuses = sorted(Step.objects.filter(wording="reminder").values_list("status", flat=True))
    assert statuses == ["done", "dropped"]
    assert visit.confirmed_at is None


def rule_of(**offset):
    return Rule.objects.create(name="nog een", on="before_start", wording="reminder", **offset)


def test_R5_a_reminder_that_can_go_is_not_let_go_for_one_that_cannot(world, treatment, sender):
    rule_of(hours=24, reach="text")
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    bookings.number_dead(phone=visit.client.phone.as_e164, channel="sms", now=world.now())
    due = max(Step.objects.filter(wording="reminder").values_list("due_at", flat=True))
    before = len(world.mails())

    for _ in range(2):
        tick(sender, now=due + MINUTE)

    assert len(world.mails()) == before + 1
    assert visit.events.filter(kind="reminded").count() == 1


def test_R5_what_a_later_reminder_has_told_is_not_called_undelivered(world, treatment, sender):
    rule_of(hours=24)
    visit = booked(world, treatment)
    bookings.confirm(visit.pk, by=By.CLIENT, now=world.now())
    tick(sender, now=world.now())
    due = max(Step.objects.filter(wording="reminder").values_list("due_at", flat=True))
    tick(sender, now=due + MINUTE)
    bookings.record(
        visit, AppointmentEvent.Kind.PLANNED, at=world.now(), by=By.CLIENT
    )  # queues it all anew
    tick(sender, now=due + 14 * HOUR)
    assert not visit.events.filter(kind="not_reminded").exists()
    assert visit.events.filter(kind="reminder_sent").count() == 1


@pytest.mark.parametrize(
    ("case", "starts", "due"),
    [
        ("in winter", "2026-01-14 10:00", "2026-01-13 09:00"),
        ("the day after the clock went forward", "2026-03-30 10:00", "2026-03-29 09:00"),
        ("the day the clock goes forward", "2026-03-29 10:00", "2026-03-28 09:00"),
        ("the day the clock goes back", "2026-10-25 10:00", "2026-10-24 09:00"),
        ("the day after it went back", "2026-10-26 10:00", "2026-10-25 09:00"),
    ],
)
def test_R6_the_day_before_at_nine_is_nine_on_the_clinics_clock(case, starts, due):
    assert DaysBeforeAt(1, time(9)).due_at(at(starts), ZONE) == at(due), case


def test_R6_not_a_second_before_it_is_due(world, treatment, sender):
    booked(world, treatment)
    tick(sender, now=world.now())
    due, before = Step.objects.get(wording="reminder").due_at, len(bodies(world))
    Step.objects.filter(asks=True).delete()
    reminders.send_due(sender, now=due - SECOND)
    assert len(bodies(world)) == before
    reminders.send_due(sender, now=due)
    assert len(bodies(world)) == before + 1


def test_R7_a_reminder_is_of_its_own_visit_time_and_person(world, treatment, sender):
    mine, hers = booked(world, treatment), booked(world, treatment, days=16)
    tick(sender, now=world.now())
    before = len(world.texts())
    tick(sender, now=mine.starts_at - DAY)

    new = world.texts()[before:]
    assert {one["to"] for one in new} == {mine.client.phone.as_e164}
    assert all(mine.token in one["body"] for one in new)
    assert hers.token not in "".join(one["body"] for one in new)
    tick(sender, now=mine.starts_at + DAY)  # what is past is never told of
    assert {one["to"] for one in world.texts()[before:]} == {mine.client.phone.as_e164}


@pytest.mark.parametrize("word", ["CANCEL", "Cancel.", "END", "QUIT", "stop"])
def test_R9_a_word_that_stops_never_cancels(world, treatment, sender, word):
    visit, now = asked(world, treatment, sender)
    reply(world, visit, word, now=now)
    visit.refresh_from_db()
    assert (visit.status, visit.client.sms_opted_out_at) == ("booked", now)


def test_R9_a_no_neither_cancels_nor_stops(world, treatment, sender):
    visit, now = asked(world, treatment, sender)
    reply(world, visit, "NEE", now=now)
    visit.refresh_from_db()
    assert (visit.status, visit.client.sms_opted_out_at) == ("booked", None)


def test_R10_a_stop_is_seen_at_the_desk(world, treatment, sender):
    visit, now = asked(world, treatment, sender)
    reply(world, visit, "STOP", now=now)
    page = logged_in("receptionist").get(f"/desk/afspraak/{visit.pk}/")
    assert "Stopped SMS since" in text_of(page)


def test_R11_a_dead_number_is_tried_once_and_becomes_a_task(world, treatment, sender):
    visit = booked(world, treatment, phone="+31610021211")
    tick(sender, now=world.now())
    for days in (3, 1):
        for _ in range(3):
            tick(sender, now=visit.starts_at - days * DAY)

    assert Message.objects.filter(channel="sms").count() == 1  # and never again
    assert {one["to"][0] for one in world.mails()} == {visit.client.email}
    assert len(world.mails()) == 3
    desk = logged_in("receptionist")
    assert "Our texts do not reach her number" in text_of(desk.get("/desk/", follow=True))

    given = {"phone": "06 12 34 56 99", "email": visit.client.email, "reach_by": "sms"}
    answer = desk.post(f"/desk/klant/{visit.client_id}/bereiken/", given)

    assert answer.status_code == 302
    assert "do not reach her number" not in text_of(desk.get("/desk/", follow=True))
    client = Client.objects.get()
    assert (client.phone.as_e164, client.sms_dead_at) == ("+31612345699", None)


def test_R11_a_number_that_writes_to_us_is_not_dead(world, treatment, sender):
    visit, now = asked(world, treatment, sender)
    bookings.number_dead(phone=visit.client.phone.as_e164, channel="sms", now=now)
    reply(world, visit, "JA", now=now)
    assert Client.objects.get().sms_dead_at is None


def test_R11_what_is_said_of_a_number_is_of_the_one_it_went_to(world, treatment, sender):
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    sent = Message.objects.get(channel="sms")
    kept = {"email": visit.client.email, "reach_by": Client.ReachBy.SMS}
    bookings.change_contact(visit.client_id, phone="+31612345699", now=world.now(), **kept)
    told = {"key": str(sent.key), "sid": sent.sid, "now": world.now()}
    reminders.receive_status(**told, status="undelivered", error_code=30005)
    assert Client.objects.get().sms_dead_at is None


def test_R11_what_arrives_after_all_brings_a_number_back(world, treatment, sender):
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    sent = Message.objects.get(channel="sms")
    told = {"key": str(sent.key), "sid": sent.sid, "now": world.now()}
    reminders.receive_status(**told, status="undelivered", error_code=30005)
    assert Client.objects.get(pk=visit.client_id).sms_dead_at is not None
    reminders.receive_status(**told, status="delivered", error_code=None)
    assert Client.objects.get().sms_dead_at is None


def test_R11_whatsapp_was_allowed_for_the_number_she_had(treatment):
    client = ClientFactory(reach_by="whatsapp", whatsapp_opted_in_at=at("2026-01-02 09:00"))
    kept = {"email": client.email, "reach_by": Client.ReachBy.WHATSAPP}
    bookings.change_contact(client.pk, phone="+31612345699", now=at("2026-03-02 09:00"), **kept)
    client.refresh_from_db()
    assert (client.reach_by, client.whatsapp_opted_in_at) == ("sms", None)


def test_R11_who_is_not_on_whatsapp_gets_an_sms_at_once_from_then_on(world, treatment, sender):
    visit = booked(
        world, treatment, reach_by=Client.ReachBy.WHATSAPP, whatsapp_opted_in_at=world.now()
    )
    tick(sender, now=world.now())
    failed = Message.objects.get(channel="whatsapp")
    reminders.receive_status(
        key=str(failed.key), sid=failed.sid, status="failed", error_code=63024, now=world.now()
    )
    tick(sender, now=world.now())
    tick(sender, now=visit.starts_at - 3 * DAY)
    assert [one["channel"] for one in world.texts()] == ["whatsapp", "sms", "sms"]
    tick(sender, now=visit.starts_at - DAY)
    Client.objects.update(whatsapp_dead_at=world.now() - 91 * DAY)  # it is tried again
    later = booked(world, treatment, days=16)
    Appointment.objects.filter(pk=later.pk).update(client=visit.client_id)
    tick(sender, now=world.now())
    assert world.texts()[-1]["channel"] == "whatsapp"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phone": "12"}, "valid phone number"),
        ({"phone": ""}, "Fill in a mobile number"),
        ({"email": "anna"}, "valid email"),
        ({"reach_by": "whatsapp"}, "has not allowed WhatsApp"),
        ({"reach_by": "pigeon"}, "valid choice"),
    ],
)
def test_R11_a_wrong_number_or_address_is_told(world, treatment, sender, change, said):
    visit = booked(world, treatment)
    given = {"phone": "06 12 34 56 99", "email": "a@example.org", "reach_by": "sms"}
    address = f"/desk/klant/{visit.client_id}/bereiken/"
    answer = logged_in("receptionist").post(address, given | change)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Client.objects.get().phone == visit.client.phone


def test_R12_booked_nearer_than_any_reminder_she_is_told_at_once(world, treatment, sender):
    starts_at = workday(world.now(), days=9)
    visit = an_appointment(treatment, starts_at=starts_at, now=starts_at - 3 * HOUR)
    tick(sender, now=starts_at - 3 * HOUR)
    assert len(bodies(world)) == 1
    tick(sender, now=starts_at - MINUTE)
    assert len(bodies(world)) == 1
    assert visit.token in bodies(world)[0]


def test_R14_a_client_has_one_number_and_gets_one_message():
    numbers = [one.name for one in Client._meta.fields if "phone" in one.name]
    assert numbers == ["phone"]


def test_R16_cancelled_by_mistake_and_put_back_sends_nothing(world, treatment, sender):
    visit = booked(world, treatment)
    tick(sender, now=world.now())
    before = len(bodies(world))
    bookings.cancel(visit.pk, by=By.CLINIC, now=world.now(), user=UserFactory())
    bookings.undo_cancel(
        visit.pk, within=sender.clinic.undo_time, by=By.CLINIC, now=world.now() + MINUTE
    )
    tick(sender, now=world.now() + HOUR)
    assert len(bodies(world)) == before
