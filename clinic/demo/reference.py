"""The demo clinic's settings: the clinic, who works there, its rooms, devices and treatments."""

from dataclasses import dataclass, field
from datetime import time, timedelta

from bookings.hours import EVERY_WEEK, WEEK_A, WEEK_B
from bookings.models import (
    ClientGroup,
    Clinic,
    Device,
    Need,
    Practitioner,
    Room,
    Skill,
    Treatment,
    WorkingHours,
)
from clinic.demo.clinic_texts import (
    CARDS,
    DIODE,
    DOCTORS_ROOM,
    IPL,
    LASER_ROOM,
    PIGMENT,
    TREATMENT_ROOM,
    TreatmentText,
)
from clinic.demo.treatments import TREATMENTS
from clinic.demo.vouchers import offer_courses

MON, TUE, WED, THU, FRI, SAT = range(6)
DAY = ("09:00-12:30", "13:00-17:30")
EVENING = ("12:00-16:30", "17:00-21:00")


@dataclass(frozen=True, slots=True)
class Person:
    """Who works at the demo clinic, and when."""

    name: str
    role: tuple[str, str]
    week: dict[int, tuple[str, ...]]
    a_weeks: dict[int, tuple[str, ...]] = field(default_factory=dict)
    b_weeks: dict[int, tuple[str, ...]] = field(default_factory=dict)


# Two of the three who share the two treatment rooms are there on any day.
PEOPLE = (
    Person(
        "Noor de Wit",
        ("Huidtherapeut", "Skin therapist"),
        {TUE: DAY, THU: EVENING, FRI: DAY},
    ),
    Person(
        "Daan Visser",
        ("Laserspecialist", "Laser specialist"),
        {MON: DAY, TUE: DAY, THU: EVENING},
    ),
    Person(
        "Esmée Kok",
        ("Huidtherapeut", "Skin therapist"),
        {TUE: DAY, WED: DAY, THU: DAY},
        a_weeks={SAT: ("09:00-13:00",)},
        b_weeks={SAT: ("12:00-16:00",)},
    ),
    Person(
        "Lotte Prins",
        ("Arts injectables", "Doctor, injectables"),
        {WED: DAY, THU: ("13:00-17:00", "17:30-20:30"), FRI: ("09:00-13:00",)},
    ),
    Person(
        "Fatima el Idrissi",
        ("Schoonheidsspecialist", "Beautician"),
        {MON: DAY, WED: DAY, FRI: DAY, SAT: ("09:00-13:00", "13:30-16:00")},
    ),
)
ROOMS = (
    ("Behandelkamer 1", TREATMENT_ROOM),
    ("Behandelkamer 2", TREATMENT_ROOM),
    ("Laserkamer", LASER_ROOM),
    ("Artsenkamer", DOCTORS_ROOM),
)
DEVICES = (("Diodelaser", DIODE), ("IPL-apparaat", IPL), ("Pigmentlaser", PIGMENT))


def add_reference() -> None:
    """Write the demo clinic's settings, into a database that has no clinic yet."""
    _add_clinic()
    for position, (name, group) in enumerate(ROOMS):
        Room.objects.create(name=name, group=group, position=position)
    for position, (name, group) in enumerate(DEVICES):
        Device.objects.create(name=name, group=group, position=position)
    people = {
        person.name: _add_practitioner(person, position) for position, person in enumerate(PEOPLE)
    }
    treatments = {
        text.slug: _add_treatment(text, position) for position, text in enumerate(TREATMENTS)
    }
    for text in TREATMENTS:
        _add_skills(text, treatments[text.slug], people)
        _tie(text, treatments)
    offer_courses()


def _add_clinic() -> None:
    Clinic.objects.create(
        pk=1,
        name="Linde huidkliniek",
        short_name="Linde",
        tagline="Rustige zorg voor je huid, met eerlijk advies vooraf.",
        street="Lindelaan 12",
        postcode="1099 ZZ",
        city="Amsterdam",
        phone="+31201234567",
        email="afspraken@linde.example",
        registration="00000000",
        vat_number="NL000000000B00",
        deposit_percent=20,
        late_fee_percent=50,
        no_show_fee_percent=100,
        sells_vouchers=True,
    )
    ClientGroup.objects.create(name="Vaste klanten", late_fee_percent=50, no_show_fee_percent=100)


def _add_practitioner(person: Person, position: int) -> Practitioner:
    practitioner = Practitioner.objects.create(
        name=person.name, role=person.role[0], role_en=person.role[1], position=position
    )
    patterns = ((EVERY_WEEK, person.week), (WEEK_A, person.a_weeks), (WEEK_B, person.b_weeks))
    WorkingHours.objects.bulk_create(
        WorkingHours(
            practitioner=practitioner,
            weekday=weekday,
            opens=time.fromisoformat(hours.partition("-")[0]),
            closes=time.fromisoformat(hours.partition("-")[2]),
            weeks=weeks,
        )
        for weeks, week in patterns
        for weekday, shifts in week.items()
        for hours in shifts
    )
    return practitioner


def _add_skills(text: TreatmentText, treatment: Treatment, people: dict[str, Practitioner]) -> None:
    own = {one.name: one for one in text.own}
    Skill.objects.bulk_create(
        Skill(
            practitioner=people[name],
            treatment=treatment,
            minutes=own[name].minutes if name in own else None,
            price_cents=own[name].price if name in own else None,
        )
        for name in text.skilled
    )


def _tie(text: TreatmentText, treatments: dict[str, Treatment]) -> None:
    """Say which other treatments may follow a treatment, and which must come before it."""
    treatment = treatments[text.slug]
    treatment.extras.set([treatments[slug] for slug in text.extras])
    if text.after:
        treatment.prerequisite = treatments[text.after.slug]
        treatment.prerequisite_days_before = text.after.days_before
        treatment.prerequisite_valid_days = text.after.valid_days
        treatment.save()


def _add_treatment(text: TreatmentText, position: int) -> Treatment:
    least, advised = text.days_between or (None, None)
    card = text.card or CARDS[text.category]
    treatment = Treatment.objects.create(
        slug=text.slug,
        category=text.category[0],
        category_en=text.category[1],
        name_nl=text.name[0],
        name_en=text.name[1],
        summary_nl=text.summary[0],
        summary_en=text.summary[1],
        prepare_nl=text.prepare[0],
        prepare_en=text.prepare[1],
        feels_nl=card.feels[0],
        feels_en=card.feels[1],
        expect_nl=card.expect[0],
        expect_en=card.expect[1],
        after_nl=card.after[0],
        after_en=card.after[1],
        duration_minutes=text.minutes,
        price_cents=text.price,
        deposit_cents=text.deposit,
        late_fee_cents=text.late_fee,
        no_show_fee_cents=text.no_show_fee,
        free_notice=timedelta(hours=text.free_hours),
        only_as_extra=text.only_as_extra,
        least_days_between=least,
        advised_days_between=advised,
        position=position,
    )
    Need.objects.bulk_create(
        Need(
            treatment=treatment,
            kind=need.kind,
            group=need.group,
            from_minute=need.from_minute,
            until_minute=need.until_minute,
        )
        for need in text.needs
    )
    return treatment
