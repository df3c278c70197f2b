"""Two clients on the waitlist: one who has nothing yet, and one who would rather come earlier."""

from datetime import datetime, timedelta

from bookings import operations as bookings
from bookings.models import Appointment, By, Client, WaitlistEntry
from bookings.waitlist import Wish
from clinic.demo.draws import draws
from clinic.demo.given import Given

FAR = timedelta(days=12)
WITHIN = timedelta(days=28)
MONDAY, THURSDAY, FRIDAY = 0, 3, 4
Part = WaitlistEntry.Part


def add_wishes(given: Given, clients: list[Client], *, now: datetime) -> None:
    """Keep one wish of each kind waiting."""
    today = now.astimezone(given.zone).date()
    wishes = WaitlistEntry.objects.filter(
        client__is_demo=True, status=WaitlistEntry.Status.WAITING, until_on__gte=today
    )
    if not wishes.filter(appointment=None).exists():
        _wait_for_a_time(given, clients, now=now)
    if not wishes.exclude(appointment=None).exists():
        _ask_earlier(given, now=now)


def _wait_for_a_time(given: Given, clients: list[Client], *, now: datetime) -> None:
    today = now.astimezone(given.zone).date()
    draw = draws("waits", today)
    coming = Appointment.objects.filter(client__is_demo=True, starts_at__gt=now)
    busy = set(coming.values_list("client", flat=True))
    idle = [client for client in clients if client.pk not in busy] or clients
    able = {one.pk: one for able in given.treatments.values() for one in able}
    treatments = sorted(able.values(), key=lambda one: one.slug)
    # What asks for time between two could be too soon for her.
    treatments = [one for one in treatments if not one.least_days_between]
    if treatments:
        wish = Wish(
            from_on=today,
            until_on=today + WITHIN,
            weekdays=frozenset({MONDAY, THURSDAY, FRIDAY}),
            parts=frozenset({Part.MORNING, Part.AFTERNOON}),
        )
        bookings.join_waitlist(
            draw.choice(idle), draw.choice(treatments), wish, zone=given.zone, now=now, by=By.CLINIC
        )


def _ask_earlier(given: Given, *, now: datetime) -> None:
    booked = Appointment.objects.filter(
        client__is_demo=True,
        status=Appointment.Status.BOOKED,
        starts_at__gt=now + FAR,
        planned_session=None,
    )
    appointment = booked.order_by("starts_at", "practitioner").first()
    if appointment is None:
        return
    local = appointment.starts_at.astimezone(given.zone)
    wish = Wish(
        from_on=now.astimezone(given.zone).date(),
        until_on=local.date(),
        practitioner_id=appointment.practitioner_id,
    )
    bookings.ask_earlier(appointment.pk, wish, zone=given.zone, now=now)
