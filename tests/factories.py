"""Rows for tests: a small clinic, its people and treatments, and appointments by the verbs."""

from datetime import datetime, time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from bookings import operations as bookings
from bookings.models import (
    Appointment,
    Client,
    Clinic,
    Device,
    Need,
    Practitioner,
    Resource,
    Room,
    Treatment,
    User,
    WorkingHours,
)
from bookings.search import Search
from tests.when import ZONE, at

NOW = at("2026-03-02 08:00")  # a Monday
START = at("2026-03-11 10:00")  # a Wednesday, nine days later


class ClinicFactory(DjangoModelFactory[Clinic]):
    class Meta:
        model = Clinic
        django_get_or_create = ("pk",)

    pk = 1
    name = "Linde huidkliniek"
    short_name = "Linde"
    street = "Lindelaan 1"
    postcode = "1234 AB"
    city = "Utrecht"
    phone = "+31201234567"
    email = "afspraken@linde.example"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"medewerker{n}")


class ClientFactory(DjangoModelFactory[Client]):
    class Meta:
        model = Client

    first_name = "Sanne"
    last_name = factory.Sequence(lambda n: f"Bakker {n}")
    phone = factory.Sequence(lambda n: f"+3161234{n:04d}")
    email = factory.Sequence(lambda n: f"sanne{n}@example.nl")
    created_at = NOW


class PractitionerFactory(DjangoModelFactory[Practitioner]):
    class Meta:
        model = Practitioner
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Noor de Wit {n}")
    role = "Huidtherapeut"
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def hours(self: Any, create: bool, extracted: object, **kwargs: object) -> None:
        """Work from Monday to Friday, nine to five, unless told otherwise."""
        for weekday in range(5):
            WorkingHours.objects.create(
                practitioner=self, weekday=weekday, opens=time(9), closes=time(17)
            )


class RoomFactory(DjangoModelFactory[Room]):
    class Meta:
        model = Room

    name = factory.Sequence(lambda n: f"Kamer {n}")
    group = "behandelkamer"


class DeviceFactory(DjangoModelFactory[Device]):
    class Meta:
        model = Device

    name = factory.Sequence(lambda n: f"Laser {n}")
    group = "laser"


class TreatmentFactory(DjangoModelFactory[Treatment]):
    class Meta:
        model = Treatment
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"acnebehandeling-{n}")
    category = "Huid"
    name_nl = "Acnebehandeling"
    name_en = "Acne treatment"
    summary_nl = "Rustiger huid."
    duration_minutes = 45
    price_cents = 9500
    deposit_cents = 0
    late_fee_cents = 4500
    no_show_fee_cents = 9500
    free_notice = timedelta(hours=24)

    @factory.post_generation
    def needs(self: Any, create: bool, extracted: object, **kwargs: object) -> None:
        """Take a practitioner for the treatment, and a room for ten minutes more."""
        length = self.duration_minutes
        Need.objects.create(
            treatment=self, kind=Resource.Kind.PRACTITIONER, from_minute=0, until_minute=length
        )
        Need.objects.create(
            treatment=self,
            kind=Resource.Kind.ROOM,
            group="behandelkamer",
            from_minute=0,
            until_minute=length + 10,
        )


def a_clinic(*, practitioners: int = 1, rooms: int = 1, **terms: Any) -> Treatment:
    """Return a treatment of a clinic with so many people and rooms to give it."""
    ClinicFactory()
    treatment = TreatmentFactory(**terms)
    for _ in range(practitioners):
        PractitionerFactory().treatments.add(treatment)
    RoomFactory.create_batch(rooms)
    return treatment


def a_search(treatment: Treatment, *, now: datetime = NOW, **wishes: Any) -> Search:
    """Return what a visitor is looking for."""
    return Search(treatment=treatment, clinic=Clinic.objects.get(), zone=ZONE, now=now, **wishes)


def a_hold(
    treatment: Treatment, *, starts_at: datetime = START, now: datetime = NOW, **who: Any
) -> Appointment:
    """Return a hold with a client who has accepted the terms."""
    hold = bookings.hold(a_search(treatment, now=now), starts_at=starts_at)
    hold.client = who.get("client") or ClientFactory()
    hold.save(update_fields=["client"])
    text = bookings.Acceptance(text="zoals gelezen", version="1", address=None, device="test")
    return bookings.accept_terms(hold.pk, text, now=now)


def an_appointment(
    treatment: Treatment, *, starts_at: datetime = START, now: datetime = NOW, **who: Any
) -> Appointment:
    """Return a booked appointment without a deposit to pay."""
    return bookings.book(a_hold(treatment, starts_at=starts_at, now=now, **who).pk, now=now)
