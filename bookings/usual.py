"""What treatments usually take, and what there is of it, for thousands of appointments at once."""

from collections import defaultdict
from dataclasses import dataclass, field

from bookings.models import Need, Resource, Skill, Treatment
from bookings.needs import Claim, Part, stretched


@dataclass(frozen=True, slots=True)
class Usual:
    """Treatments as they are usually given, by whom, and with which rooms and devices."""

    treatments: dict[int, tuple[int, int]]  # minutes and price in cents, by treatment
    own: dict[tuple[int, int], tuple[int | None, int | None]]  # by treatment and practitioner
    needs: dict[int, tuple[Claim, ...]]  # by treatment
    pools: dict[tuple[str, str], list[int]]  # rooms and devices in use, by kind and group
    _claims: dict[tuple[int, int], tuple[Claim, ...]] = field(default_factory=dict)

    def minutes(self, treatment: int, practitioner: int) -> int:
        """Return how long a treatment takes with a practitioner."""
        return self._own(treatment, practitioner)[0] or self.treatments[treatment][0]

    def price_cents(self, treatment: int, practitioner: int) -> int:
        """Return what a treatment costs with a practitioner."""
        own = self._own(treatment, practitioner)[1]
        return self.treatments[treatment][1] if own is None else own

    def claims(self, treatment: int, minutes: int) -> tuple[Claim, ...]:
        """Return what a treatment takes when it lasts so long."""
        key = treatment, minutes
        if key not in self._claims:
            usual = self.treatments[treatment][0]
            self._claims[key] = stretched(Part(usual, self.needs.get(treatment, ()), minutes))
        return self._claims[key]

    def _own(self, treatment: int, practitioner: int) -> tuple[int | None, int | None]:
        return self.own.get((treatment, practitioner), (None, None))


def read_usual() -> Usual:
    """Read it, in four queries."""
    needs: dict[int, list[Claim]] = defaultdict(list)
    columns = ("treatment_id", "kind", "group", "from_minute", "until_minute")
    for treatment, kind, group, begins, ends in Need.objects.order_by("pk").values_list(*columns):
        wanted = "" if kind == Resource.Kind.PRACTITIONER else group
        needs[treatment].append(Claim(kind, wanted, begins, ends))
    pools: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, kind, group in Resource.objects.filter(is_active=True).values_list(
        "pk", "kind", "group"
    ):
        pools[kind, group].append(pk)
    treatments = Treatment.objects.values_list("pk", "duration_minutes", "price_cents")
    skills = Skill.objects.values_list("treatment_id", "practitioner_id", "minutes", "price_cents")
    return Usual(
        treatments={pk: (minutes, cents) for pk, minutes, cents in treatments},
        own={(one, who): (minutes, cents) for one, who, minutes, cents in skills},
        needs={pk: tuple(claims) for pk, claims in needs.items()},
        pools=pools,
    )
