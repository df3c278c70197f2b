"""What a visit asks of a client: deposit, fees and notice, by the treatment, the clinic or hers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count, Q

from bookings.models import Appointment, Client, ClientGroup, Clinic, Treatment
from bookings.search import Search
from bookings.terms import (
    STRANGER,
    Amount,
    Conditions,
    Known,
    Payers,
    Terms,
    agreed,
    combined,
    pays_deposit,
)

Status = Appointment.Status


def conditions_of(
    treatment: Treatment, clinic: Clinic, group: ClientGroup | None = None
) -> Conditions:
    """Return what is asked for a treatment: by the client's group, the treatment, or the clinic."""
    if group is not None:
        return group.conditions
    return clinic.conditions if treatment.as_clinic else treatment.conditions


def known_of(client: Client, clinic: Clinic, *, now: datetime) -> Known:
    """Return what the clinic knows of a client: has she been here, how often did she not come."""
    since = now - timedelta(days=clinic.record_months * 365 // 12)
    counts = Appointment.objects.filter(client=client).aggregate(
        come=Count("pk", filter=Q(status__in=(Status.ARRIVED, Status.COMPLETED))),
        missed=Count("pk", filter=Q(status=Status.NO_SHOW, starts_at__gte=since)),
    )
    return Known(has_come=counts["come"] > 0, missed=counts["missed"])


def terms_for(search: Search, *, prices: Sequence[int], client: Client | None = None) -> Terms:
    """Return the terms of all treatments of a visit.

    :param prices: what each treatment costs, in cents
    :param client: none while nobody knows who it will be: then it is what a stranger is asked
    """
    return terms_of(
        [search.treatment, *search.extras], prices, search.clinic, client, now=search.now
    )


def terms_of(
    treatments: Sequence[Treatment],
    prices: Sequence[int],
    clinic: Clinic,
    client: Client | None,
    *,
    now: datetime,
) -> Terms:
    """Return the terms of these treatments together, at these prices in cents."""
    group = client.group if client else None
    asked = [conditions_of(one, clinic, group) for one in treatments]
    known = known_of(client, clinic, now=now) if client and _depends(asked) else STRANGER
    return terms_asked(asked, prices, clinic, known)


def terms_asked(
    asked: Sequence[Conditions], prices: Sequence[int], clinic: Clinic, known: Known
) -> Terms:
    """Return what is asked for each treatment of a visit as one, of somebody so well known."""
    return combined(
        [
            agreed(
                one,
                price_cents=price_cents,
                pays_deposit=pays_deposit(one.payers, known, most_missed=clinic.record_missed),
                most_moves=clinic.most_moves,
            )
            for one, price_cents in zip(asked, prices, strict=True)
        ]
    )


def terms_covered(
    treatments: Sequence[Treatment],
    prices: Sequence[int],
    clinic: Clinic,
    client: Client | None,
    *,
    cents: int,
    price_cents: int,
    now: datetime,
) -> Terms:
    """Return the terms of a visit of which a voucher pays so much, at this price in cents.

    Fees are of this price too; what differs from the usual prices is that of the first treatment.
    """
    _own, *extras = prices
    lowered = [price_cents - sum(extras), *extras]
    return replace(terms_of(treatments, lowered, clinic, client, now=now), deposit_cents=cents)


def payers_of(
    treatments: Iterable[Treatment], clinic: Clinic, group: ClientGroup | None = None
) -> Payers:
    """Return of whom a deposit is asked for a visit: of most of those its treatments ask it of."""
    asked = [conditions_of(one, clinic, group) for one in treatments]
    payers = {one.payers for one in asked if one.deposit != Amount()}
    return next((one for one in Payers if one in payers), Payers.EVERYONE)


def _depends(asked: Iterable[Conditions]) -> bool:
    """Tell whether it matters who the client is."""
    return any(one.payers is not Payers.EVERYONE for one in asked)


def columns_of(terms: Terms) -> dict[str, object]:
    """Return the columns of an appointment that keep its terms."""
    return {
        "deposit_cents": terms.deposit_cents,
        "late_fee_cents": terms.late_fee_cents,
        "no_show_fee_cents": terms.no_show_fee_cents,
        "free_notice": terms.free_notice,
        "move_notice": terms.move_notice,
        "most_moves": terms.most_moves,
        "last_minute_fee_cents": terms.last_minute_fee_cents,
        "last_minute": terms.last_minute,
    }
