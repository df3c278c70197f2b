"""Finding a client, and keeping how she can be reached."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bookings import operations as bookings
from clinic.access import client_for_staff, staff_only
from clinic.desk.clients import MOST, find_clients
from clinic.desk.forms import ContactForm
from clinic.desk.here import here
from clinic.desk.page import go_back, page, say, way_back
from clinic.desk.views.agenda import STAFF

SHOWN = 20  # of what she allowed and stopped, the latest


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


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*STAFF)
def contact(request: HttpRequest, client_id: int) -> HttpResponse:
    """Change how a client can be reached."""
    client = client_for_staff(client_id)
    now = {"phone": client.phone, "email": client.email, "reach_by": client.reach_by}
    form = ContactForm(client, request.POST or None, initial=now)
    if form.is_valid():
        given = form.cleaned_data
        bookings.change_contact(
            client.pk,
            phone=given["phone"].as_e164,
            email=given["email"],
            reach_by=given["reach_by"],
            now=here().now,
        )
        say(request, _("%(name)s is reached there from now on.") % {"name": client.full_name})
        return go_back(request)
    status = 422 if form.is_bound else 200
    consents = client.consents.all()[:SHOWN]
    context = {"client": client, "form": form, "consents": consents, "next": way_back(request)}
    return page(request, "desk/contact.html", context, status=status)
