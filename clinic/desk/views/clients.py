"""Finding a client."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from clinic.access import staff_only
from clinic.desk.clients import MOST, find_clients
from clinic.desk.here import here
from clinic.desk.page import page
from clinic.desk.views.agenda import STAFF


@require_GET
@staff_only(*STAFF)
def search(request: HttpRequest) -> HttpResponse:
    """Show the clients that fit what was typed, with when they come."""
    words = request.GET.get("q", "")[:100].strip().replace("\x00", "")
    found = find_clients(words, now=here().now)
    return page(
        request,
        "desk/search.html",
        {"words": words, "found": found, "is_full": len(found) == MOST},
    )
