"""The page of free times: a week of days, the times of one day, and what is good to know."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from bookings import reference
from bookings.availability import days_on, first_slot, first_slots, nearest_slots
from bookings.board import Slot
from bookings.search import Search
from clinic.portal.costs import costs_of, deposit_for
from clinic.portal.shown import Day
from clinic.portal.wishes import Wish

#: A first free time further away than this is told as such: who waits long forgets, or goes.
FAR_AWAY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Choosable:
    """A free time on the page."""

    starts_at: datetime

    @property
    def value(self) -> str:
        return self.starts_at.isoformat()


@dataclass(frozen=True, slots=True)
class Sooner:
    """Somebody else who has time sooner."""

    name: str
    on: date
    url: str


def times_page(
    request: HttpRequest,
    search: Search,
    wish: Wish,
    *,
    lost: datetime | None = None,
    error: str = "",
    refusal: object = None,
    moving: object = None,
    status: int = 200,
) -> HttpResponse:
    """Show a week of free times, with the first free day open.

    :param lost: the time that somebody else was quicker with
    :param refusal: why this client cannot have it then
    :param moving: the appointment that would move, as the page tells of it
    """
    known = reference.latest()
    costs = costs_of(wish.treatment_ids, known, practitioner_id=wish.practitioner_id)
    soonest = first_slot(search)
    context = {
        "wish": wish,
        "practitioner": known.practitioners.get(search.practitioner_id or 0),
        "costs": costs,
        "deposit": deposit_for(search, known),
        "soonest": Choosable(soonest.starts_at) if soonest else None,
        "lost": lost is not None,
        "nearby": _choosable(nearest_slots(search, around=lost)) if lost else [],
        "moving": moving,
        "error": error,
        "refusal": refusal,
        **_week(request, search, soonest),
        **_waiting(search, None if moving else wish, soonest),
    }
    return render(request, "portal/time.html", context, status=status)


def _week(request: HttpRequest, search: Search, soonest: Slot | None) -> dict[str, object]:
    """Return the week around the chosen day, and that day's times."""
    day = _chosen_day(request, search, soonest)
    week = [day - timedelta(days=day.weekday()) + timedelta(days=n) for n in range(7)]
    found = days_on(search, days=[one for one in week if one >= search.today])
    slots = found[day].slots if day in found else []
    suggested = suggested_of(slots, search)
    return {
        "week": [
            Day(
                date=one,
                count=len(found[one].slots) if one in found else 0,
                closed=one not in found or not found[one].is_open,
                selected=one == day,
            )
            for one in week
        ],
        "previous_week": _if_bookable(week[0] - timedelta(days=1), search),
        "next_week": _if_bookable(week[0] + timedelta(days=7), search),
        "day": day,
        "suggested": _choosable(suggested),
        "parts": [
            (label, _choosable(members))
            for label, members in _parts((s for s in slots if s not in suggested), search)
        ],
    }


def _chosen_day(request: HttpRequest, search: Search, soonest: Slot | None) -> date:
    today = search.today
    try:
        wanted = parse_date(request.GET.get("day", ""))
    except ValueError:
        wanted = None
    if wanted is not None and today - timedelta(days=7) <= wanted <= search.last_day:
        return max(wanted, today)
    return soonest.starts_at.astimezone(search.zone).date() if soonest else today


def _if_bookable(day: date, search: Search) -> str | None:
    return day.isoformat() if search.today <= day <= search.last_day else None


def _choosable(slots: Iterable[Slot]) -> list[Choosable]:
    return [Choosable(slot.starts_at) for slot in slots]


def suggested_of(slots: list[Slot], search: Search) -> list[Slot]:
    """Return the first time of each part of the day that leaves no gap nobody can book.

    Nothing when all times are as good as each other: then there is nothing to suggest.
    """
    if all(slot.is_neat for slot in slots) or not any(slot.is_neat for slot in slots):
        return []
    neat = [slot for slot in slots if slot.is_neat]
    return [members[0] for _label, members in _parts(neat, search)]


def _parts(slots: Iterable[Slot], search: Search) -> list[tuple[str, list[Slot]]]:
    """Return the slots by part of the day, empty parts left out."""
    labels = [(_("Morning"), 0, 12), (_("Afternoon"), 12, 17), (_("Evening"), 17, 24)]
    slots = list(slots)
    parts = [
        (label, [s for s in slots if first <= s.starts_at.astimezone(search.zone).hour < end])
        for label, first, end in labels
    ]
    return [(label, members) for label, members in parts if members]


def _waiting(search: Search, wish: Wish | None, soonest: Slot | None) -> dict[str, object]:
    """Return how long she would have to wait, when that is long, and who has time sooner."""
    first = soonest.starts_at.astimezone(search.zone).date() if soonest else None
    if first is not None and first - search.today <= FAR_AWAY:
        return {}
    return {
        "is_far": first is not None,
        "days_away": (first - search.today).days if first else None,
        "sooner": _sooner(search, wish, first) if wish else [],
    }


def _sooner(search: Search, wish: Wish, first: date | None) -> list[Sooner]:
    if search.practitioner_id is None:
        return []
    known = reference.latest()
    others = first_slots(replace(search, practitioner_id=None))
    days = {who: slot.starts_at.astimezone(search.zone).date() for who, slot in others.items()}
    earlier = sorted((day, who) for who, day in days.items() if first is None or day < first)
    return [
        Sooner(known.practitioners[who].name, day, wish.by(who).time_url)
        for day, who in earlier[:3]
    ]
