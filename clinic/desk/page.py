"""What every page of the desk shares: its frame, the last thing done, and the way back."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clinic.nudge import nudge

SAID = "desk_said"
DIALOG = "X-Dialog"  # the header with which a page asks for the inside of a dialog
Values = dict[str, object]


def page(
    request: HttpRequest, template: str, context: Values, *, status: int = 200
) -> HttpResponse:
    """Render a page of the desk, with the last thing done and its undo."""
    said = None if DIALOG in request.headers else request.session.pop(SAID, None)
    return render(request, template, {"area": "desk", "said": said, **context}, status=status)


def say(
    request: HttpRequest, text: str, *, undo: str = "", fields: dict[str, str] | None = None
) -> None:
    """Keep a line for the next page; `undo` is the address that takes back what was done."""
    request.session[SAID] = {"text": text, "undo": undo, "fields": fields or {}}


def way_back(request: HttpRequest, *, default: str = "") -> str:
    """Return the page of ours that the desk came from, the agenda when that is unknown."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/desk/"):
        return wanted
    return default or reverse("desk:today")


def go_back(request: HttpRequest) -> HttpResponseRedirect:
    """Send the browser back to where the desk was."""
    return HttpResponseRedirect(way_back(request))


def wake_the_worker() -> None:
    """Let money and messages follow at once what was just done."""
    nudge(
        "bookings.tasks.fill_openings",
        "payments.tasks.settle_appointments",
        "payments.tasks.make_calls",
        "reminders.tasks.requeue_changed",
        "reminders.tasks.send_due_steps",
    )
