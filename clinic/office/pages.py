"""What the owner's pages share: the clinic's clock, a period in words, a table as a file."""

from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.office.dates import Days
from clinic.office.tables import Table, as_csv


def zone() -> ZoneInfo:
    """Return the clinic's own time zone."""
    return ZoneInfo(settings.CLINIC_TIME_ZONE)


def in_words(days: Days) -> str:
    """Return a period as people read it: “1 maart 2026 tot en met 31 maart 2026”."""
    language = (get_language() or "nl").split("-")[0]
    ends = {"first": days.first, "last": days.last}
    return _("%(first)s up to and including %(last)s") % {
        name: format_date(day, "d MMMM y", locale=language) for name, day in ends.items()
    }


def as_file(table: Table, *, name: str) -> HttpResponse:
    """Return a table as a file for a spreadsheet."""
    response = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
