"""The form of address: je or u, as the clinic chose."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from bookings.models import Clinic

#: A catalogue of the texts that differ; what it lacks is taken from plain Dutch.
FORMAL_DUTCH = "nl-formal"


def form_of_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Speak formal Dutch where the clinic says u."""

    def middleware(request: HttpRequest) -> HttpResponse:
        clinic = clinic_of(request)
        formal = clinic is not None and clinic.form_of_address == Clinic.Address.FORMAL
        if formal and translation.get_language() == "nl":
            translation.activate(FORMAL_DUTCH)
        return get_response(request)

    return middleware


def clinic_of(request: HttpRequest) -> Clinic | None:
    """Return the clinic's row, read once for each request."""
    if not hasattr(request, "clinic"):
        request.clinic = Clinic.objects.first()  # type: ignore[attr-defined]
    return request.clinic  # type: ignore[attr-defined, no-any-return]
