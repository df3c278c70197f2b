"""From what a request names to what the clinic has."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookings import reference
from bookings.asked import terms_for
from bookings.clock import now
from bookings.models import Clinic, Treatment
from bookings.reference import Reference
from bookings.search import Search
from bookings.terms import Terms
from clinic.address import reference_of
from clinic.api.problems import Problem, not_found
from clinic.portal.shown import zone


def known_to(request: HttpRequest) -> Reference:
    """Return the reference data that hold now.

    :raises Problem: if nothing was set up yet
    """
    known = reference_of(request)
    if known is None:
        raise _not_open()
    return known


def last_known() -> Reference:
    """Return the reference data as this process last read them; whoever uses them checks.

    :raises Problem: if nothing was set up yet
    """
    try:
        return reference.latest()
    except Clinic.DoesNotExist:
        raise _not_open() from None


def _not_open() -> Problem:
    return Problem(503, "not_open", _("The clinic is not open for booking yet."))


def search_in(
    known: Reference, slug: str, extras: list[str], *, practitioner: int | None
) -> Search:
    """Return the search for what a request names.

    :raises Problem: if a treatment or practitioner is not there, or cannot be added
    """
    treatment = treatment_in(known, slug)
    if practitioner is not None and practitioner not in known.practitioners:
        raise not_found(f"practitioner {practitioner}")
    more = [treatment_in(known, one) for one in extras]
    if any(one.pk not in known.extras.get(treatment.pk, ()) for one in more):
        raise Problem(422, "not_an_extra", _("This cannot be added to that treatment."))
    return Search(
        treatment=treatment,
        clinic=known.clinic,
        zone=zone(),
        now=now(),
        practitioner_id=practitioner,
        extras=tuple(more),
    )


def terms_told(search: Search, known: Reference) -> Terms:
    """Return the terms as they are told: what is booked never asks more, with whoever treats."""
    dearest = max(known.price_lists(search.treatment_ids), key=sum)
    return terms_for(search, prices=dearest)


def treatment_in(known: Reference, slug: str) -> Treatment:
    """Return the treatment with this address.

    :raises Problem: if there is none
    """
    treatment = known.by_slug(slug)
    if treatment is None or not treatment.is_active:
        raise not_found(slug)
    return treatment
