"""Clock changes, notice, zones, calendar files: known bugs T (`test_known_bugs.py`)."""

from dataclasses import replace
from datetime import UTC, date, time, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from bookings import clock
from bookings import operations as bookings
from bookings.availability import slots_on
from bookings.models import (
    Appointment,
    By,
    Clinic,
    Practitioner,
    WorkingHours,
)
from bookings.periods import day_period
from bookings.search import search_for
from reminders import operations as reminders
from reminders.models import Step
from reminders.operations.composing import calendar_entry, known_of, words_for
from reminders.operations.facts import background_of
from tests.bookings.shown import on
from tests.factories import (
    NOW,
    START,
    a_hold,
    a_search,
    an_appointment,
)
from tests.reminders.verbs import a_sender
from tests.when import ZONE, at

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)  # the clock changes on these Sundays


def at_night():
    """Let everybody work from half past midnight till six, every day of the week."""
    WorkingHours.objects.all().delete()
    for one in Practitioner.objects.all():
        for weekday in range(7):
            WorkingHours.objects.create(
                practitioner=one, weekday=weekday, opens=time(0, 30), closes=time(6)
            )


@pytest.mark.parametrize("change", [FORWARD, BACK])
def test_t1_nine_o_clock_stays_nine_o_clock_on_both_sides_of_a_change(treatment, change):
    treatment.start_step = 8 * HOUR
    search = a_search(treatment, now=at(f"{change - 5 * DAY} 08:00"))

    assert on(search, change - 2 * DAY, change + DAY) == ["Fri 09:00", "Mon 09:00"]


@pytest.mark.parametrize("change", [FORWARD, BACK])
def test_t2_t4_every_time_that_is_shown_in_the_week_of_a_change_can_be_booked(treatment, change):
    at_night()
    treatment.start_step = 30 * MINUTE
    search = a_search(treatment, now=at(f"{change - 5 * DAY} 08:00"))
    by_day = slots_on(search, days=[change + DAY * n for n in range(-3, 4)])

    # Half past midnight till six is 5 1/2 hours, an hour less or an hour more.
    usual = 10
    odd = usual - 2 if change == FORWARD else usual + 2
    assert [len(slots) for slots in by_day.values()] == [usual] * 3 + [odd] + [usual] * 3
    for slots in by_day.values():
        for slot in slots:
            with transaction.atomic():
                assert bookings.hold(search, starts_at=slot.starts_at).starts_at == slot.starts_at
                transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("case", "now", "first"),
    [
        # A day's notice is 24 hours on the clock of the sun.
        ("an hour is skipped", "2026-03-28 02:15", "Sun 03:30"),
        ("it lands in what is skipped", "2026-03-28 01:45", "Sun 03:00"),
        ("an hour happens twice", "2026-10-24 03:15", "Sun 02:30"),
    ],
)
def test_t3_a_notice_that_lands_on_the_day_of_a_change(treatment, case, now, first):
    at_night()
    treatment.minimum_notice, treatment.start_step = DAY, 30 * MINUTE
    search = a_search(treatment, now=at(now))
    sunday = search.today + DAY

    (slot, *_) = slots_on(search, days=[sunday])[sunday]

    assert f"{slot.starts_at.astimezone(ZONE):%a %H:%M}" == first
    assert timedelta() <= slot.starts_at - search.not_before < 30 * MINUTE


@pytest.mark.parametrize("change", [FORWARD, BACK])
def test_t3_a_horizon_that_ends_on_the_day_of_a_change_has_all_of_it(treatment, change):
    at_night()
    treatment.horizon_days, treatment.minimum_notice = 1, timedelta()
    search = a_search(treatment, now=at(f"{change - DAY} 23:59"))

    found = slots_on(search, days=[change, change + DAY])

    assert list(found) == [change]
    assert f"{found[change][-1].starts_at.astimezone(ZONE):%H:%M}" == "05:15"
    with pytest.raises(bookings.NotOffered):
        bookings.hold(search, starts_at=at(f"{change + DAY} 00:30"))


def test_t5_a_viewer_in_another_zone_sees_the_clinic_s_time(client, treatment):
    page = reverse("portal:time", args=[treatment.slug])
    day = clock.now().astimezone(ZONE).date() + 14 * DAY

    def parts(zone):
        with timezone.override(zone):
            shown = client.get(page, {"day": day.isoformat()})
        return [
            [choice.starts_at.astimezone(UTC) for choice in members]
            for _label, members in shown.context["parts"]
        ], shown.content.decode().split("<main")[1].count(":15")

    assert parts("America/New_York") == parts("Asia/Tokyo") == parts("Europe/Amsterdam")


@pytest.mark.parametrize("starts_at", ["2026-07-01 10:00", "2026-12-02 10:00"])
def test_t6_the_calendar_file_read_back_is_the_same_instant(treatment, starts_at):
    appointment = an_appointment(treatment, starts_at=at(starts_at), now=at(starts_at) - 9 * DAY)

    (event,) = Calendar.from_ical(_calendar_file(appointment)).walk("VEVENT")

    begins, ends = event.decoded("dtstart"), event.decoded("dtend")
    assert (begins, ends) == (appointment.starts_at, appointment.ends_at)
    assert f"{begins.astimezone(ZONE):%Y-%m-%d %H:%M}" == starts_at
    (again,) = Calendar.from_ical(_calendar_file(appointment)).walk("VEVENT")
    assert (again["uid"], again["sequence"]) == (event["uid"], event["sequence"])


def _said(step):
    known = known_of([step], background_of([step.appointment], zone=ZONE))
    words = words_for(
        step,
        "sms",
        mark="x",
        known=known,
        texts=known.texts[step.wording],
        sender=a_sender(),
        now=step.due_at,
    )
    return words.body


def _calendar_file(appointment):
    return calendar_entry(appointment, sender=a_sender(), at=NOW)


@pytest.mark.parametrize("by", [By.CLIENT, By.CLINIC])
@pytest.mark.parametrize("starts_at", ["2026-07-01 10:00", "2026-12-02 10:00"])
def test_t7_messages_say_the_clinic_s_time_whoever_booked(treatment, starts_at, by):
    now = at(starts_at) - 9 * DAY
    hold = a_hold(treatment, starts_at=at(starts_at), now=now)
    bookings.book(hold.pk, now=now, by=by)

    with timezone.override("America/New_York"):
        reminders.requeue([hold.pk], sender=a_sender())
        steps = Step.objects.filter(appointment=hold)
        said = {step.wording: _said(step) for step in steps}

    assert set(said) == {"confirmation", "confirm_question", "reminder"}
    assert all("10:00" in body for body in said.values()), said


def test_t8_what_is_stored_is_what_was_shown_and_it_is_not_shown_again(treatment):
    hold = bookings.hold(a_search(treatment), starts_at=START)

    with connection.cursor() as cursor:
        cursor.execute(
            "select to_char(lower(period) at time zone 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI')"
            " from bookings_allocation where appointment_id = %s",
            [hold.pk],
        )
        assert {row for (row,) in cursor.fetchall()} == {"2026-03-11 10:00"}
    assert "Wed 10:00" not in on(a_search(treatment), START.date())


@pytest.mark.parametrize(
    ("case", "now", "moves"),
    [
        # 48 hours before Monday 10:00; Sunday has 23 hours, or 25.
        ("in time", "2026-03-28 09:00:00", True),
        ("a second late", "2026-03-28 09:00:01", False),
        ("in time when the clock goes back", "2026-10-24 11:00:00", True),
        ("a second late when the clock goes back", "2026-10-24 11:00:01", False),
    ],
)
def test_t9_the_last_moment_to_move_is_counted_in_hours_that_pass(treatment, case, now, moves):
    treatment.move_notice = 48 * HOUR
    treatment.save()
    monday = FORWARD + DAY if now < "2026-06" else BACK + DAY
    booked_at = at(f"{monday - 14 * DAY} 08:00")
    appointment = an_appointment(treatment, starts_at=at(f"{monday} 10:00"), now=booked_at)
    search = search_for(appointment, Clinic.objects.get(), zone=ZONE, now=at(now))
    wanted = at(f"{monday} 13:00")

    if moves:
        assert bookings.reschedule(appointment.pk, search, starts_at=wanted).starts_at == wanted
    else:
        with pytest.raises(bookings.NotMovable):
            bookings.reschedule(appointment.pk, search, starts_at=wanted)


@pytest.mark.parametrize("language", ["nl", "en", "en-us"])
def test_t10_monday_s_hours_give_monday_s_times(treatment, language):
    WorkingHours.objects.exclude(weekday=WorkingHours.Weekday.MONDAY).delete()
    days = [date(2026, 3, 9) + DAY * n for n in range(14)]

    with translation.override(language):
        open_on = [day for day, slots in slots_on(a_search(treatment), days=days).items() if slots]

    assert open_on == [date(2026, 3, 9), date(2026, 3, 16)]


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_t12_a_whole_day_off_is_that_local_day_and_no_other(treatment, day):
    at_night()
    WorkingHours.objects.update(opens=time(0), closes=time(23, 59))
    search = a_search(treatment, now=at(f"{day - 5 * DAY} 08:00"))
    before = [on(search, day + DAY * n) for n in (-1, 1)]
    assert on(search, day)[0].endswith("00:00")

    bookings.add_time_off(Practitioner.objects.get().pk, day_period(day, ZONE))

    assert on(search, day) == []
    assert [on(search, day + DAY * n) for n in (-1, 1)] == before


def test_t14_what_is_past_or_too_soon_today_is_neither_shown_nor_held(treatment):
    search = a_search(treatment, now=at("2026-03-11 11:50"))
    desk = replace(search, by=By.CLINIC)

    assert on(search, START.date())[0] == "Wed 14:00"  # two hours' notice
    assert on(desk, START.date())[0] == "Wed 12:00"
    for refusing in (search, desk):
        for starts_at in ("2026-03-11 09:00", "2026-03-11 11:45"):
            with pytest.raises(bookings.NotOffered):
                bookings.hold(refusing, starts_at=at(starts_at))
    assert not Appointment.objects.exists()
