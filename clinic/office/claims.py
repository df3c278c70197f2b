"""What the article claims, what research found, and the clinic's own figures, kept apart."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import formats
from clinic.office.reports import Report
from clinic.office.words import in_words, number


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence and how much it weighs."""

    mark: str
    css: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One subject with everything that is said about it."""

    subject: str
    statements: list[Statement]


def claims(report: Report) -> list[Claim]:
    """Return the article's claims next to research and to the clinic's own figures."""
    return [_reminders(report), _deposits(report), _plans(report)]


def _article(text: str) -> Statement:
    return Statement(_("article without a source"), "look", text)


def _research(text: str) -> Statement:
    return Statement(_("randomised research"), "good", text)


def _own(text: str) -> Statement:
    return Statement(_("own measurement"), "", text)


def _reminders(report: Report) -> Claim:
    return Claim(
        _("Reminders"),
        [
            _article(_("A personal SMS or WhatsApp message lowers no-shows by 20 to 40 percent.")),
            _research(
                _(
                    "Against no reminder at all: about 28 to 31 percent fewer missed visits (8"
                    " trials, Guy 2012). From one reminder to two: 17 to 24 percent fewer (Steiner"
                    " 2018). No trial of WhatsApp was found."
                )
            ),
            _own(_("Your no-shows: %(share)s.") % {"share": in_words(report.rates.no_show)}),
        ],
    )


def _deposits(report: Report) -> Claim:
    kept = report.money.deposits_kept
    facts = {
        "amount": formats.euros(kept.cents, get_language() or "nl"),
        "number": number(kept.number),
    }
    return Claim(
        _("Deposits and fees"),
        [
            Statement(
                _("article, its source says otherwise"),
                "look",
                _("A small deposit makes it considerably more likely that clients come."),
            ),
            _research(
                _(
                    "An announced fee made no difference: 130 of 3,333 missed, against 131 of 3,413"
                    " without (Blæhr 2018). The source the article names found that most men who"
                    " put money at stake lost it (Derksen 2024)."
                )
            ),
            _own(
                _("You kept %(amount)s in deposits (number: %(number)s). That makes up for a loss.")
                % facts
            ),
        ],
    )


def _plans(report: Report) -> Claim:
    return Claim(
        _("If-then plans"),
        [
            _article(_("An if-then plan, written down and repeated, really helps.")),
            _research(
                _(
                    "Writing down a date and a time: 4.2 points more flu shots; a date alone: no"
                    " sure effect (Milkman 2011). Plans for two weeks of going to the gym: no"
                    " effect (Carrera 2018)."
                )
            ),
            _own(_("Plans written: %(share)s.") % {"share": in_words(report.plans.written)}),
        ],
    )
