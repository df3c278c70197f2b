"""The clinic's clock as the sandbox keeps it: the real time plus an offset that only grows."""

import json
import logging
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

log = logging.getLogger(__name__)


class CannotMove(Exception):
    """The clock goes forward only, and only to a moment it understands."""


def now() -> datetime:
    """Return the clock's now, in UTC."""
    return datetime.fromtimestamp(time.time() + offset(), UTC)


def epoch() -> int:
    """Return the clock's now in whole seconds, as Stripe writes instants."""
    return int(time.time() + offset())


def offset() -> int:
    """Return by how many seconds the clock runs ahead of the real one."""
    try:
        return int(settings.SANDBOX_CLOCK_FILE.read_text())
    except FileNotFoundError:
        return 0


def forward(seconds: int) -> datetime:
    """Move the clock and return the new now.

    :raises CannotMove: if that would be back in time
    """
    if seconds < 0:
        raise CannotMove("De klok kan alleen vooruit.")
    with transaction.atomic():  # one writer: two moves at once are added up
        _write(offset() + seconds)
    return now()


def forward_to(moment: datetime) -> datetime:
    """Move the clock to `moment` and return the new now.

    :raises CannotMove: if that moment has passed
    """
    wait = (moment - now()).total_seconds()
    if wait <= 0:
        raise CannotMove("Dat moment is al voorbij. De klok kan alleen vooruit.")
    return forward(int(wait) + 1)


def next_due() -> tuple[datetime | None, str]:
    """Ask the clinic when its next step is due, and what that is.

    :raises CannotMove: if the clinic does not answer
    """
    address = f"{settings.PUBLIC_BASE_URL}/sandbox/next-due.json"
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(address, timeout=10).json()
        due = answer["next_due_at"]
        return (_instant(due) if due else None), str(answer.get("what", ""))
    except (requests.RequestException, ValueError, KeyError) as error:
        raise CannotMove(
            "De kliniek geeft geen antwoord op de vraag wat de volgende stap is."
        ) from error


def _write(seconds: int) -> None:
    target = settings.SANDBOX_CLOCK_FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".clock-")
    with os.fdopen(handle, "w") as file:
        file.write(str(seconds))
    half = Path(name)
    half.chmod(0o644)
    half.replace(target)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return moment.astimezone(UTC)


def context(_request: HttpRequest) -> dict[str, object]:
    """Give every page the time."""
    return {"clock_now": now(), "clinic_url": settings.PUBLIC_BASE_URL}


def page(request: HttpRequest) -> HttpResponse:
    """Show the clock with its buttons, and move it when asked."""
    error = ""
    if request.method == "POST":
        try:
            _move_by_form(request)
            return redirect("clock")
        except CannotMove as refusal:
            error = str(refusal)
    shown = {"error": error, "ahead": timedelta(seconds=offset())}
    return render(request, "sandbox/clock.html", shown, status=400 if error else 200)


def _move_by_form(request: HttpRequest) -> None:
    move = request.POST.get("move", "")
    if move == "hour":
        forward(3600)
    elif move == "day":
        forward_to(_same_time_tomorrow())
    elif move == "next":
        due, _what = next_due()
        if due is None:
            raise CannotMove("Er staat niets te wachten in de kliniek.")
        if due > now():
            forward_to(due)
    else:
        forward_to(_from_field(request.POST.get("to", "")))


def _same_time_tomorrow() -> datetime:
    local = now().astimezone(ZoneInfo(settings.TIME_ZONE))
    return (local + timedelta(days=1)).astimezone(UTC) - timedelta(seconds=1)


def _from_field(text: str) -> datetime:
    try:
        return _instant(text)
    except ValueError as error:
        raise CannotMove("Vul een datum en een tijd in.") from error


@csrf_exempt
@require_POST
def control(request: HttpRequest) -> JsonResponse:
    """Move the clock by `seconds` or `to` an ISO instant."""
    try:
        wanted = json.loads(request.body)
        if "seconds" in wanted:
            moment = forward(int(wanted["seconds"]))
        elif wanted.get("to") == "next":
            due, _what = next_due()
            moment = forward_to(due) if due and due > now() else now()
        else:
            moment = forward_to(_instant(wanted["to"]))
    except (CannotMove, ValueError, KeyError, TypeError) as error:
        return JsonResponse({"error": str(error), "now": now().isoformat()}, status=400)
    return JsonResponse({"now": moment.isoformat()})


@require_http_methods(["GET"])
def show(_request: HttpRequest) -> JsonResponse:
    """Tell the time."""
    return JsonResponse({"now": now().isoformat(), "offset": offset()})


def in_words(moment: datetime) -> str:
    """Write an instant as a Dutch reader would, on the clinic's wall clock."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return formats.date_format(local, "l j F Y, H:i")
