"""The owner's book of cash: what moved, what stands, and every entry as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.clock import now
from bookings.models import User
from clinic.access import staff_only
from clinic.office.books import books, days_table, entries_table, standing
from clinic.office.compared import differences_table, nights_table
from clinic.office.dates import Days
from clinic.office.forms import PeriodForm
from clinic.office.pages import as_file, in_words, zone


def _asked(request: HttpRequest) -> tuple[PeriodForm, Days]:
    form = PeriodForm({"period": "month"} | request.GET.dict())
    return form, form.days(today=now().astimezone(zone()).date())


@require_safe
@staff_only(User.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """Show what moved each day, and what stands at the end of it."""
    form, days = _asked(request)
    found = books(days, zone())
    context = {
        "area": "office",
        "form": form,
        "period": in_words(days),
        "moved": days_table(found),
        "standing": standing(found),
        "nights": nights_table(),
        "differences": differences_table(),
        "query": request.GET.urlencode(),
    }
    return render(request, "office/books.html", context, status=400 if form.errors else 200)


@require_safe
@staff_only(User.OWNER)
def download(request: HttpRequest) -> HttpResponse:
    """Give every entry of the days as a file."""
    form, days = _asked(request)
    if form.errors:
        return show(request)
    return as_file(entries_table(days, zone()), name=f"kasboek-{days.first}-{days.last}")
