"""What the clinic has to give, read once and kept until the database says that it changed.

Clinic, resources, hours, skills and treatments change a few times a week and are asked for at
every page. Each process keeps them under the number in `ReferenceVersion`, which triggers renew
with every change; whoever looks for free times reads that number in the same statement as what is
taken, so a stale copy is never used: not for showing, and not for booking.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from bookings.hours import Hours, Shift
from bookings.minutes import minute_from, minute_of
from bookings.models import Clinic, Need, Practitioner, ReferenceVersion, Resource, Skill, Treatment
from bookings.needs import PRACTITIONER, Claim, Part, back_to_back, compete

Shifts = tuple[tuple[int, int], ...]  # from minute to minute, since 1970


@dataclass(frozen=True, slots=True)
class Visit:
    """What some treatments take, one after the other, when a certain practitioner gives them."""

    minutes: int
    prices: tuple[int, ...]  # of each treatment, in cents
    claims: tuple[Claim, ...]
    needs_matching: bool  # two claims want the same kind at once, so each needs its own

    @property
    def price_cents(self) -> int:
        """What it costs together."""
        return sum(self.prices)

    @property
    def own_claims(self) -> list[Claim]:
        """The claims on the practitioner herself."""
        return [claim for claim in self.claims if claim.kind == PRACTITIONER]


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference data as they were at one version; never changed, only replaced."""

    version: int | None
    clinic: Clinic
    treatments: dict[int, Treatment]
    needs: dict[int, tuple[Claim, ...]]  # by treatment
    practitioners: dict[int, Practitioner]  # in use, in the clinic's order
    hours: dict[int, Hours]  # by practitioner
    skills: dict[tuple[int, int], Skill]  # by treatment and practitioner
    others: dict[tuple[str, str], tuple[int, ...]]  # rooms and devices in use, by kind and group
    extras: dict[int, tuple[int, ...]]  # by treatment, what may follow it in the same visit
    _visits: dict[tuple[tuple[int, ...], int], Visit | None] = field(default_factory=dict)
    _able: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)
    _claims: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[int, int]]] = field(
        default_factory=dict
    )
    _shifts: dict[tuple[int, date, str], Shifts] = field(default_factory=dict)
    #: Sets of minutes that hang on reference data alone, for whoever asks for the same days again.
    sets: dict[Hashable, int] = field(default_factory=dict)

    def visits(self, treatment_ids: tuple[int, ...]) -> dict[int, Visit]:
        """Return what these treatments take of each practitioner who gives them all."""
        visits = {pk: self.visit(treatment_ids, pk) for pk in self.practitioners}
        return {pk: visit for pk, visit in visits.items() if visit is not None}

    def by_slug(self, slug: str) -> Treatment | None:
        """Return the treatment with this address."""
        return next((one for one in self.treatments.values() if one.slug == slug), None)

    def visit(self, treatment_ids: tuple[int, ...], practitioner_id: int) -> Visit | None:
        """Return what these treatments take of this practitioner; nothing without the skill."""
        key = (treatment_ids, practitioner_id)
        if key not in self._visits:
            self._visits[key] = self._visit(treatment_ids, practitioner_id)
        return self._visits[key]

    def _visit(self, treatment_ids: tuple[int, ...], practitioner_id: int) -> Visit | None:
        skills = [self.skills.get((pk, practitioner_id)) for pk in treatment_ids]
        parts, prices = [], []
        for pk, skill in zip(treatment_ids, skills, strict=True):
            treatment = self.treatments.get(pk)
            if skill is None or treatment is None:
                return None
            usual = treatment.duration_minutes
            parts.append(Part(usual, self.needs.get(pk, ()), skill.minutes or usual))
            own_price = skill.price_cents
            prices.append(treatment.price_cents if own_price is None else own_price)
        claims = back_to_back(parts)
        if not any(claim.kind == PRACTITIONER for claim in claims):
            return None  # nobody would be claimed for it: it is not finished being set up
        minutes = sum(part.minutes for part in parts)
        return Visit(minutes, tuple(prices), claims, compete(claims))

    def who_can(self, treatment_ids: tuple[int, ...]) -> tuple[int, ...]:
        """Return who can give all of these, in the clinic's order."""
        if treatment_ids not in self._able:
            self._able[treatment_ids] = tuple(self.visits(treatment_ids))
        return self._able[treatment_ids]

    def rooms_and_devices(self, treatment_ids: tuple[int, ...]) -> tuple[int, ...]:
        """Return the rooms and devices that could be chosen, whoever gives these."""
        return self._claimed(treatment_ids)[0]

    def margins(self, treatment_ids: tuple[int, ...]) -> tuple[int, int]:
        """Return for how many minutes before its start, and from it, a visit takes anything."""
        return self._claimed(treatment_ids)[1]

    def _claimed(self, treatment_ids: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, int]]:
        if treatment_ids not in self._claims:
            claims = [one for visit in self.visits(treatment_ids).values() for one in visit.claims]
            kinds = {(one.kind, one.group) for one in claims if one.kind != PRACTITIONER}
            others = tuple(one for kind in sorted(kinds) for one in self.others.get(kind, ()))
            before = max([-one.begins for one in claims] + [0])
            after = max([one.ends for one in claims] + [0])
            self._claims[treatment_ids] = others, (before, after)
        return self._claims[treatment_ids]

    def shifts(self, practitioner_id: int, day: date, zone: ZoneInfo) -> Shifts:
        """Return when somebody works on a day, in minutes since 1970."""
        key = (practitioner_id, day, zone.key)
        found = self._shifts.get(key)
        if found is None:
            if len(self._shifts) > 50_000:  # a month of work for a very large clinic
                self._shifts.clear()
            periods = self.hours[practitioner_id].periods(day, zone)
            found = tuple((minute_from(one.start), minute_of(one.end)) for one in periods)
            self._shifts[key] = found
        return found

    def remembered(self, key: Hashable, make: Callable[[], int]) -> int:
        """Return a set of minutes by its key, making it the first time."""
        found = self.sets.get(key)
        if found is None:
            if len(self.sets) > 1_000:  # of a month each is some six kilobytes
                self.sets.clear()
            found = self.sets[key] = make()
        return found

    def prices(self, treatment_ids: tuple[int, ...]) -> set[int]:
        """Return what these cost, in cents, with everybody who can give them."""
        return {visit.price_cents for visit in self.visits(treatment_ids).values()}

    def price_lists(
        self, treatment_ids: tuple[int, ...], *, practitioner_id: int | None = None
    ) -> list[tuple[int, ...]]:
        """Return what each of these costs, in cents, with everybody or one who can give them all.

        The usual prices, when nobody can.
        """
        visits = self.visits(treatment_ids).items()
        theirs = [visit.prices for who, visit in visits if practitioner_id in (None, who)]
        return theirs or [tuple(self.treatments[pk].price_cents for pk in treatment_ids)]


def pool_for(claim: Claim, practitioner_id: int, reference: Reference) -> tuple[int, ...]:
    """Return the resources that could meet a claim of this practitioner's visit."""
    if claim.kind == PRACTITIONER:
        return (practitioner_id,)
    return reference.others.get((claim.kind, claim.group), ())


_kept: list[Reference] = []  # the latest of this process, if it has read any


def latest() -> Reference:
    """Return the copy that this process has, reading one when it has none.

    It may be old: only `bookings/occupancy.py` knows, and asks for another one with `renewed`.
    """
    return _kept[0] if _kept else renewed()


def current() -> Reference:
    """Return the reference data as they are at this moment: one query, when nothing changed."""
    known = latest()
    version = ReferenceVersion.objects.values_list("version", flat=True).first()
    return known if version is not None and version == known.version else renewed()


def renewed() -> Reference:
    """Read the reference data anew, and keep them for the next who asks."""
    # The version comes first. Should something change while the rest is read, the number is
    # already old, and the copy is replaced before anybody uses it.
    fresh = _read(ReferenceVersion.objects.values_list("version", flat=True).first())
    _kept[:] = [fresh]
    return fresh


def _read(version: int | None) -> Reference:
    practitioners = {
        one.pk: one
        for one in Practitioner.objects.filter(is_active=True).prefetch_related(
            "working_hours", "special_hours"
        )
    }
    needs: dict[int, list[Claim]] = defaultdict(list)
    for need in Need.objects.order_by("pk"):
        needs[need.treatment_id].append(_claim(need))
    others: dict[tuple[str, str], list[int]] = defaultdict(list)
    rooms_and_devices = Resource.objects.filter(is_active=True).exclude(kind=PRACTITIONER)
    for kind, group, pk in rooms_and_devices.values_list("kind", "group", "pk"):
        others[kind, group].append(pk)
    extras: dict[int, list[int]] = defaultdict(list)
    links = Treatment.extras.through._default_manager.order_by("pk")
    for treatment, extra in links.values_list("from_treatment", "to_treatment"):
        extras[treatment].append(extra)
    return Reference(
        version=version,
        clinic=Clinic.objects.get(),
        treatments={one.pk: one for one in Treatment.objects.all()},
        needs={pk: tuple(claims) for pk, claims in needs.items()},
        practitioners=practitioners,
        hours={pk: hours_of(one) for pk, one in practitioners.items()},
        skills={(one.treatment_id, one.practitioner_id): one for one in Skill.objects.all()},
        others={key: tuple(ids) for key, ids in others.items()},
        extras={pk: tuple(more) for pk, more in extras.items()},
    )


def _claim(need: Need) -> Claim:
    is_person = need.kind == PRACTITIONER
    group = "" if is_person else need.group
    return Claim(need.kind, group, need.from_minute, need.until_minute)


def hours_of(practitioner: Practitioner) -> Hours:
    """Return a practitioner's hours from her rows."""
    special = defaultdict(list)
    for one in practitioner.special_hours.all():
        special[one.works_on].append((one.opens, one.closes))
    return Hours(
        shifts=tuple(_shifts(practitioner)),
        special={day: tuple(hours) for day, hours in special.items()},
    )


def _shifts(practitioner: Practitioner) -> Iterable[Shift]:
    for row in practitioner.working_hours.all():
        yield Shift(
            weekday=row.weekday,
            opens=row.opens,
            closes=row.closes,
            weeks=row.weeks,
            from_on=row.from_on,
            until_on=row.until_on,
        )
