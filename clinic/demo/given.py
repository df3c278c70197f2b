"""What the clinic has to give, read once: who works, with what, for which treatments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.models import Clinic, Practitioner, Treatment, User
from bookings.needs import Claim
from bookings.periods import Period
from bookings.reference import Reference, Visit, current, pool_for

Taken = dict[int, list[Period]]
Claims = tuple[tuple[int, Period], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The clinic's settings as they are now, with the practitioners' hours and skills."""

    clinic: Clinic
    zone: ZoneInfo
    practitioners: tuple[Practitioner, ...]
    treatments: dict[int, tuple[Treatment, ...]]  # by practitioner, what anybody may just book
    reference: Reference
    desk: User | None

    @property
    def resource_ids(self) -> list[int]:
        ids = [practitioner.pk for practitioner in self.practitioners]
        return ids + [pk for group in self.reference.others.values() for pk in group]

    def asked_by(self, treatments: Iterable[Treatment], practitioner_id: int) -> Visit | None:
        """Return what these treatments take of this practitioner; nothing without the skill."""
        return self.reference.visit(tuple(one.pk for one in treatments), practitioner_id)

    def extras_of(self, treatment: Treatment) -> list[Treatment]:
        """Return what may follow a treatment in the same visit."""
        return [self.reference.treatments[pk] for pk in self.reference.extras.get(treatment.pk, ())]


def read_given(zone: ZoneInfo) -> Given:
    """Read what the clinic gives, in a few queries."""
    practitioners = Practitioner.objects.filter(is_active=True).prefetch_related(
        "working_hours", "special_hours", "treatments"
    )
    reference = current()
    tests = {one.prerequisite_id for one in reference.treatments.values()}
    return Given(
        clinic=Clinic.objects.get(),
        zone=zone,
        practitioners=tuple(practitioners),
        treatments={
            p.pk: tuple(t for t in p.treatments.all() if is_for_anybody(t) and t.pk not in tests)
            for p in practitioners
        },
        reference=reference,
        desk=User.objects.filter(username="balie").first(),
    )


def is_for_anybody(treatment: Treatment) -> bool:
    """Tell whether a treatment is booked by itself, and asks for nothing that comes before."""
    return treatment.is_active and not treatment.only_as_extra and treatment.prerequisite_id is None


def claims_for(
    asked: Iterable[Claim], start: datetime, practitioner_id: int, given: Given, taken: Taken
) -> Claims | None:
    """Return what a visit would take at `start`, or nothing when it is not all free."""
    claims: list[tuple[int, Period]] = []
    for claim in asked:
        period = Period(
            start + timedelta(minutes=claim.begins), start + timedelta(minutes=claim.ends)
        )
        able = pool_for(claim, practitioner_id, given.reference)
        chosen = next((pk for pk in able if _is_free(pk, period, claims, taken)), None)
        if chosen is None:
            return None
        claims.append((chosen, period))
    return tuple(claims)


def _is_free(pk: int, period: Period, claims: list[tuple[int, Period]], taken: Taken) -> bool:
    mine = [claimed for who, claimed in claims if who == pk]
    return not any(period.overlaps(other) for other in (*mine, *taken.get(pk, ())))
