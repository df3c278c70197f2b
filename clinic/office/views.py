"""The owner's pages: from the address to the report, and from the report to a page or a file."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.clock import now
from bookings.models import User
from clinic.access import staff_only
from clinic.office import blocks, course, outcomes, statistics, sums
from clinic.office.blocks import Block
from clinic.office.claims import claims
from clinic.office.figures import Rates
from clinic.office.forms import DEFAULT, FilterForm
from clinic.office.pages import as_file, in_words, zone
from clinic.office.reports import Report, report
from clinic.office.statistics import Proportion
from clinic.office.words import how_sure, k_of_n, percent

BLOCKS: dict[str, Callable[[Report], Block]] = {
    "kerncijfers": blocks.rates,
    "maanden": course.course,
    "geld": sums.money,
    "uitkomsten": blocks.outcomes,
    "redenen": blocks.why_cancelled,
    "vooruit": blocks.ahead,
    "plannen": blocks.plans,
    "wachtlijst": blocks.waitlist,
    "antwoorden": blocks.replies,
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the figures at the top: what, of what, and how much."""

    title: str
    of_what: str
    proportion: Proportion

    @property
    def figure(self) -> str:
        if not self.proportion.n:
            return "–"
        share = self.proportion.share
        return percent(share) if share is not None and self.proportion.k else self.counts

    @property
    def counts(self) -> str:
        return k_of_n(self.proportion)

    @property
    def sureness(self) -> str:
        return how_sure(self.proportion)


def _filter(request: HttpRequest) -> FilterForm:
    return FilterForm({"period": DEFAULT} | request.GET.dict())


@require_safe
@staff_only(User.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """Show the report."""
    moment, here = now(), zone()
    form = _filter(request)
    asked = form.chosen(today=moment.astimezone(here).date())
    found = report(asked, zone=here, now=moment)
    context = {
        "area": "office",
        "form": form,
        "report": found,
        "period": in_words(asked.days),
        "tiles": _tiles(found.rates),
        "blocks": [build(found) for slug, build in BLOCKS.items() if slug != "kerncijfers"],
        "claims": claims(found),
        "made_at": moment,
        "query": request.GET.urlencode(),
    }
    status = 400 if form.errors else 200
    return render(request, "office/report.html", context, status=status)


@require_safe
@staff_only(User.OWNER)
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the figures of one block as a file for a spreadsheet.

    :raises Http404: if there is no such block
    """
    if slug not in BLOCKS:
        raise Http404
    moment, here = now(), zone()
    form = _filter(request)
    asked = form.chosen(today=moment.astimezone(here).date())
    if form.errors:
        return show(request)
    block = BLOCKS[slug](report(asked, zone=here, now=moment))
    return as_file(block.table, name=f"{slug}-{asked.days.first}-{asked.days.last}")


@require_safe
@staff_only(User.OWNER)
def definitions(request: HttpRequest) -> HttpResponse:
    """Show what each figure means and what it is out of."""
    context = {
        "area": "office",
        "late_minutes": int(outcomes.LATE.total_seconds() // 60),
        "fewest": statistics.FEWEST,
    }
    return render(request, "office/definitions.html", context)


def _tiles(rates: Rates) -> list[Tile]:
    due = _("due visits")
    return [
        Tile(_("Lost places"), _("visits not cancelled in time"), rates.lost),
        Tile(_("No-shows"), due, rates.no_show),
        Tile(_("Late cancellations"), due, rates.late),
        Tile(_("Confirmed by reply"), _("visits with a question to confirm"), rates.confirmed),
    ]
