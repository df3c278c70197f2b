"""What a visit costs and how long it takes: with somebody, or with whoever gives it."""

from dataclasses import dataclass

from bookings.asked import payers_of, terms_for
from bookings.reference import Reference
from bookings.search import Search
from clinic.policy import payers_text
from clinic.portal.shown import language


@dataclass(frozen=True, slots=True)
class Costs:
    """Cents and minutes: the least, and the most where practitioners differ."""

    price_cents: int
    highest_cents: int
    minutes: int
    longest_minutes: int

    @property
    def prices_differ(self) -> bool:
        return self.highest_cents > self.price_cents

    @property
    def minutes_differ(self) -> bool:
        return self.longest_minutes > self.minutes

    @property
    def differ(self) -> bool:
        return self.prices_differ or self.minutes_differ


def costs_of(
    treatment_ids: tuple[int, ...], known: Reference, *, practitioner_id: int | None = None
) -> Costs:
    """Return what these treatments cost together: the usual when nobody gives them all."""
    visits = known.visits(treatment_ids)
    theirs = [visit for who, visit in visits.items() if practitioner_id in (None, who)]
    usual = [known.treatments[pk] for pk in treatment_ids]
    prices = [one.price_cents for one in theirs] or [sum(one.price_cents for one in usual)]
    minutes = [one.minutes for one in theirs] or [sum(one.duration_minutes for one in usual)]
    return Costs(min(prices), max(prices), min(minutes), max(minutes))


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a stranger pays beforehand, in cents, and of whom it is asked when not of everyone."""

    cents: int
    payers: str


def deposit_for(search: Search, known: Reference) -> Deposit:
    """Return the deposit of a visit, with the cheapest of those who could give it."""
    lists = known.price_lists(search.treatment_ids, practitioner_id=search.practitioner_id)
    treatments = [search.treatment, *search.extras]
    return Deposit(
        terms_for(search, prices=min(lists, key=sum)).deposit_cents,
        payers_text(payers_of(treatments, search.clinic), search.clinic, language=language()),
    )
