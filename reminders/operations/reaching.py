"""How a client may be reached: by her choice, where it arrives, and never where she said stop."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bookings.models import Client, Consent
from reminders.models import Rule, Step
from reminders.operations.sender import Sender

ReachBy = Client.ReachBy
#: People get WhatsApp, and numbers are given out anew: after so long it is tried again.
DEAD_FOR = timedelta(days=90)


def channels_for(
    step: Step, client: Client | None, sender: Sender, *, now: datetime
) -> Iterator[str]:
    """Yield how the client may be reached for this step, best first."""
    if client is None or (client.is_demo and not sender.reaches_demo_clients):
        return
    if step.text:
        yield from _for_a_person(step.first_by, client, now=now)
        return
    if step.reply_to is not None:
        if not is_stopped(client, step.reply_to.channel):
            yield step.reply_to.channel  # an answer goes where the question came from
        return
    if is_news(step):
        yield from _for_news(step, client, now=now)
        return
    wants_text = step.reach != Rule.Reach.EMAIL and client.reach_by != ReachBy.EMAIL
    if wants_text:
        yield from (one for one in _text_channels(client) if not is_dead(client, one, now=now))
    if step.reach != Rule.Reach.TEXT:
        yield ReachBy.EMAIL


def is_news(step: Step) -> bool:
    """Tell whether a step is about more than her appointments: only for who allowed that."""
    return step.rule is not None and step.rule.purpose == Consent.Purpose.NEWS


def _for_news(step: Step, client: Client, *, now: datetime) -> Iterator[str]:
    """Yield the ways of the rule by which she allowed news, and no others."""
    if client.news_by_text_at is not None and step.reach != Rule.Reach.EMAIL:
        yield from (one for one in _text_channels(client) if not is_dead(client, one, now=now))
    if client.news_by_email_at is not None and step.reach != Rule.Reach.TEXT:
        yield ReachBy.EMAIL


def _for_a_person(first: str, client: Client, *, now: datetime) -> Iterator[str]:
    """Yield how what somebody wrote by hand may go: as she chose, and else any way there is."""
    ways = dict.fromkeys([first, ReachBy.SMS, ReachBy.EMAIL])
    for way in ways:
        if way and not is_stopped(client, way) and not is_dead(client, way, now=now):
            yield way


def _text_channels(client: Client) -> Iterator[str]:
    """Yield WhatsApp and then SMS, for when it fails; a stop on WhatsApp is no wish for SMS."""
    if client.reach_by == ReachBy.WHATSAPP:
        if is_stopped(client, ReachBy.WHATSAPP):
            return
        if client.whatsapp_opted_in_at:
            yield ReachBy.WHATSAPP
    if not is_stopped(client, ReachBy.SMS):
        yield ReachBy.SMS


def is_dead(client: Client, channel: str, *, now: datetime) -> bool:
    """Tell whether what was sent to her on this channel did not arrive, not so long ago."""
    if channel == ReachBy.EMAIL:
        return False
    since = {ReachBy.SMS: client.sms_dead_at, ReachBy.WHATSAPP: client.whatsapp_dead_at}
    dead_at = since.get(ReachBy(channel))
    return dead_at is not None and now < dead_at + DEAD_FOR


def is_stopped(client: Client | None, channel: str) -> bool:
    """Tell whether nothing may be sent to her on this channel."""
    if client is None:
        return True
    stopped = {
        ReachBy.WHATSAPP: client.whatsapp_opted_out_at,
        ReachBy.SMS: client.sms_opted_out_at,
    }
    return stopped.get(ReachBy(channel)) is not None


def address_of(client: Client, channel: str) -> str:
    """Return what the vendor calls her on this channel."""
    if channel == ReachBy.EMAIL:
        return client.email
    number = client.phone.as_e164
    return f"whatsapp:{number}" if channel == ReachBy.WHATSAPP else number
