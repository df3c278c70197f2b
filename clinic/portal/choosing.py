"""Steps 1 and 2: which treatment, and by whom."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.availability import first_slots
from bookings.clock import now
from bookings.models import Clinic, Practitioner, Treatment
from bookings.search import Search
from clinic.portal.shown import language, zone


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the clinic and what it offers."""
    treatments = Treatment.objects.filter(is_active=True)
    grouped = groupby(treatments, key=lambda treatment: treatment.category_name)
    return render(
        request,
        "portal/home.html",
        {"categories": [(category, list(members)) for category, members in grouped]},
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to be treated by, or no preference."""

    id: int | str
    name: str
    role: str
    initials: str
    first_free: date | None


@require_safe
def practitioner(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who gives the treatment, with the first day each is free."""
    treatment = get_object_or_404(Treatment, slug=slug, is_active=True)
    return render(
        request,
        "portal/practitioner.html",
        {"treatment": treatment, "choices": _choices(treatment, at=now())},
    )


def _choices(treatment: Treatment, *, at: datetime) -> list[Choice]:
    search = Search(treatment=treatment, clinic=Clinic.objects.get(), zone=zone(), now=at)
    first = {
        who: slot.starts_at.astimezone(zone()).date() for who, slot in first_slots(search).items()
    }
    people = treatment.practitioners.filter(is_active=True)
    choices = [_choice(person, first.get(person.pk)) for person in people]
    if len(choices) < 2:
        return choices
    soonest = min(first.values(), default=None)
    anyone = Choice("any", _("No preference"), _("Most free times"), "", soonest)
    return [anyone, *choices]


def _choice(person: Practitioner, first_free: date | None) -> Choice:
    role = (person.role_en or person.role) if language() == "en" else person.role
    return Choice(person.pk, person.name, role, person.initials, first_free)
