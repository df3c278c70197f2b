"""Misbehaviour on demand: what may go wrong, how often, and where."""

import json
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from sandbox.models import Fault

FAULTS = {
    "lost_answer": "Het werk wordt gedaan, maar het antwoord komt nooit aan",
    "slow": "Een verzoek duurt een paar seconden langer",
    "error_500": "De dienst antwoordt met fout 500 en doet niets",
    "error_500_after_work": "De dienst doet het werk en antwoordt toch met fout 500",
    "error_429": "De dienst zegt dat het te druk is (429)",
    "error_409": "De dienst zegt dat een ander verzoek bezig is (409)",
    "duplicate_webhook": "Een bericht aan de kliniek komt twee keer",
    "late_webhook": "Een bericht aan de kliniek komt te laat",
    "lost_webhook": "Een bericht aan de kliniek komt nooit",
    "reordered_webhooks": "Een bericht aan de kliniek wordt ingehaald door latere",
    "undelivered_message": "Een sms of WhatsApp komt niet aan",
    "refund_fails": "Een terugbetaling mislukt even later",
    "refund_pending": "Een terugbetaling blijft een dag in behandeling",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A fault that has to happen now."""

    seconds: float | None
    code: int | None


class NotAFault(Exception):
    """The request for a fault makes no sense."""


def any_waiting() -> bool:
    """Tell whether anything still has to go wrong."""
    return Fault.objects.filter(times__gt=0).exists()


def take(name: str, *, path: str = "", method: str = "POST") -> Taken | None:
    """Use up one turn of the fault, when one is waiting for this path."""
    if not Fault.objects.filter(name=name, times__gt=0).exists():
        return None
    with transaction.atomic():
        for fault in Fault.objects.filter(name=name, times__gt=0).order_by("pk"):
            if fault.path in path and fault.method in ("*", method):
                Fault.objects.filter(pk=fault.pk).update(times=F("times") - 1)
                return Taken(seconds=fault.seconds, code=fault.code)
    return None


def arrange(wanted: dict[str, object]) -> Fault:
    """Plan a fault from `fault`, `times`, `path`, `method`, `seconds` and `code`.

    :raises NotAFault: if it names something else
    """
    unknown = set(wanted) - {"fault", "times", "path", "method", "seconds", "code"}
    if unknown or wanted.get("fault") not in FAULTS:
        raise NotAFault(f"Unknown: {sorted(unknown) or wanted.get('fault')}")
    try:
        times = int(str(wanted.get("times", 1)))
        seconds = float(str(wanted["seconds"])) if wanted.get("seconds") else None
        code = int(str(wanted["code"])) if wanted.get("code") else None
    except ValueError as error:
        raise NotAFault(str(error)) from error
    return Fault.objects.create(
        name=str(wanted["fault"]),
        times=max(0, times),
        path=str(wanted.get("path") or ""),
        method=str(wanted.get("method") or "POST").upper(),
        seconds=seconds,
        code=code,
    )


def waiting() -> list[dict[str, object]]:
    """List the faults that still have to happen."""
    rows = Fault.objects.filter(times__gt=0).order_by("pk")
    return [
        {
            "fault": fault.name,
            "times": fault.times,
            "path": fault.path,
            "method": fault.method,
            "seconds": fault.seconds,
            "code": fault.code,
        }
        for fault in rows
    ]


@csrf_exempt
def control(request: HttpRequest) -> JsonResponse:
    """List the waiting faults, plan one, or forget all of them."""
    if request.method == "POST":
        try:
            arrange(json.loads(request.body))
        except (NotAFault, ValueError) as error:
            return JsonResponse({"error": str(error)}, status=400)
    if request.method == "DELETE":
        Fault.objects.all().delete()
    return JsonResponse({"faults": waiting(), "known": FAULTS})


def page(request: HttpRequest) -> HttpResponse:
    """Show what may go wrong, and plan it."""
    error = ""
    if request.method == "POST":
        if request.POST.get("fault") == "none":
            Fault.objects.all().delete()
            return redirect("faults")
        try:
            names = ("fault", "times", "path", "seconds")
            arrange({name: request.POST[name] for name in names if request.POST.get(name)})
            return redirect("faults")
        except NotAFault:
            error = "Kies een storing en vul bij de aantallen een getal in."
    shown = {
        "error": error,
        "faults": [{**row, "words": FAULTS[str(row["fault"])]} for row in waiting()],
        "known": FAULTS,
    }
    return render(request, "sandbox/faults.html", shown, status=400 if error else 200)
