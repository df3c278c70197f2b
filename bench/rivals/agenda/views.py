"""django-agenda's free times and checked bookings, as JSON; it knows practitioners alone."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import get_current_timezone

from bench.clinic_made_up import GRID
from bench.rivals.agenda.models import Booking, Treatment

STEP = timedelta(minutes=GRID)


def slots(request: HttpRequest) -> JsonResponse:
    """Return the free starts of one or all practitioners, on so many days."""
    treatment = Treatment.objects.get(key=request.GET["treatment"])
    practitioners = treatment.practitioners.all()
    if "practitioner" in request.GET:
        practitioners = practitioners.filter(pk=request.GET["practitioner"])
    first = datetime.fromisoformat(request.GET["from"]).replace(tzinfo=get_current_timezone())
    until = first + timedelta(days=int(request.GET["days"]))
    return JsonResponse(
        {
            "slots": [
                {"starts_at": start.isoformat(), "practitioner": practitioner.pk}
                for practitioner in practitioners
                for span in practitioner.get_free_times(first, until)
                for start in _starts(span.start, span.end - treatment.length)
            ]
        }
    )


def book(request: HttpRequest) -> JsonResponse:
    """Check and store a booking, as its documentation says."""
    asked = json.loads(request.body)
    treatment = Treatment.objects.get(key=asked["treatment"])
    starts_at = datetime.fromisoformat(asked["starts_at"])
    booking = Booking(
        schedule_id=asked["practitioner"],
        starts_at=starts_at,
        ends_at=starts_at + treatment.length,
        client=asked["client"]["email"],
    )
    try:
        booking.full_clean()
    except ValidationError:
        return JsonResponse({}, status=409)
    booking.save()
    return JsonResponse({}, status=201)


def _starts(first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the starts on the grid from the first to the last, both included."""
    start = first + timedelta(minutes=-first.minute % GRID)
    while start <= last:
        yield start
        start += STEP
