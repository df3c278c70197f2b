"""What a visitor wishes: read from the address of a page, and written into the next one."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from bookings import reference
from bookings.models import Appointment, Treatment
from bookings.reference import Reference
from bookings.search import Search, own_practitioner
from clinic.access import AGAIN, visit_before
from clinic.portal.shown import names_together, zone
from clinic.refusals import is_booked_online

ANYBODY = "any"


@dataclass(frozen=True, slots=True)
class Wish:
    """The treatments of one visit, with whom, and for whom if she has been here before."""

    treatment: Treatment
    extras: tuple[Treatment, ...] = ()
    practitioner_id: int | None = None  # none: no preference
    own_practitioner_id: int | None = None
    before: str = ""  # the secret of her appointment from whose page she came

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        return (self.treatment, *self.extras)

    @property
    def treatment_ids(self) -> tuple[int, ...]:
        return tuple(one.pk for one in self.treatments)

    @property
    def name(self) -> str:
        return names_together(self.treatments)

    @property
    def practitioner_url(self) -> str:
        """The address at which she chooses by whom."""
        return self._url("portal:practitioner")

    @property
    def time_url(self) -> str:
        """The address at which she chooses a time."""
        return self._url("portal:time", practitioner=str(self.practitioner_id or ANYBODY))

    def _url(self, name: str, **more: str) -> str:
        query = QueryDict(mutable=True)
        query.update(more)
        query.setlist("extra", [one.slug for one in self.extras])
        if self.before:
            query[AGAIN] = self.before
        text = query.urlencode()
        address = reverse(name, args=[self.treatment.slug])
        return f"{address}?{text}" if text else address

    def by(self, practitioner_id: int | None) -> "Wish":
        """Return the same wish, to be treated by somebody or by anybody."""
        return replace(self, practitioner_id=practitioner_id)

    def search(self, known: Reference, *, now: datetime) -> Search:
        """Return the search for it."""
        return Search(
            treatment=self.treatment,
            clinic=known.clinic,
            zone=zone(),
            now=now,
            practitioner_id=self.practitioner_id,
            extras=self.extras,
            prefers_id=self.own_practitioner_id,
        )


def wish_in(request: HttpRequest, slug: str) -> Wish:
    """Return the wish that an address tells.

    :raises Http404: if it names a treatment, an extra or a practitioner that is not on offer so
    """
    known = reference.current()
    treatment = known.by_slug(slug)
    if treatment is None or not treatment.is_active or treatment.only_as_extra:
        raise Http404
    wish = Wish(treatment, extras=_extras_in(request, treatment))
    wish = wish.by(_practitioner_in(request, wish, known))
    before = visit_before(request)
    if before is None or before.client is None:
        return wish
    own = own_practitioner(before.client) or before.practitioner_id
    return replace(wish, own_practitioner_id=own, before=before.token)


def wish_for(appointment: Appointment) -> Wish:
    """Return what an appointment is: the wish with which she would find it again."""
    return Wish(
        appointment.treatment,
        extras=tuple(one.treatment for one in appointment.extras.all()),
        practitioner_id=None if appointment.any_practitioner else appointment.practitioner_id,
    )


def wish_again(appointment: Appointment) -> Wish | None:
    """Return the same visit once more, as far as she can book it herself."""
    treatment = appointment.treatment
    if not is_booked_online(treatment):
        return None
    given = [one.treatment for one in appointment.extras.all()]
    offered = extras_of(treatment) if given else []
    extras = tuple(one for one in offered if one in given)
    return Wish(treatment, extras=extras, before=appointment.token)


def extras_of(treatment: Treatment) -> list[Treatment]:
    """Return what a client may add to a treatment herself, in the clinic's order."""
    by_phone = Treatment.BookedBy.NOBODY
    offered = treatment.extras.filter(is_active=True).exclude(booked_by=by_phone)
    return list(offered.exclude(pk=treatment.pk))


def _extras_in(request: HttpRequest, treatment: Treatment) -> tuple[Treatment, ...]:
    wanted = set(request.GET.getlist("extra"))
    if not wanted:
        return ()
    extras = tuple(one for one in extras_of(treatment) if one.slug in wanted)
    if len(extras) < len(wanted):
        raise Http404
    return extras


def _practitioner_in(request: HttpRequest, wish: Wish, known: Reference) -> int | None:
    wanted = request.GET.get("practitioner", "")
    if not (wanted.isdecimal() and len(wanted) < 10):
        return None
    if known.visit(wish.treatment_ids, int(wanted)) is None:
        raise Http404
    return int(wanted)
