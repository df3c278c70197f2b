from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings import formats

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
THURSDAY = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("case", "cents", "language", "expected"),
    [
        ("whole euros", 4500, "nl", "€\xa045,00"),
        ("cents", 4505, "nl", "€\xa045,05"),
        ("nothing", 0, "nl", "€\xa00,00"),
        ("thousands", 123450, "nl", "€\xa01.234,50"),
        ("given back", -3500, "nl", "€\xa0-35,00"),
        ("English", 4500, "en", "€45.00"),
        ("English thousands", 123450, "en", "€1,234.50"),
        ("English of a country", 4500, "en-us", "€45.00"),
        ("a language we do not have", 4500, "fr", "€\xa045,00"),
    ],
)
def test_euros(case, cents, language, expected):
    assert formats.euros(cents, language) == expected


@pytest.mark.parametrize(
    ("case", "moment", "language", "expected"),
    [
        ("Dutch", THURSDAY, "nl", "donderdag 26 november"),
        ("English", THURSDAY, "en", "Thursday 26 November"),
        ("a bare date", date(2026, 5, 13), "nl", "woensdag 13 mei"),
        (
            "already tomorrow in the clinic",
            datetime(2026, 11, 25, 23, 30, tzinfo=UTC),
            "nl",
            "donderdag 26 november",
        ),
        ("first of January", datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "nl", "vrijdag 1 januari"),
    ],
)
def test_day(case, moment, language, expected):
    assert formats.day(moment, language, zone=AMSTERDAM) == expected


@pytest.mark.parametrize(
    ("case", "function", "language", "expected"),
    [
        ("short day", formats.day_short, "nl", "do 26 nov"),
        ("short day in English", formats.day_short, "en", "Thu 26 Nov"),
        ("day with its year", formats.day_with_year, "nl", "donderdag 26 november 2026"),
        ("weekday", formats.weekday_short, "nl", "do"),
        ("weekday in English", formats.weekday_short, "en", "Thu"),
        ("month", formats.month, "nl", "november 2026"),
        ("month in English", formats.month, "en", "November 2026"),
    ],
)
def test_other_dates(case, function, language, expected):
    assert function(THURSDAY, language, zone=AMSTERDAM) == expected


@pytest.mark.parametrize(
    ("case", "moment", "language", "expected"),
    [
        ("winter", THURSDAY, "nl", "11:30 uur"),
        ("summer", datetime(2026, 5, 13, 7, 15, tzinfo=UTC), "nl", "9:15 uur"),
        ("English", THURSDAY, "en", "11:30"),
        ("midnight", datetime(2026, 11, 25, 23, 0, tzinfo=UTC), "nl", "0:00 uur"),
        ("before the clock goes back", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "nl", "2:30 uur"),
        ("after the clock went back", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "nl", "2:30 uur"),
        ("after the skipped hour", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "nl", "3:00 uur"),
    ],
)
def test_clock(case, moment, language, expected):
    assert formats.clock(moment, language, zone=AMSTERDAM) == expected


@pytest.mark.parametrize(
    ("case", "moment", "expected"),
    [
        ("two digits", THURSDAY, "11:30"),
        ("one digit", datetime(2026, 5, 13, 7, 15, tzinfo=UTC), "09:15"),
    ],
)
def test_hour_minute(case, moment, expected):
    assert formats.hour_minute(moment, zone=AMSTERDAM) == expected


@pytest.mark.parametrize(
    ("case", "language", "expected"),
    [
        ("Dutch", "nl", "donderdag 26 november om 11:30 uur"),
        ("English", "en", "Thursday 26 November at 11:30"),
    ],
)
def test_moment_in_words(case, language, expected):
    assert formats.moment_in_words(THURSDAY, language, zone=AMSTERDAM) == expected


@pytest.mark.parametrize(
    ("case", "number", "expected"),
    [
        ("Dutch mobile", "+31612345678", "06 12 34 56 78"),
        ("Dutch mobile as typed", "06-12345678", "06 12 34 56 78"),
        ("Dutch landline", "+31201234567", "020 123 4567"),
        ("Belgian mobile", "+32470123456", "+32 470 12 34 56"),
        ("not a number", "call me", "call me"),
        ("too short to be one", "+3161", "+3161"),
    ],
)
def test_phone_number(case, number, expected):
    assert formats.phone_number(number) == expected


@pytest.mark.parametrize(
    ("case", "seconds", "dutch", "english"),
    [
        ("nothing", 0, "0 seconden", "0 seconds"),
        ("one of each", 90_061, "1 dag, 1 uur, 1 minuut en 1 seconde", None),
        ("more of each", 187_385, None, "2 days, 4 hours, 3 minutes and 5 seconds"),
        ("one unit", 7200, "2 uur", "2 hours"),
        ("what is nothing is left out", 86_430, "1 dag en 30 seconden", "1 day and 30 seconds"),
    ],
)
def test_length(case, seconds, dutch, english):
    delta = timedelta(seconds=seconds)
    assert dutch is None or formats.length(delta, "nl") == dutch
    assert english is None or formats.length(delta, "en") == english


def test_an_instant_has_its_year_and_its_seconds():
    moment = THURSDAY.replace(second=7)
    assert (
        formats.instant(moment, "nl", zone=AMSTERDAM)
        == "donderdag 26 november 2026 om 11:30:07 uur"
    )
    assert formats.instant(moment, "en", zone=AMSTERDAM) == "Thursday 26 November 2026 at 11:30:07"
