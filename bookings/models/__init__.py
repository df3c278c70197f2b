"""The tables: people, the clinic, its resources and treatments, and the appointments."""

from bookings.models.appointments import (
    Allocation,
    Appointment,
    AppointmentEvent,
    By,
    EventReceipt,
)
from bookings.models.clinic import Clinic
from bookings.models.people import Client, User
from bookings.models.resources import (
    Device,
    Practitioner,
    Resource,
    Room,
    TimeOff,
    WorkingHours,
)
from bookings.models.treatments import Need, Treatment

__all__ = [
    "Allocation",
    "Appointment",
    "AppointmentEvent",
    "By",
    "Client",
    "Clinic",
    "Device",
    "EventReceipt",
    "Need",
    "Practitioner",
    "Resource",
    "Room",
    "TimeOff",
    "Treatment",
    "User",
    "WorkingHours",
]
