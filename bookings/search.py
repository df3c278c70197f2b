"""What somebody is looking for, and under which rules: the clinic's own, or those for online."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.models import Appointment, By, Client, Clinic, Treatment

# The clinic itself may book as far ahead as anybody plans.
CLINIC_HORIZON = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody is looking for, as of `now`."""

    treatment: Treatment
    clinic: Clinic
    zone: ZoneInfo
    now: datetime
    practitioner_id: int | None = None  # none: no preference
    ignoring: int | None = None  # the appointment that would give up its own resources
    extras: tuple[Treatment, ...] = ()  # given in the same visit, one after the other
    by: By = By.CLIENT  # the clinic itself is not held to the rules for booking online
    prefers_id: int | None = None  # the client's own practitioner
    hold_length: timedelta | None = None  # none: as the clinic does

    @property
    def treatment_ids(self) -> tuple[int, ...]:
        return (self.treatment.pk, *(extra.pk for extra in self.extras))

    @property
    def is_online(self) -> bool:
        return self.by is By.CLIENT

    @property
    def not_before(self) -> datetime:
        if not self.is_online:
            return self.now
        own = self.treatment.minimum_notice
        return self.now + (self.clinic.minimum_notice if own is None else own)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        if not self.is_online:
            return self.today + CLINIC_HORIZON
        own = self.treatment.horizon_days
        return self.today + timedelta(days=self.clinic.horizon_days if own is None else own)

    @property
    def step_minutes(self) -> int:
        step = self.treatment.start_step or self.clinic.start_step
        return max(int(step.total_seconds()) // 60, 1)

    @property
    def is_closed_online(self) -> bool:
        """Tell whether nobody can book this online at all."""
        nobody = any(
            one.booked_by == Treatment.BookedBy.NOBODY for one in (self.treatment, *self.extras)
        )
        return self.is_online and (nobody or self.treatment.only_as_extra)


def treatment_ids_of(appointment: Appointment) -> tuple[int, ...]:
    """Return the treatments of an appointment, in the order in which they are given."""
    extras = appointment.extras.values_list("treatment", flat=True)
    return (appointment.treatment_id, *extras)


def search_for(
    appointment: Appointment,
    clinic: Clinic,
    *,
    zone: ZoneInfo,
    now: datetime,
    by: By = By.CLIENT,
    practitioner_id: int | None = None,
) -> Search:
    """Return the search for another time for an appointment, which gives up the time it has."""
    return Search(
        treatment=appointment.treatment,
        clinic=clinic,
        zone=zone,
        now=now,
        practitioner_id=practitioner_id,
        ignoring=appointment.pk,
        extras=tuple(one.treatment for one in appointment.extras.select_related("treatment")),
        by=by,
        prefers_id=appointment.practitioner_id,
    )


def own_practitioner(client: Client) -> int | None:
    """Return who treats this client as a rule: of her last visits, who gave the most of them."""
    seen = Appointment.objects.filter(client=client, status__in=Appointment.AGREED)
    last = seen.order_by("-starts_at").values_list("practitioner", flat=True)[:10]
    return max(last, key=list(last).count, default=None)
