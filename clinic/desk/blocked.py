"""Why a time cannot be had, in words: who or what is taken, and when it can be."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import formats
from bookings import operations as bookings
from bookings.blocking import Blocked, blocked_at, next_slot
from bookings.models import Resource
from bookings.search import Search
from clinic.desk.actions import why_not


def why_not_then(error: Exception, search: Search, starts_at: datetime) -> str:
    """Return why a time was refused; when it is taken, by what, and the next free moment."""
    if not isinstance(error, bookings.SlotTaken):
        return why_not(error)
    return " ".join([why_not(error), *_blockers(search, starts_at), *_next(search, starts_at)])


def _blockers(search: Search, starts_at: datetime) -> Iterator[str]:
    blocked = blocked_at(search, starts_at)
    ids = {pk for one in blocked for pk in one.resource_ids}
    names = dict(Resource.objects.filter(pk__in=ids).values_list("pk", "name"))
    for one in blocked:
        yield _said(one, [names[pk] for pk in one.resource_ids])


def _said(blocked: Blocked, names: list[str]) -> str:
    said = {"names": ", ".join(names)}
    if blocked.is_away:
        return _("Not there at that time: %(names)s.") % said
    return _("Not free at that time: %(names)s.") % said


def _next(search: Search, starts_at: datetime) -> Iterator[str]:
    slot = next_slot(search, after=starts_at)
    if slot is not None:
        when = formats.moment_in_words(slot.starts_at, get_language() or "nl", zone=search.zone)
        yield _("The next free moment is %(when)s.") % {"when": when}
