"""Rows for a world under test, written from inside it: `World.rows` calls these."""

import json
import sys
from datetime import time, timedelta
from typing import Any

from bookings.availability import first_slot
from bookings.clock import now
from bookings.models import Clinic, Practitioner, Skill, Treatment
from bookings.search import Search
from clinic.demo.staff import add_staff
from clinic.demo.vouchers import sell_vouchers
from payments.models import Voucher
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
    ClinicFactory(holds_per_address=0, quiet_from=time(8), quiet_until=time(8))  # at any hour
    people = [PractitionerFactory(name=name) for name in ("Noor de Wit", "Daan Visser")]
    RoomFactory.create_batch(3)
    for slug, values in OFFERED.items():
        TreatmentFactory(slug=slug, **values).practitioners.set(people)
    Treatment.objects.get(slug="peeling").practitioners.set(people[:1])
    add_staff()


def rules() -> None:
    """Add treatments with rules: an extra, own prices, a test beforehand, by telephone only."""
    if Treatment.objects.filter(slug="gezicht").exists():
        return  # another test has
    noor, daan = Practitioner.objects.order_by("position")
    _with_extras(noor, daan)
    _with_gates(noor)


def _with_extras(noor: Practitioner, daan: Practitioner) -> None:
    free = {"late_fee_cents": 0, "no_show_fee_cents": 0}
    facial = TreatmentFactory(
        slug="gezicht",
        category="Gezicht",
        name_nl="Gezichtsbehandeling",
        name_en="Facial",
        summary_nl="Een uur rust, en een huid die weer straalt.",
        least_days_between=14,
        advised_days_between=28,
    )
    mask = TreatmentFactory(
        slug="masker",
        name_nl="Kalmerend masker",
        name_en="Calming mask",
        summary_nl="Voor een huid die snel rood wordt.",
        duration_minutes=15,
        price_cents=2500,
        only_as_extra=True,
        **free,
    )
    light = TreatmentFactory(
        slug="led",
        name_nl="Ledlicht",
        summary_nl="Rood licht dat de huid herstelt.",
        price_cents=3500,
        duration_minutes=20,
        only_as_extra=True,
        **free,
    )
    facial.extras.set([mask, light])
    for who in (noor, daan):
        who.treatments.add(facial, mask)
    noor.treatments.add(light)
    Skill.objects.filter(practitioner=daan, treatment=facial).update(minutes=60, price_cents=12000)


def _with_gates(noor: Practitioner) -> None:
    patch = TreatmentFactory(
        slug="test",
        name_nl="Testplekje",
        name_en="Patch test",
        price_cents=0,
        late_fee_cents=0,
        no_show_fee_cents=0,
        category="Laser",
        duration_minutes=15,
    )
    tattoo = TreatmentFactory(
        slug="tatoeage",
        name_nl="Tatoeage verwijderen",
        name_en="Tattoo removal",
        category="Laser",
        prerequisite=patch,
        prerequisite_days_before=2,
        prerequisite_valid_days=365,
    )
    botox = TreatmentFactory(
        slug="rimpels", name_nl="Rimpelbehandeling", category="Arts", booked_by="nobody"
    )
    scar = TreatmentFactory(
        slug="littekens", name_nl="Littekentherapie", category="Arts", booked_by="existing"
    )
    for treatment in (patch, tattoo, botox, scar):
        treatment.practitioners.set([noor])


def gift() -> str:
    """Sell a gift voucher, and return its code."""
    Clinic.objects.update(sells_vouchers=True)
    Voucher.objects.update(is_demo=False)  # a next one can be sold
    sell_vouchers(now=now())
    return Voucher.objects.get(kind="gift", is_demo=True).code


def appointments(*, count: int, first: int = 0) -> list[int]:
    """Book as many clients in, every second of whom has chosen WhatsApp; return their ids.

    :param first: the number of the first of them, so that nobody is a client twice
    """
    treatment, moment = Treatment.objects.get(slug="analyse"), now()
    search = Search(treatment=treatment, clinic=Clinic.objects.get(), zone=ZONE, now=moment)
    made = []
    for number in range(first, first + count):
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
