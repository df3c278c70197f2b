"""The form of address: je or u, as the clinic chose."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from bookings import reference
from bookings.models import Clinic
from bookings.reference import Reference

#: A catalogue of the texts that differ; what it lacks is taken from plain Dutch.
FORMAL_DUTCH = "nl-formal"


def form_of_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Speak formal Dutch where the clinic says u."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):  # programs are addressed by nobody
            return get_response(request)
        clinic = clinic_of(request)
        formal = clinic is not None and clinic.form_of_address == Clinic.Address.FORMAL
        if formal and translation.get_language() == "nl":
            translation.activate(FORMAL_DUTCH)
        return get_response(request)

    return middleware


def reference_of(request: HttpRequest) -> Reference | None:
    """Return the reference data that hold now, looked at once for each request.

    Nothing before the clinic's own row was written.
    """
    if not hasattr(request, "reference"):
        try:
            request.reference = reference.current()  # type: ignore[attr-defined]
        except Clinic.DoesNotExist:
            request.reference = None  # type: ignore[attr-defined]
    return request.reference  # type: ignore[attr-defined, no-any-return]


def clinic_of(request: HttpRequest) -> Clinic | None:
    """Return the clinic's row, to read and not to change; nothing before it was written."""
    known = reference_of(request)
    return known.clinic if known else None
