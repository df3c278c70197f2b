"""What can be booked, and with whom."""

import hashlib

from django.http import HttpRequest
from ninja import Field, Router, Schema

from bookings.asked import payers_of
from bookings.models import Treatment
from bookings.reference import Reference
from bookings.search import Search
from bookings.terms import Terms
from clinic.api.known import known_to, search_in, terms_told

router = Router(tags=["catalogue"])


class TermsOut(Schema):
    """What is agreed by booking; money in cents, notice in hours."""

    deposit_cents: int
    deposit_of: str = Field(
        description="everyone, new: new clients or a record, record: clients with a record only."
    )
    late_fee_cents: int
    last_minute_fee_cents: int
    no_show_fee_cents: int
    free_notice_hours: float
    last_minute_hours: float | None = Field(
        description="With less notice than this the last-minute fee holds; null when none does."
    )
    move_notice_hours: float
    most_moves: int = Field(description="How often one may move it oneself; 0 is no limit.")
    mark: str = Field(description="Send it as `accepted_terms` to say that these were accepted.")


class TreatmentOut(Schema):
    """A treatment that can be booked online."""

    slug: str
    name: str
    category: str
    summary: str
    minutes: int
    price_from_cents: int
    price_to_cents: int
    booked_by: str = Field(description="everyone, or existing: only clients the clinic knows.")
    extras: list[str] = Field(description="Treatments that can be added to the same visit.")
    terms: TermsOut


class PractitionerOut(Schema):
    """Somebody who treats."""

    id: int
    name: str
    role: str
    treatments: list[str]


class TreatmentsOut(Schema):
    treatments: list[TreatmentOut]


class PractitionersOut(Schema):
    practitioners: list[PractitionerOut]


@router.get("/treatments", response=TreatmentsOut, summary="What can be booked online")
def treatments(request: HttpRequest) -> TreatmentsOut:
    """Return the treatments in the clinic's order, with their terms."""
    known = known_to(request)
    return TreatmentsOut(
        treatments=[_treatment(one, known) for one in offered(known) if known.prices((one.pk,))]
    )


@router.get("/practitioners", response=PractitionersOut, summary="Who treats")
def practitioners(request: HttpRequest) -> PractitionersOut:
    """Return who gives at least one treatment that can be booked online."""
    known = known_to(request)
    skills = {
        who: [one.slug for one in offered(known) if known.visit((one.pk,), who)]
        for who in known.practitioners
    }
    return PractitionersOut(
        practitioners=[
            PractitionerOut(id=who, name=one.name, role=one.role, treatments=skills[who])
            for who, one in known.practitioners.items()
            if skills[who]
        ]
    )


def offered(known: Reference) -> list[Treatment]:
    """Return the treatments that somebody can book online, alone or as an extra."""
    return [
        one
        for one in known.treatments.values()
        if one.is_active and one.booked_by != Treatment.BookedBy.NOBODY
    ]


def _treatment(one: Treatment, known: Reference) -> TreatmentOut:
    prices = known.prices((one.pk,))
    search = search_in(known, one.slug, [], practitioner=None)
    names = {treatment.pk: treatment.slug for treatment in offered(known)}
    return TreatmentOut(
        slug=one.slug,
        name=one.name,
        category=one.category_name,
        summary=one.summary,
        minutes=one.duration_minutes,
        price_from_cents=min(prices),
        price_to_cents=max(prices),
        booked_by=one.booked_by,
        extras=[names[pk] for pk in known.extras.get(one.pk, ()) if pk in names],
        terms=terms_out(terms_told(search, known), search),
    )


def terms_out(terms: Terms, search: Search) -> TermsOut:
    """Return the terms of what is looked for as the API tells them."""
    last_minute = terms.last_minute
    return TermsOut(
        deposit_cents=terms.deposit_cents,
        deposit_of=payers_of([search.treatment, *search.extras], search.clinic),
        late_fee_cents=terms.late_fee_cents,
        last_minute_fee_cents=terms.last_minute_fee_cents,
        no_show_fee_cents=terms.no_show_fee_cents,
        free_notice_hours=terms.free_notice.total_seconds() / 3600,
        last_minute_hours=None if last_minute is None else last_minute.total_seconds() / 3600,
        move_notice_hours=terms.move_notice.total_seconds() / 3600,
        most_moves=terms.most_moves,
        mark=mark_of(terms, search.clinic.terms_version),
    )


def mark_of(terms: Terms, version: str) -> str:
    """Return a mark of what was shown: another amount or notice gives another."""
    return hashlib.sha256(f"{version} {terms}".encode()).hexdigest()[:16]
