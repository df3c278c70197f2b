"""The faults that other booking systems are known for, by the letter and number of our list.

D: double booking. T: time. I: buffers, resources, calendars. S: series and moves. A row without a
test of its own here is tested where `ELSEWHERE` says, or cannot happen:

D6  A repeated booking that goes around the check: allocations are written in one place
    (`operations/taking.py`), and the constraint also forbids what a shell writes.
D8  Two bookings where a slot has two seats: an appointment has one client, and there are no seats.
I2  An all-day event that only says “free” and closes the day: only time off closes anything.
I3  A second sync that deletes or doubles: nothing is read from other calendars. Our own calendar
    file has the same identity each time, so that reading it twice is one event (T6).
I4  A sync that ignores “busy”: as I2. What is taken is what our own rows say.
I5  A booking cancelled in another calendar that lives on: our agenda is the only truth.
T13 Hours centred on noon: hours are a beginning and an end; what is on offer depends on those
    alone, which the slow reference in `reference_slots.py` says a second time.
"""

from importlib import import_module

import pytest

ELSEWHERE = {
    "D1": "bookings.test_races.test_one_time_has_one_winner",
    "D1 over HTTP": "end_to_end.test_races.test_fifty_visitors_want_one_time_and_one_gets_it",
    "D2": "bookings.test_races.test_without_preference_all_who_are_free_are_found",
    "D3": "bookings.test_holding.test_the_database_itself_refuses_an_overlap",
    "D5": "bookings.test_holding.test_a_taken_time",
    "D9 clicks": "end_to_end.test_races.test_twenty_clicks_on_the_last_button_book_one_appointment",
    "D9 API": "clinic.api.test_booking.test_the_same_key_gives_the_same_answer_and_one_appointment",
    "D10 API": "clinic.api.test_booking."
    "test_after_cancelling_the_same_time_can_be_booked_with_a_new_key",
    "D13 over HTTP": "end_to_end.test_bad_input.test_a_forged_time_is_refused",
    "D14": "bookings.test_slots_are_true."
    "test_booking_one_start_takes_away_only_what_overlaps_with_it",
    "T2": "bookings.test_shown_is_accepted.test_each_start_shown_is_held_and_no_other_is",
    "T11": "bookings.test_bad_times.test_a_naive_time_is_refused",
    "T15 hours": "bookings.test_hours.test_hours_are_real_minutes",
    "T15 starts": "bookings.test_bad_times.test_both_times_of_an_hour_that_happens_twice",
}


@pytest.mark.parametrize("row", ELSEWHERE)
def test_a_row_that_is_tested_elsewhere(row):
    module, name = ELSEWHERE[row].rsplit(".", 1)

    assert callable(getattr(import_module(f"tests.{module}"), name))
