"""The agenda as the browser's calendar wants it: plain values, local times without an offset."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Resource
from bookings.periods import Period
from clinic.desk.board import Away, Board, Card
from clinic.desk.here import Here

Values = dict[str, object]
TONES = 5


def feed(board: Board, here: Here) -> Values:
    """Return everything that is drawn."""
    opens, closes = board.hours(here)
    return {
        "team": list(_team(board)),
        "places": list(_places(board)),
        "events": [_event(card, board, here) for card in board.cards]
        + [_background(away, number, here) for number, away in enumerate(board.away)],
        "opens": f"{opens:%H:%M}",
        "closes": f"{closes:%H:%M}" if closes.minute == 0 else "24:00",
    }


def _team(board: Board) -> Iterator[Values]:
    for number, one in enumerate(board.practitioners):
        yield {
            "id": str(one.pk),
            "title": one.name,
            "extendedProps": {
                "short": one.first_name,
                "sub": one.role,
                "initials": one.initials,
                "tone": f"t{number % TONES}",
            },
        }


def _places(board: Board) -> Iterator[Values]:
    names = {Resource.Kind.ROOM: _("Room"), Resource.Kind.DEVICE: _("Device")}
    for one in board.places:
        yield {
            "id": str(one.pk),
            "title": one.name,
            "extendedProps": {
                "short": one.name,
                "sub": names.get(Resource.Kind(one.kind), ""),
                "initials": one.name[:1].upper(),
                "tone": "a-room",
            },
        }


def deposit_words(card: Card) -> str:
    """Return that the deposit is paid; an open one is in the status already."""
    return _("prepaid") if card.standing.deposit_status == "paid" else ""


def _event(card: Card, board: Board, here: Here) -> Values:
    one = card.appointment
    start, end = _drawn(card.period.start, card.period.end, here)
    names = {p.pk: p.first_name for p in board.practitioners}
    return {
        "id": card.key,
        "resourceIds": [str(pk) for pk in card.resource_ids],
        "allDay": False,
        "start": start,
        "end": end,
        "title": one.client.full_name if one.client else _("New client"),
        "classNames": [f"st-{card.status.code}"],
        "extendedProps": {
            "appointment": one.pk,
            "service": one.treatment.name,
            "deposit": deposit_words(card),
            "word": str(card.status.word),
            "time": f"{start[-5:]}–{end[-5:]}",
            "who": names.get(one.practitioner_id, ""),
            "minutes": int((card.period.end - card.period.start).total_seconds() // 60),
            "href": reverse("desk:appointment", args=[one.pk]),
        },
    }


def _drawn(start: datetime, end: datetime, here: Here) -> tuple[str, str]:
    """Return both local times; it ends after it starts, also when the clock goes back within."""
    first, last = here.wall(start), here.wall(end)
    if last <= first:
        local = start.astimezone(here.zone).replace(tzinfo=None) + (end - start)
        last = f"{local:%Y-%m-%dT%H:%M}"
    return first, last


def _background(away: Away, number: int, here: Here) -> Values:
    words = {"break": _("Break"), "off": _("Off"), "": ""}
    period = _midnight_safe(away.period, here)
    return {
        "id": f"away-{number}",
        "display": "background",
        "resourceIds": [str(away.resource_id)],
        "allDay": False,
        "start": period[0],
        "end": period[1],
        "title": words.get(away.reason, away.reason),
    }


def _midnight_safe(period: Period, here: Here) -> tuple[str, str]:
    """Let what ends at midnight end a minute earlier: the calendar draws one day at a time."""
    start, end = here.wall(period.start), here.wall(period.end)
    if end.endswith("T00:00"):
        end = here.wall(period.end - timedelta(minutes=1))
    return start, end
