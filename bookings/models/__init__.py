"""The tables: people, the clinic, its resources and treatments, and the appointments."""

from bookings.models.appointments import (
    Allocation,
    Appointment,
    AppointmentEvent,
    By,
    EventReceipt,
    Extra,
)
from bookings.models.clinic import Clinic
from bookings.models.consents import Consent
from bookings.models.courses import PlannedSession, TreatmentPlan
from bookings.models.people import Client, ClientGroup, User
from bookings.models.reference import ReferenceVersion
from bookings.models.requests import BookingRequest
from bookings.models.resources import (
    Device,
    Practitioner,
    Resource,
    Room,
    Skill,
    SpecialHours,
    TimeOff,
    WorkingHours,
)
from bookings.models.treatments import Need, Treatment
from bookings.models.waitlist import Offer, Opening, WaitlistEntry

__all__ = [
    "Allocation",
    "Appointment",
    "AppointmentEvent",
    "BookingRequest",
    "By",
    "Client",
    "ClientGroup",
    "Clinic",
    "Consent",
    "Device",
    "EventReceipt",
    "Extra",
    "Need",
    "Offer",
    "Opening",
    "PlannedSession",
    "Practitioner",
    "ReferenceVersion",
    "Resource",
    "Room",
    "Skill",
    "SpecialHours",
    "TimeOff",
    "Treatment",
    "TreatmentPlan",
    "User",
    "WaitlistEntry",
    "WorkingHours",
]
