"""Booking: at once where no deposit is asked, held until it is paid where one is."""

from datetime import datetime
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Header, Router, Schema
from pydantic import AwareDatetime, field_validator

from bookings import operations as bookings
from bookings import reference
from bookings.availability import nearest_slots
from bookings.clock import now
from bookings.models import Appointment
from bookings.reference import Reference
from bookings.search import Search
from clinic.access import address_key, ip_address
from clinic.api.answering_once import once
from clinic.api.catalogue import TermsOut, mark_of, terms_out
from clinic.api.known import last_known, search_in, terms_told
from clinic.api.limits import BOOKINGS
from clinic.api.problems import Problem, ProblemOut
from clinic.api.slots import SlotOut
from clinic.nudge import nudge
from clinic.portal.agreeing import NUDGES
from clinic.portal.forms import DetailsForm
from clinic.portal.shown import policy_of
from clinic.refusals import told_to_client
from payments import operations as payments

router = Router(tags=["appointments"])
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]

REFUSALS = (
    Problem,
    bookings.Outdated,
    bookings.SlotTaken,
    bookings.NotOffered,
    bookings.NotEligible,
    bookings.TooManyHolds,
)


class ClientIn(Schema):
    """Who comes, and how she wants to be reminded: sms, whatsapp or email."""

    first_name: str
    last_name: str
    phone: str = Field(description="A mobile number: 06 12 34 56 78, or +32 470 12 34 56.")
    email: str
    reach_by: str = "sms"
    whatsapp_consent: bool = False
    note: str = ""


class AppointmentIn(Schema):
    """What is to be booked, for whom, and on which terms."""

    treatment: str = Field(max_length=50)
    extra: list[str] = Field(default_factory=list, max_length=5)
    practitioner: Annotated[int | None, Field(gt=0, lt=2**31)] = None
    starts_at: AwareDatetime = Field(description="One of the slots, with its offset.")
    client: ClientIn
    accepted_terms: str = Field(
        description="The `mark` of the terms that the client has read and accepted."
    )

    @field_validator("starts_at")
    @classmethod
    def within_reach(cls, moment: datetime) -> datetime:
        """Refuse moments that no calendar can count around."""
        if not 2000 < moment.year < 9999:
            raise ValueError("out of reach")
        return moment


class AppointmentOut(Schema):
    """What was booked or is held; `token` opens it, so keep it as a secret of the client's."""

    status: str = Field(description="booked, or held until the deposit is paid.")
    token: str
    starts_at: str
    practitioner: int
    price_cents: int
    deposit_cents: int
    held_until: str | None
    appointment_url: str
    pay_url: str | None = Field(description="Where the deposit is paid; null when none is asked.")


class TakenOut(ProblemOut):
    """Somebody was just quicker; these times are near."""

    near: list[SlotOut]


class TermsChangedOut(ProblemOut):
    """Other terms hold than were accepted: read these, and accept them."""

    terms: TermsOut


@router.post(
    "/appointments",
    response={201: AppointmentOut, 409: TakenOut | TermsChangedOut, 422: ProblemOut},
    summary="Book, or hold until the deposit is paid",
    throttle=BOOKINGS,
)
def book(
    request: HttpRequest, wanted: AppointmentIn, idempotency_key: IdempotencyKey = None
) -> HttpResponse:
    """Book a time. The same `Idempotency-Key` gives the same answer, and one appointment."""
    known = last_known()
    try:
        return once(
            idempotency_key,
            wanted.model_dump_json(),
            lambda: _book(request, wanted, known),
            now=now(),
        )
    except REFUSALS as refusal:
        if reference.current() is not known:  # refused by what no longer holds, perhaps
            return book(request, wanted, idempotency_key)
        raise _worded(refusal, wanted, known) from None


def _book(request: HttpRequest, wanted: AppointmentIn, known: Reference) -> HttpResponse:
    search = _search(wanted, known)
    if search.is_closed_online:
        raise Problem(422, "not_online", _("We book this by telephone, to ask a few things first."))
    _refuse_other_terms(wanted, search, known)
    asked = _asked(request, wanted, search, version=known.version)
    appointment = bookings.hold_or_book(search, asked, starts_at=wanted.starts_at)
    nudge(*NUDGES)
    return JsonResponse(_answer(appointment, search), status=201)


def _search(wanted: AppointmentIn, known: Reference) -> Search:
    return search_in(known, wanted.treatment, wanted.extra, practitioner=wanted.practitioner)


def _worded(refusal: Exception, wanted: AppointmentIn, known: Reference) -> Exception:
    """Return a refusal in words, now that its transaction is over."""
    match refusal:
        case bookings.SlotTaken():
            return _taken(_search(wanted, known), wanted)
        case bookings.NotOffered():
            detail = _("That time cannot be booked. Choose one of the free times.")
            return Problem(422, "not_offered", detail)
        case bookings.NotEligible():
            return Problem(422, "not_eligible", told_to_client(refusal))
        case bookings.TooManyHolds():
            detail = _(
                "There are several open holds or bookings from here already. Try again later."
            )
            return Problem(429, "too_many_holds", detail, retry_after=900)
    return refusal


def _refuse_other_terms(wanted: AppointmentIn, search: Search, known: Reference) -> None:
    if not known.prices(search.treatment_ids):
        raise Problem(422, "not_offered", _("Nobody can give these together."))
    terms = terms_told(search, known)
    if wanted.accepted_terms != mark_of(terms, known.clinic.terms_version):
        detail = _("Other terms hold than were accepted. Read them, and accept them first.")
        told = terms_out(terms, search).model_dump()
        raise Problem(409, "other_terms", detail, terms=told)


def _asked(
    request: HttpRequest, wanted: AppointmentIn, search: Search, *, version: int | None
) -> bookings.Asked:
    form = DetailsForm(wanted.client.model_dump())
    if not form.is_valid():
        wrong = [
            {"where": f"client.{name}", "message": str(message)}
            for name, messages in form.errors.items()
            for message in messages
        ]
        detail = _("Some of this cannot be read. Look at the errors.")
        raise Problem(422, "invalid", detail, errors=wrong)

    def accept(appointment: Appointment) -> bookings.Acceptance:
        return bookings.Acceptance(
            text=policy_of(appointment, now=search.now),
            version=search.clinic.terms_version,
            address=ip_address(request),
            device=request.headers.get("User-Agent", ""),
        )

    return bookings.Asked(
        details=form.details(),
        note=form.cleaned_data["note"],
        accept=accept,
        version=version,
        address=address_key(request),
    )


def _taken(search: Search, wanted: AppointmentIn) -> Problem:
    near = [
        {
            "starts_at": slot.starts_at.astimezone(search.zone).isoformat(),
            "practitioner": slot.practitioner_id,
        }
        for slot in nearest_slots(search, around=wanted.starts_at)
    ]
    return Problem(409, "taken", _("That time was just taken. These are near."), near=near)


def _answer(appointment: Appointment, search: Search) -> dict[str, object]:
    held_until = appointment.held_until
    return {
        "status": appointment.status,
        "token": appointment.token,
        "starts_at": appointment.starts_at.astimezone(search.zone).isoformat(),
        "practitioner": appointment.practitioner_id,
        "price_cents": appointment.price_cents,
        "deposit_cents": appointment.deposit_cents,
        "held_until": held_until.astimezone(search.zone).isoformat() if held_until else None,
        "appointment_url": _url("portal:appointment", appointment.token),
        "pay_url": _pay_url(appointment, search) if held_until else None,
    }


def _pay_url(appointment: Appointment, search: Search) -> str:
    return _url("portal:pay", payments.deposit_of(appointment.pk, now=search.now).token)


def _url(name: str, token: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse(name, args=[token])}"
