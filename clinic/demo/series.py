"""One client who is having a tattoo removed: a test, sessions given, booked and still open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

from django.db.models import Count

from bookings import operations as bookings
from bookings.courses import Planned
from bookings.models import (
    Appointment,
    AppointmentEvent,
    By,
    Client,
    PlannedSession,
    Treatment,
    TreatmentPlan,
    User,
)
from bookings.periods import wall_clock
from bookings.proposing import propose_series
from bookings.search import Search
from bookings.series import Band
from clinic.demo.given import Given
from clinic.policy import policy_text
from payments.operations.settling import READER as PAYMENTS
from reminders.models import Step
from reminders.operations import requeue
from reminders.operations.queueing import READER as REMINDERS
from reminders.tasks import clinic_sender

SLUG, NAME = "tatoeage-verwijderen", "Tatoeage op de onderarm"
BEFORE = timedelta(days=82)  # planned so long ago that two of the sessions were given
TEST, FIRST, LATER = Band(0, 10, 2), Band(2, 21, 7), Band(42, 70, 56)
OUTCOME = "Kijken hoe je huid op de laser reageert."
EXPECTED = (
    "De inkt wordt grijzer; de huid is een dag of drie gevoelig.",
    "De fijne lijnen vervagen.",
    "De helft van de inkt is weg, de randen het eerst.",
    "Van een afstand valt de tatoeage niet meer op.",
    "Nog een lichte schaduw. We kijken samen of een zesde keer zin heeft.",
)


def add_course(given: Given, *, now: datetime) -> None:
    """Plan and book a course as it was done back then, and let what is over be done.

    Once there is one nothing happens, nor where the demo clinic is too young for it.
    """
    removals = Treatment.objects.filter(slug=SLUG, is_active=True, prerequisite__isnull=False)
    treatment = removals.select_related("prerequisite").first()
    has_one = TreatmentPlan.objects.filter(client__is_demo=True).exists()
    if treatment is None or given.desk is None or has_one:
        return
    day = (now - BEFORE).astimezone(given.zone).date()
    monday = wall_clock(day - timedelta(days=day.weekday()), time(11, 7), given.zone)
    search = Search(
        treatment=treatment, clinic=given.clinic, zone=given.zone, now=monday, by=By.CLINIC
    )
    sessions = _book(search, given.desk)
    for session in sessions:
        if session.ends_at < now:
            _give(session, given.desk)
    tell_nobody_again(sessions, now=now)


def _book(search: Search, desk: User) -> list[Appointment]:
    """Book all but the last session; nothing when there is nobody for it, or no room."""
    client = _client(search)
    if client is None:
        return []
    planned = _planned(search.treatment)
    proposed = propose_series(planned[:-1], search, after=search.today, client=client)
    starts = {place: one.slot.starts_at for place, one in enumerate(proposed, 1) if one.slot}
    if len(starts) < len(proposed):
        return []
    plan = bookings.plan_course(client, planned[:-1], now=search.now, name=NAME)
    booked = _book_at(plan, starts, search, desk)
    # A course is booked as a whole; the last session was thought of later.
    last = planned[-1]
    PlannedSession.objects.create(
        plan=plan,
        position=len(planned),
        treatment=last.treatment,
        least_days=last.band.least,
        advised_days=last.band.advised,
        most_days=last.band.most,
        expected_result=last.expected_result,
    )
    return booked


def _client(search: Search) -> Client | None:
    """Return a client known by then, who comes for nothing else if there is such a one."""
    known = Client.objects.filter(is_demo=True, language="nl", created_at__lt=search.now)
    return known.annotate(visits=Count("appointments")).order_by("visits", "pk").first()


def _planned(treatment: Treatment) -> Sequence[Planned]:
    test = treatment.prerequisite
    assert test is not None  # only a treatment that has one is looked for
    bands = (FIRST, *[LATER] * (len(EXPECTED) - 1))
    return [
        Planned(test, TEST, OUTCOME),
        *(Planned(treatment, band, text) for band, text in zip(bands, EXPECTED, strict=True)),
    ]


def _book_at(
    plan: TreatmentPlan, starts: Mapping[int, datetime], search: Search, desk: User
) -> list[Appointment]:
    def read_out(held: Appointment) -> bookings.Acceptance:
        text = policy_text(
            held.terms,
            starts_at=held.starts_at,
            now=search.now,
            language=plan.client.language,
            zone=search.zone,
        )
        device = f"telefonisch, {desk.get_full_name()}"
        return bookings.Acceptance(text, search.clinic.terms_version, None, device)

    return bookings.book_series(plan.pk, starts, search, accept=read_out)


def _give(session: Appointment, desk: User) -> None:
    """Let a session be done on the minute, and a test come out well."""
    bookings.arrive(session.pk, now=session.starts_at - timedelta(minutes=4), user=desk)
    ended_at = session.ends_at + timedelta(minutes=2)
    bookings.complete(session.pk, now=ended_at, user=desk)
    if session.treatment.opens.exists():
        passed, looked_at = Appointment.Result.PASSED, ended_at + timedelta(minutes=1)
        bookings.note_result(session.pk, passed, now=looked_at, user=desk)


def tell_nobody_again(sessions: Iterable[Appointment], *, now: datetime) -> None:
    """Queue the reminders to come; count what was due before as done, and each event as read."""
    ids = [session.pk for session in sessions]
    requeue(ids, sender=clinic_sender())
    waiting = Step.objects.filter(appointment__in=ids, status=Step.Status.WAITING)
    waiting.filter(due_at__lte=now).update(status=Step.Status.DONE)
    events = AppointmentEvent.objects.filter(appointment__in=ids).values_list("pk", flat=True)
    for reader in (PAYMENTS, REMINDERS):
        bookings.handled(events, reader=reader)
