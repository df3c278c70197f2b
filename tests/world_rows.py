"""Rows for a world under test, written from inside it: `World.rows` calls these."""

import json
import sys
from datetime import timedelta
from typing import Any

from bookings.availability import first_slot
from bookings.clock import now
from bookings.models import Clinic, Treatment
from bookings.search import Search
from clinic.demo.staff import add_staff
from tests.factories import (
    ClientFactory,
    ClinicFactory,
    PractitionerFactory,
    RoomFactory,
    TreatmentFactory,
    an_appointment,
)
from tests.when import ZONE

OFFERED: dict[str, dict[str, Any]] = {
    "analyse": {"name_nl": "Huidanalyse", "name_en": "Skin analysis"},
    "peeling": {"name_nl": "Peeling", "name_en": "Peel", "free_notice": timedelta(days=30)},
    "laser": {"name_nl": "Laserontharing", "name_en": "Laser", "deposit_cents": 2500},
}


def small_clinic() -> None:
    """Write a clinic of two practitioners; one treatment only Noor gives, one asks a deposit."""
    ClinicFactory(holds_per_address=0)
    people = [PractitionerFactory(name=name) for name in ("Noor de Wit", "Daan Visser")]
    RoomFactory.create_batch(3)
    for slug, values in OFFERED.items():
        TreatmentFactory(slug=slug, **values).practitioners.set(people)
    Treatment.objects.get(slug="peeling").practitioners.set(people[:1])
    add_staff()


def appointments(*, count: int) -> list[int]:
    """Book as many clients in, every second of whom has chosen WhatsApp; return their ids."""
    treatment, moment = Treatment.objects.get(slug="analyse"), now()
    search = Search(treatment=treatment, clinic=Clinic.objects.get(), zone=ZONE, now=moment)
    made = []
    for number in range(count):
        slot = first_slot(search)
        assert slot is not None
        client = ClientFactory(
            phone=f"+3161234{number:04d}",
            created_at=moment,
            reach_by=("sms", "whatsapp")[number % 2],
            whatsapp_opted_in_at=moment,
        )
        made.append(
            an_appointment(treatment, starts_at=slot.starts_at, now=moment, client=client).pk
        )
    return made


def main(name: str, given: str) -> None:
    """Call one of these by its name, and write its answer on the standard output."""
    answer: Any = globals()[name](**json.loads(given))
    json.dump(answer, sys.stdout)
