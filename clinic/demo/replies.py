"""What made-up clients wrote back: long answered, and a few that still wait."""

from datetime import datetime, timedelta

from bookings.models import Appointment, User
from clinic.demo.draws import draws
from reminders import operations as reminders
from reminders.models import InboundMessage
from reminders.replies import Meaning

ANSWERED, DESK = "demo-answered-", "balie"

#: How long ago, in whose language, and what.
WRITTEN = (
    (timedelta(hours=30), "nl", "Mijn oppas is ziek. Mag mijn dochter van 3 mee?"),
    (timedelta(minutes=50), "nl", "Mag ik met make-up op komen, of liever niet?"),
    (timedelta(minutes=5), "en", "Is there somewhere to park my bike?"),
)


#: Of those who came these months, one in so many had asked something the day before.
PAST, ONE_IN = timedelta(days=120), 15
ASKED = (
    "Kan ik bij jullie parkeren?",
    "Moet ik iets meenemen?",
    "Ik ben verkouden, kan het doorgaan?",
    "Hoe lang duurt het ongeveer?",
)
#: Minutes until somebody answered: most are quick, some had to wait.
MINUTES = (6, 12, 25, 40, 55, 90, 140, 200, 330, 1500)


def add_replies(*, now: datetime) -> None:
    """Add what was asked and answered before, and let a few who come soon wait for an answer."""
    if not InboundMessage.objects.filter(sid__startswith=ANSWERED).exists():
        _add_answered(now=now)
    _let_some_wait(now=now)


def _add_answered(*, now: datetime) -> None:
    came = Appointment.objects.filter(
        client__is_demo=True,
        status=Appointment.Status.COMPLETED,
        starts_at__range=(now - PAST, now - timedelta(days=2)),
    )
    desk = User.objects.filter(username=DESK).first()
    InboundMessage.objects.bulk_create(
        _answered(one, desk) for one in came.select_related("client").order_by("pk")[::ONE_IN]
    )


def _answered(visit: Appointment, desk: User | None) -> InboundMessage:
    draw = draws("asked", visit.starts_at)
    received_at = visit.starts_at - timedelta(days=1, minutes=draw.randint(0, 240))
    assert visit.client is not None  # who came has a name
    return InboundMessage(
        sid=f"{ANSWERED}{visit.pk}",
        channel="sms",
        phone=visit.client.phone,
        body=draw.choice(ASKED),
        received_at=received_at,
        handled_at=received_at,
        meaning=Meaning.OTHER,
        for_desk=True,
        answered_at=received_at + timedelta(minutes=draw.choice(MINUTES)),
        answered_by=desk,
    )


def _let_some_wait(*, now: datetime) -> None:
    """Let a few who come soon wait, if none of them does already."""
    coming = Appointment.objects.filter(
        client__is_demo=True, status=Appointment.Status.BOOKED, starts_at__gt=now
    )
    people = coming.select_related("client").order_by("starts_at", "pk")
    numbers = [one.client.phone for one in people if one.client]
    asked = InboundMessage.objects.filter(phone__in=numbers, for_desk=True)
    if asked.exclude(sid__startswith=ANSWERED).exists():
        return
    spoken = {one.client.pk: one.client for one in people if one.client}
    for ago, language, body in WRITTEN:
        client = next((one for one in spoken.values() if one.language == language), None)
        if client is None:
            continue
        del spoken[client.pk]
        phone = client.phone.as_e164
        inbound = reminders.Inbound(sid=f"demo{phone}", channel="sms", phone=phone, body=body)
        reminders.receive_reply(inbound, now=now - ago)
