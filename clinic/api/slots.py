"""When there is a free time."""

import json
from datetime import date, timedelta
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from bookings import reference
from bookings.availability import clocks_on
from bookings.models import Clinic
from bookings.reference import Reference
from bookings.search import Search
from clinic.api.known import known_to, search_in
from clinic.api.problems import Problem

MOST_DAYS = 62
router = Router(tags=["slots"])


class SlotOut(Schema):
    """A start that can be booked, and with whom; on the clinic's clock, with its offset."""

    starts_at: str
    practitioner: int


class SlotsOut(Schema):
    slots: list[SlotOut]


class SlotsIn(Schema):
    """Which times are looked for."""

    treatment: str = Field(max_length=50)
    practitioner: Annotated[int | None, Field(gt=0, lt=2**31)] = None
    first: date = Field(alias="from")
    days: int = Field(1, ge=1, le=MOST_DAYS)
    extra: list[str] = Field(default_factory=list, max_length=5)


@router.get("/slots", response=SlotsOut, summary="Free times")
def slots(request: HttpRequest, wanted: Query[SlotsIn]) -> HttpResponse:
    """Return the free times of some days, earliest first; without a practitioner with anybody."""
    try:
        last = wanted.first + timedelta(days=wanted.days - 1)
    except OverflowError:
        raise Problem(422, "invalid", _("There is no such day.")) from None

    def search(known: Reference) -> Search:
        return search_in(known, wanted.treatment, wanted.extra, practitioner=wanted.practitioner)

    try:
        # What this process remembers will do: the search itself finds out when it is old.
        free = clocks_on(search, reference.latest(), first=wanted.first, last=last)
    except (Problem, Clinic.DoesNotExist):  # or was something added since?
        free = clocks_on(search, known_to(request), first=wanted.first, last=last)
    # Written here and not through the schema: a month of times is a thousand of them.
    found = [{"starts_at": clock, "practitioner": who} for clock, who in free]
    return HttpResponse(json.dumps({"slots": found}), content_type="application/json")
