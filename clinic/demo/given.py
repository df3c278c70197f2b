"""What the clinic has to give, read once: who works, with what, for which treatments."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.models import Clinic, Need, Practitioner, Resource, Treatment, User
from bookings.periods import Period

Taken = dict[int, list[Period]]
Claims = tuple[tuple[int, Period], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The clinic's settings as they are now, with the practitioners' hours and skills."""

    clinic: Clinic
    zone: ZoneInfo
    practitioners: tuple[Practitioner, ...]
    treatments: dict[int, tuple[Treatment, ...]]  # by practitioner
    others: dict[tuple[str, str], tuple[int, ...]]  # rooms and devices, by kind and group
    desk: User | None

    @property
    def resource_ids(self) -> list[int]:
        ids = [practitioner.pk for practitioner in self.practitioners]
        return ids + [pk for group in self.others.values() for pk in group]


def read_given(zone: ZoneInfo) -> Given:
    """Read what the clinic gives, in five queries."""
    practitioners = Practitioner.objects.filter(is_active=True).prefetch_related(
        "working_hours", "special_hours", "treatments__needs"
    )
    others: dict[tuple[str, str], list[int]] = defaultdict(list)
    for resource in Resource.objects.filter(is_active=True).exclude(kind="practitioner"):
        others[resource.kind, resource.group].append(resource.pk)
    return Given(
        clinic=Clinic.objects.get(),
        zone=zone,
        practitioners=tuple(practitioners),
        treatments={
            p.pk: tuple(t for t in p.treatments.all() if t.is_active) for p in practitioners
        },
        others={key: tuple(ids) for key, ids in others.items()},
        desk=User.objects.filter(username="balie").first(),
    )


def claims_for(
    needs: Iterable[Need], start: datetime, practitioner_id: int, given: Given, taken: Taken
) -> Claims | None:
    """Return what a treatment would take at `start`, or nothing when it is not all free."""
    claims: list[tuple[int, Period]] = []
    for need in needs:
        period = Period(
            start + timedelta(minutes=need.from_minute),
            start + timedelta(minutes=need.until_minute),
        )
        able = (
            (practitioner_id,)
            if need.kind == Resource.Kind.PRACTITIONER
            else given.others.get((need.kind, need.group), ())
        )
        chosen = next((pk for pk in able if _is_free(pk, period, claims, taken)), None)
        if chosen is None:
            return None
        claims.append((chosen, period))
    return tuple(claims)


def _is_free(pk: int, period: Period, claims: list[tuple[int, Period]], taken: Taken) -> bool:
    mine = [claimed for who, claimed in claims if who == pk]
    return not any(period.overlaps(other) for other in (*mine, *taken.get(pk, ())))
