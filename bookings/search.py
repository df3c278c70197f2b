"""What somebody is looking for, and under which rules: the clinic's own, or those for online."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.courses import days_of
from bookings.models import Appointment, By, Client, Clinic, Treatment
from bookings.periods import day_period

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
    days: tuple[date, date] | None = None  # the first and the last, by its place in a course

    @property
    def treatment_ids(self) -> tuple[int, ...]:
        return (self.treatment.pk, *(extra.pk for extra in self.extras))

    @property
    def is_online(self) -> bool:
        return self.by is By.CLIENT

    @property
    def not_before(self) -> datetime:
        earliest = self.now + self._notice
        return max(earliest, day_period(self.days[0], self.zone).start) if self.days else earliest

    @property
    def _notice(self) -> timedelta:
        if not self.is_online:
            return timedelta()
        own = self.treatment.minimum_notice
        return self.clinic.minimum_notice if own is None else own

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        latest = self.today + self._horizon
        return min(latest, self.days[1]) if self.days else latest

    @property
    def _horizon(self) -> timedelta:
        if not self.is_online:
            return CLINIC_HORIZON
        own = self.treatment.horizon_days
        return timedelta(days=self.clinic.horizon_days if own is None else own)

    def suits_course(self, starts_at: datetime) -> bool:
        """Tell whether a start lies on the days for it, by its place in a course."""
        if self.days is None:
            return True
        first, last = self.days
        return first <= starts_at.astimezone(self.zone).date() <= last

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
    """Return the search for another time for an appointment, which gives up the time it has.

    A client moves a session of a course on the days for it; the clinic knows what it does.
    """
    today = now.astimezone(zone).date()
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
        days=days_of(appointment.pk, today=today, zone=zone) if by is By.CLIENT else None,
    )


def own_practitioner(client: Client) -> int | None:
    """Return who treats this client as a rule: of her last visits, who gave the most of them."""
    seen = Appointment.objects.filter(client=client, status__in=Appointment.AGREED)
    last = seen.order_by("-starts_at").values_list("practitioner", flat=True)[:10]
    return max(last, key=list(last).count, default=None)
