"""A course at the desk: what is proposed, what can be chosen instead, and booking it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import formats
from bookings import operations as bookings
from bookings.asked import terms_covered, terms_for
from bookings.board import Slot
from bookings.courses import Planned, evenly
from bookings.eligibility import Why
from bookings.models import Appointment, Client, Practitioner, Treatment, User
from bookings.operations import Impossible
from bookings.proposing import Offered, propose_series
from bookings.search import Search
from bookings.series import Preference
from bookings.terms import Terms
from clinic.desk.actions import why_not
from clinic.desk.booking import desk_search, pay_by_voucher, prices_of, told_by_telephone
from clinic.desk.choosing import Choice
from clinic.desk.here import Here
from clinic.policy import policy_text
from payments import operations as payments
from payments.models import Voucher
from payments.purses import purse_of

OTHER_DAYS, OTHER_TIMES = 6, 6
USUAL_DAYS = 28  # between two sessions, when the treatment advises nothing


@dataclass(frozen=True, slots=True)
class CourseWish:
    """What the client asked for: a treatment so many times, so far apart, and when it suits."""

    client: Client
    treatment: Treatment
    count: int
    days: int
    practitioner_id: int | None = None
    weekdays: frozenset[int] = frozenset()
    around: time | None = None
    expected: Mapping[int, str] = field(default_factory=dict)  # by session, what it should bring
    voucher: Voucher | None = None  # that pays for each session

    @property
    def planned(self) -> list[Planned]:
        """The sessions, the first at number one."""
        sessions = evenly(self.treatment, self.count, days=self.days)
        return [
            replace(one, expected_result=self.expected.get(number, ""))
            for number, one in enumerate(sessions, start=1)
        ]

    @property
    def preference(self) -> Preference:
        minute = None if self.around is None else self.around.hour * 60 + self.around.minute
        return Preference(self.weekdays, minute)

    def search(self, here: Here) -> Search:
        """Return the search for its times."""
        return desk_search(
            here, self.treatment, practitioner_id=self.practitioner_id, client=self.client
        )


def advised_days(treatment: Treatment) -> int:
    """Return how far apart two sessions of a treatment should be."""
    return treatment.advised_days_between or treatment.least_days_between or USUAL_DAYS


@dataclass(frozen=True, slots=True)
class Row:
    """One session as the desk chooses its time."""

    number: int
    picked: Choice | None
    others: list[Choice]  # other days, and other times of the same day
    first: date | None
    last: date | None
    expected: str = ""
    problem: str = ""
    is_outside: bool = False  # chosen, and not in its band

    @property
    def choices(self) -> list[Choice]:
        """All times to choose from, earliest first."""
        every = [self.picked, *self.others] if self.picked else self.others
        return sorted(every, key=lambda one: one.starts_at)


def rows_for(
    wish: CourseWish,
    here: Here,
    *,
    chosen: Sequence[datetime] = (),
    problems: Sequence[Impossible] = (),
) -> list[Row]:
    """Return a row for each session: proposed, or as chosen, with what is wrong with it."""
    search = wish.search(here)
    offers = propose_series(
        wish.planned,
        search,
        after=here.today,
        preference=wish.preference,
        client=wish.client,
        chosen=chosen,
    )
    names = {one.pk: one.first_name for one in Practitioner.objects.all()}
    wrong = {one.position: one for one in problems}
    return [
        _row(number, offer, names, here, wrong.get(number))
        for number, offer in enumerate(offers, start=1)
    ]


def _row(
    number: int, offer: Offered, names: Mapping[int, str], here: Here, problem: Impossible | None
) -> Row:
    near = problem.nearest if problem else ()
    others = [one for one in offer.others if one.starts_at in near] + _varied(offer, here)
    is_outside = _is_outside(offer, here)
    if problem:
        said = problem_in_words(problem, here)
    elif offer.is_impossible:
        said = _("Nothing is free between %(first)s and %(last)s.") % _days(offer, here)
    elif is_outside:
        said = _("The session should come between %(first)s and %(last)s.") % _days(offer, here)
    else:
        said = ""
    return Row(
        number,
        _choice(offer.slot, names) if offer.slot else None,
        [_choice(one, names) for one in dict.fromkeys(others)],
        offer.first,
        offer.last,
        offer.planned.expected_result,
        said,
        is_outside,
    )


def _is_outside(offer: Offered, here: Here) -> bool:
    if offer.slot is None or offer.first is None or offer.last is None:
        return False
    return not offer.first <= here.day_of(offer.slot.starts_at) <= offer.last


def _varied(offer: Offered, here: Here) -> list[Slot]:
    """Return the best time of each of a few other days, and of a few other hours of this one."""
    own = here.day_of(offer.slot.starts_at) if offer.slot else None
    by_day: dict[date, Slot] = {}
    for one in offer.others:
        by_day.setdefault(here.day_of(one.starts_at), one)
    by_hour: dict[str, Slot] = {}
    for one in offer.others:
        if here.day_of(one.starts_at) == own:
            by_hour.setdefault(here.wall(one.starts_at)[:-3], one)
    days = [slot for day, slot in by_day.items() if day != own]
    return [*days[:OTHER_DAYS], *list(by_hour.values())[:OTHER_TIMES]]


def _choice(slot: Slot, names: Mapping[int, str]) -> Choice:
    return Choice(slot.starts_at.isoformat(), slot.starts_at, names.get(slot.practitioner_id, ""))


def _days(offer: Offered, here: Here) -> dict[str, str]:
    language = get_language() or "nl"
    return {
        "first": formats.day(offer.first or here.today, language, zone=here.zone),
        "last": formats.day(offer.last or here.today, language, zone=here.zone),
    }


def problem_in_words(problem: Impossible, here: Here) -> str:
    """Return why a session cannot be at the time that was asked for, in words for the desk."""
    error = problem.error
    if not isinstance(error, bookings.OutsideBand):
        return why_not(error)
    language = get_language() or "nl"
    if error.last < error.first:
        return _("No day lies far enough from the sessions around it.")
    return _("The session should come between %(first)s and %(last)s.") % {
        "first": formats.day(error.first, language, zone=here.zone),
        "last": formats.day(error.last, language, zone=here.zone),
    }


def may_be_overridden(problems: Sequence[Impossible]) -> bool:
    """Tell whether the desk may do it all the same, with a reason."""
    return any(
        isinstance(one.error, bookings.OutsideBand)
        or (isinstance(one.error, bookings.NotEligible) and one.error.problem.why is Why.TOO_SOON)
        for one in problems
    )


def policy_of_course(wish: CourseWish, starts_at: datetime, here: Here) -> str:
    """Return the policy of the first session, as it is read to the client."""
    return policy_text(
        _terms_of_course(wish, here),
        starts_at=starts_at,
        now=here.now,
        language=wish.client.language,
        zone=here.zone,
        by_voucher=wish.voucher is not None,
    )


def cover_of_course(wish: CourseWish, here: Here) -> payments.Cover | None:
    """Return what her voucher pays of each session; none when she has none.

    :raises VoucherOver, VoucherForAnother: if it cannot pay for it
    :raises VoucherEmpty: if there is not enough in it for every session
    """
    if wish.voucher is None:
        return None
    prices = prices_of([wish.treatment], wish.practitioner_id)
    usual = terms_for(wish.search(here), prices=prices, client=wish.client)
    cover = payments.cover_of(
        wish.voucher,
        [wish.treatment],
        price_cents=sum(prices),
        deposit_cents=usual.deposit_cents,
        on=here.today,
    )
    if cover.cents * wish.count > purse_of(wish.voucher).left_cents:
        raise payments.VoucherEmpty
    return cover


def _terms_of_course(wish: CourseWish, here: Here) -> Terms:
    """Return the terms of each session: without a deposit, or with what a voucher pays."""
    cover = cover_of_course(wish, here)
    prices = prices_of([wish.treatment], wish.practitioner_id)
    return terms_covered(
        [wish.treatment],
        prices,
        here.clinic,
        wish.client,
        cents=cover.cents if cover else 0,
        price_cents=cover.price_cents if cover else sum(prices),
        now=here.now,
    )


@transaction.atomic
def book_course(
    wish: CourseWish, starts: Sequence[datetime], *, here: Here, user: User, override: str = ""
) -> list[Appointment]:
    """Plan the course and book all its sessions, or do neither.

    :raises SeriesImpossible: with every session that cannot be then
    :raises VoucherOver, VoucherEmpty, VoucherForAnother: if her voucher cannot pay for them all
    :raises VoucherChanged: if it would not pay what was told
    """
    voucher, cover = wish.voucher, cover_of_course(wish, here)

    def accept(held: Appointment) -> bookings.Acceptance:
        return told_by_telephone(held, held.terms, here=here, user=user)

    def pay(held: Appointment) -> None:
        assert voucher is not None
        assert cover is not None
        pay_by_voucher(held, voucher, cover, here=here, user=user)

    plan = bookings.plan_course(wish.client, wish.planned, now=here.now)
    return bookings.book_series(
        plan.pk,
        dict(enumerate(starts, start=1)),
        wish.search(here),
        accept=accept,
        pay=pay if voucher else None,
        override=override,
    )
