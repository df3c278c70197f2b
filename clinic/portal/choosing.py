"""Steps 1 and 2: which treatments, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import reference
from bookings.asked import terms_of
from bookings.availability import first_slots
from bookings.clock import now
from bookings.models import Practitioner, Treatment
from bookings.reference import Reference
from clinic.portal.costs import Costs, costs_of, deposit_for
from clinic.portal.shown import language, zone
from clinic.portal.wishes import Wish, extras_of, wish_in
from clinic.refusals import is_booked_online


@dataclass(frozen=True, slots=True)
class Offered:
    """A treatment on the menu: what it costs, and what to know before choosing it."""

    treatment: Treatment
    costs: Costs
    deposit_cents: int
    first: Treatment | None  # what must have been done before

    @property
    def is_by_phone(self) -> bool:
        return self.treatment.booked_by == Treatment.BookedBy.NOBODY

    @property
    def is_for_known(self) -> bool:
        return self.treatment.booked_by == Treatment.BookedBy.EXISTING

    @property
    def first_is_online(self) -> bool:
        """Tell whether what must come first can be booked here."""
        return self.first is not None and is_booked_online(self.first)


def offered(treatment: Treatment, known: Reference) -> Offered:
    """Return a treatment as it stands on the menu."""
    first = known.treatments.get(treatment.prerequisite_id or 0)
    costs = costs_of((treatment.pk,), known)
    terms = terms_of([treatment], [costs.price_cents], known.clinic, None, now=now())
    return Offered(treatment, costs, terms.deposit_cents, first)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the clinic and what it offers."""
    known = reference.current()
    menu = [
        offered(one, known)
        for one in known.treatments.values()
        if one.is_active and not one.only_as_extra
    ]
    grouped = groupby(menu, key=lambda one: one.treatment.category_name)
    categories = [(category, list(members)) for category, members in grouped]
    return render(request, "portal/home.html", {"categories": categories})


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to be treated by, or no preference."""

    name: str
    role: str
    initials: str
    first_free: date | None
    costs: Costs
    url: str
    is_anybody: bool = False
    is_own: bool = False  # she has treated her before


@dataclass(frozen=True, slots=True)
class Addable:
    """A treatment that can be given in the same visit."""

    offered: Offered
    is_chosen: bool


@require_safe
def practitioner(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who gives the treatment, with the first day each is free, and what can be added."""
    wish, known = wish_in(request, slug).by(None), reference.latest()
    search = wish.search(known, now=now())
    costs = costs_of(wish.treatment_ids, known)
    context = {
        "wish": wish,
        "costs": costs,
        "deposit": deposit_for(search, known),
        "choices": _choices(wish, known, at=search.now),
        "rules": [offered(one, known) for one in wish.treatments],
        "is_by_phone": search.is_closed_online,
        "addable": [
            Addable(offered(one, known), one in wish.extras) for one in extras_of(wish.treatment)
        ],
    }
    return render(request, "portal/practitioner.html", context)


def _choices(wish: Wish, known: Reference, *, at: datetime) -> list[Choice]:
    """Return who could be chosen: her own practitioner first, then no preference."""
    search = wish.search(known, now=at)
    if search.is_closed_online:
        return []
    first = {
        who: slot.starts_at.astimezone(zone()).date() for who, slot in first_slots(search).items()
    }
    able = sorted(
        known.who_can(wish.treatment_ids), key=lambda who: who != wish.own_practitioner_id
    )
    choices = [_choice(wish, known, who, first) for who in able]
    if len(choices) < 2:
        return choices
    own = [one for one in choices if one.is_own]
    return [*own, _anybody(wish, known, first), *choices[len(own) :]]


def _choice(wish: Wish, known: Reference, who: int, first: Mapping[int, date]) -> Choice:
    person = known.practitioners[who]
    return Choice(
        person.name,
        role_of(person),
        person.initials,
        first.get(who),
        costs_of(wish.treatment_ids, known, practitioner_id=who),
        wish.by(who).time_url,
        is_own=who == wish.own_practitioner_id,
    )


def _anybody(wish: Wish, known: Reference, first: Mapping[int, date]) -> Choice:
    return Choice(
        _("No preference"),
        _("Most free times"),
        "",
        min(first.values(), default=None),
        costs_of(wish.treatment_ids, known),
        wish.time_url,
        is_anybody=True,
    )


def role_of(person: Practitioner) -> str:
    """Return what somebody does, in the language of this request."""
    return (person.role_en or person.role) if language() == "en" else person.role
