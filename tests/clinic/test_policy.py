"""The policy in words: what is free until when, how often she moves it, what it costs."""

import re
from datetime import timedelta

import pytest

from bookings.models import Clinic
from bookings.terms import Payers, Terms
from clinic.policy import payers_text, policy_text
from tests.when import ZONE, at

NOW, START = at("2026-03-02 08:00"), at("2026-03-11 10:00")
DAY = timedelta(hours=24)
FREE = Terms(0, 0, 0, DAY)
LATE = Terms(0, 4500, 0, DAY, move_notice=DAY)


def policy(terms: Terms, language: str = "nl", *, now=NOW) -> str:
    said = policy_text(terms, starts_at=START, now=now, language=language, zone=ZONE)
    return said.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("case", "terms", "now", "dutch", "english"),
    [
        (
            "all is free",
            FREE,
            NOW,
            "Annuleren of verzetten is altijd gratis.",
            "Cancelling or moving is always free.",
        ),
        (
            "one moment for both",
            LATE,
            NOW,
            "Gratis annuleren of verzetten tot dinsdag 10 maart om 10:00 uur. "
            "Daarna kost annuleren € 45,00.",
            "Cancel or move free of charge until Tuesday 10 March at 10:00. "
            "After that, cancelling costs €45.00.",
        ),
        (
            "that moment is over",
            LATE,
            START - timedelta(hours=2),
            "Deze afspraak is al dichtbij: annuleren kost € 45,00. Zelf verzetten kan niet meer.",
            "This appointment is close already: cancelling costs €45.00. "
            "It can no longer be moved without calling.",
        ),
        (
            "more in the last minute",
            Terms(0, 4500, 0, DAY, DAY, last_minute=timedelta(hours=4), last_minute_fee_cents=8000),
            NOW,
            "Gratis annuleren of verzetten tot dinsdag 10 maart om 10:00 uur. "
            "Daarna kost annuleren € 45,00. Na woensdag 11 maart om 6:00 uur kost het € 80,00.",
            "Cancel or move free of charge until Tuesday 10 March at 10:00. "
            "After that, cancelling costs €45.00. "
            "After Wednesday 11 March at 6:00 it costs €80.00.",
        ),
        (
            "late already, and more in the last minute",
            Terms(0, 4500, 0, DAY, DAY, last_minute=timedelta(hours=4), last_minute_fee_cents=8000),
            START - timedelta(hours=5),
            "Deze afspraak is al dichtbij: annuleren kost € 45,00. Zelf verzetten kan niet meer. "
            "Na woensdag 11 maart om 6:00 uur kost het € 80,00.",
            "This appointment is close already: cancelling costs €45.00. "
            "It can no longer be moved without calling. "
            "After Wednesday 11 March at 6:00 it costs €80.00.",
        ),
        (
            "in the last minute",
            Terms(0, 4500, 0, DAY, DAY, last_minute=timedelta(hours=4), last_minute_fee_cents=8000),
            START - timedelta(hours=3),
            "Deze afspraak is al dichtbij: annuleren kost € 80,00. Zelf verzetten kan niet meer.",
            "This appointment is close already: cancelling costs €80.00. "
            "It can no longer be moved without calling.",
        ),
        (
            "another moment for moving",
            Terms(0, 4500, 0, DAY, move_notice=timedelta(hours=4)),
            NOW,
            "Gratis annuleren tot dinsdag 10 maart om 10:00 uur. Daarna kost het € 45,00. "
            "Zelf verzetten is gratis tot woensdag 11 maart om 6:00 uur.",
            "Cancel free of charge until Tuesday 10 March at 10:00. After that it costs €45.00. "
            "Moving it without calling is free until Wednesday 11 March at 6:00.",
        ),
        (
            "too late to move, in time to cancel",
            Terms(0, 4500, 0, DAY, move_notice=timedelta(days=30), most_moves=3),
            NOW,
            "Gratis annuleren tot dinsdag 10 maart om 10:00 uur. Daarna kost het € 45,00. "
            "Zelf verzetten kan niet meer.",
            "Cancel free of charge until Tuesday 10 March at 10:00. After that it costs €45.00. "
            "It can no longer be moved without calling.",
        ),
        (
            "free to cancel, not to move",
            Terms(0, 0, 0, DAY, move_notice=DAY),
            NOW,
            "Annuleren is altijd gratis. "
            "Zelf verzetten is gratis tot dinsdag 10 maart om 10:00 uur.",
            "Cancelling is always free. "
            "Moving it without calling is free until Tuesday 10 March at 10:00.",
        ),
        (
            "once",
            Terms(0, 0, 0, DAY, most_moves=1),
            NOW,
            "Annuleren of verzetten is altijd gratis. Zelf verzetten kan één keer.",
            "Cancelling or moving is always free. It can be moved without calling once.",
        ),
        (
            "three times, a no-show and a deposit below the fee",
            Terms(2500, 0, 9500, DAY, most_moves=3),
            NOW,
            "Annuleren of verzetten is altijd gratis. Zelf verzetten kan hoogstens 3 keer. "
            "Niet komen zonder bericht kost € 95,00. "
            "De aanbetaling van € 25,00 gaat van de prijs af. "
            "De kaart van de betaling wordt bewaard, alleen voor deze kosten: het deel boven de "
            "aanbetaling mag dan zonder nieuwe handeling worden afgeschreven. "
            "Intrekken kan altijd bij de kliniek.",
            "Cancelling or moving is always free. "
            "It can be moved without calling 3 times at most. "
            "Not coming without a word costs €95.00. "
            "The deposit of €25.00 comes off the price. "
            "The card you pay with is kept for these costs only: the part above the deposit may "
            "then be charged without any further action of yours. "
            "You can withdraw this at the clinic at any time.",
        ),
    ],
)
def test_the_policy(case, terms, now, dutch, english):
    assert policy(terms, now=now) == dutch
    assert policy(terms, "en", now=now) == english
    assert not re.search(r"\b(je|jij|jouw?|u|uw)\b", dutch, re.IGNORECASE)


def test_the_last_moment_is_still_free():
    assert policy(LATE, now=START - DAY).startswith("Gratis annuleren of verzetten tot")
    assert policy(LATE, now=START - DAY + timedelta(seconds=1)).startswith("Deze afspraak is al")


@pytest.mark.parametrize(
    ("payers", "dutch", "english"),
    [
        (Payers.EVERYONE, "", ""),
        (
            Payers.NEW,
            "Een aanbetaling vragen we van wie hier nieuw is, "
            "en van wie in 12 maanden 2 keer niet kwam.",
            "We ask a deposit of whoever is new here, and of whoever missed 2 visits in 12 months.",
        ),
        (
            Payers.RECORD,
            "Een aanbetaling vragen we alleen van wie in 12 maanden 2 keer niet kwam.",
            "We only ask a deposit of whoever missed 2 visits in 12 months.",
        ),
    ],
)
def test_of_whom_a_deposit_is_asked(payers, dutch, english):
    assert payers_text(payers, Clinic(), language="nl") == dutch
    assert payers_text(payers, Clinic(), language="en") == english
