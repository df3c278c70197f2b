"""The blocks about visits and clients: one finding in words, a chart, the figures."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bookings.formats import length
from clinic.office.charts import Band, Bars, Chart, RunChart
from clinic.office.figures import Ahead
from clinic.office.outcomes import Outcome
from clinic.office.replies import Replies
from clinic.office.reports import Report
from clinic.office.tables import Cell, Percent, Table, share_heads, shares
from clinic.office.words import in_words, number
from clinic.portal.forms import REASONS


@dataclass(frozen=True, slots=True)
class Block:
    """One question of the owner, answered."""

    slug: str  # of its page anchor and its file
    title: str
    finding: str
    table: Table
    chart: Chart | None = None
    note: str = ""
    is_wide: bool = False
    is_list: bool = False  # short enough to show the table as it is

    @property
    def key(self) -> list[tuple[str, str]]:
        """What the colours of the chart stand for: word and class."""
        if isinstance(self.chart, Band):
            return [(word, css) for word, _value, css in self.chart.parts]
        return list(self.chart.key) if isinstance(self.chart, RunChart) else []


OUTCOMES = {
    Outcome.CAME: (gettext_lazy("came"), "c-plum"),
    Outcome.CAME_LATE: (gettext_lazy("came more than 15 minutes late"), "c-plum-light"),
    Outcome.CANCELLED_EARLY: (gettext_lazy("cancelled or moved in time"), "c-haze"),
    Outcome.CANCELLED_LATE: (gettext_lazy("cancelled or moved too late"), "c-apricot"),
    Outcome.NO_SHOW: (gettext_lazy("did not come"), "c-rust"),
}


def rates(report: Report) -> Block:
    """Return the shares at the top of the page, for those who want them in a file."""
    rates = report.rates
    rows: list[list[Cell]] = [
        [_("Lost places"), *shares(rates.lost), _("visits not cancelled in time")],
        [_("No-shows"), *shares(rates.no_show), _("due visits")],
        [_("Late cancellations"), *shares(rates.late), _("due visits")],
        [_("Late cancelled places filled again"), *shares(rates.refilled), _("late cancellations")],
        [_("Confirmed by reply"), *shares(rates.confirmed), _("visits with a question to confirm")],
    ]
    return Block(
        slug="kerncijfers",
        title=_("Key figures"),
        finding=_("Lost places: %(share)s.") % {"share": in_words(rates.lost)},
        table=Table(_("Key figures"), [_("Figure"), *share_heads(), _("Of what")], rows),
    )


def outcomes(report: Report) -> Block:
    """Return what came of the due visits."""
    counts, due = report.rates.counts, report.rates.due
    came = counts[Outcome.CAME] + counts[Outcome.CAME_LATE]
    finding = _("Of %(due)s due visits, %(came)s clients came.")
    parts = [(str(word), counts[outcome], css) for outcome, (word, css) in OUTCOMES.items()]
    rows: list[list[Cell]] = [
        [word, value, Percent(value / due if due >= 20 else None)] for word, value, _css in parts
    ]
    rows += [
        [_("Late cancelled places filled again"), report.rates.refilled.k, ""],
        [_("moved by the client to another time"), report.rates.moved, ""],
        [_("not noted yet, not counted"), report.rates.not_noted, ""],
    ]
    title = _("What came of the visits")
    said = ", ".join(f"{word} {number(value)}" for word, value, _css in parts)
    return Block(
        slug="uitkomsten",
        title=title,
        finding=finding % {"due": number(due), "came": number(came)} if due else nothing(),
        chart=Band(summary=f"{title}: {said}.", parts=parts) if due else None,
        table=Table(title, [_("Outcome"), _("How many"), _("Share")], rows),
        note=_not_noted(report.rates.not_noted),
        is_wide=True,
    )


def nothing() -> str:
    """Say that there is nothing to report."""
    return _("No data in this period.")


def _not_noted(visits: int) -> str:
    if not visits:
        return ""
    return _(
        "Not noted yet: %(number)s. These visits are over, but the desk has not said whether the"
        " client came. They are in no percentage."
    ) % {"number": number(visits)}


def plans(report: Report) -> Block:
    """Return what clients did with the if-then plan."""
    plans = report.plans
    rows: list[list[Cell]] = [
        [_("written"), *shares(plans.written)],
        [_("repeated"), *shares(plans.repeated)],
        [_("skipped"), *shares(plans.skipped)],
    ]
    finding = _("Offered: %(offered)s. Written: %(written)s.")
    facts = {"offered": number(plans.offered), "written": in_words(plans.written)}
    return Block(
        slug="plannen",
        title=_("If-then plans"),
        finding=finding % facts if plans.offered else nothing(),
        table=Table(_("If-then plans"), [_("The plan was"), *share_heads()], rows),
        is_list=True,
    )


def waitlist(report: Report) -> Block:
    """Return what the waitlist did with the times that came free."""
    refills, title = report.refills, _("Times that came free")
    rows: list[list[Cell]] = [
        [_("offered to somebody on the waitlist"), *shares(refills.offered)],
        [_("filled by such an offer"), *shares(refills.filled)],
    ]
    finding = _("Of %(free)s times that came free, the waitlist filled %(filled)s.")
    facts = {"free": number(refills.filled.n), "filled": in_words(refills.filled)}
    return Block(
        slug="wachtlijst",
        title=title,
        finding=finding % facts if refills.filled.n else nothing(),
        table=Table(title, [_("The time was"), *share_heads()], rows),
        is_list=True,
    )


def replies(report: Report) -> Block:
    """Return how fast clients had an answer to what they wrote."""
    replies, title = report.replies, _("Answers to clients")
    rows: list[list[Cell]] = [
        [_("answered within 4 hours"), *shares(replies.in_time)],
        [_("waited longer than a day"), *shares(replies.alarmed)],
    ]
    return Block(
        slug="antwoorden",
        title=title,
        finding=_replies_in_words(replies),
        table=Table(
            title, [_("The message was"), *share_heads()], rows if replies.in_time.n else []
        ),
        note=_("Hours count while the clinic is open. Of all clients, whatever is chosen above."),
        is_list=True,
    )


def _replies_in_words(replies: Replies) -> str:
    if not replies.in_time.n:
        return nothing()
    share = in_words(replies.in_time)
    if replies.middle is None:
        return _("Within 4 hours: %(share)s.") % {"share": share}
    minutes = timedelta(minutes=replies.middle // timedelta(minutes=1))
    facts = {"share": share, "length": length(minutes, get_language() or "nl")}
    return _("Half were answered within %(length)s. Within 4 hours: %(share)s.") % facts


def why_cancelled(report: Report) -> Block:
    """Return why clients cancelled."""
    known = {code: str(label) for code, label in REASONS} | {"": _("no reason given")}
    given = sum(number for reason, number in report.reasons if reason)
    cancelled = sum(number for _reason, number in report.reasons)
    rows: list[list[Cell]] = [[known.get(reason, reason), n] for reason, n in report.reasons]
    finding = _("%(given)s of %(cancelled)s clients who cancelled said why.")
    facts = {"given": number(given), "cancelled": number(cancelled)}
    return Block(
        slug="redenen",
        title=_("Why clients cancel"),
        finding=finding % facts if cancelled else _("Nobody cancelled in this period."),
        table=Table(_("Why clients cancel"), [_("Reason"), _("How many")], rows),
        is_list=True,
    )


def ahead(report: Report) -> Block:
    """Return how many days ahead clients book."""
    stretches = report.ahead.stretches
    labels = [_stretch(first, last) for first, last, _number in stretches]
    values = [number for _first, _last, number in stretches]
    rows: list[list[Cell]] = [[label, value] for label, value in zip(labels, values, strict=True)]
    title = _("How far ahead clients book")
    finding = _ahead_in_words(report.ahead)
    return Block(
        slug="vooruit",
        title=title,
        finding=finding,
        chart=Bars(summary=f"{title}. {finding}", labels=labels, values=values)
        if report.ahead.n
        else None,
        table=Table(title, [_("Days ahead"), _("How many")], rows),
        is_wide=True,
    )


def _ahead_in_words(ahead: Ahead) -> str:
    facts = {"n": number(ahead.n)}
    if not ahead.n:
        return nothing()
    if ahead.middle is None or ahead.three_quarters is None:
        return _("%(n)s visits: too little data to say how far ahead clients book.") % facts
    facts |= {"middle": _days(ahead.middle), "most": _days(ahead.three_quarters)}
    told = _(
        "Half of the clients book at most %(middle)s days ahead (the median), three quarters at"
        " most %(most)s days (%(n)s visits)."
    )
    return told % facts


def _days(value: float) -> str:
    return number(round(value))


def _stretch(first: int, last: int | None) -> str:
    if last is None:
        return _("%(first)s or more") % {"first": first}
    return str(first) if first == last else f"{first}–{last}"
