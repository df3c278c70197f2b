"""What happens in a test of the waitlist, in a word each."""

from datetime import date, timedelta

from bookings import operations as bookings
from bookings.models import Appointment, By, Clinic, Offer, Opening
from bookings.waitlist import Wish
from tests.factories import NOW, START, ClientFactory, an_appointment
from tests.when import ZONE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FREE = NOW + 3 * MINUTE  # when a cancellation at NOW can no longer be undone
MARCH = Wish(date(2026, 3, 2), date(2026, 3, 31))


def waits(treatment, *, now=NOW, wish=MARCH, client=None):
    """Put somebody without an appointment on the list."""
    return bookings.join_waitlist(client or ClientFactory(), treatment, wish, zone=ZONE, now=now)


def waits_with(treatment, *, starts_at, now=NOW, wish=MARCH, **who):
    """Put somebody on the list who has an appointment, and wants to come earlier."""
    appointment = an_appointment(treatment, starts_at=starts_at, now=now, **who)
    return bookings.ask_earlier(appointment.pk, wish, zone=ZONE, now=now)


def frees(treatment, *, starts_at=START, now=NOW):
    """Book a time and cancel it."""
    appointment = an_appointment(treatment, starts_at=starts_at, now=now)
    bookings.cancel(appointment.pk, by=By.CLIENT, now=now)
    return appointment


def tick(now=FREE):
    """Let the waitlist do what it does by itself."""
    bookings.expire_holds(now=now)
    bookings.fill_openings(clinic=Clinic.objects.get(), zone=ZONE, now=now)


def accept(offer, now=FREE + MINUTE):
    return bookings.accept_offer(offer.pk, clinic=Clinic.objects.get(), zone=ZONE, now=now)


def offers():
    """Return who was offered which start, and what came of it."""
    return [
        (one.entry_id, one.hold.starts_at, one.status)
        for one in Offer.objects.select_related("hold")
    ]


def openings():
    return list(Opening.objects.order_by("pk").values_list("starts_at", "status"))


def change_clinic(**values):
    Clinic.objects.update(**values)


def kinds(appointment):
    return list(appointment.events.values_list("kind", flat=True))


def state(appointment):
    """Return an appointment's status and what it takes, as they are now."""
    fresh = Appointment.objects.get(pk=appointment.pk)
    return fresh.status, fresh.starts_at, fresh.allocations.count()
