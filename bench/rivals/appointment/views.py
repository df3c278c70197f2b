"""django-appointment's availability and its own two booking views, as JSON.

It offers a practitioner's day at a time and knows no rooms or devices; days and practitioners
are asked for one after another, as its own calendar does.
"""

import json
from datetime import date, datetime, timedelta

from appointment.models import Service, StaffMember
from appointment.services import get_available_slots_for_staff
from appointment.utils.db_helpers import get_weekday_num_from_date
from appointment.views import appointment_client_information, appointment_request_submit
from django.contrib.auth import get_user_model
from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import resolve


def slots(request: HttpRequest) -> JsonResponse:
    """Return the free starts of one or all practitioners, on so many days."""
    service = Service.objects.get(name=request.GET["treatment"])
    members = StaffMember.objects.filter(services_offered=service)
    if "practitioner" in request.GET:
        members = members.filter(pk=request.GET["practitioner"])
    first = date.fromisoformat(request.GET["from"])
    days = [first + timedelta(days=n) for n in range(int(request.GET["days"]))]
    return JsonResponse(
        {
            "slots": [
                {"starts_at": start.isoformat(), "practitioner": member.pk}
                for member in members
                for day in days
                for start in get_available_slots_for_staff(
                    day, member, get_weekday_num_from_date(day), service=service
                )
            ]
        }
    )


def book(request: HttpRequest) -> JsonResponse:
    """Pass one request through the two pages that a known client fills in."""
    asked = json.loads(request.body)
    request.user = get_user_model().objects.get(email=asked["client"]["email"])
    _fill_in(request, _times(asked))
    chosen = appointment_request_submit(request)
    if chosen.status_code != 302:
        return JsonResponse({}, status=409)
    _fill_in(request, _details(asked["client"]))
    booked = appointment_client_information(request, **resolve(chosen.url).kwargs)
    return JsonResponse({}, status=201 if booked.status_code == 302 else 400)


def _times(asked: dict[str, str]) -> dict[str, str]:
    service = Service.objects.get(name=asked["treatment"])
    starts_at = datetime.fromisoformat(asked["starts_at"])
    return {
        "date": starts_at.date().isoformat(),
        "start_time": starts_at.time().isoformat(),
        "end_time": (starts_at + service.duration).time().isoformat(),
        "service": str(service.pk),
        "staff_member": str(asked["practitioner"]),
    }


def _details(client: dict[str, str]) -> dict[str, str]:
    return {
        "name": f"{client['first_name']} {client['last_name']}",
        "email": client["email"],
        "phone_0": "NL",
        "phone_1": client["phone"],
        "payment_type": "full",
    }


def _fill_in(request: HttpRequest, fields: dict[str, str]) -> None:
    """Let the request have come from the form."""
    form = QueryDict(mutable=True)
    form.update(fields)
    request.POST = form  # type: ignore[assignment]
