"""Reads: the rates of VAT, and what each treatment of a visit costs with which of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings.models import Appointment, Extra
from payments.ledger import Part
from payments.models import VatRate


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of VAT, the oldest first."""

    rows: Sequence[VatRate]

    def on(self, day: date, treatment_id: int) -> int:
        """Return a treatment's own rate on a day, else the general one, else nothing."""
        holding: Mapping[int | None, int] = {
            row.treatment_id: row.hundredths for row in self.rows if row.from_on <= day
        }
        return holding.get(treatment_id, holding.get(None, 0))


def rates() -> Rates:
    """Return all rates there are."""
    return Rates(list(VatRate.objects.order_by("from_on")))


def parts_of(appointment: Appointment, extras: Iterable[Extra], known: Rates) -> list[Part]:
    """Return each treatment's price, and its VAT on the day of the visit."""
    further = [(one.treatment_id, one.price_cents) for one in extras]
    own = appointment.price_cents - sum(cents for _, cents in further)
    day = appointment.starts_at.astimezone(ZoneInfo(settings.CLINIC_TIME_ZONE)).date()
    priced = [(appointment.treatment_id, own), *further]
    return [Part(cents, known.on(day, treatment)) for treatment, cents in priced]
